//! One MQTT 3.1.1 connection over TLS, as thin as it can be: frames in, frames out.

use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Codec, Connect, ConnectReturnCode, Packet, Publish, Subscribe};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_util::codec::Framed;
use waypost_protocol::{EnrolmentId, FRAME_BYTES_MAX, PUBLISHES_IN_FLIGHT_MAX, topic};

/// Header and topic around a frame.
const AROUND_FRAME_BYTES: usize = 1024;
const KEEP_ALIVE_SECONDS: u16 = 300;

/// Where the server is and who connects.
#[derive(Clone)]
pub struct Account {
    /// Of the MQTT door, on the loopback interface.
    pub port: u16,
    /// Trusts the server's CA.
    pub tls: Arc<rustls::ClientConfig>,
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// Its secret.
    pub credential: String,
}

/// What a connection tells.
pub enum Heard {
    /// It is up and subscribes.
    Up,
    /// A downlink frame.
    Frame(Bytes),
    /// It has ended.
    Down,
}

/// Runs one connection until it is lost or `frames` ends; `tell` hears of it.
pub async fn run(account: Account, mut frames: mpsc::Receiver<Vec<u8>>, tell: impl Fn(Heard)) {
    // Why it ended matters to no engine: each tries again.
    if let Err(error) = carry(&account, &mut frames, &tell).await {
        eprintln!("a line is down: {error:#}");
    }
    tell(Heard::Down);
}

async fn carry(
    account: &Account,
    frames: &mut mpsc::Receiver<Vec<u8>>,
    tell: &impl Fn(Heard),
) -> anyhow::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", account.port)).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("127.0.0.1")?;
    let stream = TlsConnector::from(account.tls.clone()).connect(name, stream).await?;
    let size = FRAME_BYTES_MAX + AROUND_FRAME_BYTES;
    let mut mqtt = Framed::new(stream, Codec { max_incoming_size: size, max_outgoing_size: size });

    let mut connect = Connect::new(account.enrolment.to_string());
    connect.keep_alive = KEEP_ALIVE_SECONDS;
    connect.set_login(account.enrolment.to_string(), account.credential.clone());
    mqtt.send(Packet::Connect(connect)).await?;
    match mqtt.next().await.context("closed before CONNACK")?? {
        Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => {}
        other => anyhow::bail!("not let in: {other:?}"),
    }
    let mut subscribe = Subscribe::new(topic::down(account.enrolment), QoS::AtMostOnce);
    subscribe.pkid = 1;
    mqtt.send(Packet::Subscribe(subscribe)).await?;
    // As the device's own link does: what is published now follows the subscription.
    tell(Heard::Up);

    let up = topic::up(account.enrolment);
    let (mut in_flight, mut pkid) = (0, 1);
    loop {
        tokio::select! {
            packet = mqtt.next() => match packet.context("closed by the server")?? {
                Packet::Publish(publish) => tell(Heard::Frame(publish.payload)),
                Packet::PubAck(_) => in_flight -= 1,
                _ => {}
            },
            frame = frames.recv(), if in_flight < PUBLISHES_IN_FLIGHT_MAX => {
                let Some(frame) = frame else { return Ok(()) };
                pkid = pkid % 0x7fff + 1;
                let mut publish = Publish::new(&up, QoS::AtLeastOnce, frame);
                publish.pkid = pkid;
                mqtt.send(Packet::Publish(publish)).await?;
                in_flight += 1;
            }
        }
    }
}
