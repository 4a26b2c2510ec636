//! Frames over MQTT 3.1.1 and TLS: one connection, one event loop, no second try.

use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, NetworkOptions,
    Packet, QoS, TlsConfiguration, Transport,
};
use tokio::sync::mpsc;
use waypost_engine::Down;
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, PUBLISHES_IN_FLIGHT_MAX, Uplink, topic};

use super::{Peer, Reporter, UPLINKS_MAX, What};

const KEEP_ALIVE: Duration = Duration::from_secs(30);
const CONNECT_SECONDS_MAX: u64 = 20;
/// The header and topic around a frame.
const AROUND_FRAME_BYTES: usize = 1024;

/// Runs until the connection is lost or there is nobody to send for.
pub(super) async fn run(peer: &Peer, uplinks: mpsc::Receiver<Uplink>, reporter: &Reporter) -> Down {
    let (client, events) = client(peer);
    // Two loops side by side: rumqttc's `poll` must not be cancelled half way.
    tokio::select! {
        why = listen(peer, &client, events, reporter) => why,
        () = publish(peer, &client, uplinks) => Down::Lost,
    }
}

fn client(peer: &Peer) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(peer.enrolment.to_string(), &peer.host, peer.mqtt_port);
    options
        .set_credentials(peer.enrolment.to_string(), &peer.credential)
        .set_clean_session(true)
        .set_keep_alive(KEEP_ALIVE)
        .set_inflight(PUBLISHES_IN_FLIGHT_MAX)
        .set_max_packet_size(
            FRAME_BYTES_MAX + AROUND_FRAME_BYTES,
            FRAME_BYTES_MAX + AROUND_FRAME_BYTES,
        )
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(peer.tls.clone())));
    let (client, mut events) = AsyncClient::new(options, UPLINKS_MAX);
    let mut network = NetworkOptions::new();
    network.set_connection_timeout(CONNECT_SECONDS_MAX);
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    (client, events)
}

async fn listen(
    peer: &Peer,
    client: &AsyncClient,
    mut events: EventLoop,
    reporter: &Reporter,
) -> Down {
    let down = topic::down(peer.enrolment);
    loop {
        match events.poll().await {
            // Sessions are clean, so the server has forgotten what was subscribed.
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                if client.subscribe(&down, QoS::AtMostOnce).await.is_err() {
                    return Down::Lost;
                }
                // What is published now follows the subscription in the same stream, so it need
                // not wait for the SUBACK: a way there and back, over 2G more than half a second.
                reporter.report(What::Up).await;
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                match Downlink::from_bytes(&publish.payload) {
                    Ok(frame) => reporter.report(What::Heard(frame)).await,
                    Err(error) => tracing::warn!(%error, "a frame of the server cannot be read"),
                }
            }
            Ok(_) => {}
            Err(error) => return why(&error),
        }
    }
}

fn why(error: &ConnectionError) -> Down {
    tracing::debug!(%error, "the MQTT link is down");
    match error {
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
        ) => Down::NotEnrolled,
        _ => Down::Lost,
    }
}

async fn publish(peer: &Peer, client: &AsyncClient, mut uplinks: mpsc::Receiver<Uplink>) {
    let up = topic::up(peer.enrolment);
    while let Some(frame) = uplinks.recv().await {
        if client.publish(&up, QoS::AtLeastOnce, false, frame.to_bytes()).await.is_err() {
            return;
        }
    }
}
