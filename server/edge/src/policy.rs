//! Who may do what at the door: the answers of `docs/edge.md`, without I/O.

use waypost_protocol::{EnrolmentId, ProblemCode, Uplink, topic};

use crate::Refusal;
use crate::frame::{Connect, Fault, Publish};

/// CONNACK return codes that we give [MQTT-3.2.2-6].
pub(crate) mod connack {
    pub(crate) const ACCEPTED: u8 = 0;
    pub(crate) const PROTOCOL_LEVEL: u8 = 1;
    pub(crate) const CLIENT_ID: u8 = 2;
    pub(crate) const UNAVAILABLE: u8 = 3;
    pub(crate) const NOT_AUTHORISED: u8 = 5;
}

/// SUBACK return codes that we give.
pub(crate) mod suback {
    pub(crate) const QOS_0: u8 = 0;
    pub(crate) const FAILURE: u8 = 0x80;
}

/// What a refused CONNECT is answered with before the connection is closed, if anything.
pub(crate) fn connack_of(refusal: Refusal) -> Option<u8> {
    match refusal {
        Refusal::ProtocolLevel => Some(connack::PROTOCOL_LEVEL),
        Refusal::ClientId => Some(connack::CLIENT_ID),
        // A device that is told 5 takes it that it was revoked, and does not come back.
        Refusal::Stopping | Refusal::Unavailable => Some(connack::UNAVAILABLE),
        Refusal::Will | Refusal::Credential => Some(connack::NOT_AUTHORISED),
        Refusal::Full
        | Refusal::Handshake
        | Refusal::HandshakeTimeout
        | Refusal::Gone
        | Refusal::ConnectTimeout
        | Refusal::Malformed => None,
    }
}

/// What can be said of a CONNECT before its credential is looked up: whose it claims to be.
pub(crate) fn claimed(connect: &Connect) -> Result<EnrolmentId, Refusal> {
    let enrolment: EnrolmentId = connect.client_id.parse().map_err(|_| Refusal::ClientId)?;
    // One enrolment has one name: other spellings of a UUID are not it.
    if enrolment.to_string() != connect.client_id {
        return Err(Refusal::ClientId);
    }
    if connect.has_will {
        return Err(Refusal::Will);
    }
    if connect.user_name != connect.client_id || connect.password.is_empty() {
        return Err(Refusal::Credential);
    }
    Ok(enrolment)
}

/// Why bytes that are no CONNECT are not let in.
pub(crate) fn refusal_of(fault: Fault) -> Refusal {
    match fault {
        Fault::ProtocolLevel => Refusal::ProtocolLevel,
        Fault::Malformed | Fault::Oversized | Fault::Qos2 => Refusal::Malformed,
    }
}

/// The answer to one filter of a SUBSCRIBE. The grant is always QoS 0: what is lost is pulled by
/// cursor.
pub(crate) fn subscribe_code(enrolment: EnrolmentId, filter: &str) -> u8 {
    if filter == topic::down(enrolment) { suback::QOS_0 } else { suback::FAILURE }
}

/// The uplink in a PUBLISH, or what the frame is refused with.
pub(crate) fn uplink_of(enrolment: EnrolmentId, publish: &Publish) -> Result<Uplink, ProblemCode> {
    if publish.topic != topic::up(enrolment) {
        return Err(ProblemCode::TopicForeign);
    }
    if publish.retain {
        return Err(ProblemCode::RetainRefused);
    }
    Uplink::from_bytes(&publish.payload).map_err(|error| error.code())
}
