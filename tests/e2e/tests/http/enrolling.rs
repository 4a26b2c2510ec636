//! Links work once, for a while, and a revoked credential is worth nothing at once.

use std::process::Command;

use reqwest::Method;
use serde_json::json;
use waypost_world::On;

use crate::office::{Office, enrolment_wanted, token_for};
use crate::venv::{script, tool};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_enrols_one_device_and_no_other() {
    let office = Office::open(On::Sqlite).await;
    let nobody = office.nobody();
    let token = token_for(&office.world, "dana").await;
    for (field, value) in [
        ("device_name", json!(" ")),
        ("device_name", json!("t".repeat(81))),
        ("device", json!("tablet")),
        ("public_key", json!("AAAA")),
        ("public_key", json!("not base64")),
        ("person", json!(1)),
    ] {
        let mut wanted = enrolment_wanted(&token);
        wanted[field] = value;
        let answer = nobody.post("/v1/enrolments", wanted.clone()).await;
        answer.is_problem_with(&wanted.to_string(), 422, "content-invalid", field);
    }
    let first = nobody.post("/v1/enrolments", enrolment_wanted(&token)).await;
    assert_eq!(first.status, 201, "a mistake spent the link: {}", first.body);
    let second = nobody.post("/v1/enrolments", enrolment_wanted(&token)).await;
    second.is_problem("a spent link", 410, "token-spent");
    let guessed = nobody.post("/v1/enrolments", enrolment_wanted("guessed")).await;
    guessed.is_problem("a guessed link", 410, "token-spent");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_expires() {
    let mut office = Office::open(On::Sqlite).await;
    let token = token_for(&office.world, "dana").await;
    office.world.server.stop().await;
    let output = Command::new(tool("python"))
        .arg(script("expire_links.py"))
        .arg(office.world.folder().join("server/waypost.db"))
        .output()
        .expect("python starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the links cannot be aged: {complaints}");
    office.world.server.start().await;
    let late = office.nobody().post("/v1/enrolments", enrolment_wanted(&token)).await;
    late.is_problem("an expired link", 410, "token-spent");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_tablet_is_shut_out_at_once() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    assert_eq!(dana.get("/v1/me").await.status, 200);
    let path = format!("/v1/enrolments/{}", dana.enrolment);
    let revoked = omar.ask(omar.request(Method::DELETE, &path)).await;
    assert_eq!(revoked.status, 204, "{}", revoked.body);
    dana.get("/v1/me").await.is_problem("Dana's stolen tablet", 401, "not-enrolled");
    let sync = dana.post("/v1/sync", json!({"frame": "pull"})).await;
    sync.is_problem("its outbox", 401, "not-enrolled");
    let unknown = omar
        .ask(omar.request(Method::DELETE, "/v1/enrolments/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"))
        .await;
    unknown.is_problem("an enrolment that never was", 404, "not-found");
    office.closes().await;
}
