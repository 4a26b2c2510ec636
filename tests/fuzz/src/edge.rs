//! Bytes on an MQTT connection, from the first one on, through the whole edge as after a TLS
//! handshake. What is asked: it ends, it answers in whole packets, and in how many pieces the
//! bytes come changes nothing.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use waypost_edge::{Closing, Edge, EdgeConfig, Handlers, Identity};
use waypost_protocol::{
    Answer, Downlink, Earlier, EnrolmentId, Events, PersonId, Role, Sequence, Uplink, topic,
};

use crate::seeds::{self, Seed};

/// A connection that has said all it says is over after this.
const OVER_WITHIN: Duration = Duration::from_secs(20);

/// What the kernel would hold for a connection.
const PIPE_BYTES: usize = 64 * 1024;

/// Longer inputs are not sent a second time in pieces.
const IN_PIECES_BYTES_MAX: usize = 2048;

/// Two who are enrolled.
const DANA: Identity = person(1);
const AYO: Identity = person(2);

const fn person(number: u32) -> Identity {
    let enrolment = 0xA0A0_0000_0000_7000_8000_0000_0000_0000 + number as u128;
    Identity {
        enrolment: EnrolmentId(uuid::Uuid::from_u128(enrolment)),
        person: PersonId(number),
        role: Role::Driver,
    }
}

/// What the server behind the edge was handed.
type Handed = Arc<Mutex<Vec<(Identity, Uplink)>>>;

/// An edge, and the server behind it.
struct Door {
    runtime: Runtime,
    edge: Edge,
    handed: Handed,
}

static DOOR: LazyLock<Mutex<Door>> = LazyLock::new(|| Mutex::new(Door::open()));

/// A connection of someone who has not said who they are.
pub fn connection(bytes: &[u8]) {
    let door = DOOR.lock().unwrap_or_else(PoisonError::into_inner);
    let at_once = door.attend(bytes, bytes.len().max(1));
    if bytes.len() > IN_PIECES_BYTES_MAX {
        return;
    }
    let in_pieces = door.attend(bytes, 1 + bytes.len() % 7);
    // Whether a slow reader is closed depends on the clock.
    if door.edge.counters().closed.get(&Closing::Overflow).is_none_or(|count| *count == 0) {
        assert_eq!(at_once, in_pieces, "in pieces the same bytes say something else");
    }
}

/// A connection of Dana's tablet, after it was let in.
pub fn session(bytes: &[u8]) {
    connection(&[connect(DANA), bytes.to_vec()].concat());
}

impl Door {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let handed = Handed::default();
        let config =
            EdgeConfig { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..EdgeConfig::default() };
        let folder = tempfile::tempdir().expect("a folder");
        let settings = waypost_server::config::Config {
            data: folder.path().to_owned(),
            ..waypost_server::config::Config::default()
        };
        let (tls, _) = waypost_server::identity::load_tls(&settings).expect("a certificate");
        let opened = Edge::start(config, tls, handlers(&handed));
        let edge = runtime.block_on(opened).expect("the edge opens");
        Self { runtime, edge, handed }
    }

    /// Sends the bytes in pieces of this size and gives what the server behind was handed.
    fn attend(&self, bytes: &[u8], piece: usize) -> Vec<(Identity, Uplink)> {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let talk = async {
            let (answers, ()) =
                tokio::join!(speak(ours, bytes, piece), self.edge.attend(theirs, peer));
            answers
        };
        let talk = self.runtime.block_on(async { timeout(OVER_WITHIN, Box::pin(talk)).await });
        check_answers(&talk.expect("the connection comes to its end"));
        std::mem::take(&mut *self.handed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The client's end: writes everything, hangs up, and gives all that came back.
async fn speak(stream: DuplexStream, bytes: &[u8], piece: usize) -> Vec<u8> {
    let (mut read, mut write) = tokio::io::split(stream);
    let say = async {
        for piece in bytes.chunks(piece) {
            if write.write_all(piece).await.is_err() {
                return; // The edge has closed already.
            }
        }
        // What was asked may still be answered before we are gone.
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        let _ = write.shutdown().await;
    };
    let mut answers = Vec::new();
    let hear = read.read_to_end(&mut answers);
    let (_, heard) = tokio::join!(say, hear);
    heard.expect("a pipe in memory does not fail");
    answers
}

/// The edge sends whole packets of the types that a server sends, and frames that can be read.
fn check_answers(mut bytes: &[u8]) {
    let mut first = true;
    while !bytes.is_empty() {
        let (length, head) = remaining_length(bytes).expect("a whole head");
        let (packet, rest) = bytes.split_at_checked(head + length).expect("a whole packet");
        match (packet[0], &packet[head..]) {
            (0x20, [0, 0..=5]) if first => {}
            (0x90, [_, _, codes @ ..]) if codes.iter().all(|code| [0, 0x80].contains(code)) => {}
            (0xB0 | 0x40, [_, _]) | (0xD0, []) => {}
            (0x30, [high, low, rest @ ..]) => {
                let topic = usize::from(u16::from_be_bytes([*high, *low]));
                let (topic, frame) = rest.split_at_checked(topic).expect("a topic");
                let known = [DANA, AYO].map(|it| topic::down(it.enrolment).into_bytes());
                assert!(known.iter().any(|it| it == topic), "a foreign topic");
                Downlink::from_bytes(frame).expect("a frame of ours");
            }
            _ => panic!("the edge said {packet:?}"),
        }
        (first, bytes) = (false, rest);
    }
}

/// The length after the first byte, and how many bytes stand before the body.
fn remaining_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate().skip(1).take(4) {
        length |= usize::from(byte & 0x7F) << (7 * (at - 1));
        if byte & 0x80 == 0 {
            return Some((length, at + 1));
        }
    }
    None
}

fn handlers(handed: &Handed) -> Handlers {
    let handed = Arc::clone(handed);
    Handlers {
        authenticate: Arc::new(|_, password| {
            let found = [DANA, AYO].into_iter().find(|it| credential(*it) == password);
            Box::pin(std::future::ready(Ok(found)))
        }),
        uplink: Arc::new(move |who, frame| {
            let answers = answer(&frame).into_iter().collect();
            handed.lock().unwrap_or_else(PoisonError::into_inner).push((who, frame));
            Box::pin(std::future::ready(answers))
        }),
        connected: Arc::new(|_| {}),
        disconnected: Arc::new(|_| {}),
    }
}

fn answer(frame: &Uplink) -> Option<Downlink> {
    let accepted = |id| Answer::Accepted {
        id,
        sequence: Sequence { epoch: 0, n: 1 },
        recorded_at: 0,
        before: 0,
    };
    Some(match frame {
        Uplink::Here(_) => return None,
        Uplink::Submit(submit) => Downlink::Answers {
            answers: submit.entries.iter().map(|entry| accepted(entry.id)).collect(),
        },
        Uplink::Pull(pull) => {
            Downlink::Events(Events { answers: Some(pull.number), ..Events::default() })
        }
        Uplink::History(asked) => Downlink::Earlier(Earlier {
            answers: asked.number,
            epoch: 0,
            conversation: asked.conversation,
            events: Vec::new(),
            more: false,
        }),
    })
}

fn credential(who: Identity) -> String {
    format!("credential of {}", who.person)
}

fn connect(who: Identity) -> Vec<u8> {
    let id = who.enrolment.to_string();
    let fields = [id.clone(), id, credential(who)].map(|it| field(&it)).concat();
    packet(0x10, &[b"\0\x04MQTT\x04\xc2\0\x3c", &fields[..]].concat())
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    while length >= 128 {
        bytes.push((length % 128) as u8 | 0x80);
        length /= 128;
    }
    bytes.push(length as u8);
    [&bytes, body].concat()
}

fn field(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

fn publish(frame: &[u8]) -> Vec<u8> {
    packet(0x32, &[&field(&topic::up(DANA.enrolment)), &[0, 7][..], frame].concat())
}

fn subscribe(filter: &str) -> Vec<u8> {
    packet(0x82, &[&[0, 1], &field(filter)[..], &[1]].concat())
}

/// A session as a device has it, and packets of every other type.
pub fn session_seeds() -> Vec<Seed> {
    let down = topic::down(DANA.enrolment);
    let day: Vec<u8> = seeds::uplinks().iter().flat_map(|seed| publish(&seed.bytes)).collect();
    let mut seeds = vec![
        Seed::new("a day", [subscribe(&down), day, vec![0xC0, 0, 0xE0, 0]].concat()),
        Seed::new("subscribes", [subscribe(&down), subscribe("#"), vec![0xC0, 0]].concat()),
        Seed::new("unsubscribes", packet(0xA2, &[&[0, 2], &field(&down)[..]].concat())),
        Seed::new("acknowledges", packet(0x40, &[0, 7])),
        Seed::new("pings", [0xC0, 0].repeat(3)),
        Seed::new("connects again", connect(DANA)),
        Seed::new("qos 2", packet(0x34, &[&field("a")[..], &[0, 1]].concat())),
        Seed::new("too large", [0x30, 0xFF, 0xFF, 0x7F]),
    ];
    let frames = seeds::uplinks().into_iter();
    seeds.extend(frames.map(|it| Seed { bytes: publish(&it.bytes), name: it.name }));
    seeds
}

/// The same after a CONNECT, and CONNECTs that are refused.
pub fn connection_seeds() -> Vec<Seed> {
    let whole = |seed: Seed| Seed {
        bytes: [connect(DANA), seed.bytes].concat(),
        name: format!("dana-{}", seed.name),
    };
    let mut seeds: Vec<Seed> = session_seeds().into_iter().map(whole).collect();
    seeds.extend([
        Seed::new("ayo", connect(AYO)),
        Seed::new("version 5", packet(0x10, b"\0\x04MQTT\x05\x02\0\x3c\0\0\x01a")),
        Seed::new("will", packet(0x10, b"\0\x04MQTT\x04\x06\0\x3c\0\x01a\0\x01t\0\x01m")),
        Seed::new("http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]);
    seeds
}
