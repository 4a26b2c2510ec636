//! The published schema: a stranger who writes a client from it is understood.

use crate::samples;
use cddl_cat::validate_cbor_bytes;

const SCHEMA: &str = include_str!("../../waypost.cddl");

#[test]
fn every_frame_is_as_the_schema_says() {
    for (name, frame) in samples::uplinks() {
        fits("uplink", name, &frame.to_bytes());
    }
    for (name, frame) in samples::downlinks() {
        fits("downlink", name, &frame.to_bytes());
    }
}

#[test]
fn every_body_is_as_the_schema_says() {
    for (name, body) in samples::bodies() {
        let bytes = minicbor::to_vec(body.to_content()).unwrap();
        fits("content", name, &bytes);
    }
}

#[test]
fn the_schema_refuses_what_a_peer_would_refuse() {
    let wrong = [
        ("uplink", "frame of no known type", "8209 80"),
        ("uplink", "submit that is no list", "8201 8101"),
        ("uplink", "pull without a limit", "8202 82 820000 01"),
        ("uplink", "pull with a text as limit", "8202 83 820000 01 6131"),
        ("downlink", "accepted with a short id", "8201 81 84 01 4101 820001 00"),
        ("downlink", "refused with a huge code", "8204 1a00010000"),
        ("downlink", "presence of nobody", "8203 81 81 80"),
        ("content", "text that is a number", "8201 42 8101"),
        ("content", "text whose body is no CBOR", "8201 41 ff"),
        ("content", "role of no known number", "8214 49 85 07 6164 6144 09 6170"),
        ("conversation", "stream of no known number", "23"),
    ];
    for (rule, name, hex) in wrong {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        let mut whole = minicbor::Decoder::new(&bytes);
        whole.skip().unwrap();
        assert_eq!(whole.position(), bytes.len(), "the sample itself is broken: {name}");
        assert!(
            validate_cbor_bytes(rule, SCHEMA, &bytes).is_err(),
            "a stranger would send a {name} and believe that it is right"
        );
    }
}

#[test]
fn the_schema_refuses_each_frame_without_its_end() {
    for (name, frame) in samples::uplinks() {
        let bytes = frame.to_bytes();
        let cut = &bytes[..bytes.len() - 1];
        assert!(validate_cbor_bytes("uplink", SCHEMA, cut).is_err(), "{name}, cut short, fits");
    }
}

fn fits(rule: &str, name: &str, bytes: &[u8]) {
    if let Err(error) = validate_cbor_bytes(rule, SCHEMA, bytes) {
        panic!("a stranger's {rule} cannot be read: {name}: {error}\n{}", minicbor::display(bytes));
    }
}
