//! A narrow link: what goes through it waits its turn and comes late. It drops nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// What passes in one piece: about a packet.
const PIECE_BYTES: usize = 1400;
/// Most pieces that are on their way in one direction.
const PIECES_MAX: usize = 1024;

/// How narrow.
#[derive(Clone, Copy, Debug)]
pub struct Narrow {
    /// Bits a second, each way.
    pub bits_each_second: u32,
    /// From one end to the other.
    pub delay: Duration,
}

/// A port of this machine that leads to another one, by a narrow link. It is gone when dropped.
pub struct Relay {
    /// Where it listens.
    pub port: u16,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Opens one to this port.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn to(port: u16, narrow: Narrow) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let here = listener.local_addr()?.port();
        let [sent, received] = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
        let counters = [Arc::clone(&sent), Arc::clone(&received)];
        let accepting = tokio::spawn(async move {
            while let Ok((device, _)) = listener.accept().await {
                tokio::spawn(join(device, port, narrow, counters.clone()));
            }
        });
        Ok(Self { port: here, sent, received, accepting })
    }

    /// Bytes that came from the device so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Bytes that came for the device so far.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Either end that is lost takes the other with it.
async fn join(device: TcpStream, port: u16, narrow: Narrow, counters: [Arc<AtomicU64>; 2]) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = (device.set_nodelay(true), server.set_nodelay(true));
    let ((from_device, to_device), (from_server, to_server)) =
        (device.into_split(), server.into_split());
    let [sent, received] = counters;
    tokio::select! {
        () = carry(from_device, to_server, narrow, sent) => {}
        () = carry(from_server, to_device, narrow, received) => {}
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    narrow: Narrow,
    counter: Arc<AtomicU64>,
) {
    let (pieces, mut coming) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES_MAX);
    let put = async move {
        let (mut buffer, mut free_at) = (vec![0; PIECE_BYTES], Instant::now());
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            counter.fetch_add(count as u64, Ordering::Relaxed);
            let seconds = count as f64 * 8.0 / f64::from(narrow.bits_each_second);
            free_at = free_at.max(Instant::now()) + Duration::from_secs_f64(seconds);
            // The next piece is taken up when this one has left.
            sleep_until(free_at).await;
            let piece = (free_at + narrow.delay, buffer[..count].to_vec());
            if pieces.send(piece).await.is_err() {
                return;
            }
        }
    };
    let take = async move {
        while let Some((at, piece)) = coming.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(put, take);
}
