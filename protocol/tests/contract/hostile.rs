//! Hostile input: it is refused, quickly, and takes down nobody.

use std::time::Instant;

use waypost_protocol::*;

use crate::samples::{self, fact};

fn both(hex: &str) -> (Result<Uplink, FrameError>, Result<Downlink, FrameError>) {
    let bytes = hex::decode(hex.replace(' ', "")).unwrap();
    (Uplink::from_bytes(&bytes), Downlink::from_bytes(&bytes))
}

#[test]
fn lengths_that_are_not_there_are_refused_before_memory_is_taken() {
    for (name, hex) in [
        ("entries", "8201 81 9bffffffffffffffff"),
        ("a frame", "9bffffffffffffffff 01 81 80"),
        ("an event's bytes", "8202 84 00 00 01 81 83 01 00 82 01 5bffffffffffffffff"),
        ("presence", "8203 81 9b00ffffffffffffff"),
    ] {
        let (up, down) = both(hex);
        assert!(up.is_err() && down.is_err(), "{name} of impossible length is believed");
    }
}

#[test]
fn a_frame_of_only_brackets_is_refused() {
    for bracket in [0x81u8, 0x9f, 0xa1, 0xbf, 0xc1] {
        let mut bytes = vec![0x83, 0x01, 0x81, 0x80];
        bytes.resize(FRAME_BYTES_MAX, bracket);
        let began = Instant::now();
        assert!(matches!(Uplink::from_bytes(&bytes), Err(FrameError::Malformed(_))));
        assert!(began.elapsed().as_secs() < 5, "one frame of {bracket:#x} keeps the server busy");
    }
}

#[test]
fn nested_fields_that_are_not_known_are_skipped_at_any_depth() {
    let mut bytes = vec![0x83, 0x01, 0x81, 0x80];
    bytes.resize(FRAME_BYTES_MAX - 1, 0x81);
    bytes.push(0x80);
    let empty = Uplink::Submit(Submit::default());
    assert_eq!(Uplink::from_bytes(&bytes), Ok(empty), "depth breaks the reader");
}

#[test]
fn frames_of_indefinite_length_are_refused_and_lists_in_them_are_read() {
    let (up, down) = both("9f 01 81 80 ff");
    assert!(up.is_err() && down.is_err());
    let (up, _) = both("82 01 9f 9f ff ff");
    assert_eq!(up, Ok(Uplink::Submit(Submit::default())));
    let (_, down) = both("82 01 9f ff");
    assert_eq!(down, Ok(Downlink::Answers { answers: vec![] }));
}

#[test]
fn too_much_and_too_long_are_refused_with_their_code() {
    let bytes = vec![0x80; FRAME_BYTES_MAX + 1];
    assert_eq!(Uplink::from_bytes(&bytes), Err(FrameError::TooLarge));
    let entries = vec![samples::entry(); SUBMIT_ENTRIES_MAX + 1];
    let frame = Uplink::Submit(Submit { entries }).to_bytes();
    assert_eq!(Uplink::from_bytes(&frame), Err(FrameError::TooLarge));
}

#[test]
fn bytes_behind_a_frame_or_a_body_are_refused() {
    let mut frame = Uplink::Submit(Submit::default()).to_bytes();
    frame.push(0);
    assert!(matches!(Uplink::from_bytes(&frame), Err(FrameError::Malformed(_))));
    let mut content = Body::Acknowledgement { message: fact(1) }.to_content();
    content.bytes.push(0);
    assert!(content.to_body().is_err(), "something is hidden behind a body");
}

/// `{"minutes": 5 minutes, "minutes": 50 minutes}`: Dana's tablet would show one, Omar's the other.
#[test]
fn an_argument_that_stands_twice_is_refused() {
    let twice = "83 61 74 01 a2 61 6d 82 02 05 61 6d 82 02 18 32";
    let bytes = hex::decode(twice.replace(' ', "")).unwrap();
    assert!(Content { kind: kind::TEMPLATE, bytes }.to_body().is_err());
}

#[test]
fn numbers_that_are_none_are_refused() {
    let nan = "f97e00";
    let (up, _) = both(&format!("8202 83 820000 {nan} 00"));
    assert!(up.is_err(), "a pull has the number NaN");
    let bytes = hex::decode(format!("836174 01 a1 61 6d 82 01 {nan}").replace(' ', "")).unwrap();
    assert!(Content { kind: kind::TEMPLATE, bytes }.to_body().is_err(), "NaN minutes late");
}

/// A single fact that cannot be read must not hide the page on which it stands.
#[test]
fn a_content_that_cannot_be_read_still_has_a_json_form() {
    let broken = Content { kind: kind::TEXT, bytes: vec![0xff, 0x00] };
    let json = serde_json::to_string(&broken).unwrap();
    assert_eq!(json, r#"{"kind":"unknown","number":1,"bytes":"/wA="}"#);
    assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), broken);
    let no_base64 = r#"{"kind":"unknown","number":1,"bytes":"?"}"#;
    assert!(serde_json::from_str::<Content>(no_base64).is_err());
}

#[test]
fn a_broadcast_of_broadcasts_is_not_opened() {
    let mut content = Body::text("Gate 4 is closed").to_content();
    for _ in 0..1_000 {
        let mut bytes = vec![0x82, 0x83, 0x80, 0x80, 0xf5];
        minicbor::encode(&content, &mut bytes).unwrap();
        content = Content { kind: kind::BROADCAST, bytes };
    }
    let read = content.to_body().unwrap();
    assert!(matches!(read, Body::Unknown { .. }), "each depth costs the reader a bit of its stack");
}

#[test]
fn a_broadcast_carries_a_message_and_nothing_else() {
    let to = Recipients { everyone: true, ..Recipients::default() };
    for inner in [
        Body::Acknowledgement { message: fact(1) },
        Body::Erased { number: kind::TEXT },
        Body::text(" "),
        Body::Unknown { number: 4711, bytes: "gAE=".into() },
    ] {
        let broadcast = Body::Broadcast { to: to.clone(), message: inner.clone().into() };
        assert!(broadcast.check().is_err(), "{inner:?} is told to many");
    }
}
