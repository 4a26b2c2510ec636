//! What public checkers say of the two documents.

use std::process::{Command, Output};

use crate::venv::{checkout, node_modules, script, system};

#[test]
fn redocly_finds_nothing_in_the_document_for_http() {
    let redocly = node_modules().join(".bin/redocly");
    let document = checkout().join("openapi/openapi.json");
    let lint = Command::new(redocly)
        .args(["lint", "--extends", "recommended", "--format", "json"])
        .arg(document)
        // It would ask the network for a newer version.
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .output();
    let (told, complaints) = heard(&lint.expect("node starts"));
    let report: serde_json::Value = serde_json::from_str(&told).unwrap_or_default();
    let totals = &report["totals"];
    let found = (totals["errors"].as_u64(), totals["warnings"].as_u64());
    assert_eq!(found, (Some(0), Some(0)), "{told}\n{complaints}");
}

#[test]
fn the_parser_of_asyncapi_finds_nothing_in_the_document_for_mqtt() {
    // The command `asyncapi validate` asks this parser; it would bring a thousand packages along.
    let parse = Command::new(system("node"))
        .arg(script("asyncapi.mjs"))
        .arg(checkout().join("openapi/asyncapi.yaml"))
        .env("NODE_PATH", node_modules())
        .output();
    let (told, complaints) = heard(&parse.expect("node starts"));
    assert_eq!(told.trim(), "[]", "{complaints}");
}

fn heard(output: &Output) -> (String, String) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
