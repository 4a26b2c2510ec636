//! The documents in `openapi/` and `docs/api.md` say what the code does.

use std::process::Command;

use waypost_protocol::{EnrolmentId, ProblemCode, topic};

use crate::venv::{checkout, tool};

#[test]
fn the_mqtt_document_names_the_topics_of_the_contract() {
    let enrolment = EnrolmentId::mint(0, 0);
    let written = |topic: String| topic.replace(&enrolment.to_string(), "{enrolment}");
    let read = "import json, sys, yaml\n\
        document = yaml.safe_load(open(sys.argv[1]))\n\
        print(json.dumps([document['asyncapi'], document['channels']]))";
    let output = Command::new(tool("python"))
        .args(["-c", read])
        .arg(checkout().join("openapi/asyncapi.yaml"))
        .output()
        .expect("python starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openapi/asyncapi.yaml is no YAML: {complaints}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(document[0].as_str().is_some_and(|version| version.starts_with("3.")), "{document}");
    let channels = document[1].as_object().expect("channels");
    let mut addresses: Vec<_> =
        channels.values().filter_map(|channel| channel["address"].as_str()).collect();
    addresses.sort_unstable();
    assert_eq!(addresses, [written(topic::down(enrolment)), written(topic::up(enrolment))]);
}

#[test]
fn the_guide_lists_every_problem() {
    let guide = read("docs/api.md");
    let rows: Vec<&str> = guide.lines().filter(|line| line.starts_with("| `")).collect();
    let wanted: Vec<String> = ProblemCode::ALL
        .iter()
        .map(|code| {
            let (slug, status, number) = (code.slug(), code.http_status(), code.number());
            format!("| `{slug}` | {status} | {number} | {} |", code.what_to_do())
        })
        .collect();
    assert_eq!(rows, wanted, "the table in docs/api.md must be:\n{}", wanted.join("\n"));
}

#[test]
fn the_guide_names_only_what_there_is() {
    let document: serde_json::Value =
        serde_json::from_str(&read("openapi/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let guide = read("docs/api.md");
    let named = guide.split('`').filter_map(|code| {
        let (method, path) = code.split_once(' ')?;
        (path.starts_with("/v1/") && path.split_whitespace().count() == 1).then_some((method, path))
    });
    let named: Vec<_> = named.collect();
    assert!(named.len() >= 10, "the guide names the resources: {named:?}");
    for (method, path) in named {
        let operation = paths.get(path).and_then(|item| item.get(method.to_lowercase()));
        assert!(operation.is_some(), "docs/api.md names `{method} {path}`, which is not there");
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(checkout().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
