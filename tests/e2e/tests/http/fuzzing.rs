//! Schemathesis reads the document and sends what it allows and what it forbids, as someone of each role.
//! Whatever it sends, the server answers as the document says, and never with a 5xx.

use tokio::process::Command;
use waypost_protocol::Role;
use waypost_world::On;

use crate::office::{Caller, Office, enrol};
use crate::venv::{checkout, script, tool};

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

/// Longest time for an admin, who may do most, in seconds: what is left of it after the fixed cases goes
/// into invented ones.
const ADMINS_SECONDS: u32 = 30;

/// The same for each other role.
const SECONDS: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_does_what_its_document_says() {
    let office = Office::open(On::Sqlite).await;
    let told = tried(&office, &office.ines, ADMINS_SECONDS).await;
    assert!(cases(&told) > 500, "next to nothing was tried:\n{told}");
    let mut others = vec![office.omar.clone(), office.dana.clone()];
    for role in [Role::Colleague, Role::Bot, Role::Auditor] {
        office.world.adds(role.name(), role.name()).await;
        others.push(enrol(&office.world, role.name()).await);
    }
    for who in &others {
        let told = tried(&office, who, SECONDS).await;
        assert!(cases(&told) > 100, "next to nothing was tried:\n{told}");
    }
    office.closes().await;
}

/// Lets someone try all that the document knows.
async fn tried(office: &Office, who: &Caller, seconds: u32) -> String {
    let port = office.world.server.ports().https;
    let output = Command::new(tool("schemathesis"))
        .arg("run")
        .arg(checkout().join("openapi/openapi.json"))
        .args(["--url", &format!("https://127.0.0.1:{port}")])
        .args(["--header", &format!("Authorization: Bearer {}", who.credential)])
        .arg("--tls-verify")
        .arg(office.world.server.ca_file())
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        // A question for events waits half a minute at the most.
        .args(["--request-timeout", "60"])
        .args(["--max-examples", "40", "--max-time", &seconds.to_string(), "--seed", "1"])
        .args(["--continue-on-failure", "--no-color", "--warnings", "off"])
        // It leaves a folder of examples behind.
        .current_dir(office.world.folder())
        .env("SCHEMATHESIS_HOOKS", script("schemathesis_hooks.py"))
        .env_remove("PYTEST_CURRENT_TEST")
        .output()
        .await
        .expect("schemathesis starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "the server and its document differ:\n{told}\n{complaints}");
    told
}

/// How many cases were tried: `4040 generated, 4040 passed`.
fn cases(told: &str) -> u32 {
    let counted = told.lines().find_map(|line| line.trim().split_once(" generated"));
    counted.and_then(|(n, _)| n.parse().ok()).unwrap_or(0)
}
