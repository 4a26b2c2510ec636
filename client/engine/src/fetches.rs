//! What this person wants to have here of what others have sent: which piece comes next, and when none may.
//!
//! A piece is about as long as the link takes for a second, in whole units of [`FETCH_UNIT`], so that a cut loses little and
//! what has come stays. It knows nothing of files and requests: see [`FetchStep`] and [`FetchAnswer`].

use waypost_protocol::{FactId, ProblemCode, Sha256Hash};

use crate::backoff::Dice;
use crate::uploads::{Piece, Traffic};
use crate::{FETCH_UNIT, UPLOAD_TRIES_MAX};

/// A file that is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fetch {
    /// The message that brings it.
    pub message: FactId,
    /// What it hashes to.
    pub sha256: Sha256Hash,
    /// How many bytes it has.
    pub size: u64,
    /// How many of them are here.
    pub got: u64,
}

/// One request to the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FetchStep {
    /// Of which file.
    pub file: Fetch,
    /// How many bytes, from [`Fetch::got`] on.
    pub length: u64,
}

/// What became of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FetchAnswer {
    /// So many bytes of the file are here, durably.
    Got(u64),
    /// All are here, and they are not what they should be: they are thrown away.
    Another,
    /// The server does not have it yet, or is busy; in how many milliseconds to try again, if it says so.
    NotNow(Option<u64>),
    /// The server will not give it.
    Refused(ProblemCode),
    /// The disk of the device takes no more.
    Disk,
    /// The network.
    Lost,
}

/// How it came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FetchEnd {
    /// All of it is here.
    Done,
    /// The server will not give it.
    Refused(ProblemCode),
    /// What comes is not what was promised.
    Another,
}

/// What is to be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FetchWish {
    /// Do this; [`Fetches::answered`] follows, unless it is stopped.
    Step(FetchStep),
    /// Stop what is under way: no answer follows.
    Stop,
}

/// All that is wanted.
#[derive(Default)]
pub struct Fetches {
    wanted: Vec<Fetch>,
    flight: Option<Flight>,
    was_online: bool,
    failures: u32,
    hold_until: u64,
    /// Those that the server does not have yet.
    held: Vec<Held>,
    thrown_away: u32,
    piece: Piece,
}

struct Held {
    sha256: Sha256Hash,
    until: u64,
    times: u32,
}

struct Flight {
    sha256: Sha256Hash,
    since: u64,
    length: u64,
}

impl Fetches {
    /// These are wanted, the first one first.
    pub fn want(&mut self, wanted: Vec<Fetch>) {
        self.held.retain(|held| wanted.iter().any(|file| file.sha256 == held.sha256));
        self.wanted = wanted;
    }

    /// What is to be done at this tick, if anything.
    pub fn next(&mut self, traffic: Traffic, tick: u64) -> Option<FetchWish> {
        if traffic.is_online && !self.was_online {
            (self.hold_until, self.failures) = (0, 0);
            self.held.clear();
        }
        self.was_online = traffic.is_online;
        if let Some(flight) = &self.flight {
            let is_wanted = self.wanted.iter().any(|it| it.sha256 == flight.sha256);
            if traffic.is_emergency || !is_wanted {
                self.flight = None;
                return Some(FetchWish::Stop);
            }
            return None;
        }
        if !traffic.is_online || traffic.is_emergency || tick < self.hold_until {
            return None;
        }
        let may_come = |file: &&Fetch| self.held_until(file.sha256) <= tick;
        let file = *self.wanted.iter().find(may_come)?;
        let units = (self.piece.bytes / FETCH_UNIT).max(1);
        let length = (units * FETCH_UNIT).min(file.size - file.got);
        self.flight = Some(Flight { sha256: file.sha256, since: tick, length });
        Some(FetchWish::Step(FetchStep { file, length }))
    }

    /// What became of the step under way; how it ended, if it did.
    pub fn answered(
        &mut self,
        answer: FetchAnswer,
        tick: u64,
        random: u128,
    ) -> Option<(Sha256Hash, FetchEnd)> {
        let Flight { sha256, since, length } = self.flight.take()?;
        let at = self.wanted.iter().position(|it| it.sha256 == sha256)?;
        match answer {
            FetchAnswer::Got(got) => {
                let file = &mut self.wanted[at];
                let came = got.saturating_sub(file.got);
                file.got = got.min(file.size);
                let is_whole = file.got == file.size;
                self.failures = if came > 0 { 0 } else { self.failures };
                match came >= length {
                    true => self.piece.took(length, tick.saturating_sub(since)),
                    false => self.cut(tick, random),
                }
                is_whole.then(|| self.ends(at, FetchEnd::Done))
            }
            FetchAnswer::Another if self.thrown_away < UPLOAD_TRIES_MAX => {
                self.wanted[at].got = 0;
                self.thrown_away += 1;
                None
            }
            FetchAnswer::Another => Some(self.ends(at, FetchEnd::Another)),
            FetchAnswer::Refused(code) => Some(self.ends(at, FetchEnd::Refused(code))),
            FetchAnswer::NotNow(after_ms) => {
                self.hold(sha256, tick, random, after_ms);
                None
            }
            FetchAnswer::Disk => {
                self.rest(tick, random);
                None
            }
            FetchAnswer::Lost => {
                self.cut(tick, random);
                None
            }
        }
    }

    /// When [`Fetches::next`] is to be asked again, whatever happens.
    pub fn next_tick(&self, tick: u64) -> Option<u64> {
        let waits = self.was_online && self.flight.is_none();
        let first = self.wanted.iter().map(|file| self.held_until(file.sha256)).min()?;
        Some(self.hold_until.max(first)).filter(|at| waits && *at > tick)
    }

    /// What is wanted, as far as it has come.
    pub fn wanted(&self) -> &[Fetch] {
        &self.wanted
    }

    fn held_until(&self, sha256: Sha256Hash) -> u64 {
        self.held.iter().find(|held| held.sha256 == sha256).map_or(0, |held| held.until)
    }

    /// The others go first meanwhile.
    fn hold(&mut self, sha256: Sha256Hash, tick: u64, random: u128, after_ms: Option<u64>) {
        let before = self.held.iter().position(|held| held.sha256 == sha256);
        let times = before.map_or(0, |at| self.held.remove(at).times) + 1;
        let wait = after_ms.unwrap_or_else(|| Dice::new(random).backoff(times));
        self.held.push(Held { sha256, until: tick + wait, times });
    }

    /// A link that was only cut works again at once.
    fn cut(&mut self, tick: u64, random: u128) {
        self.piece.lost(1);
        match self.failures {
            0 => self.failures = 1,
            _ => self.rest(tick, random),
        }
    }

    fn ends(&mut self, at: usize, end: FetchEnd) -> (Sha256Hash, FetchEnd) {
        self.thrown_away = 0;
        (self.wanted.remove(at).sha256, end)
    }

    fn rest(&mut self, tick: u64, random: u128) {
        self.failures += 1;
        self.hold_until = tick + Dice::new(random).backoff(self.failures);
    }
}
