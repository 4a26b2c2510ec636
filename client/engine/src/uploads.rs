//! What is still to be brought to the server besides facts: which piece goes next, and when none may.
//!
//! A fact promises bytes by their hash; once it is in the record they follow, small pictures first. Each piece
//! is about as long as the link takes for a second, so that whatever is more urgent waits no longer than that, and what
//! a cut loses is small. Where a file stands the server alone knows: after each cut it is asked.
//!
//! It knows nothing of files and requests: see [`UploadStep`] and [`UploadAnswer`].

mod pace;

use waypost_protocol::{Millis, ProblemCode, Sha256Hash};

use crate::backoff::Dice;
use crate::{PIECE_FOR_MS, UPLOAD_TRIES_MAX, UPLOADS_YIELD_MS};
pub(crate) use pace::Piece;

use pace::Pace;

/// Bytes that the server is to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// What they hash to.
    pub sha256: Sha256Hash,
    /// How many there are.
    pub size: u64,
    /// What goes first.
    pub class: UploadClass,
}

/// What goes first: the lower class, and within one what was promised first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UploadClass {
    /// A picture in small: enough for dispatch to see what it is.
    Preview,
    /// The evidence itself.
    Original,
}

/// What may be sent by a network that is paid for by the byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnMetered {
    /// Everything.
    #[default]
    All,
    /// Pictures in small; originals wait for another network.
    Previews,
    /// Nothing.
    Nothing,
}

/// One request to the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UploadStep {
    /// Begin an upload of these bytes, or go on with the one that there is: where it stands is answered.
    Begin {
        /// What they hash to.
        sha256: Sha256Hash,
        /// How many there are.
        size: u64,
    },
    /// Send a piece.
    Send {
        /// Of which bytes.
        sha256: Sha256Hash,
        /// Where the server wants them.
        at: String,
        /// From which byte on.
        from: u64,
        /// How many.
        length: u64,
    },
}

/// What became of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UploadAnswer {
    /// The server has so much, safely.
    Has {
        /// Where the rest goes, if it was asked.
        at: Option<String>,
        /// How many bytes.
        offset: u64,
        /// The end of the record when it said so.
        record: Option<u64>,
    },
    /// The server takes nothing more for now: it has no room, or it does not know yet what was promised.
    NotNow {
        /// Why.
        code: ProblemCode,
        /// In how many milliseconds to try again, if it says so.
        after_ms: Option<u64>,
    },
    /// The server will never take it.
    Refused(ProblemCode),
    /// What came is not what was promised; the server has thrown it away.
    Another,
    /// The device cannot read its own bytes.
    Unreadable,
    /// The network, or a server that has forgotten where it was.
    Lost,
}

/// How an upload came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UploadEnd {
    /// The server has all of it, and its hash.
    Done,
    /// It will never take it.
    Refused(ProblemCode),
    /// The device cannot read its own bytes.
    Unreadable,
}

/// What else goes on at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Traffic {
    /// Whether the link is up.
    pub is_online: bool,
    /// Whether facts wait for the server's answer.
    pub is_busy: bool,
    /// Whether one of them is an emergency.
    pub is_emergency: bool,
}

/// What is to be done now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UploadWish {
    /// Do this; [`Uploads::answered`] follows, unless it is stopped.
    Step(UploadStep),
    /// Stop what is under way: no answer follows.
    Stop,
}

/// Where uploads stand, for the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UploadState {
    /// Nothing is to be brought.
    #[default]
    Idle,
    /// It is under way.
    Sending,
    /// It waits for the network, or for something more urgent.
    Waiting,
    /// It waits for a network that is not paid for by the byte.
    WaitsForUnmetered,
    /// The server takes nothing more for now.
    NotNow(ProblemCode),
}

/// All uploads of one enrolment.
#[derive(Default)]
pub struct Uploads {
    waiting: Vec<Upload>,
    current: Option<Current>,
    flight: Option<Flight>,
    traffic: Traffic,
    /// Since when something else waits.
    busy_since: Option<u64>,
    is_metered: bool,
    on_metered: OnMetered,
    failures: u32,
    hold_until: u64,
    not_now: Option<ProblemCode>,
    /// Those that the server does not take by themselves: the others of their class go first.
    postponed: Vec<Sha256Hash>,
    piece: Piece,
    pace: Pace,
}

/// The upload that is under way, as far as the server has said.
struct Current {
    sha256: Sha256Hash,
    /// Where it goes, once that is known.
    at: Option<String>,
    sent: u64,
    thrown_away: u32,
}

struct Flight {
    since: u64,
    /// How many bytes it brings.
    length: u64,
}

impl Uploads {
    /// These are to be brought, in this order. What is under way goes on if it is among them.
    pub fn wait(&mut self, mut uploads: Vec<Upload>) {
        uploads.sort_by_key(|upload| upload.class);
        self.waiting = uploads;
    }

    /// The network of the device is another.
    pub fn network(&mut self, is_metered: bool) {
        self.is_metered = is_metered;
        (self.hold_until, self.failures) = (0, 0);
    }

    /// What may be sent by a network that is paid for by the byte.
    pub fn on_metered(&mut self, on_metered: OnMetered) {
        self.on_metered = on_metered;
    }

    /// What is to be done at this tick, if anything.
    pub fn next(&mut self, traffic: Traffic, tick: u64) -> Option<UploadWish> {
        let came_online = traffic.is_online && !self.traffic.is_online;
        if came_online {
            (self.hold_until, self.failures) = (0, 0);
            self.postponed.clear();
        }
        self.traffic = traffic;
        self.busy_since = traffic.is_busy.then(|| self.busy_since.unwrap_or(tick));
        if let Some(flight) = &self.flight {
            let is_long = self.yields(tick) && tick >= flight.since + 2 * PIECE_FOR_MS;
            if traffic.is_emergency || is_long || !self.is_wanted() {
                self.flight = None;
                self.current.iter_mut().for_each(|current| current.at = None);
                return Some(UploadWish::Stop);
            }
            return None;
        }
        let may = traffic.is_online && !traffic.is_emergency && !self.yields(tick);
        if !may || tick < self.hold_until {
            self.pace.rests(tick);
            return None;
        }
        let (sha256, size) = self.chosen().map(|upload| (upload.sha256, upload.size))?;
        let step = self.step(sha256, size);
        let length = match &step {
            UploadStep::Begin { .. } => 0,
            UploadStep::Send { length, .. } => *length,
        };
        self.pace.goes_on(tick);
        self.flight = Some(Flight { since: tick, length });
        Some(UploadWish::Step(step))
    }

    /// What became of the step under way; how the upload ended, if it did.
    pub fn answered(
        &mut self,
        answer: UploadAnswer,
        tick: u64,
        random: u128,
    ) -> Option<(Sha256Hash, UploadEnd)> {
        let took = self.flight.as_ref().map_or(0, |flight| tick.saturating_sub(flight.since));
        let length = self.flight.take().map_or(0, |flight| flight.length);
        let mut current = self.current.take()?;
        let sha256 = current.sha256;
        let size = self.waiting.iter().find(|it| it.sha256 == sha256)?.size;
        match answer {
            UploadAnswer::Has { at, offset, .. } => {
                let knew_where = at.is_none();
                // After a cut the server says what it got of the piece before.
                self.pace.brought(offset.saturating_sub(current.sent), tick);
                if knew_where && offset >= current.sent + length {
                    self.piece.took(length, took);
                }
                // To be told where it stands is no success yet.
                if offset > current.sent || offset == size {
                    (self.failures, self.not_now) = (0, None);
                }
                current.at = at.or(current.at);
                current.sent = offset;
                if offset == size {
                    return self.ends(sha256, UploadEnd::Done);
                }
                self.current = Some(current);
                None
            }
            UploadAnswer::NotNow { code, after_ms } => {
                self.not_now = Some(code);
                if !is_about_all(code) {
                    self.postponed.retain(|it| *it != sha256);
                    self.postponed.push(sha256);
                }
                current.at = None;
                self.current = Some(current);
                self.rest(tick, random, after_ms);
                None
            }
            UploadAnswer::Another if current.thrown_away < UPLOAD_TRIES_MAX => {
                (current.at, current.sent) = (None, 0);
                current.thrown_away += 1;
                self.current = Some(current);
                None
            }
            UploadAnswer::Another | UploadAnswer::Unreadable => {
                self.ends(sha256, UploadEnd::Unreadable)
            }
            UploadAnswer::Refused(code) => self.ends(sha256, UploadEnd::Refused(code)),
            UploadAnswer::Lost => {
                self.pace.brought(0, tick);
                self.piece.lost(length);
                current.at = None;
                self.current = Some(current);
                // A link that was only cut works again at once.
                match self.failures {
                    0 => self.failures = 1,
                    _ => self.rest(tick, random, None),
                }
                None
            }
        }
    }

    /// When [`Uploads::next`] is to be asked again, whatever happens.
    pub fn next_tick(&self, tick: u64) -> Option<u64> {
        if self.waiting.is_empty() || !self.traffic.is_online {
            return None;
        }
        let yields = self.busy_since.map(|since| since + UPLOADS_YIELD_MS);
        let long = self.flight.as_ref().map(|flight| flight.since + 2 * PIECE_FOR_MS);
        let long = long.filter(|_| self.yields(tick));
        let ticks = [Some(self.hold_until), yields, long];
        ticks.into_iter().flatten().filter(|at| *at > tick).min()
    }

    /// How many bytes of this the server has for certain.
    pub fn sent(&self, sha256: Sha256Hash) -> u64 {
        self.current.as_ref().filter(|it| it.sha256 == sha256).map_or(0, |it| it.sent)
    }

    /// How long all that may go will take, in milliseconds, if it goes on as it went; `None` while nobody can know.
    pub fn left_ms(&self) -> Option<Millis> {
        let all = self.waiting.iter().filter(|it| self.may_go(it.class)).map(|it| it.size).sum();
        let left: u64 = u64::saturating_sub(all, self.current.as_ref().map_or(0, |it| it.sent));
        self.pace.time_for(left)
    }

    /// Where it stands.
    pub fn state(&self) -> UploadState {
        match self.waiting.first() {
            None => UploadState::Idle,
            Some(_) if self.flight.is_some() => UploadState::Sending,
            Some(_) if self.traffic.is_online && self.chosen().is_none() => {
                UploadState::WaitsForUnmetered
            }
            Some(_) => self.not_now.map_or(UploadState::Waiting, UploadState::NotNow),
        }
    }

    fn may_go(&self, class: UploadClass) -> bool {
        match self.on_metered {
            _ if !self.is_metered => true,
            OnMetered::All => true,
            OnMetered::Previews => class == UploadClass::Preview,
            OnMetered::Nothing => false,
        }
    }

    /// A picture in small passes an original that is under way; that goes on where it was.
    fn chosen(&self) -> Option<&Upload> {
        let since = |sha256| self.postponed.iter().position(|it| *it == sha256).map(|at| at + 1);
        let may_go = self.waiting.iter().filter(|upload| self.may_go(upload.class));
        may_go.min_by_key(|upload| (upload.class, since(upload.sha256)))
    }

    /// Whether something else goes first. Who is busy without an end does not keep evidence away for ever.
    fn yields(&self, tick: u64) -> bool {
        self.busy_since.is_some_and(|since| tick < since + UPLOADS_YIELD_MS)
    }

    fn step(&mut self, sha256: Sha256Hash, size: u64) -> UploadStep {
        let piece = self.piece.bytes;
        let before = self.current.take().filter(|it| it.sha256 == sha256);
        let anew = || Current { sha256, at: None, sent: 0, thrown_away: 0 };
        let current = self.current.insert(before.unwrap_or_else(anew));
        match &current.at {
            None => UploadStep::Begin { sha256, size },
            Some(at) => {
                let from = current.sent;
                UploadStep::Send { sha256, at: at.clone(), from, length: piece.min(size - from) }
            }
        }
    }

    fn is_wanted(&self) -> bool {
        let current = self.current.as_ref().map(|current| current.sha256);
        self.waiting.iter().any(|it| Some(it.sha256) == current && self.may_go(it.class))
    }

    fn ends(&mut self, sha256: Sha256Hash, end: UploadEnd) -> Option<(Sha256Hash, UploadEnd)> {
        self.waiting.retain(|it| it.sha256 != sha256);
        Some((sha256, end))
    }

    fn rest(&mut self, tick: u64, random: u128, after_ms: Option<u64>) {
        self.failures += 1;
        let wait = after_ms.unwrap_or_else(|| Dice::new(random).backoff(self.failures));
        self.hold_until = tick + wait;
    }
}

/// Whether the server would say the same of any other file.
fn is_about_all(code: ProblemCode) -> bool {
    use ProblemCode::{Overloaded, QuotaExceeded, RateLimited, Stopping, StorageFull};
    matches!(code, Overloaded | QuotaExceeded | RateLimited | Stopping | StorageFull)
}
