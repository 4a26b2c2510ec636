//! Bytes to MQTT 3.1.1 control packets, strictly.
//!
//! The parser is rumqttd's; here is what it leaves out: the flags of the fixed header, reserved
//! bits, characters that no string may hold, lengths that leave something over. It knows nothing
//! of topics or people.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::{Bytes, BytesMut};
use rumqttd::protocol::v4::{self, FixedHeader, V4};
use rumqttd::protocol::{Error, LastWill, Login, Packet, Protocol};
use waypost_protocol::FRAME_BYTES_MAX;

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
    Subscribe { packet: u16, filters: Vec<String> },
    Unsubscribe { packet: u16, filters: Vec<String> },
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
    let Some(&first) = buffer.first() else { return Ok(None) };
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
    strict(parse(&raw)?, header, &body).map(Some)
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

fn strict(packet: Packet, header: FixedHeader, body: &Bytes) -> Result<Frame, Fault> {
    match packet {
        Packet::Connect(connect, _, will, _, login) => {
            let login = login.unwrap_or_else(|| Login { username: String::new(), password: String::new() });
            check_connect(&connect.client_id, will.as_ref(), &login, body)?;
            Ok(Frame::Connect(Connect {
                client_id: connect.client_id,
                user_name: login.username,
                password: login.password,
                keep_alive_secs: connect.keep_alive,
                has_will: will.is_some(),
            }))
        }
        Packet::Publish(publish, _) => strict_publish(publish, header, body).map(Frame::Publish),
        Packet::Subscribe(subscribe, _) => {
            let filters: Vec<_> = subscribe.filters.into_iter().map(|f| f.path).collect();
            check_filters(subscribe.pkid, &filters)?;
            check_requested_qos(&filters, body)?;
            Ok(Frame::Subscribe { packet: subscribe.pkid, filters })
        }
        Packet::Unsubscribe(unsubscribe, _) => {
            check_filters(unsubscribe.pkid, &unsubscribe.filters)?;
            Ok(Frame::Unsubscribe { packet: unsubscribe.pkid, filters: unsubscribe.filters })
        }
        Packet::PubAck(..) => Ok(Frame::PubAck),
        Packet::PingReq(_) => Ok(Frame::PingReq),
        Packet::Disconnect(..) => Ok(Frame::Disconnect),
        _ => Err(Fault::Malformed),
    }
}

/// Reserved flag [MQTT-3.1.2-3], a password without a user name [MQTT-3.1.2-22], characters
/// [MQTT-1.5.3-2], and a payload of exactly the announced fields [MQTT-3.1.3-1].
fn check_connect(
    client_id: &str,
    will: Option<&LastWill>,
    login: &Login,
    body: &[u8],
) -> Result<(), Fault> {
    const FLAGS_AT: usize = 2 + "MQTT".len() + 1;
    const PAYLOAD_AT: usize = FLAGS_AT + 1 + 2;
    let flags = *body.get(FLAGS_AT).ok_or(Fault::Malformed)?;
    let has_user_name = flags & 0x80 != 0;
    let has_password = flags & 0x40 != 0;
    let field = |there: bool, bytes: usize| if there { 2 + bytes } else { 0 };
    let length = PAYLOAD_AT
        + field(true, client_id.len())
        + will.map_or(0, |will| 2 + will.topic.len() + 2 + will.message.len())
        + field(has_user_name, login.username.len())
        + field(has_password, login.password.len());
    let sound = flags & 1 == 0
        && (has_user_name || !has_password)
        && !client_id.contains('\0')
        && !login.username.contains('\0')
        && will.is_none_or(|will| is_string(&will.topic))
        && length == body.len();
    if sound { Ok(()) } else { Err(Fault::Malformed) }
}

fn strict_publish(
    publish: rumqttd::protocol::Publish,
    header: FixedHeader,
    body: &[u8],
) -> Result<Publish, Fault> {
    let topic = std::str::from_utf8(&publish.topic).map_err(|_| Fault::Malformed)?;
    // Wildcards are for filters [MQTT-3.3.2-2].
    if topic.is_empty() || topic.contains(['\0', '+', '#']) {
        return Err(Fault::Malformed);
    }
    // The parser has checked that it is there and not zero; it only does not give it away.
    let packet_at = 2 + publish.topic.len();
    let has_packet = header.byte1 & 0b0110 != 0;
    let packet = has_packet
        .then(|| body.get(packet_at..packet_at + 2))
        .flatten()
        .map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    Ok(Publish {
        topic: topic.to_owned(),
        packet,
        retain: publish.retain,
        payload: publish.payload,
    })
}

/// A packet id of zero [MQTT-2.3.1-1], no filter at all [MQTT-3.8.3-3, 3.10.3-2], an empty one
/// [MQTT-4.7.3-1].
fn check_filters(packet: u16, filters: &[String]) -> Result<(), Fault> {
    let sound = packet != 0
        && !filters.is_empty()
        && filters.iter().all(|filter| !filter.is_empty() && !filter.contains('\0'));
    if sound { Ok(()) } else { Err(Fault::Malformed) }
}

/// The upper six bits beside each filter are reserved [MQTT-3.8.3-4].
fn check_requested_qos(filters: &[String], body: &[u8]) -> Result<(), Fault> {
    let mut at = 2;
    for filter in filters {
        at += 2 + filter.len();
        if body.get(at).is_none_or(|requested| requested & 0xFC != 0) {
            return Err(Fault::Malformed);
        }
        at += 1;
    }
    Ok(())
}

fn is_string(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Frame>, Fault> {
        next(&mut BytesMut::from(bytes))
    }

    #[test]
    fn a_packet_that_is_not_whole_waits_for_the_rest() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[0x32]), Ok(None));
        assert_eq!(read(&[0x32, 0x80]), Ok(None));
        assert_eq!(read(&[0x32, 5, 0, 1]), Ok(None));
    }

    #[test]
    fn a_publish_keeps_its_packet_id() {
        let frame = read(&[0x32, 6, 0, 1, b'a', 0x12, 0x34, b'!']);
        let expected = Publish {
            topic: "a".into(),
            packet: Some(0x1234),
            retain: false,
            payload: Bytes::from_static(b"!"),
        };
        assert_eq!(frame, Ok(Some(Frame::Publish(expected))));
    }

    #[test]
    fn what_the_parser_lets_pass_is_refused_here() {
        let cases: [(&str, &[u8], Fault); 19] = [
            ("type 0", &[0x00, 0], Fault::Malformed),
            ("type 15", &[0xF0, 0], Fault::Malformed),
            ("a CONNACK from a client", &[0x20, 2, 0, 0], Fault::Malformed),
            ("a PINGRESP from a client", &[0xD0, 0], Fault::Malformed),
            ("PINGREQ with flags", &[0xC1, 0], Fault::Malformed),
            ("PINGREQ with a body", &[0xC0, 1, 0], Fault::Malformed),
            ("DISCONNECT with flags", &[0xE8, 0], Fault::Malformed),
            ("SUBSCRIBE without its flag", &[0x80, 6, 0, 1, 0, 1, b'a', 0], Fault::Malformed),
            ("SUBSCRIBE with packet id 0", &[0x82, 6, 0, 0, 0, 1, b'a', 0], Fault::Malformed),
            ("SUBSCRIBE with reserved bits", &[0x82, 6, 0, 1, 0, 1, b'a', 4], Fault::Malformed),
            ("SUBSCRIBE without filters", &[0x82, 2, 0, 1], Fault::Malformed),
            ("UNSUBSCRIBE without filters", &[0xA2, 2, 0, 1], Fault::Malformed),
            ("PUBLISH with QoS 3", &[0x36, 5, 0, 1, b'a', 0, 1], Fault::Malformed),
            ("PUBLISH with QoS 0 and DUP", &[0x38, 3, 0, 1, b'a'], Fault::Malformed),
            ("PUBLISH to a wildcard", &[0x30, 3, 0, 1, b'#'], Fault::Malformed),
            ("PUBLISH with a NUL in its topic", &[0x30, 3, 0, 1, 0], Fault::Malformed),
            ("PUBLISH with QoS 2", &[0x34, 5, 0, 1, b'a', 0, 1], Fault::Qos2),
            ("PUBREL", &[0x62, 2, 0, 1], Fault::Qos2),
            ("a length of five bytes", &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], Fault::Malformed),
        ];
        for (what, bytes, fault) in cases {
            assert_eq!(read(bytes), Err(fault), "{what}");
        }
    }

    #[test]
    fn a_packet_is_refused_by_its_announced_length_before_it_is_buffered() {
        assert_eq!(read(&[0x30, 0xFF, 0xFF, 0x7F]), Err(Fault::Oversized));
        assert_eq!(read(&[0x82, 0x81, 0x20]), Err(Fault::Oversized));
    }
}
