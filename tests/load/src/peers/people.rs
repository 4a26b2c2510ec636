//! The people of another server, and the loop that drives them in rounds as `devices` does: what
//! they write and what they hear is stored and synced once for all, and only then sent, counted or
//! acknowledged.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::{Protocol, mqtt, xmpp};
use crate::log::Log;
use crate::seed::TEXT;

/// Most reports of one round.
const ROUND_MAX: usize = 4096;
/// How long a round waits for something to happen.
const TICK: Duration = Duration::from_millis(1);
/// Longest wait for anything that must happen.
const WITHIN: Duration = Duration::from_secs(300);
/// How many connect at a time: a front that is overrun by the first SYN tells nothing.
const JOIN_AT_ONCE: usize = 50;
/// How many messages nobody has heard yet may be on their way to those who are away.
const AWAY_WINDOW: usize = 2000;

/// Whom a message is for.
#[derive(Clone, Debug)]
pub(super) enum To {
    /// One person.
    One(usize),
    /// All of these.
    Everyone(Range<usize>),
}

/// What a connection is to do.
#[derive(Clone, Debug)]
pub(super) enum Order {
    /// Say something under this number.
    Say { to: To, number: u64 },
    /// What came under this ticket is synced.
    Stored(Ticket),
}

/// What came, as its protocol acknowledges it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ticket {
    /// The message.
    pub(super) number: u64,
    /// Its author, where that is told.
    pub(super) from: usize,
    /// The packet, with MQTT.
    pub(super) packet: u16,
}

/// What a connection tells.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// It is up and hears what is for it.
    Up,
    /// What was said is kept.
    Kept(u64),
    /// Something came.
    Came(Ticket),
    /// It has ended, for this reason.
    Down(String),
}

/// Where and as whom a connection is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Of the server, on the loopback interface.
    pub(super) port: u16,
    /// The number of the person.
    pub(super) person: usize,
}

/// Everyone on one server.
pub(super) struct People {
    port: u16,
    speak: Protocol,
    lines: Vec<Option<mpsc::UnboundedSender<Order>>>,
    up: HashSet<usize>,
    log: Log,
    wishes: Vec<(usize, Order)>,
    happened: mpsc::UnboundedReceiver<(usize, Vec<Heard>)>,
    reports: mpsc::UnboundedSender<(usize, Vec<Heard>)>,
}

impl People {
    pub(super) fn new(log: &Path, port: u16, speak: Protocol) -> anyhow::Result<Self> {
        let (reports, happened) = mpsc::unbounded_channel();
        let log = Log::create(log)?;
        let (lines, up, wishes) = (Vec::new(), HashSet::new(), Vec::new());
        Ok(Self { port, speak, lines, up, log, wishes, happened, reports })
    }

    /// How many are connected.
    pub(super) fn count(&self) -> usize {
        self.up.len()
    }

    /// Connects so many more.
    pub(super) async fn join(&mut self, count: usize) -> anyhow::Result<Range<usize>> {
        let first = self.lines.len();
        self.lines.resize_with(first + count, || None);
        self.connect(first..first + count, JOIN_AT_ONCE, |_| ()).await?;
        Ok(first..first + count)
    }

    /// Ends these connections.
    pub(super) async fn leave(&mut self, who: Range<usize>) -> anyhow::Result<()> {
        who.clone().for_each(|person| self.lines[person] = None);
        let began = Instant::now();
        while who.clone().any(|person| self.up.contains(&person)) {
            anyhow::ensure!(began.elapsed() < WITHIN, "some do not leave");
            self.round(|_, _| ()).await?;
        }
        Ok(())
    }

    /// Lets someone say something in the next round.
    pub(super) fn wish(&mut self, who: usize, order: Order) {
        self.wishes.push((who, order));
    }

    /// One message to all of these: milliseconds until the last has stored it.
    pub(super) async fn broadcast(
        &mut self,
        speaker: usize,
        to: Range<usize>,
        number: u64,
    ) -> anyhow::Result<f64> {
        let (began, mut missing) = (Instant::now(), to.len());
        let mut kept = false;
        self.wish(speaker, Order::Say { to: To::Everyone(to.clone()), number });
        while missing > 0 || !kept {
            anyhow::ensure!(began.elapsed() < WITHIN, "{missing} have not heard it");
            self.round(|person, heard| match heard {
                Heard::Came(_) => missing -= usize::from(to.contains(&person)),
                Heard::Kept(_) => kept = true,
                Heard::Up | Heard::Down(_) => {}
            })
            .await?;
        }
        Ok(began.elapsed().as_secs_f64() * 1000.0)
    }

    /// Someone who is there writes so often to each of these, who are away, and the server has it.
    pub(super) async fn write_to(&mut self, to: Range<usize>, each: usize) -> anyhow::Result<()> {
        let (began, wanted) = (Instant::now(), to.len() * each);
        let (mut said, mut kept) = (0, 0);
        while kept < wanted {
            anyhow::ensure!(began.elapsed() < WITHIN, "{kept} of {wanted} are kept");
            while said < wanted && said < kept + AWAY_WINDOW {
                let to = To::One(to.start + said % to.len());
                self.wish(said % 10, Order::Say { to, number: said as u64 });
                said += 1;
            }
            self.round(|_, heard| kept += usize::from(matches!(heard, Heard::Kept(_)))).await?;
        }
        Ok(())
    }

    /// Seconds until these, all at once, have what waits for them.
    pub(super) async fn come_back(
        &mut self,
        who: Range<usize>,
        each: usize,
    ) -> anyhow::Result<f64> {
        let (began, wanted) = (Instant::now(), who.len() * each);
        let mut stored = 0;
        let count = |heard: &Heard| stored += usize::from(matches!(heard, Heard::Came(_)));
        self.connect(who, usize::MAX, count).await?;
        while stored < wanted {
            anyhow::ensure!(began.elapsed() < WITHIN, "{stored} of {wanted} are stored");
            self.round(|_, heard| stored += usize::from(matches!(heard, Heard::Came(_)))).await?;
        }
        Ok(began.elapsed().as_secs_f64())
    }

    async fn connect(
        &mut self,
        who: Range<usize>,
        at_once: usize,
        mut hear: impl FnMut(&Heard),
    ) -> anyhow::Result<()> {
        let (began, mut next) = (Instant::now(), who.start);
        loop {
            let up = who.clone().filter(|person| self.up.contains(person)).count();
            while next < who.end && next - who.start < at_once.saturating_add(up) {
                self.dial(next);
                next += 1;
            }
            if up == who.len() {
                return Ok(());
            }
            anyhow::ensure!(began.elapsed() < WITHIN, "{up} of {} are connected", who.len());
            self.round(|_, heard| hear(heard)).await?;
        }
    }

    fn dial(&mut self, person: usize) {
        let (orders, receiver) = mpsc::unbounded_channel();
        self.lines[person] = Some(orders);
        let (reports, line) = (self.reports.clone(), Line { port: self.port, person });
        let tell = move |heard| {
            // Nobody listens any more at the end of the measurement.
            let _ = reports.send((person, heard));
        };
        match self.speak {
            Protocol::Mqtt => drop(tokio::spawn(mqtt::run(line, receiver, tell))),
            Protocol::Xmpp => drop(tokio::spawn(xmpp::run(line, receiver, tell))),
        }
    }

    /// Waits for something to happen and deals with all of it; `durable` hears what is kept and
    /// what was stored.
    ///
    /// # Errors
    /// If the log cannot be written, or a connection ends that should not.
    pub(super) async fn round(
        &mut self,
        mut durable: impl FnMut(usize, &Heard),
    ) -> anyhow::Result<()> {
        let reports = self.reports_now().await;
        let mut orders = std::mem::take(&mut self.wishes);
        for (_, order) in &orders {
            if let Order::Say { number, .. } = order {
                self.log.note(&number.to_be_bytes());
                self.log.note(TEXT.as_bytes());
            }
        }
        for (person, heard) in
            reports.iter().flat_map(|(person, all)| all.iter().map(|it| (*person, it)))
        {
            match heard {
                Heard::Came(ticket) => {
                    self.log.note(&ticket.number.to_be_bytes());
                    self.log.note(TEXT.as_bytes());
                    orders.push((person, Order::Stored(*ticket)));
                }
                Heard::Kept(number) => self.log.note(&number.to_be_bytes()),
                Heard::Up => drop(self.up.insert(person)),
                Heard::Down(why) => {
                    anyhow::ensure!(self.lines[person].is_none(), "person {person}: {why}");
                    self.up.remove(&person);
                }
            }
        }
        tokio::task::block_in_place(|| self.log.sync())?;
        for (person, all) in &reports {
            all.iter().for_each(|heard| durable(*person, heard));
        }
        for (person, order) in orders {
            if let Some(line) = &self.lines[person] {
                // It fails only for a line whose end is reported next.
                let _ = line.send(order);
            }
        }
        Ok(())
    }

    async fn reports_now(&mut self) -> Vec<(usize, Vec<Heard>)> {
        let mut reports = Vec::new();
        if self.wishes.is_empty() {
            // Nothing for a while is as good as something: more may be due to be written.
            let _ = timeout(TICK, self.happened.recv_many(&mut reports, ROUND_MAX)).await;
        } else {
            while let (true, Ok(report)) = (reports.len() < ROUND_MAX, self.happened.try_recv()) {
                reports.push(report);
            }
        }
        reports
    }
}
