//! MQTT over WebSocket (MQTT 3.1.1, section 6): for networks that let nothing but HTTPS through, and for
//! programs in browsers. What is inside is what comes through the MQTT door, and meets the same edge.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, HeaderMap, header};
use axum::response::Response;
use axum::routing::get;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf};
use waypost_edge::Edge;
use waypost_protocol::{FRAME_BYTES_MAX, ProblemCode};

use super::caller::Stranger;
use super::problem::Problem;
use crate::waypost::Waypost;

/// The name of the protocol that both sides must name [MQTT-6.0.0-3, 6.0.0-4].
const PROTOCOL: &str = "mqtt";

/// Largest message of WebSocket: a whole frame and what MQTT adds.
const MESSAGE_BYTES_MAX: usize = FRAME_BYTES_MAX + 4 * 1024;

/// So much waits between the two protocols, in each direction, and is read at once.
const PIPE_BYTES: usize = 8 * 1024;

/// Most bytes that wait for a client who does not read: answers of WebSocket to its own questions as well.
const UNSENT_BYTES_MAX: usize = 4 * PIPE_BYTES;

/// How long a client may take to read the last words, once the edge is done with it.
const FAREWELL: Duration = Duration::from_millis(500);

pub fn router(waypost: Waypost) -> Router {
    Router::new().route("/v1/mqtt", get(upgrade)).with_state(waypost)
}

async fn upgrade(
    State(waypost): State<Waypost>,
    Stranger: Stranger,
    headers: HeaderMap,
    extensions: Extensions,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let what = format!("here is MQTT over WebSocket: {}", rejection.body_text());
        Problem::with(ProblemCode::Malformed, what)
    })?;
    if !names_mqtt(&headers) {
        let what = "a client of MQTT names the protocol `mqtt`";
        return Err(Problem::of_field(ProblemCode::Malformed, "Sec-WebSocket-Protocol", what));
    }
    let edge = waypost.edge.get().cloned().ok_or(ProblemCode::Stopping)?;
    let peer = match extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(peer)) => *peer,
        None => (Ipv4Addr::LOCALHOST, 0).into(), // the control socket
    };
    // Nothing is held back to be sent with more: an answer that waits for another one waits for ever.
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(PIPE_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(UNSENT_BYTES_MAX);
    Ok(upgrade.on_upgrade(async move |socket| attend(&edge, socket, peer).await))
}

fn names_mqtt(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut names = named.filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(','));
    names.any(|name| name.trim() == PROTOCOL)
}

/// Carries bytes between the two until the edge has ended the connection, and a moment longer for who still
/// reads. The edge gives a place to each, and time to say something.
async fn attend(edge: &Edge, socket: WebSocket, peer: SocketAddr) {
    let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
    let (from_edge, to_edge) = tokio::io::split(ours);
    let (sink, stream) = socket.split();
    let (mut up, mut down) = (pin!(up(stream, to_edge)), pin!(down(from_edge, sink)));
    let mut edge = pin!(edge.attend(theirs, peer));
    let (mut heard_all, mut told_all) = (false, false);
    loop {
        tokio::select! {
            () = &mut edge => break,
            () = &mut up, if !heard_all => heard_all = true,
            () = &mut down, if !told_all => told_all = true,
        }
    }
    if !told_all {
        // Whoever does not read it is gone all the same.
        let _ = tokio::time::timeout(FAREWELL, down).await;
    }
}

/// Packets may be in one message, or in several [MQTT-6.0.0-2].
async fn up(
    mut stream: futures_util::stream::SplitStream<WebSocket>,
    mut to_edge: WriteHalf<DuplexStream>,
) {
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Binary(bytes) => {
                if to_edge.write_all(&bytes).await.is_err() {
                    break;
                }
            }
            Message::Ping(_) | Message::Pong(_) => {} // answered by the library
            // Words are no packets [MQTT-6.0.0-1].
            Message::Text(_) | Message::Close(_) => break,
        }
    }
    // The edge sees the end of the bytes; it may have seen it before.
    let _ = to_edge.shutdown().await;
}

async fn down(
    mut from_edge: ReadHalf<DuplexStream>,
    mut sink: futures_util::stream::SplitSink<WebSocket, Message>,
) {
    let mut packets = vec![0; PIPE_BYTES];
    while let Ok(count @ 1..) = from_edge.read(&mut packets).await {
        let packets = Bytes::copy_from_slice(&packets[..count]);
        if sink.send(Message::Binary(packets)).await.is_err() {
            break;
        }
    }
    // Whoever is gone needs no farewell.
    let _ = sink.close().await;
}
