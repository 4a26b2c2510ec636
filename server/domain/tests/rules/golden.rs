//! The leaves of the audit tree, byte by byte, as programs of other languages must make them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use waypost_domain::audit::{Hash, LeafAudience, LeafFields, Tree, commitment, leaf_hash};
use waypost_protocol::{Content, Sequence};

/// A leaf that was ever written must verify for ever: this file only grows.
#[test]
fn the_leaves_are_as_they_were_published() {
    let golden = golden();
    let mut tree = Tree::default();
    for leaf in golden["leaves"].as_array().expect("leaves") {
        let name = &leaf["name"];
        let bytes = fields(&leaf["fields"]).to_bytes();
        assert_eq!(hex::encode(&bytes), leaf["leaf"], "{name}: the bytes of the leaf");
        assert_eq!(hex::encode(leaf_hash(&bytes)), leaf["hash"], "{name}: its hash");
        let content = &leaf["content"];
        let kind = content["kind"].as_u64().expect("a kind") as u16;
        let said = Content { kind, bytes: bytes_of(&content["bytes"]) };
        let committed = commitment(&array(&content["salt"]), &said);
        assert_eq!(hex::encode(committed), leaf["fields"]["commitment"], "{name}: the commitment");
        tree.append(leaf_hash(&bytes));
        assert_eq!(hex::encode(tree.root()), leaf["root"], "{name}: the root up to here");
    }
    assert_eq!(
        (json!(tree.size()), json!(hex::encode(tree.root()))),
        (golden["size"].clone(), golden["root"].clone())
    );
    assert!(tree.size() >= 7, "every kind of audience and absent field is shown");
}

/// An auditor needs nothing of ours: Python's standard library verifies the same file.
#[test]
fn a_program_of_another_language_agrees() {
    let verified = verify(&folder().join("leaves.json"));
    assert_eq!(verified, Ok("verified 7 leaves\n".to_owned()));
}

/// The other program must be able to disagree.
#[test]
fn a_changed_leaf_is_noticed_by_the_other_program() {
    for (pointer, value) in [
        ("/leaves/2/fields/recorded_at", json!(1)),
        ("/leaves/0/fields/audience", json!("group-4")),
        ("/leaves/1/content/bytes", json!("00")),
        ("/leaves/3/hash", json!("00".repeat(32))),
        ("/root", json!("00".repeat(32))),
    ] {
        let mut golden = golden();
        *golden.pointer_mut(pointer).expect("a place in the file") = value;
        let forged = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forged-leaves.json");
        fs::write(&forged, golden.to_string()).expect("a file");
        assert!(verify(&forged).is_err(), "a forged {pointer} is not noticed");
    }
}

fn verify(file: &Path) -> Result<String, String> {
    let output = Command::new("python3").arg(folder().join("verify.py")).arg(file).output();
    let output = output.expect("python3 is not installed, and this test needs it");
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn golden() -> Value {
    let text = fs::read_to_string(folder().join("leaves.json")).expect("golden/leaves.json");
    serde_json::from_str(&text).expect("JSON")
}

fn fields(fields: &Value) -> LeafFields {
    let sequence = &fields["sequence"];
    LeafFields {
        sequence: Sequence {
            epoch: sequence["epoch"].as_u64().expect("an epoch") as u32,
            n: sequence["n"].as_u64().expect("a number"),
        },
        id: array(&fields["id"]),
        kind: fields["kind"].as_u64().expect("a kind") as u16,
        author: array(&fields["author"]),
        enrolment: Some(&fields["enrolment"]).filter(|value| !value.is_null()).map(array),
        audience: match &fields["audience"] {
            Value::Array(pair) => LeafAudience::Pair(array(&pair[0]), array(&pair[1])),
            Value::String(name) => LeafAudience::Named(name.clone()),
            _ => LeafAudience::Concerned,
        },
        occurred_at: fields["occurred_at"].as_i64(),
        offset_minutes: fields["offset_minutes"].as_i64().expect("minutes") as i16,
        skew_ms: fields["skew_ms"].as_i64(),
        recorded_at: fields["recorded_at"].as_i64().expect("a time"),
        commitment: array::<32>(&fields["commitment"]) as Hash,
    }
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes_of(value).try_into().expect("the right length")
}

fn bytes_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("hexadecimal")).expect("hexadecimal")
}
