//! Carries the bytes of one connection through the weather, both ways.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rand::Rng as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Road, Weather};

/// What one segment carries.
const SEGMENT_BYTES: usize = 1400;

/// Most segments on their way. More wait at the sender, as in a full window.
const UNDER_WAY_MAX: usize = 256;

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

struct Segment {
    arrives: Instant,
    bytes: Vec<u8>,
}

/// Carries until both ends have closed, or until the weather cuts.
pub(super) async fn both(near: TcpStream, far: TcpStream, road: &Road) {
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let carried = AtomicU64::new(0);
    road.connections.fetch_add(1, Relaxed);
    let up = one(near_in, far_out, Way::Up, road, &carried);
    let down = one(far_in, near_out, Way::Down, road, &carried);
    // An error is the cut: it ends the other way too.
    if tokio::try_join!(up, down).is_err() {
        road.cuts.fetch_add(1, Relaxed);
    }
}

/// The weather cuts this connection.
struct Cut;

async fn one(
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    way: Way,
    road: &Road,
    carried: &AtomicU64,
) -> Result<(), Cut> {
    let (sender, receiver) = mpsc::channel(UNDER_WAY_MAX);
    let (taken, ()) = tokio::join!(take(from, way, road, carried, sender), give(to, receiver));
    taken
}

async fn take(
    mut from: OwnedReadHalf,
    way: Way,
    road: &Road,
    carried: &AtomicU64,
    segments: mpsc::Sender<Segment>,
) -> Result<(), Cut> {
    let mut journey = Journey { arrives: Instant::now(), sent: Instant::now() };
    let mut changes = road.weather.subscribe();
    let mut silent = false;
    let mut buffer = [0; SEGMENT_BYTES];
    loop {
        let weather = *changes.borrow_and_update();
        silent |= loses(&weather, way);
        let bytes = tokio::select! {
            // Whoever resets a connection has closed it.
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = changes.changed() => continue,
        };
        if silent && bytes == 0 {
            // Not even the end is told: only the other way, or a new era, ends this.
            std::future::pending::<()>().await;
        }
        if bytes == 0 {
            return Ok(());
        }
        if silent {
            continue;
        }
        let room = room(&weather, carried, bytes);
        if way == Way::Up {
            road.up.fetch_add(room as u64, Relaxed);
        }
        let segment =
            Segment { arrives: journey.of(&weather, room), bytes: buffer[..room].to_vec() };
        if segments.send(segment).await.is_err() {
            return Ok(());
        }
        if room < bytes {
            drop(segments);
            // What passed arrives before the cut does.
            sleep_until(journey.arrives).await;
            return Err(Cut);
        }
    }
}

fn loses(weather: &Weather, way: Way) -> bool {
    match way {
        Way::Up => weather.loses_up,
        Way::Down => weather.loses_down,
    }
}

/// How many of these bytes still pass before the connection is cut.
fn room(weather: &Weather, carried: &AtomicU64, bytes: usize) -> usize {
    let before = carried.fetch_add(bytes as u64, Relaxed);
    let Some(most) = weather.cut_after_bytes else { return bytes };
    usize::try_from(most.saturating_sub(before)).map_or(bytes, |left| left.min(bytes))
}

/// When the segments of one way arrive: one after another, whatever each of them suffers.
struct Journey {
    sent: Instant,
    arrives: Instant,
}

impl Journey {
    fn of(&mut self, weather: &Weather, bytes: usize) -> Instant {
        let now = Instant::now();
        let takes = weather.bytes_per_second.map_or(Duration::ZERO, |rate| {
            Duration::from_secs_f64(bytes as f64 / f64::from(rate.max(1)))
        });
        self.sent = self.sent.max(now) + takes;
        let mut arrives = self.sent + weather.delay;
        if let Some(stalls) = weather.stalls {
            while rand::rng().random_range(0..100) < stalls.percent.min(90) {
                arrives += stalls.retransmission;
            }
        }
        self.arrives = self.arrives.max(arrives);
        self.arrives
    }
}

async fn give(mut to: OwnedWriteHalf, mut segments: mpsc::Receiver<Segment>) {
    while let Some(segment) = segments.recv().await {
        sleep_until(segment.arrives).await;
        if to.write_all(&segment.bytes).await.is_err() {
            return;
        }
    }
    // The end of one way; the other may go on.
    let _ = to.shutdown().await;
}
