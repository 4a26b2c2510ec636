//! Pairs of people: one taps as fast as the other's receipts come back.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use waypost_engine::{Change, Wish};
use waypost_protocol::{
    Body, ConversationId, Event, FactId, Move, PersonId, ReceiptState, Sequence, kind,
};

use crate::devices::{Devices, Durable};
use crate::figure::Times;
use crate::seed::{Enrolled, TEXT};
use crate::station::Station;

/// How often a reader says what they have read.
const READS_EVERY: Duration = Duration::from_secs(1);
/// Longest wait for the last receipts when nobody taps any more.
const DRAINS_WITHIN: Duration = Duration::from_secs(60);

/// How much is written.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// So many messages of each pair are kept on their way: as fast as receipts come back.
    Window(usize),
    /// So many messages of all pairs together each second, whatever comes back.
    EachSecond(u32),
}

/// Pairs at work.
pub struct Pairs {
    /// The number of the first device.
    first: usize,
    pairs: Vec<Pair>,
    tapped_at: HashMap<FactId, Instant>,
    counted: Counted,
}

struct Pair {
    writer: usize,
    reader: usize,
    reader_is: PersonId,
    chat: ConversationId,
    /// Taps without a receipt of the reader.
    open: usize,
    /// The numbers of accepted messages without a receipt, in order.
    accepted: VecDeque<u64>,
    /// What the reader's receipts reach up to.
    delivered: u64,
    /// The last message that the reader has stored.
    stored: u64,
}

/// What was counted since the last look.
#[derive(Default)]
struct Counted {
    stored: u64,
    confirmed: u64,
    took_ms: Times,
}

/// What a stretch of time gave.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Messages that the reader's device has stored, each second.
    pub stored: f64,
    /// Messages whose author has the reader's receipt stored, each second.
    pub confirmed: f64,
    /// From the tap until the reader's device has stored it, in milliseconds.
    pub took_ms: Times,
}

impl Pairs {
    /// Brings the people of each pair, who write and read from here on, to their devices.
    ///
    /// # Errors
    /// If the server was not started.
    pub fn new(
        devices: &mut Devices,
        station: &Station,
        people: &[(Enrolled, Enrolled)],
        from: Sequence,
    ) -> anyhow::Result<Self> {
        let first = devices.count();
        let mut pairs = Vec::new();
        for (writer, reader) in people {
            let chat = ConversationId::direct(writer.person, reader.person);
            pairs.push(Pair {
                chat: chat.context("two people")?,
                reader_is: reader.person,
                writer: devices.add(station.account(writer)?, writer.person, from),
                reader: devices.add(station.account(reader)?, reader.person, from),
                open: 0,
                accepted: VecDeque::new(),
                delivered: 0,
                stored: 0,
            });
        }
        Ok(Self { first, pairs, tapped_at: HashMap::new(), counted: Counted::default() })
    }

    /// Keeps so many messages on their way for so long, and says what that gave.
    ///
    /// # Errors
    /// If the log cannot be written.
    pub async fn write(
        &mut self,
        devices: &mut Devices,
        pace: Pace,
        lasts: Duration,
    ) -> anyhow::Result<Stretch> {
        self.counted = Counted::default();
        let (began, mut read, mut tapped) = (Instant::now(), 0, 0);
        while began.elapsed() < lasts {
            match pace {
                Pace::Window(window) => {
                    for at in 0..self.pairs.len() {
                        for _ in self.pairs[at].open..window {
                            self.tap(devices, at);
                        }
                    }
                }
                Pace::EachSecond(taps) => {
                    let due = (began.elapsed().as_secs_f64() * f64::from(taps)) as usize;
                    for at in tapped..due {
                        self.tap(devices, at % self.pairs.len());
                    }
                    tapped = tapped.max(due);
                }
            }
            let due = began.elapsed().div_duration_f64(READS_EVERY) * self.pairs.len() as f64;
            // Each at a moment of their own: fifty people do not look at the same instant.
            (read..due as usize).for_each(|at| self.read(devices, at % self.pairs.len()));
            read = due as usize;
            devices.round(|durable| self.note(durable)).await?;
        }
        Ok(self.counted.stretch(began.elapsed()))
    }

    fn tap(&mut self, devices: &mut Devices, at: usize) {
        let pair = &mut self.pairs[at];
        pair.open += 1;
        let body = Body::text(TEXT);
        devices.wish(pair.writer, Wish::Say { conversation: pair.chat, body });
    }

    /// Lets everything on its way arrive.
    ///
    /// # Errors
    /// If something does not arrive.
    pub async fn drain(&mut self, devices: &mut Devices) -> anyhow::Result<()> {
        let began = Instant::now();
        while self.pairs.iter().any(|pair| pair.open > 0) {
            anyhow::ensure!(began.elapsed() < DRAINS_WITHIN, "{}", self.stuck(devices));
            devices.round(|durable| self.note(durable)).await?;
        }
        Ok(())
    }

    /// Who waits for what.
    fn stuck(&self, devices: &Devices) -> String {
        let stuck = self.pairs.iter().filter(|pair| pair.open > 0).map(|pair| {
            let Pair { chat, open, delivered, stored, accepted, .. } = pair;
            let waiting = devices.waiting(pair.writer);
            let last = accepted.back();
            let (writer, reader) = (devices.tell(pair.writer), devices.tell(pair.reader));
            format!(
                "\n{chat}: {open} open, {waiting} waiting, accepted to {last:?}, stored to {stored}, \
                 delivered to {delivered}; {writer}; {reader}"
            )
        });
        stuck.collect()
    }

    fn read(&self, devices: &mut Devices, at: usize) {
        let pair = &self.pairs[at];
        devices.wish(pair.reader, Wish::Read { conversation: pair.chat, up_to: pair.stored });
    }

    fn note(&mut self, durable: Durable<'_>) {
        match durable {
            Durable::Kept(id) => drop(self.tapped_at.insert(id, Instant::now())),
            Durable::Noticed(_) => {}
            // Devices are added in pairs, so every second one writes.
            Durable::Change(device, change) => {
                let Some(pair) = self.pairs.get_mut((device - self.first) / 2) else { return };
                match change {
                    Change::Accepted { sequence, .. } => pair.accepted.push_back(sequence.n),
                    Change::Recorded { event, .. } if device == pair.reader => {
                        if let Some(at) = event.id.and_then(|id| self.tapped_at.remove(&id)) {
                            pair.stored = event.n;
                            self.counted.stored += 1;
                            self.counted.took_ms.add(at.elapsed().as_secs_f64() * 1000.0);
                        }
                    }
                    Change::Recorded { event, .. } => pair.hears(event),
                    _ => return,
                }
                self.counted.confirmed += pair.confirm();
            }
        }
    }
}

impl Pair {
    fn hears(&mut self, event: &Event) {
        if event.content.kind != kind::RECEIPTS {
            return;
        }
        if let Ok(Body::Receipts { moves }) = event.content.to_body() {
            let delivered = |step: &&Move| {
                step.state == ReceiptState::Delivered && step.person == self.reader_is
            };
            let up_to = moves.iter().filter(delivered).map(|step| step.up_to).max();
            self.delivered = self.delivered.max(up_to.unwrap_or(0));
        }
    }

    /// Closes what is delivered, and says how many that were.
    fn confirm(&mut self) -> u64 {
        let reached = self.accepted.partition_point(|n| *n <= self.delivered);
        self.accepted.drain(..reached);
        self.open -= reached;
        reached as u64
    }
}

impl Counted {
    fn stretch(&mut self, lasted: Duration) -> Stretch {
        let each_second = |count: u64| count as f64 / lasted.as_secs_f64();
        Stretch {
            stored: each_second(self.stored),
            confirmed: each_second(self.confirmed),
            took_ms: std::mem::take(&mut self.took_ms),
        }
    }
}
