//! The server's program, run as an admin runs it.
//!
//! That these tests belong to this package is also what makes Cargo build the program before the
//! stories of other packages start it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn the_document_in_the_checkout_is_the_servers() {
    let printed = waypost_server(&["openapi"]);
    assert!(printed.status.success(), "the document is printed");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let kept = std::fs::read_to_string(kept).expect("the document lies in the checkout");
    assert!(
        String::from_utf8_lossy(&printed.stdout).trim() == kept.trim(),
        "openapi/openapi.json is not what the server does. Look at the difference and renew it:\n\
         cargo run -p waypost-server -- openapi > openapi/openapi.json"
    );
}

/// As `waypost-server openapi | head -n 1` does: it says more than fits into a pipe.
#[test]
fn a_command_whose_reader_has_seen_enough_ends_quietly() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waypost-server"));
    let command = command.arg("openapi").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut printing = command.spawn().expect("the program starts");
    drop(printing.stdout.take());
    let answer = printing.wait_with_output().expect("it ends");
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success() && complaint.is_empty(), "{complaint}");
}

#[test]
fn a_mistyped_command_says_what_there_is() {
    let answer = waypost_server(&["reveal"]);
    assert!(!answer.status.success());
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(complaint.contains("reveal") && complaint.contains("--help"), "{complaint}");
}

fn waypost_server(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waypost-server"))
        .args(arguments)
        .output()
        .expect("the program starts")
}
