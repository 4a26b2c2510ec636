//! A network that a story can spoil: a relay in the test's own process, with weather.
//!
//! It carries bytes and knows nothing of what they say. What TCP hides from its users stays
//! hidden: a lost segment is one that comes a retransmission later, and all behind it with it.

mod pump;
mod weather;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use weather::{Stalls, Weather};

/// One port of this machine that leads to another one.
pub struct Relay {
    port: u16,
    road: Arc<Road>,
    accepting: JoinHandle<()>,
}

/// What all connections of a relay share.
struct Road {
    target: Mutex<SocketAddr>,
    weather: watch::Sender<Weather>,
    /// Connections of an earlier era are cut.
    era: watch::Sender<u64>,
    cuts: AtomicU64,
    connections: AtomicU64,
    up: AtomicU64,
}

impl Relay {
    /// Listens on a free port of 127.0.0.1. It leads nowhere until [`Self::leads_to`].
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let road = Arc::new(Road {
            target: Mutex::new(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            weather: watch::Sender::new(Weather::default()),
            era: watch::Sender::new(0),
            cuts: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            up: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&road)));
        Self { port, road, accepting }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where new connections go from now on.
    pub fn leads_to(&self, target: SocketAddr) {
        *self.road.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// The weather from now on, for connections that are open too.
    pub fn weather(&self, weather: Weather) {
        self.road.weather.send_replace(weather);
    }

    /// Cuts every open connection.
    pub fn cut(&self) {
        self.road.era.send_modify(|era| *era += 1);
    }

    /// How many connections there were, and how many bytes they have carried up together.
    pub fn carried_up(&self) -> (u64, u64) {
        (self.road.connections.load(Relaxed), self.road.up.load(Relaxed))
    }

    /// How many connections [`Weather::cut_after_bytes`] has cut.
    pub fn cuts(&self) -> u64 {
        self.road.cuts.load(Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    while let Ok((near, _)) = listener.accept().await {
        if !road.weather.borrow().closed {
            tokio::spawn(carry(near, Arc::clone(&road)));
        }
    }
}

async fn carry(near: TcpStream, road: Arc<Road>) {
    let mut era = road.era.subscribe();
    let target = *road.target.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(far) = TcpStream::connect(target).await else { return };
    for end in [&near, &far] {
        // Small packets are what is carried; without it the weather would not be ours alone.
        let _ = end.set_nodelay(true);
    }
    tokio::select! {
        () = pump::both(near, far, &road) => {}
        _ = era.changed() => {}
    }
}
