//! One MQTT 3.1.1 connection with a session that the server keeps, and QoS 1 both ways.

use std::collections::HashMap;

use anyhow::Context as _;
use bytes::{BufMut as _, BytesMut};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    Codec, Connect, ConnectReturnCode, Packet, PubAck, Publish, Subscribe, SubscribeFilter,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::codec::Framed;

use super::people::{Heard, Line, Order, Ticket, To};
use crate::seed::TEXT;

/// Largest packet: all are small.
const PACKET_BYTES_MAX: usize = 64 * 1024;
const KEEP_ALIVE_SECONDS: u16 = 600;
/// Most packets that are read or written in one go.
const GO_MAX: usize = 256;
/// What all hear.
const EVERYONE: &str = "everyone";

type Mqtt = Framed<TcpStream, Codec>;

/// Runs one connection until it is lost or `orders` ends.
pub(super) async fn run(
    line: Line,
    mut orders: mpsc::UnboundedReceiver<Order>,
    tell: impl Fn(Vec<Heard>),
) {
    let ended = carry(line, &mut orders, &tell).await;
    let why = ended.map_or_else(|error| format!("{error:#}"), |()| "left".to_owned());
    tell(vec![Heard::Down(why)]);
}

async fn carry(
    line: Line,
    orders: &mut mpsc::UnboundedReceiver<Order>,
    tell: &impl Fn(Vec<Heard>),
) -> anyhow::Result<()> {
    let mut mqtt = connect(line).await?;
    let (mut packet, mut said) = (0, HashMap::new());
    let mut some = Vec::new();
    loop {
        tokio::select! {
            first = mqtt.next() => {
                let mut came = Some(first.context("closed by the server")??);
                let mut heard = Vec::new();
                while let Some(packet) = came.take() {
                    heard.extend(understand(packet, &mut said)?);
                    if heard.len() < GO_MAX {
                        came = mqtt.next().now_or_never().flatten().transpose()?;
                    }
                }
                tell(heard);
            }
            count = orders.recv_many(&mut some, GO_MAX) => {
                if count == 0 {
                    mqtt.send(Packet::Disconnect).await?;
                    return Ok(());
                }
                for order in some.drain(..) {
                    let answer = match order {
                        Order::Stored(ticket) => Packet::PubAck(PubAck::new(ticket.packet)),
                        Order::Say { to, number } => {
                            packet = packet % 0x7fff + 1;
                            said.insert(packet, number);
                            Packet::Publish(message(to, number, packet))
                        }
                    };
                    mqtt.feed(answer).await?;
                }
                mqtt.flush().await?;
            }
        }
    }
}

async fn connect(line: Line) -> anyhow::Result<Mqtt> {
    let stream = TcpStream::connect(("127.0.0.1", line.port)).await?;
    stream.set_nodelay(true)?;
    let size = PACKET_BYTES_MAX;
    let mut mqtt = Framed::new(stream, Codec { max_incoming_size: size, max_outgoing_size: size });
    let mut connect = Connect::new(format!("person{}", line.person));
    connect.keep_alive = KEEP_ALIVE_SECONDS;
    connect.clean_session = false;
    mqtt.send(Packet::Connect(connect)).await?;
    match mqtt.next().await.context("closed before CONNACK")?? {
        Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => {}
        other => anyhow::bail!("not let in: {other:?}"),
    }
    let topics = [topic(&To::One(line.person)), EVERYONE.to_owned()];
    let filters = topics.map(|topic| SubscribeFilter::new(topic, QoS::AtLeastOnce));
    let mut subscribe = Subscribe::new_many(filters);
    subscribe.pkid = 1;
    mqtt.send(Packet::Subscribe(subscribe)).await?;
    Ok(mqtt)
}

fn topic(to: &To) -> String {
    match to {
        To::One(person) => format!("to/{person}"),
        To::Everyone(_) => EVERYONE.to_owned(),
    }
}

fn message(to: To, number: u64, packet: u16) -> Publish {
    let mut payload = BytesMut::with_capacity(8 + TEXT.len());
    payload.put_u64(number);
    payload.put_slice(TEXT.as_bytes());
    let mut publish = Publish::new(topic(&to), QoS::AtLeastOnce, payload);
    publish.pkid = packet;
    publish
}

fn understand(packet: Packet, said: &mut HashMap<u16, u64>) -> anyhow::Result<Option<Heard>> {
    Ok(match packet {
        Packet::SubAck(_) => Some(Heard::Up),
        Packet::PubAck(ack) => said.remove(&ack.pkid).map(Heard::Kept),
        Packet::Publish(publish) => {
            let number = publish.payload.first_chunk().context("a message has a number")?;
            let number = u64::from_be_bytes(*number);
            Some(Heard::Came(Ticket { number, from: 0, packet: publish.pkid }))
        }
        _ => None,
    })
}
