//! The bounds of the front door, by name. It reads no file and no environment.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use waypost_protocol::PUBLISHES_IN_FLIGHT_MAX;

/// Every bound of the edge. Start from [`Default`] and change what the installation needs.
#[derive(Clone, Debug)]
pub struct EdgeConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Most TCP connections at a time, those that have not yet said who they are included. One
    /// more is closed at once.
    pub connections_max: usize,
    /// Longest TLS handshake.
    pub handshake_timeout: Duration,
    /// Longest time from the handshake to the answered CONNECT.
    pub connect_timeout: Duration,
    /// Longest time in which a client takes no byte of what waits for it.
    pub write_timeout: Duration,
    /// A client that asks for no keep-alive, or for a longer one, gets this. Silence of one and a
    /// half times its keep-alive closes a connection.
    pub keep_alive_max: Duration,
    /// Most publishes of one connection that are held without an answer; a client that sends one
    /// more is not read until there is room.
    pub publishes_in_flight_max: usize,
    /// Most uplinks of all connections that are being worked on; the others wait their turn.
    pub uplinks_in_flight_max: usize,
    /// Most downlinks that wait for one slow reader.
    pub mailbox_frames_max: usize,
    /// Most bytes of downlinks that wait for one slow reader.
    pub mailbox_bytes_max: usize,
    /// Longest time that [`crate::Edge::stop`] gives to what is in flight.
    pub stop_timeout: Duration,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8883)),
            connections_max: 20_000,
            handshake_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            keep_alive_max: Duration::from_secs(300),
            publishes_in_flight_max: usize::from(PUBLISHES_IN_FLIGHT_MAX),
            uplinks_in_flight_max: 1024,
            mailbox_frames_max: 1024,
            mailbox_bytes_max: 1024 * 1024,
            stop_timeout: Duration::from_secs(10),
        }
    }
}
