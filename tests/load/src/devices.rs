//! The loop that drives all engines, in rounds: handle what came, store and sync it once for all,
//! then do what the engines asked for.
//!
//! That order is the one of the real shell: what is sent or counted is durable.

use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use waypost_engine::{Change, Down, Effect, Engine, Input, LinkPath, LinkState, Now, Saved, Wish};
use waypost_protocol::{Downlink, FactId, Millis, PersonId, Presence, Sequence};

use crate::line::{self, Account, Heard};
use crate::log::Log;

/// Most inputs of one round.
const ROUND_MAX: usize = 4096;
/// How long a round waits for something to happen before it looks at the timers.
const TICK: Duration = Duration::from_millis(1);
/// Longest wait until all are connected and have what concerns them.
const LEVEL_WITHIN: Duration = Duration::from_secs(180);
/// Most frames that wait for one line.
const FRAMES_MAX: usize = 64;

/// Engines with their lines and their common log.
pub struct Devices {
    devices: Vec<Device>,
    log: Log,
    started: Instant,
    wishes: Vec<(usize, Input)>,
    happened: mpsc::UnboundedReceiver<Report>,
    reports: mpsc::UnboundedSender<Report>,
}

struct Device {
    engine: Engine,
    account: Account,
    frames: Option<mpsc::Sender<Vec<u8>>>,
    /// The line itself; it ends at once when the engine gives it up, as on a real device.
    line: Option<AbortHandle>,
    /// Which line its reports count of.
    lines: u32,
    timer: Option<u64>,
}

struct Report {
    device: usize,
    line: u32,
    heard: Heard,
}

/// What became durable or visible in a round, for whoever counts.
pub enum Durable<'a> {
    /// A change of this device's store.
    Change(usize, &'a Change),
    /// A tap was kept as this fact.
    Kept(FactId),
    /// Someone sees who is here; that alone is not durable.
    Noticed(&'a Presence),
}

impl Devices {
    /// No devices yet, with a new log in this file.
    ///
    /// # Errors
    /// If the log cannot be made.
    pub fn new(log: &Path) -> anyhow::Result<Self> {
        let (reports, happened) = mpsc::unbounded_channel();
        let log = Log::create(log)?;
        let (devices, wishes) = (Vec::new(), Vec::new());
        Ok(Self { devices, log, started: Instant::now(), wishes, happened, reports })
    }

    /// Adds the device of an enrolment that has stored everything up to here; it connects by
    /// itself, and its number counts from 0.
    pub fn add(&mut self, account: Account, person: PersonId, cursor: Sequence) -> usize {
        let number = self.devices.len();
        let saved = Saved { cursor, ..Saved::default() };
        let engine = Engine::load(saved, person, rand::random());
        let (frames, line, timer) = (None, None, None);
        self.devices.push(Device { engine, account, frames, line, lines: 0, timer });
        self.wishes.push((number, Input::Started));
        number
    }

    /// Lets the person of a device wish for something in the next round.
    pub fn wish(&mut self, device: usize, wish: Wish) {
        self.wishes.push((device, Input::Tapped(wish)));
    }

    /// How many devices there are.
    pub fn count(&self) -> usize {
        self.devices.len()
    }

    /// How many devices are connected and have all that concerns them.
    pub fn level(&self) -> usize {
        let up = |device: &&Device| {
            matches!(device.engine.link(self.now()), LinkState::Up { catching_up: false, .. })
        };
        self.devices.iter().filter(up).count()
    }

    /// Waits until all devices are.
    ///
    /// # Errors
    /// If some are not in time, or the log cannot be written.
    pub async fn all_level(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while self.level() < self.count() {
            let (level, count) = (self.level(), self.count());
            anyhow::ensure!(began.elapsed() < LEVEL_WITHIN, "{level} of {count} are level");
            self.round(|_| ()).await?;
        }
        Ok(())
    }

    /// How far the furthest of them has come in the record.
    pub fn furthest(&self) -> Sequence {
        self.devices.iter().map(|device| device.engine.cursor()).max().unwrap_or_default()
    }

    /// How many facts of a device wait for the server.
    pub fn waiting(&self, device: usize) -> usize {
        self.devices[device].engine.waiting()
    }

    /// Where a device stands, for whoever wonders.
    pub fn tell(&self, device: usize) -> String {
        let engine = &self.devices[device].engine;
        format!("{:?} at {}", engine.link(self.now()), engine.cursor())
    }

    /// The log, for its figures.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Waits for something to happen and deals with all of it; `durable` hears what was stored.
    ///
    /// # Errors
    /// If the log cannot be written, or the server refuses what was written: then what is measured
    /// is not what was meant.
    pub async fn round(&mut self, mut durable: impl FnMut(Durable<'_>)) -> anyhow::Result<()> {
        let inputs = self.inputs().await;
        let mut effects = Vec::with_capacity(2 * inputs.len());
        let now = self.now();
        for (device, input) in inputs {
            let asked = self.devices[device].engine.handle(input, now, rand::random());
            effects.extend(asked.into_iter().map(|effect| (device, effect)));
        }
        for (_, effect) in &effects {
            if let Effect::Store(changes) = effect {
                self.log.add(changes);
            }
        }
        tokio::task::block_in_place(|| self.log.sync())?;
        for (device, effect) in effects {
            match effect {
                Effect::Store(changes) => {
                    for change in &changes {
                        if let Change::Rejected { id, code, .. } = change {
                            anyhow::bail!("{id} of device {device} was refused: {code:?}");
                        }
                        durable(Durable::Change(device, change));
                    }
                }
                Effect::Kept { id: Some(id) } => durable(Durable::Kept(id)),
                Effect::ShowPresence(presence) => durable(Durable::Noticed(&presence)),
                other => self.does(device, other),
            }
        }
        Ok(())
    }

    async fn inputs(&mut self) -> Vec<(usize, Input)> {
        let mut reports = Vec::new();
        if self.wishes.is_empty() {
            // Nothing for a while is as good as something: a timer may be due.
            let _ = timeout(TICK, self.happened.recv_many(&mut reports, ROUND_MAX)).await;
        } else {
            while let (true, Ok(report)) = (reports.len() < ROUND_MAX, self.happened.try_recv()) {
                reports.push(report);
            }
        }
        let mut inputs: Vec<_> = reports.into_iter().filter_map(|it| self.understand(it)).collect();
        inputs.append(&mut self.wishes);
        let tick = self.now().tick;
        for (number, device) in self.devices.iter_mut().enumerate() {
            if device.timer.take_if(|at| *at <= tick).is_some() {
                inputs.push((number, Input::TimerFired));
            }
        }
        inputs
    }

    fn understand(&mut self, report: Report) -> Option<(usize, Input)> {
        let device = &mut self.devices[report.device];
        if device.lines != report.line {
            return None;
        }
        let path = LinkPath::Mqtt;
        let input = match report.heard {
            Heard::Up => Input::LinkUp { path },
            Heard::Frame(bytes) => Input::FrameReceived(Downlink::from_bytes(&bytes).ok()?),
            Heard::Down => Input::LinkDown { path, why: Down::Lost },
        };
        Some((report.device, input))
    }

    fn does(&mut self, number: usize, effect: Effect) {
        let device = &mut self.devices[number];
        match effect {
            Effect::Connect(LinkPath::Mqtt) => {
                device.lines += 1;
                let (frames, receiver) = mpsc::channel(FRAMES_MAX);
                device.frames = Some(frames);
                let (reports, line) = (self.reports.clone(), device.lines);
                let tell = move |heard| {
                    // Nobody listens any more at the end of the measurement.
                    let _ = reports.send(Report { device: number, line, heard });
                };
                let line = tokio::spawn(line::run(device.account.clone(), receiver, tell));
                device.line.replace(line.abort_handle()).iter().for_each(AbortHandle::abort);
            }
            Effect::Connect(path) => {
                let why = Down::Lost;
                self.wishes.push((number, Input::LinkDown { path, why }));
            }
            Effect::Disconnect(_) => {
                device.lines += 1;
                device.frames = None;
                device.line.take().iter().for_each(AbortHandle::abort);
            }
            Effect::Send(_, frame) => {
                if let Some(frames) = &device.frames {
                    // A frame that finds no room is asked for again by the engine.
                    let _ = frames.try_send(frame.to_bytes());
                }
            }
            Effect::SetTimer(tick) => device.timer = tick,
            Effect::StartOver => unreachable!("no server of a measurement is restored"),
            Effect::Refuse(why) => unreachable!("a measurement fills no outbox: {why}"),
            Effect::Store(_) | Effect::Kept { .. } | Effect::ShowLink | Effect::ShowPresence(_) => {
            }
        }
    }

    fn now(&self) -> Now {
        let tick = self.started.elapsed().as_millis() as u64;
        Now { at: unix_ms(), tick, offset_minutes: 0 }
    }
}

/// Milliseconds since 1970.
pub fn unix_ms() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as Millis)
}
