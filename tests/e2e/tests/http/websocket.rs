//! MQTT over WebSocket, by the rules of MQTT 3.1.1, section 6. What is inside, strangers try
//! (`strangers/python.rs`).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use waypost_world::On;

use crate::office::{Caller, Office, tls_to};

type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Opens a WebSocket that names these protocols; and what the server has chosen, or its status.
async fn opens(office: &Office, protocols: Option<&str>) -> Result<(Socket, String), u16> {
    let port = office.world.server.ports().https;
    let stream = tls_to(office).await;
    let mut request =
        format!("wss://127.0.0.1:{port}/v1/mqtt").into_client_request().expect("a request");
    if let Some(protocols) = protocols {
        let value = protocols.parse().expect("a header");
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    match client_async(request, stream).await {
        Ok((socket, answer)) => {
            let chosen = answer.headers()[SEC_WEBSOCKET_PROTOCOL].to_str().expect("text");
            Ok((socket, chosen.to_owned()))
        }
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// A CONNECT by MQTT 3.1.1 with the credential of an enrolment.
fn connect(who: &Caller) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat();
    let id = who.enrolment.to_string();
    let head = [text("MQTT"), vec![4, 0b1100_0010, 0, 30]].concat();
    let body = [head, text(&id), text(&id), text(&who.credential)].concat();
    let (low, high) = (body.len() % 128, body.len() / 128);
    [vec![0x10, low as u8 | 0x80, high as u8], body].concat()
}

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
const PINGREQ: [u8; 2] = [0xC0, 0];
const PINGRESP: [u8; 2] = [0xD0, 0];

async fn says(socket: &mut Socket, bytes: &[u8]) {
    socket.send(Message::Binary(bytes.to_vec().into())).await.expect("it can be sent");
}

/// So many bytes of the server, which come in binary messages.
async fn hears(socket: &mut Socket, count: usize) -> Vec<u8> {
    let mut heard = Vec::new();
    while heard.len() < count {
        match socket.next().await {
            Some(Ok(Message::Binary(bytes))) => heard.extend_from_slice(&bytes),
            other => panic!("after {heard:?} no packet but {other:?}"),
        }
    }
    heard
}

/// Whether the connection comes to its end.
async fn ends(socket: &mut Socket) {
    while let Some(Ok(message)) = socket.next().await {
        assert!(matches!(message, Message::Close(_)), "it goes on: {message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_travel_in_binary_messages_whole_in_pieces_or_many_at_once() {
    let office = Office::open(On::Sqlite).await;
    let (mut socket, chosen) = opens(&office, Some("mqtt")).await.expect("it opens");
    assert_eq!(chosen, "mqtt");
    for byte in connect(&office.dana) {
        says(&mut socket, &[byte]).await;
    }
    assert_eq!(hears(&mut socket, 4).await, CONNACK);
    says(&mut socket, &[PINGREQ, PINGREQ].concat()).await;
    assert_eq!(hears(&mut socket, 4).await, [PINGRESP, PINGRESP].concat());
    socket.send(Message::Ping("still there?".into())).await.expect("it can be sent");
    assert!(matches!(socket.next().await, Some(Ok(Message::Pong(_)))), "WebSocket has its own");
    // Words are no packets.
    socket.send(Message::Text("hello".into())).await.expect("it can be sent");
    ends(&mut socket).await;
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_tablet_is_cut_off_over_websocket_too() {
    let office = Office::open(On::Sqlite).await;
    let (mut socket, _) = opens(&office, Some("chat, mqtt")).await.expect("it opens");
    says(&mut socket, &connect(&office.dana)).await;
    assert_eq!(hears(&mut socket, 4).await, CONNACK);
    let path = format!("/v1/enrolments/{}", office.dana.enrolment);
    let revoked = office.omar.ask(office.omar.request(Method::DELETE, &path)).await;
    assert_eq!(revoked.status, 204, "{}", revoked.body);
    ends(&mut socket).await;
    let (mut again, _) = opens(&office, Some("mqtt")).await.expect("anyone may ask");
    says(&mut again, &connect(&office.dana)).await;
    assert_eq!(hears(&mut again, 4).await, [0x20, 2, 0, 5], "not authorised");
    ends(&mut again).await;
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_ask_for_mqtt_gets_none() {
    let office = Office::open(On::Sqlite).await;
    for protocols in [None, Some("chat"), Some("mqttv3.1")] {
        assert_eq!(opens(&office, protocols).await.err(), Some(400), "{protocols:?}");
    }
    let plain = office.dana.get("/v1/mqtt").await;
    plain.is_problem("no WebSocket", 400, "malformed");
    // Whoever opens it and says nothing is not kept for ever, and takes nobody's place meanwhile.
    let (_silent, _) = opens(&office, Some("mqtt")).await.expect("it opens");
    assert_eq!(office.dana.get("/v1/me").await.status, 200);
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_asks_and_asks_and_never_reads_is_let_go() {
    let office = Office::open(On::Sqlite).await;
    let (mut deaf, _) = opens(&office, Some("mqtt")).await.expect("it opens");
    let ping = || Message::Ping(vec![7; 125].into());
    for _ in 0..20_000 {
        deaf.send(ping()).await.expect("so many answers do not end it");
    }
    let mut now_and_then = tokio::time::interval(Duration::from_millis(200));
    let asks = async {
        while deaf.send(ping()).await.is_ok() {
            now_and_then.tick().await;
        }
    };
    let over = tokio::time::timeout(Duration::from_secs(25), asks).await;
    assert!(over.is_ok(), "whoever never said who they are is kept for ever");
    office.closes().await;
}
