//! A Python program that was written from `waypost.cddl` alone talks with a dispatcher.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use waypost_client::View;
use waypost_protocol::{Body, ConversationId, PersonId, ReceiptState};
use waypost_world::{On, World};

use crate::office::{Caller, enrol};
use crate::venv::{script, tool};

#[tokio::test(flavor = "multi_thread")]
async fn a_python_device_writes_to_omar_and_reads_his_answer() {
    writes_and_reads(Transport::Tcp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_device_behind_a_wall_does_so_over_websocket() {
    writes_and_reads(Transport::WebSockets).await;
}

/// Which way the packets go, as paho calls it.
#[derive(Clone, Copy)]
enum Transport {
    Tcp,
    WebSockets,
}

async fn writes_and_reads(transport: Transport) {
    let mut world = World::new(On::Sqlite).await;
    let omar = world.dispatcher("omar").await;
    world.adds("dana", "driver").await;
    let dana = enrol(&world, "dana").await;
    let chat = ConversationId::direct(omar.id(), person(&dana)).expect("two people");
    omar.opens(chat).await;
    let mut device = start(&world, &dana, u64::from(omar.id().0), transport).await;
    let mut told = BufReader::new(device.stdout.take().expect("piped")).lines();

    let accepted = told.next_line().await.expect("output").expect("an answer to the submit");
    assert!(accepted.starts_with("accepted "), "{accepted}");
    let seen = omar.sees("Dana's message", |view| heard(view).is_some()).await;
    assert_eq!(heard(&seen).as_deref(), Some("Zażółć gęślą jaźń, 15 min späť 🚚"));
    let answer = omar.says(chat, "Understood, the dock waits").await;
    let read = told.next_line().await.expect("output");
    assert_eq!(read.as_deref(), Some("read Understood, the dock waits"));
    let is_read = |state| state >= ReceiptState::Read;
    omar.sees_message(answer, "that Dana has read it", |message| is_read(message.state)).await;
    assert!(device.wait().await.expect("it ends").success());
    world.ends([omar]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_device_with_a_wrong_credential_is_not_authorised() {
    let world = World::new(On::Sqlite).await;
    world.adds("dana", "driver").await;
    let dana = enrol(&world, "dana").await.with_credential("wrong");
    for transport in [Transport::Tcp, Transport::WebSockets] {
        let device = start(&world, &dana, 2, transport).await;
        let device = device.wait_with_output().await.expect("it ends");
        let complaint = String::from_utf8_lossy(&device.stderr).to_lowercase();
        assert!(!device.status.success(), "it connected");
        assert!(complaint.contains("not authorized"), "{complaint}");
    }
    world.ends([]).await;
}

async fn start(world: &World, dana: &Caller, omar: u64, transport: Transport) -> Child {
    let mut device = Command::new(tool("python"))
        .arg(script("cddl_device.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python starts");
    let ports = world.server.ports();
    let (port, transport) = match transport {
        Transport::Tcp => (ports.mqtt, "tcp"),
        Transport::WebSockets => (ports.https, "websockets"),
    };
    let settings = json!({
        "port": port,
        "transport": transport,
        "ca": world.server.ca_file(),
        "enrolment": dana.enrolment,
        "credential": dana.credential,
        "people": [dana.id.min(omar), dana.id.max(omar)],
        "partner": omar,
        "text": "Zażółć gęślą jaźń, 15 min späť 🚚",
    });
    let mut input = device.stdin.take().expect("piped");
    input.write_all(settings.to_string().as_bytes()).await.expect("it listens");
    device
}

fn person(caller: &Caller) -> PersonId {
    PersonId(u32::try_from(caller.id).expect("a number"))
}

/// The first words of someone else in the open conversation.
fn heard(view: &View) -> Option<String> {
    let messages = view.timeline.iter().flat_map(|open| &open.messages);
    let mut others = messages.filter(|message| !message.mine);
    others.find_map(|message| match &message.body {
        Body::Text { text, .. } => Some(text.clone()),
        _ => None,
    })
}
