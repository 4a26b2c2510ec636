//! Bytes to MQTT 3.1.1 control packets, strictly.
//!
//! The parser is rumqttd's; what it leaves out is checked here (the fixed header) and in `strict`
//! (the rest). It knows nothing of topics or people.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::{Bytes, BytesMut};
use rumqttd::protocol::v4::{self, V4};
use rumqttd::protocol::{Error, Packet, Protocol};
use waypost_protocol::FRAME_BYTES_MAX;

use crate::strict;

/// What a PUBLISH carries beside the frame, at most.
const PUBLISH_OVERHEAD_BYTES_MAX: usize = 1024;

/// Largest packet of any other type.
const OTHER_BYTES_MAX: usize = 4 * 1024;

const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const PUBREC: u8 = 5;
const PUBREL: u8 = 6;
const PUBCOMP: u8 = 7;
const SUBSCRIBE: u8 = 8;
const UNSUBSCRIBE: u8 = 10;
const PINGREQ: u8 = 12;
const DISCONNECT: u8 = 14;

/// A control packet that a client may send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Connect(Connect),
    Publish(Publish),
    Subscribe {
        packet: u16,
        filters: Vec<String>,
    },
    Unsubscribe {
        packet: u16,
        filters: Vec<String>,
    },
    /// We publish with QoS 0 alone, so nothing waits for it.
    PubAck,
    PingReq,
    Disconnect,
}

/// The parts of a CONNECT that the edge looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Connect {
    pub(crate) client_id: String,
    pub(crate) user_name: String,
    pub(crate) password: String,
    pub(crate) keep_alive_secs: u16,
    pub(crate) has_will: bool,
}

/// A PUBLISH of QoS 0 or 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Publish {
    pub(crate) topic: String,
    /// Present with QoS 1.
    pub(crate) packet: Option<u16>,
    pub(crate) retain: bool,
    pub(crate) payload: Bytes,
}

/// Why the bytes are no packet that a client may send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// Not well-formed, or not for a client to send.
    Malformed,
    /// Larger than the bound of its type.
    Oversized,
    /// Part of QoS 2.
    Qos2,
    /// A CONNECT of another version of MQTT.
    ProtocolLevel,
}

/// Whether the next packet is a PUBLISH, as far as its first byte says.
pub(crate) fn starts_with_publish(buffer: &[u8]) -> bool {
    buffer.first().is_some_and(|first| first >> 4 == PUBLISH)
}

/// Whether the next packet is a CONNECT, as far as its first byte says.
pub(crate) fn starts_with_connect(buffer: &[u8]) -> bool {
    buffer.first().is_some_and(|first| first >> 4 == CONNECT)
}

/// Takes the next packet out of the buffer; `None` if it is not whole yet.
pub(crate) fn next(buffer: &mut BytesMut) -> Result<Option<Frame>, Fault> {
    let Some(&first) = buffer.first() else {
        return Ok(None);
    };
    check_first_byte(first)?;
    let header = match v4::check(buffer.iter(), bytes_max(first)) {
        Ok(header) => header,
        Err(Error::InsufficientBytes(_)) => return Ok(None),
        Err(Error::PayloadSizeLimitExceeded(_)) => return Err(Fault::Oversized),
        Err(_) => return Err(Fault::Malformed),
    };
    let raw = buffer.split_to(header.frame_length()).freeze();
    let body = raw.slice(header.fixed_header_len..);
    match first >> 4 {
        // The parser takes these with a body.
        PINGREQ | DISCONNECT if !body.is_empty() => return Err(Fault::Malformed),
        _ => {}
    }
    strict::frame_of(parse(&raw)?, header, &body).map(Some)
}

/// Flags are fixed for all but PUBLISH [MQTT-2.2.2-1, 2.2.2-2].
fn check_first_byte(first: u8) -> Result<(), Fault> {
    let flags = first & 0x0F;
    let expected = match first >> 4 {
        PUBLISH => return check_publish_flags(flags),
        PUBREL | SUBSCRIBE | UNSUBSCRIBE => 0b0010,
        CONNECT | PUBACK | PUBREC | PUBCOMP | PINGREQ | DISCONNECT => 0,
        _ => return Err(Fault::Malformed),
    };
    match first >> 4 {
        _ if flags != expected => Err(Fault::Malformed),
        PUBREC | PUBREL | PUBCOMP => Err(Fault::Qos2),
        _ => Ok(()),
    }
}

/// QoS 3 does not exist [MQTT-3.3.1-4], and QoS 0 has no DUP [MQTT-3.3.1-2].
fn check_publish_flags(flags: u8) -> Result<(), Fault> {
    let dup = flags & 0b1000 != 0;
    match (flags >> 1) & 0b11 {
        0 if dup => Err(Fault::Malformed),
        0 | 1 => Ok(()),
        2 => Err(Fault::Qos2),
        _ => Err(Fault::Malformed),
    }
}

fn bytes_max(first: u8) -> usize {
    match first >> 4 {
        PUBLISH => FRAME_BYTES_MAX + PUBLISH_OVERHEAD_BYTES_MAX,
        _ => OTHER_BYTES_MAX,
    }
}

fn parse(raw: &Bytes) -> Result<Packet, Fault> {
    // The parser has not panicked on any input so far; its version 5 has.
    let parsed =
        catch_unwind(AssertUnwindSafe(|| V4.read_mut(&mut BytesMut::from(&raw[..]), usize::MAX)));
    match parsed {
        Ok(Ok(packet)) => Ok(packet),
        Ok(Err(Error::InvalidProtocolLevel(_))) => Err(Fault::ProtocolLevel),
        Ok(Err(_)) | Err(_) => Err(Fault::Malformed),
    }
}
