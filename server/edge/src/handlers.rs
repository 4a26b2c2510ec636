//! What the edge asks of the server behind it. It decides nothing about people or facts.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use waypost_protocol::{Downlink, EnrolmentId, PersonId, Role, Uplink};

/// Who is on a connection, proved by its credential and never read from a payload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Identity {
    /// The device and person.
    pub enrolment: EnrolmentId,
    /// The person.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
}

/// Nobody could look whose credential it is. That says nothing about the credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unavailable;

/// Given a client id and a password: whose credential that is, if it is anyone's.
pub type Authenticate = Arc<
    dyn Fn(String, String) -> BoxFuture<'static, Result<Option<Identity>, Unavailable>>
        + Send
        + Sync,
>;

/// Given an uplink of this person: the answers to it, once it is committed.
pub type HandleUplink =
    Arc<dyn Fn(Identity, Uplink) -> BoxFuture<'static, Vec<Downlink>> + Send + Sync>;

/// Told that someone came or went. It must return at once.
pub type Notice = Arc<dyn Fn(Identity) + Send + Sync>;

/// The server behind the edge.
#[derive(Clone)]
pub struct Handlers {
    /// May name another enrolment than the client id does: then the client id is refused.
    pub authenticate: Authenticate,
    /// Called for the publishes of one connection in the order in which they came; they may
    /// complete in any order. Once called it is run to its end, also if the connection is gone.
    pub uplink: HandleUplink,
    /// An enrolment that was offline is online. A connection that takes over from an older one of
    /// the same enrolment changes nothing and is not told.
    pub connected: Notice,
    /// The last connection of an enrolment is gone. The two notices of one enrolment alternate.
    pub disconnected: Notice,
}
