//! One XMPP connection: registers a person, signs in (SASL PLAIN on the loopback interface), and
//! says messages that ask for receipts (XEP-0184).

use std::fmt::Write as _;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::people::{Heard, Line, Order, Ticket, To};
use super::stanza;
use crate::seed::TEXT;

/// Most orders that are written in one go.
const GO_MAX: usize = 256;
/// Most bytes that are read in one go.
const READ_BYTES_MAX: usize = 64 * 1024;
const STREAM: &str = "<stream:stream xmlns='jabber:client' \
     xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

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
    let mut stream = Stream::open(line.port).await?;
    stream.sign_in(line.person).await?;
    tell(vec![Heard::Up]);
    let (mut some, mut text) = (Vec::new(), String::new());
    loop {
        tokio::select! {
            read = stream.read() => {
                read?;
                let mut heard = Vec::new();
                while let Some(stanza) = stanza::take(&mut stream.buffer) {
                    heard.extend(understand(&stanza));
                }
                tell(heard);
            }
            count = orders.recv_many(&mut some, GO_MAX) => {
                if count == 0 {
                    return stream.write("</stream:stream>").await;
                }
                text.clear();
                for order in some.drain(..) {
                    put(&mut text, order)?;
                }
                stream.write(&text).await?;
            }
        }
    }
}

/// The text of an order.
fn put(text: &mut String, order: Order) -> std::fmt::Result {
    match order {
        Order::Say { to: To::One(person), number } => say(text, person, number),
        Order::Say { to: To::Everyone(mut people), number } => {
            people.try_for_each(|person| say(text, person, number))
        }
        Order::Stored(Ticket { number, from, .. }) => write!(
            text,
            "<message to='u{from}@localhost/x'>\
             <received xmlns='urn:xmpp:receipts' id='{number}'/></message>"
        ),
    }
}

fn say(text: &mut String, person: usize, number: u64) -> std::fmt::Result {
    write!(
        text,
        "<message to='u{person}@localhost' type='chat' id='{number}'><body>{TEXT}</body>\
         <request xmlns='urn:xmpp:receipts'/></message>"
    )
}

fn understand(stanza: &str) -> Option<Heard> {
    if !stanza.starts_with("<message") {
        return None;
    }
    if let Some(at) = stanza.find("<received") {
        return Some(Heard::Kept(stanza::attribute(&stanza[at..], "id")?.parse().ok()?));
    }
    let number = stanza::attribute(stanza, "id")?.parse().ok()?;
    let from = stanza::attribute(stanza, "from")?.strip_prefix('u')?.split('@').next()?;
    Some(Heard::Came(Ticket { number, from: from.parse().ok()?, packet: 0 }))
}

struct Stream {
    socket: TcpStream,
    bytes: Vec<u8>,
    buffer: String,
}

impl Stream {
    async fn open(port: u16) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(("127.0.0.1", port)).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, bytes: vec![0; READ_BYTES_MAX], buffer: String::new() })
    }

    async fn sign_in(&mut self, person: usize) -> anyhow::Result<()> {
        let secret = STANDARD.encode(format!("\0u{person}\0secret"));
        self.ask(STREAM, "<stream:features").await?;
        let register = format!(
            "<iq type='set' id='r'><query xmlns='jabber:iq:register'>\
             <username>u{person}</username><password>secret</password></query></iq>"
        );
        self.ask(&register, "<iq").await?;
        let auth = format!(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        );
        self.ask(&auth, "<success").await?;
        self.ask(STREAM, "<stream:features").await?;
        let bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
                    <resource>x</resource></bind></iq>";
        self.ask(bind, "<iq").await?;
        self.ask("<presence/>", "<presence").await
    }

    /// Writes, and waits for a stanza that begins so.
    async fn ask(&mut self, text: &str, answer: &str) -> anyhow::Result<()> {
        self.write(text).await?;
        loop {
            match stanza::take(&mut self.buffer) {
                Some(stanza) if stanza.starts_with(answer) => return Ok(()),
                Some(stanza) if stanza.contains("error") || stanza.contains("<failure") => {
                    anyhow::bail!("refused: {stanza}")
                }
                Some(_) => {}
                None => self.read().await?,
            }
        }
    }

    async fn write(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.socket.write_all(text.as_bytes()).await?)
    }

    /// Reads what came. It may be dropped at any time: nothing is lost then.
    async fn read(&mut self) -> anyhow::Result<()> {
        let count = self.socket.read(&mut self.bytes).await?;
        anyhow::ensure!(count > 0, "closed by the server");
        // All that is written here is ASCII.
        self.buffer.push_str(std::str::from_utf8(&self.bytes[..count]).context("not UTF-8")?);
        Ok(())
    }
}
