//! A house with a front door: an edge with a certificate, a server behind it that can be held
//! back, and people with devices.

use std::collections::HashSet;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use uuid::Uuid;
use waypost_edge::{Edge, EdgeConfig, Handlers, Identity, Unavailable};
use waypost_protocol::{
    Downlink, EnrolmentId, Events, PersonId, ProblemCode, Pull, Role, Uplink, topic,
};

use crate::bytes_of::{self, Connect};

/// Nothing in these tests takes longer, unless it never comes.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub const DANA: Identity = person(1, Role::Driver);
pub const AYO: Identity = person(2, Role::Driver);
pub const OMAR: Identity = person(3, Role::Dispatcher);

const fn person(number: u32, role: Role) -> Identity {
    let enrolment =
        EnrolmentId(Uuid::from_u128(0xA0A0_0000_0000_7000_8000_0000_0000_0000 + number as u128));
    Identity { enrolment, person: PersonId(number), role }
}

/// A password that comes while the server cannot look it up.
pub const NOBODY_CAN_LOOK: &str = "the database is away";

pub fn credential(identity: Identity) -> String {
    format!("credential of {}", identity.enrolment)
}

/// The server behind the edge.
pub struct Server {
    /// The numbers of the pulls that were handed over, in that order.
    pub handed: Mutex<Vec<(PersonId, u32)>>,
    /// Who came (`true`) and went, in that order.
    pub notices: Mutex<Vec<(PersonId, bool)>>,
    pub revoked: Mutex<HashSet<EnrolmentId>>,
    /// Happens once, between the look at a credential and the answer.
    pub during_proof: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Pulls up to this number may be answered; others wait.
    pub answered_up_to: watch::Sender<u32>,
}

impl Server {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            handed: Mutex::default(),
            notices: Mutex::default(),
            revoked: Mutex::default(),
            during_proof: Mutex::default(),
            answered_up_to: watch::Sender::new(u32::MAX),
        })
    }

    pub fn handlers(self: &Arc<Self>) -> Handlers {
        let [one, two, three, four] = [(); 4].map(|()| Arc::clone(self));
        Handlers {
            authenticate: Arc::new(move |_, password| {
                let found = [DANA, AYO, OMAR].into_iter().find(|it| credential(*it) == password);
                let found = found.filter(|it| !one.revoked.lock().unwrap().contains(&it.enrolment));
                if let Some(happens) = one.during_proof.lock().unwrap().take() {
                    happens();
                }
                let looked = if password == NOBODY_CAN_LOOK { Err(Unavailable) } else { Ok(found) };
                Box::pin(std::future::ready(looked))
            }),
            uplink: Arc::new(move |identity, uplink| {
                let Uplink::Pull(pull) = uplink else { panic!("these tests only pull") };
                two.handed.lock().unwrap().push((identity.person, pull.number));
                let mut answered_up_to = two.answered_up_to.subscribe();
                Box::pin(async move {
                    answered_up_to.wait_for(|up_to| pull.number <= *up_to).await.unwrap();
                    vec![events(pull.number)]
                })
            }),
            connected: Arc::new(move |it| three.notices.lock().unwrap().push((it.person, true))),
            disconnected: Arc::new(move |it| four.notices.lock().unwrap().push((it.person, false))),
        }
    }
}

/// The answer to a pull of this number.
pub fn events(number: u32) -> Downlink {
    Downlink::Events(Events { answers: Some(number), ..Events::default() })
}

pub fn pull(number: u32) -> Vec<u8> {
    Uplink::Pull(Pull { number, ..Pull::default() }).to_bytes()
}

pub struct House {
    pub edge: Arc<Edge>,
    pub server: Arc<Server>,
    pub client: Arc<ClientConfig>,
}

pub async fn house() -> House {
    house_with(|_| {}).await
}

pub async fn house_with(change: impl FnOnce(&mut EdgeConfig)) -> House {
    let mut config =
        EdgeConfig { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..EdgeConfig::default() };
    change(&mut config);
    let (tls, client) = certificate();
    let server = Server::new();
    let edge = Edge::start(config, tls, server.handlers()).await.unwrap();
    House { edge: Arc::new(edge), server, client }
}

/// A fresh certificate, and a client that trusts only it.
pub fn certificate() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

impl House {
    /// A TCP connection that has said nothing.
    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.edge.local_addr()).await.unwrap()
    }

    /// A TLS connection that has said nothing.
    pub async fn tls(&self) -> Device {
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::clone(&self.client));
        Device { stream: connector.connect(name, self.tcp().await).await.unwrap(), read: vec![] }
    }

    /// A connected device that takes its downlinks.
    pub async fn device(&self, identity: Identity) -> Device {
        let mut device = self.connected(identity).await;
        device.send(&bytes_of::subscribe(&[&topic::down(identity.enrolment)], 1)).await;
        assert_eq!(device.next().await, Some(Seen::SubAck(vec![0])));
        device
    }

    /// A connected device that takes none.
    pub async fn connected(&self, identity: Identity) -> Device {
        let mut device = self.tls().await;
        device.send(&connect(identity).bytes()).await;
        assert_eq!(device.next().await, Some(Seen::ConnAck(0)));
        device
    }

    /// Waits until this is true, and fails the test if it does not become true.
    pub async fn until(&self, what: &str, mut is_true: impl FnMut(&Self) -> bool) {
        let poll = async {
            while !is_true(self) {
                tokio::task::yield_now().await;
            }
        };
        within(what, poll).await;
    }

    /// Someone who goes on with their work while something happens.
    pub async fn bystander(&self, identity: Identity) -> Bystander {
        let mut device = self.device(identity).await;
        let (stop, stopped) = watch::channel(false);
        let work = tokio::spawn(async move {
            let mut number = 0;
            while !*stopped.borrow() {
                number += 1;
                device.exchange(identity, number).await;
            }
            // Once more after all that happened.
            device.exchange(identity, number + 1).await;
            number
        });
        Bystander { stop, work }
    }
}

pub struct Bystander {
    stop: watch::Sender<bool>,
    work: JoinHandle<u32>,
}

impl Bystander {
    /// Every message of the bystander was answered, without a gap, and on the same connection.
    pub async fn was_unharmed(self) {
        self.stop.send_replace(true);
        let exchanges = within("the bystander", self.work).await.expect("the bystander was hurt");
        assert!(exchanges > 0, "the bystander had no time to do anything");
    }
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what}: it never happened"))
}

pub fn connect(identity: Identity) -> Connect {
    let client_id = identity.enrolment.to_string();
    Connect::of(&client_id, &client_id, &credential(identity))
}

/// What a device sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    ConnAck(u8),
    SubAck(Vec<u8>),
    UnsubAck,
    PubAck(u16),
    PingResp,
    Down(Downlink),
    /// Something that should not come.
    Odd(Vec<u8>),
}

impl Seen {
    /// As in `docs/edge.md`.
    pub fn told(&self) -> String {
        match self {
            Self::ConnAck(code) => format!("CONNACK {code}"),
            Self::SubAck(codes) => {
                codes.iter().fold("SUBACK".to_owned(), |told, code| format!("{told} 0x{code:02x}"))
            }
            Self::UnsubAck => "UNSUBACK".into(),
            Self::PubAck(_) => "PUBACK".into(),
            Self::PingResp => "PINGRESP".into(),
            Self::Down(Downlink::Refused { code, .. }) => format!("Refused {}", code.slug()),
            Self::Down(other) => format!("{other:?}"),
            Self::Odd(bytes) => format!("{bytes:?}"),
        }
    }
}

/// One end of a connection, byte by byte.
pub struct Device {
    stream: TlsStream<TcpStream>,
    read: Vec<u8>,
}

impl Device {
    /// Sends bytes; the edge may have closed already.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    /// Ends the connection from this side.
    pub async fn hang_up(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// The next packet, or `None` when the connection is closed.
    pub async fn next(&mut self) -> Option<Seen> {
        self.packet().await.map(|packet| seen(&packet))
    }

    /// The bytes of the next packet, or `None` when the connection is closed.
    pub async fn packet(&mut self) -> Option<Vec<u8>> {
        within("a packet or the end", self.read_packet()).await
    }

    /// Asserts that the edge closes the connection, whatever came before.
    pub async fn is_closed(&mut self) {
        within("the end", async { while self.read_packet().await.is_some() {} }).await;
    }

    /// Sends one pull and takes its acknowledgement and its answer.
    pub async fn exchange(&mut self, identity: Identity, number: u32) {
        let packet = u16::try_from(number % 60_000).unwrap() + 1;
        self.pull(identity, number).await;
        let mut seen = vec![self.next().await, self.next().await];
        seen.sort_by_key(|it| matches!(it, Some(Seen::Down(_))));
        assert_eq!(seen, [Some(Seen::PubAck(packet)), Some(Seen::Down(events(number)))]);
    }

    /// Publishes a pull with QoS 1 and packet id `number + 1`.
    pub async fn pull(&mut self, identity: Identity, number: u32) {
        let packet = u16::try_from(number % 60_000).unwrap() + 1;
        let topic = topic::up(identity.enrolment);
        self.send(&bytes_of::publish(topic, packet, &pull(number))).await;
    }

    /// Asks for a sign of life and asserts that it is the next that comes.
    pub async fn is_alive(&mut self) {
        self.send(&bytes_of::PINGREQ).await;
        assert_eq!(self.next().await, Some(Seen::PingResp));
    }

    async fn read_packet(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(packet) = self.take_packet() {
                return Some(packet);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(bytes) => self.read.extend_from_slice(&chunk[..bytes]),
            }
        }
    }

    fn take_packet(&mut self) -> Option<Vec<u8>> {
        let (header, length) = lengths(&self.read)?;
        let is_whole = self.read.len() >= header + length;
        is_whole.then(|| self.read.drain(..header + length).collect())
    }
}

/// How long the fixed header of the first packet is, and how long what follows it.
fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    let mut header = 1;
    loop {
        let byte = *bytes.get(header)?;
        length |= usize::from(byte & 0x7F) << (7 * (header - 1));
        header += 1;
        if byte & 0x80 == 0 {
            return Some((header, length));
        }
    }
}

fn seen(packet: &[u8]) -> Seen {
    let (header, _) = lengths(packet).unwrap();
    match (packet[0], &packet[header..]) {
        (0x20, [0, code]) => Seen::ConnAck(*code),
        (0x90, [0, 1, codes @ ..]) => Seen::SubAck(codes.to_vec()),
        (0xB0, [0, 1]) => Seen::UnsubAck,
        (0x40, [high, low]) => Seen::PubAck(u16::from_be_bytes([*high, *low])),
        (0xD0, []) => Seen::PingResp,
        (0x30, [high, low, rest @ ..]) => {
            let topic = usize::from(u16::from_be_bytes([*high, *low]));
            let downlink = Downlink::from_bytes(&rest[topic..]);
            downlink.map_or(Seen::Odd(packet.to_vec()), Seen::Down)
        }
        _ => Seen::Odd(packet.to_vec()),
    }
}

/// A downlink that carries nothing but its number.
pub fn note(number: u32) -> Downlink {
    Downlink::Refused { code: ProblemCode::Overloaded, retry_after_ms: Some(number) }
}
