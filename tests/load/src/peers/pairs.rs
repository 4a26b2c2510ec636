//! Pairs of people on another server: one writes as fast as the other stores.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::people::{Heard, Order, People, To};
use super::server::Server;
use crate::cost::Cost;
use crate::figure::{Figures, Times, What};
use crate::looks::Looks;
use crate::pairs::Pace;
use crate::settings::Settings;

/// Longest wait for the last messages when nobody writes any more.
const DRAINS_WITHIN: Duration = Duration::from_secs(120);

/// Pairs at work: person 2n writes to person 2n + 1.
pub(super) struct Pairs {
    /// Messages of each pair on their way.
    open: Vec<usize>,
    /// By the number of the message.
    under_way: HashMap<u64, UnderWay>,
    next: u64,
    done: u64,
    took_ms: Times,
}

struct UnderWay {
    pair: usize,
    since: Instant,
    /// The server has acknowledged it.
    kept: bool,
    /// The reader has stored it.
    stored: bool,
}

impl Pairs {
    /// Connects the people of so many pairs.
    pub(super) async fn meet(people: &mut People, count: usize) -> anyhow::Result<Self> {
        people.join(2 * count).await?;
        Ok(Self {
            open: vec![0; count],
            under_way: HashMap::new(),
            next: 0,
            done: 0,
            took_ms: Times::default(),
        })
    }

    /// As many messages as the window lets through.
    pub(super) async fn full(
        &mut self,
        figures: &mut Figures,
        people: &mut People,
        server: &Server,
        settings: Settings,
    ) -> anyhow::Result<()> {
        let cost = Cost::begin(&server.pids());
        let mut looks = Looks::default();
        for lasts in Looks::within(settings.full_for) {
            let a_second = self.write(people, Pace::Window(settings.window), lasts).await?;
            looks.add(a_second, &mut self.took_ms);
        }
        let cores = cost.cores();
        self.drain(people).await?;
        looks.tell(figures, &cores);
        Ok(())
    }

    /// So many messages a second.
    pub(super) async fn paced(
        &mut self,
        figures: &mut Figures,
        people: &mut People,
        settings: Settings,
    ) -> anyhow::Result<()> {
        self.write(people, Pace::EachSecond(settings.pace), settings.paced_for).await?;
        figures.add(What::PacedP50Ms, self.took_ms.at(50));
        figures.add(What::PacedP99Ms, self.took_ms.at(99));
        self.drain(people).await
    }

    /// Messages a second that were stored and acknowledged.
    async fn write(
        &mut self,
        people: &mut People,
        pace: Pace,
        lasts: Duration,
    ) -> anyhow::Result<f64> {
        (self.done, self.took_ms) = (0, Times::default());
        let (began, mut said) = (Instant::now(), 0);
        while began.elapsed() < lasts {
            match pace {
                Pace::Window(window) => {
                    for pair in 0..self.open.len() {
                        (self.open[pair]..window).for_each(|_| self.say(people, pair));
                    }
                }
                Pace::EachSecond(each) => {
                    let due = (began.elapsed().as_secs_f64() * f64::from(each)) as usize;
                    (said..due).for_each(|n| self.say(people, n % self.open.len()));
                    said = said.max(due);
                }
            }
            people.round(|_, heard| self.note(heard)).await?;
        }
        Ok(self.done as f64 / began.elapsed().as_secs_f64())
    }

    async fn drain(&mut self, people: &mut People) -> anyhow::Result<()> {
        let began = Instant::now();
        while !self.under_way.is_empty() {
            let left = self.under_way.len();
            anyhow::ensure!(began.elapsed() < DRAINS_WITHIN, "{left} messages did not arrive");
            people.round(|_, heard| self.note(heard)).await?;
        }
        Ok(())
    }

    fn say(&mut self, people: &mut People, pair: usize) {
        let number = self.next;
        self.next += 1;
        self.open[pair] += 1;
        let under_way = UnderWay { pair, since: Instant::now(), kept: false, stored: false };
        self.under_way.insert(number, under_way);
        people.wish(2 * pair, Order::Say { to: To::One(2 * pair + 1), number });
    }

    fn note(&mut self, heard: &Heard) {
        let (number, stored) = match heard {
            Heard::Kept(number) => (*number, false),
            Heard::Came(ticket) => (ticket.number, true),
            Heard::Up | Heard::Down(_) => return,
        };
        // A message that comes twice is counted once.
        let Some(message) = self.under_way.get_mut(&number) else { return };
        if stored && !message.stored {
            self.took_ms.add(message.since.elapsed().as_secs_f64() * 1000.0);
        }
        message.stored |= stored;
        message.kept |= !stored;
        if message.stored && message.kept {
            self.open[message.pair] -= 1;
            self.done += 1;
            self.under_way.remove(&number);
        }
    }
}
