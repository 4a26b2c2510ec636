//! Golden bytes: what was written years ago must be read, and hash the same, for ever. A change
//! here is a change of the contract.

use std::fmt::Write as _;

use crate::samples;
use expect_test::expect_file;
use serde::Serialize;
use waypost_protocol::*;

#[test]
fn uplink_frames_keep_their_bytes() {
    let mut shown = String::new();
    for (name, frame) in samples::uplinks() {
        show(&mut shown, name, &frame.to_bytes(), &frame);
    }
    expect_file!["golden/uplink.txt"].assert_eq(&shown);
}

#[test]
fn downlink_frames_keep_their_bytes() {
    let mut shown = String::new();
    for (name, frame) in samples::downlinks() {
        show(&mut shown, name, &frame.to_bytes(), &frame);
    }
    expect_file!["golden/downlink.txt"].assert_eq(&shown);
}

#[test]
fn bodies_keep_their_bytes() {
    let mut shown = String::new();
    for (name, body) in samples::bodies() {
        let content = body.to_content();
        let name = format!("{name} (kind {})", content.kind);
        show(&mut shown, &name, &content.bytes, &body);
        writeln!(shown, "digest {}\n", hex::encode(content.digest())).unwrap();
    }
    expect_file!["golden/bodies.txt"].assert_eq(&shown);
}

#[test]
fn problem_codes_keep_their_numbers() {
    let mut shown = String::new();
    for code in ProblemCode::ALL {
        writeln!(shown, "{:3} {} {}", code.number(), code.slug(), code.http_status()).unwrap();
    }
    expect_file!["golden/problem-codes.txt"].assert_eq(&shown);
}

fn show(shown: &mut String, name: &str, bytes: &[u8], value: &impl Serialize) {
    let json = serde_json::to_string_pretty(value).unwrap();
    writeln!(shown, "# {name}: {} bytes", bytes.len()).unwrap();
    writeln!(shown, "{}", hex::encode(bytes)).unwrap();
    writeln!(shown, "{}", minicbor::display(bytes)).unwrap();
    writeln!(shown, "{json}\n").unwrap();
}
