//! Packets as bytes: which are read, and which are refused as what.

use bytes::{Bytes, BytesMut};

use crate::frame::{Fault, Frame, Publish, next};

/// What is sent, its bytes, and what is wrong with it.
const CASES: [(&str, &[u8], Fault); 21] = [
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
    ("SUBSCRIBE to half a level", &[0x82, 7, 0, 1, 0, 2, b'a', b'#', 0], Fault::Malformed),
    ("UNSUBSCRIBE from half a level", &[0xA2, 6, 0, 1, 0, 2, b'+', b'a'], Fault::Malformed),
    ("UNSUBSCRIBE without filters", &[0xA2, 2, 0, 1], Fault::Malformed),
    ("PUBLISH with QoS 3", &[0x36, 5, 0, 1, b'a', 0, 1], Fault::Malformed),
    ("PUBLISH with QoS 0 and DUP", &[0x38, 3, 0, 1, b'a'], Fault::Malformed),
    ("PUBLISH to a wildcard", &[0x30, 3, 0, 1, b'#'], Fault::Malformed),
    ("PUBLISH with a NUL in its topic", &[0x30, 3, 0, 1, 0], Fault::Malformed),
    ("PUBLISH with QoS 2", &[0x34, 5, 0, 1, b'a', 0, 1], Fault::Qos2),
    ("PUBREL", &[0x62, 2, 0, 1], Fault::Qos2),
    ("a length of five bytes", &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], Fault::Malformed),
];

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
    for (what, bytes, fault) in CASES {
        assert_eq!(read(bytes), Err(fault), "{what}");
    }
}

#[test]
fn a_packet_is_refused_by_its_announced_length_before_it_is_buffered() {
    assert_eq!(read(&[0x30, 0xFF, 0xFF, 0x7F]), Err(Fault::Oversized));
    assert_eq!(read(&[0x82, 0x81, 0x20]), Err(Fault::Oversized));
}
