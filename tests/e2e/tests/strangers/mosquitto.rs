//! `mosquitto_sub` and `mosquitto_pub` with a device's credential.
//!
//! Each is a connection, and an enrolment has one at a time: so Dana listens with one and pulls over
//! HTTPS, while Omar publishes with the other.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use waypost_protocol::{
    Body, ConversationId, Downlink, Entry, Events, PersonId, Pull, Submit, Uplink, topic,
};
use waypost_world::On;

use crate::office::{Caller, Office, fact_id};
use crate::venv::system;

#[tokio::test(flavor = "multi_thread")]
async fn dana_hears_live_what_omar_publishes() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let mut listening = client(&office, "mosquitto_sub", dana)
        .args(["-t", &topic::down(dana.enrolment), "-C", "1", "-W", "60", "-F", "hex %x", "-d"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("mosquitto_sub starts");
    let mut told = BufReader::new(listening.stdout.take().expect("piped")).lines();
    line_with(&mut told, "Subscribed").await;
    // From a pull on, what is new comes unasked.
    let pulled = dana.post("/v1/sync", json!(Uplink::Pull(Pull { limit: 100, ..Pull::default() })));
    assert_eq!(pulled.await.status, 200);

    let submit = Uplink::Submit(Submit { entries: vec![text(omar, dana, "Gate 4 is closed")] });
    let published = publish(&office, omar, &topic::up(omar.enrolment), &submit).await;
    assert!(published.status.success(), "{published:?}");
    let line = line_with(&mut told, "hex ").await;
    let events = events_of(line.trim_start_matches("hex "));
    assert!(says(&events, "Gate 4 is closed"), "{events:?}");
    assert!(listening.wait().await.expect("it ends").success());
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_is_refused_where_she_does_not_belong() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    for foreign in [topic::down(omar.enrolment), topic::up(dana.enrolment), "#".to_owned()] {
        let listening = client(&office, "mosquitto_sub", dana)
            .args(["-t", &foreign, "-C", "1", "-W", "30"])
            .output()
            .await
            .expect("mosquitto_sub starts");
        let complaint = String::from_utf8_lossy(&listening.stderr).into_owned();
        assert!(complaint.contains("denied"), "{foreign}: {listening:?}");
    }
    let submit = Uplink::Submit(Submit { entries: vec![text(omar, dana, "Forged")] });
    // MQTT 3.1.1 cannot refuse a publish without ending the connection: it is acknowledged and dropped.
    let forged = publish(&office, dana, &topic::up(omar.enrolment), &submit).await;
    assert!(forged.status.success(), "{forged:?}");
    let history = format!("/v1/conversations/{}/messages", dana.with(omar));
    assert_eq!(dana.get(&history).await.body["messages"], json!([]), "nobody speaks as Omar");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_credential_does_not_connect() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let own = topic::down(dana.enrolment);
    for (what, caller) in [
        ("a wrong password", dana.with_credential("wrong")),
        ("Omar's password", dana.with_credential(&omar.credential)),
    ] {
        let refused = client(&office, "mosquitto_sub", &caller)
            .args(["-t", &own, "-C", "1", "-W", "30"])
            .output()
            .await
            .expect("mosquitto_sub starts");
        let complaint = String::from_utf8_lossy(&refused.stderr).to_lowercase();
        assert!(complaint.contains("refused"), "{what}: {refused:?}");
        assert!(!refused.status.success(), "{what}: {refused:?}");
    }
    office.closes().await;
}

/// A mosquitto client with the address, the pinned CA and the credential of a device.
fn client(office: &Office, program: &str, caller: &Caller) -> Command {
    // Line by line, so that a test can wait for what is said.
    let mut command = Command::new(system("stdbuf"));
    command.arg("-oL").arg(system(program));
    let (enrolment, port) = (caller.enrolment.to_string(), office.world.server.ports().mqtt);
    command
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "--tls-version", "tlsv1.2"])
        .arg("--cafile")
        .arg(office.world.server.ca_file())
        .args(["-i", &enrolment, "-u", &enrolment, "-P", &caller.credential]);
    command
}

async fn publish(office: &Office, caller: &Caller, topic: &str, frame: &Uplink) -> Output {
    client(office, "mosquitto_pub", caller)
        .args(["-t", topic, "-q", "1", "-f"])
        .arg(frame_file(office, "publish", frame))
        .output()
        .await
        .expect("mosquitto_pub starts")
}

fn frame_file(office: &Office, name: &str, frame: &Uplink) -> PathBuf {
    let file = office.world.folder().join(format!("{name}.cbor"));
    std::fs::write(&file, frame.to_bytes()).expect("a file");
    file
}

fn text(from: &Caller, to: &Caller, words: &str) -> Entry {
    let person = |caller: &Caller| PersonId(u32::try_from(caller.id).expect("a number"));
    Entry {
        id: fact_id(),
        conversation: ConversationId::direct(person(from), person(to)).expect("two people"),
        number: 1,
        content: Body::text(words).to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

fn events_of(hex: &str) -> Events {
    let byte = |i: usize| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    let bytes = bytes.unwrap_or_else(|| panic!("no bytes in hexadecimal: {hex}"));
    match Downlink::from_bytes(&bytes) {
        Ok(Downlink::Events(events)) => events,
        other => panic!("no events: {other:?}"),
    }
}

fn says(events: &Events, words: &str) -> bool {
    let bodies = events.events.iter().filter_map(|event| event.content.to_body().ok());
    bodies.into_iter().any(|body| matches!(body, Body::Text { text, .. } if text == words))
}

async fn line_with(lines: &mut Lines<BufReader<ChildStdout>>, what: &str) -> String {
    let mut told = Vec::new();
    while let Some(line) = lines.next_line().await.expect("output can be read") {
        if line.contains(what) {
            return line;
        }
        told.push(line);
    }
    panic!("it ended without `{what}`: {told:#?}");
}
