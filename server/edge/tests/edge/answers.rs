//! Walks through the table of `docs/edge.md`: every row is acted out against a house of its own,
//! and what comes back, whether the connection lives, and what is counted must be as written.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waypost_edge::{Counters, EdgeConfig};
use waypost_protocol::{Content, Downlink, Event, Events, FRAME_BYTES_MAX, topic};

use crate::bytes_of::{self, Connect, packet, publish, subscribe};
use crate::support::{
    DANA, Device, House, NOBODY_CAN_LOOK, OMAR, Seen, connect, credential, house_with, pull, within,
};

struct Row {
    name: String,
    gets: String,
    counted: String,
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/edge.md"))
        .expect("docs/edge.md is there");
    let rows: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| row |"))
        .map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 6, "a row has four cells: {line}");
            Row { name: cells[1].into(), gets: cells[3].into(), counted: cells[4].into() }
        })
        .collect();
    assert!(rows.len() >= 60, "the table was not found");
    rows
}

#[tokio::test]
async fn every_row_of_the_table_is_what_a_client_gets() {
    for row in rows() {
        let house = house_with(|config| configure(&row.name, config)).await;
        let device = act(&house, &row.name).await;
        let seen = observe(device, &row.gets).await;
        assert_eq!(seen, sorted(&row.gets), "{}: what the client got", row.name);
        house
            .until(&format!("{}: counted as `{}`", row.name, row.counted), |house| {
                counted(&house.edge.counters(), &row.counted)
            })
            .await;
    }
}

/// Only rows about time and bounds need other ones.
fn configure(row: &str, config: &mut EdgeConfig) {
    const SOON: Duration = Duration::from_millis(300);
    match row {
        "silent-handshake" => config.handshake_timeout = SOON,
        "silent-connect" => config.connect_timeout = SOON,
        "one-too-many" => config.connections_max = 1,
        "slow-reader" => config.mailbox_frames_max = 4,
        "deaf-reader" => {
            config.write_timeout = SOON;
            config.mailbox_bytes_max = usize::MAX;
            config.mailbox_frames_max = usize::MAX;
        }
        _ => {}
    }
}

/// What came and whether the connection lives, in the words of the table.
async fn observe(device: Option<Device>, gets: &str) -> Vec<String> {
    let Some(mut device) = device else {
        return vec!["closed".into()];
    };
    let mut seen = Vec::new();
    if gets.ends_with("open") {
        for _ in 1..gets.split(", ").count() {
            seen.extend(device.next().await.map(|it| it.told()));
        }
        device.send(&bytes_of::PINGREQ).await;
    }
    loop {
        match device.next().await {
            Some(Seen::PingResp) => break seen.push("open".into()),
            Some(it) => seen.push(it.told()),
            None => break seen.push("closed".into()),
        }
    }
    seen.sort();
    seen
}

fn sorted(gets: &str) -> Vec<String> {
    let mut gets: Vec<_> = gets.split(", ").map(str::to_owned).collect();
    gets.sort();
    gets
}

/// Whether this reason was counted, and no other.
fn counted(counters: &Counters, counted: &str) -> bool {
    let refused = counters.refused.iter().map(|(it, n)| (format!("refused {}", it.name()), *n));
    let closed = counters.closed.iter().map(|(it, n)| (format!("closed {}", it.name()), *n));
    let reasons: Vec<_> =
        refused.chain(closed).filter(|(_, total)| *total > 0).map(|(reason, _)| reason).collect();
    match counted {
        "" => reasons.is_empty(),
        "accepted" => reasons.is_empty() && counters.accepted == 1,
        reason => reasons == [reason],
    }
}

/// Acts a row out. Gives the connection that the row speaks of, or `None` if that was seen to
/// close here.
async fn act(house: &House, row: &str) -> Option<Device> {
    if let Some(bytes) = first_bytes(row) {
        let mut device = house.tls().await;
        device.send(&bytes).await;
        return Some(device);
    }
    if let Some(bytes) = later_bytes(row) {
        let mut device = house.device(DANA).await;
        device.send(&bytes).await;
        return Some(device);
    }
    match row {
        "client-id-wildcards" => wildcard_client_ids(house).await,
        "no-tls" => plain_mqtt(house).await,
        "silent-handshake" => silent_tcp(house).await,
        "silent-connect" => Some(house.tls().await),
        "one-too-many" => one_too_many(house).await,
        "taken-over" => taken_over(house).await,
        "cut-packet" => cut_packet(house).await,
        "silence" => silence(house).await,
        "slow-reader" | "deaf-reader" => slow_reader(house).await,
        "revoked" => revoked(house).await,
        _ => panic!("the row `{row}` of docs/edge.md has no check"),
    }
}

/// What is sent instead of a proper CONNECT, for the rows about connecting.
fn first_bytes(row: &str) -> Option<Vec<u8>> {
    let own = connect(DANA);
    let id = DANA.enrolment.to_string();
    let own_credential = credential(DANA);
    let named = |id: &str| Connect::of(id, id, &own_credential).bytes();
    Some(match row {
        "own-credential" => own.bytes(),
        "kept-session" => Connect { flags: 0b1100_0000, ..own }.bytes(),
        "wrong-credential" => Connect::of(&id, &id, "a guess").bytes(),
        "database-away" => Connect::of(&id, &id, NOBODY_CAN_LOOK).bytes(),
        "no-password" => {
            Connect { flags: 0b1000_0010, fields: own.fields[..2].to_vec(), ..own }.bytes()
        }
        "other-user-name" => Connect::of(&id, "dana", &own_credential).bytes(),
        "will" => with_will(own).bytes(),
        "client-id-foreign" => named(&OMAR.enrolment.to_string()),
        "client-id-no-enrolment" => named("tablet"),
        "client-id-other-spelling" => named(&id.to_uppercase()),
        "client-id-empty" => named(""),
        "version-5" => Connect { level: 5, ..own }.bytes(),
        "version-3" => Connect { name: b"MQIsdp".to_vec(), level: 3, ..own }.bytes(),
        "connect-reserved-flag" => Connect { flags: 0b1100_0011, ..own }.bytes(),
        "connect-password-alone" => {
            let fields = vec![own.fields[0].clone(), own.fields[2].clone()];
            Connect { flags: 0b0100_0010, fields, ..own }.bytes()
        }
        "connect-trailing-bytes" => {
            let fields = [own.fields, vec![b"more".to_vec()]].concat();
            Connect { fields, ..connect(DANA) }.bytes()
        }
        "connect-oversized" => vec![0x10, 0x81, 0x20],
        "first-not-connect" => bytes_of::PINGREQ.to_vec(),
        _ => return None,
    })
}

fn with_will(own: Connect) -> Connect {
    let [id, user_name, password] = [0, 1, 2].map(|at| own.fields[at].clone());
    let will = [bytes_of::field(topic::up(DANA.enrolment)), bytes_of::field("gone")].concat();
    Connect { flags: 0b1100_0110, fields: vec![id, will, user_name, password], ..own }
}

/// What Dana sends once she is connected and subscribed.
fn later_bytes(row: &str) -> Option<Vec<u8>> {
    const UNKNOWN_FRAME: [u8; 3] = [0x81, 0x18, 99];
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let foreign_down = topic::down(OMAR.enrolment);
    Some(match row {
        "second-connect" => connect(DANA).bytes(),
        "subscribe-own" => subscribe(&[&down], 1),
        "subscribe-own-qos-2" => subscribe(&[&down], 2),
        "subscribe-foreign" => subscribe(&[&foreign_down], 1),
        "subscribe-up" => subscribe(&[&up], 1),
        "subscribe-wildcard" => subscribe(&["#", "+/+", topic::ALL_DOWN], 0),
        "subscribe-wildcard-malformed" => subscribe(&["a#"], 0),
        "subscribe-system" => subscribe(&["$SYS/#", "$share/a/#"], 0),
        "subscribe-mixed" => subscribe(&[&foreign_down, &down], 1),
        "subscribe-nothing" => subscribe(&[], 0),
        "subscribe-oversized" => vec![0x82, 0x81, 0x20],
        "unsubscribe-own" => bytes_of::unsubscribe(&down),
        "unsubscribe-foreign" => bytes_of::unsubscribe("#"),
        "publish-foreign" => publish(topic::up(OMAR.enrolment), 7, &pull(1)),
        "publish-down" => publish(&down, 7, &pull(1)),
        "publish-multibyte" => publish("éteint", 7, &pull(1)),
        "publish-retain" => {
            let mut bytes = publish(&up, 7, &pull(1));
            bytes[0] |= 1;
            bytes
        }
        "publish-unknown-frame" => publish(&up, 7, &UNKNOWN_FRAME),
        "publish-garbage" => publish(&up, 7, b"hello"),
        "publish-empty" => publish(&up, 7, b""),
        "publish-too-large" => publish(&up, 7, &vec![0; FRAME_BYTES_MAX + 1]),
        "publish-qos-0" => packet(0x30, &[&bytes_of::field(&up)[..], b"hello"].concat()),
        "publish-qos-2" => packet(0x34, &publish(&up, 7, &pull(1))[2..]),
        "publish-qos-3" => packet(0x36, &publish(&up, 7, &pull(1))[2..]),
        "publish-wildcard" => publish("waypost/v1/+/up", 7, &pull(1)),
        "publish-not-utf-8" => publish([0xFF, b'/'], 7, &pull(1)),
        "publish-packet-id-0" => publish(&up, 0, &pull(1)),
        "publish-oversized" => vec![0x32, 0x81, 0x88, 0x10],
        "pubrel" => vec![0x62, 2, 0, 7],
        "puback-unasked" => vec![0x40, 2, 0, 7],
        "server-packet" => vec![0xD0, 0],
        "reserved-type" => vec![0xF0, 0],
        "wrong-flags" => vec![0xC2, 0],
        "goodbye" => bytes_of::DISCONNECT.to_vec(),
        _ => return None,
    })
}

async fn wildcard_client_ids(house: &House) -> Option<Device> {
    for sign in ["+", "$", "#"] {
        client_id_with(house, sign).await.is_closed().await;
    }
    Some(client_id_with(house, "/").await)
}

async fn client_id_with(house: &House, sign: &str) -> Device {
    let id = DANA.enrolment.to_string().replace('-', sign);
    let mut device = house.tls().await;
    device.send(&Connect::of(&id, &id, &credential(DANA)).bytes()).await;
    device
}

async fn plain_mqtt(house: &House) -> Option<Device> {
    let mut tcp = house.tcp().await;
    tcp.write_all(&connect(DANA).bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = within("the end", tcp.read_to_end(&mut answer)).await;
    assert_ne!(answer.first(), Some(&0x20), "it is not let in without TLS");
    None
}

async fn silent_tcp(house: &House) -> Option<Device> {
    let mut tcp = house.tcp().await;
    assert!(within("the end", tcp.read(&mut [0])).await.is_ok_and(|bytes| bytes == 0));
    None
}

async fn one_too_many(house: &House) -> Option<Device> {
    let mut first = house.device(DANA).await;
    let mut tcp = house.tcp().await;
    assert!(within("the end", tcp.read(&mut [0])).await.is_ok_and(|bytes| bytes == 0));
    first.is_alive().await;
    // Its goodbye would be counted too.
    std::mem::forget(first);
    None
}

async fn taken_over(house: &House) -> Option<Device> {
    let older = house.device(DANA).await;
    let newer = house.device(DANA).await;
    std::mem::forget(newer);
    Some(older)
}

async fn cut_packet(house: &House) -> Option<Device> {
    let mut device = house.device(DANA).await;
    let whole = publish(topic::up(DANA.enrolment), 7, &pull(1));
    device.send(&whole[..whole.len() - 1]).await;
    device.hang_up().await;
    Some(device)
}

async fn silence(house: &House) -> Option<Device> {
    let mut device = house.tls().await;
    device.send(&Connect { keep_alive: 1, ..connect(DANA) }.bytes()).await;
    assert_eq!(device.next().await, Some(Seen::ConnAck(0)));
    Some(device)
}

/// Takes nothing until the connection has ended.
async fn slow_reader(house: &House) -> Option<Device> {
    let mut device = house.device(DANA).await;
    house
        .until("a slow reader is closed", |house| {
            let counters = house.edge.counters();
            // One at a time, so that it is the reader who is slow and not the router.
            if counters.published == counters.delivered {
                house.edge.publish(DANA.enrolment, &large());
            }
            counters.closed.values().any(|total| *total > 0)
        })
        .await;
    device.is_closed().await;
    Some(device)
}

fn large() -> Downlink {
    let content = Content { kind: 1, bytes: vec![0; 200 * 1024] };
    let event = Event {
        n: 1,
        recorded_at: 0,
        content,
        id: None,
        author: None,
        conversation: None,
        offset_minutes: 0,
        skew_ms: None,
    };
    Downlink::Events(Events { events: vec![event], ..Events::default() })
}

async fn revoked(house: &House) -> Option<Device> {
    let device = house.device(DANA).await;
    house.server.revoked.lock().unwrap().insert(DANA.enrolment);
    house.edge.disconnect(DANA.enrolment);
    Some(device)
}
