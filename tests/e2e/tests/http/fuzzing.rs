//! Schemathesis reads the document and sends what it allows and what it forbids. Whatever it
//! sends, the server answers as the document says, and never with a 5xx.

use tokio::process::Command;
use waypost_world::On;

use crate::office::Office;
use crate::venv::{checkout, tool};

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

/// Longest time for the whole run, in seconds: what is left of it after the fixed cases goes into
/// invented ones.
const SECONDS_MAX: &str = "45";

#[tokio::test(flavor = "multi_thread")]
async fn the_server_does_what_its_document_says() {
    let office = Office::open(On::Sqlite).await;
    let port = office.world.server.ports().https;
    let output = Command::new(tool("schemathesis"))
        .arg("run")
        .arg(checkout().join("openapi/openapi.json"))
        .args(["--url", &format!("https://127.0.0.1:{port}")])
        .args(["--header", &format!("Authorization: Bearer {}", office.ines.credential)])
        .arg("--tls-verify")
        .arg(office.world.server.ca_file())
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        // A question for events waits half a minute at the most.
        .args(["--request-timeout", "60"])
        .args(["--max-examples", "40", "--max-time", SECONDS_MAX, "--seed", "1"])
        .args(["--continue-on-failure", "--no-color", "--warnings", "off"])
        // It leaves a folder of examples behind.
        .current_dir(office.world.folder())
        .env_remove("PYTEST_CURRENT_TEST")
        .output()
        .await
        .expect("schemathesis starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "the server and its document differ:\n{told}\n{complaints}");
    assert!(cases(&told) > 500, "next to nothing was tried:\n{told}");
    office.closes().await;
}

/// How many cases were tried: `4040 generated, 4040 passed`.
fn cases(told: &str) -> u32 {
    let counted = told.lines().find_map(|line| line.trim().split_once(" generated"));
    counted.and_then(|(n, _)| n.parse().ok()).unwrap_or(0)
}
