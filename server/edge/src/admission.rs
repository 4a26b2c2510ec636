//! From a TCP connection to a proved identity: TLS, CONNECT, credential, CONNACK, each within its
//! time and inside the connection's own task, so that a silent peer delays nobody else.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::frame::{self, Connect, Frame};
use crate::mailbox::Mailbox;
use crate::online::Seat;
use crate::policy::{self, connack};
use crate::shared::Shared;
use crate::socket::{self, Incoming, Outgoing};
use crate::{Identity, Refusal, Unavailable};

/// A connection that was let in.
pub(crate) struct Admitted<S> {
    pub(crate) seat: Seat,
    pub(crate) keep_alive: Duration,
    pub(crate) incoming: Incoming<S>,
    pub(crate) outgoing: Outgoing<S>,
}

/// Makes the connection private and lets the peer in, or answers and closes.
pub(crate) async fn admit(
    shared: &Arc<Shared>,
    tcp: TcpStream,
) -> Result<Admitted<TlsStream<TcpStream>>, Refusal> {
    let stream = handshake(shared, tcp).await?;
    admit_private(shared, stream).await
}

/// Lets the peer behind a private stream in, or answers and closes.
pub(crate) async fn admit_private<S: AsyncRead + AsyncWrite>(
    shared: &Arc<Shared>,
    stream: S,
) -> Result<Admitted<S>, Refusal> {
    let (mut incoming, mut outgoing) = socket::split(stream);
    let admission = timeout(shared.config.connect_timeout, enter(shared, &mut incoming));
    match admission.await.unwrap_or(Err(Refusal::ConnectTimeout)) {
        Ok((seat, keep_alive)) => {
            shared.tally.accepted.fetch_add(1, Relaxed);
            outgoing.buffer.extend_from_slice(&connack_bytes(connack::ACCEPTED));
            Ok(Admitted { seat, keep_alive, incoming, outgoing })
        }
        Err(refusal) => {
            if let Some(code) = policy::connack_of(refusal) {
                outgoing.buffer.extend_from_slice(&connack_bytes(code));
            }
            outgoing.close().await;
            Err(refusal)
        }
    }
}

async fn handshake(shared: &Shared, tcp: TcpStream) -> Result<TlsStream<TcpStream>, Refusal> {
    // Small packets are what we send; a socket that refuses the option still works.
    let _ = tcp.set_nodelay(true);
    let accepted = TlsAcceptor::from(shared.tls()).accept(tcp);
    timeout(shared.config.handshake_timeout, accepted)
        .await
        .map_err(|_| Refusal::HandshakeTimeout)?
        .map_err(|_| Refusal::Handshake)
}

async fn enter(
    shared: &Arc<Shared>,
    incoming: &mut Incoming<impl AsyncRead>,
) -> Result<(Seat, Duration), Refusal> {
    let connect = read_connect(incoming).await?;
    let keep_alive = keep_alive(&connect, shared.config.keep_alive_max);
    let mailbox = Arc::new(Mailbox::new(&shared.config));
    let cuts = shared.online.cuts();
    let identity = prove(shared, &connect).await?;
    let seat = shared.online.enter(identity, mailbox).ok_or(Refusal::Stopping)?;
    if shared.online.cuts() != cuts {
        // Someone was revoked meanwhile; if it was this one, it was too early to find the seat.
        prove(shared, &connect).await?;
    }
    Ok((seat, keep_alive))
}

/// The first packet must be a CONNECT [MQTT-3.1.0-1].
async fn read_connect(incoming: &mut Incoming<impl AsyncRead>) -> Result<Connect, Refusal> {
    loop {
        match incoming.read().await {
            Ok(0) | Err(_) => return Err(Refusal::Gone),
            Ok(_) if !frame::starts_with_connect(&incoming.buffer) => {
                return Err(Refusal::Malformed);
            }
            Ok(_) => {}
        }
        match frame::next(&mut incoming.buffer).map_err(policy::refusal_of)? {
            Some(Frame::Connect(connect)) => return Ok(connect),
            Some(_) => return Err(Refusal::Malformed),
            None => {}
        }
    }
}

async fn prove(shared: &Shared, connect: &Connect) -> Result<Identity, Refusal> {
    let claimed = policy::claimed(connect)?;
    let authenticate = &shared.handlers.authenticate;
    let identity = authenticate(connect.client_id.clone(), connect.password.clone())
        .await
        .map_err(|Unavailable| Refusal::Unavailable)?
        .ok_or(Refusal::Credential)?;
    if identity.enrolment == claimed { Ok(identity) } else { Err(Refusal::ClientId) }
}

fn keep_alive(connect: &Connect, longest: Duration) -> Duration {
    match connect.keep_alive_secs {
        0 => longest,
        seconds => Duration::from_secs(u64::from(seconds)).min(longest),
    }
}

/// There is never a session that was kept [MQTT-3.2.2-1, 3.2.2-3].
fn connack_bytes(code: u8) -> [u8; 4] {
    const NO_SESSION: u8 = 0;
    [0x20, 2, NO_SESSION, code]
}
