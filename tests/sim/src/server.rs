//! The servers around the domain: what waits for a commit, who is connected, and which pages are
//! under way. One or more of them write one record. All but the record is in memory and gone after
//! a crash.

use std::collections::BTreeMap;

use waypost_domain::Request;
use waypost_domain::live::{Live, RECENT_MAX};
use waypost_domain::uplink::Asked;
use waypost_engine::LinkPath;
use waypost_protocol::{EnrolmentId, Events, PersonId, Pull};

use crate::dice::Dice;
use crate::store::Store;

/// How many facts the pages of some runs search: few make many pages.
const PAGE_SEARCHES_FEW: u64 = 40;

/// How many the real store searches; see `PAGE_SEARCHES_MAX` of `waypost-storage`.
const PAGE_SEARCHES_REAL: u64 = 20_000;

/// At most so many requests wait for a commit in some runs; more are refused.
const QUEUE_SHORT: usize = 3;

/// How many wait in the real server; see `QUEUE_MAX` of `waypost-server`.
const QUEUE_REAL: usize = 4_096;

/// The record and the servers on it.
pub(crate) struct Servers {
    pub(crate) store: Store,
    pub(crate) replicas: Vec<Replica>,
    /// To which server each MQTT connection goes.
    pub(crate) open: BTreeMap<u64, usize>,
    backup: Store,
    /// How many facts one page searches.
    pub(crate) page_searches: u64,
    /// How many requests wait at most.
    pub(crate) queue_max: usize,
    recent_max: usize,
}

/// One server.
pub(crate) struct Replica {
    pub(crate) jobs: Vec<Job>,
    /// When the next batch is committed.
    pub(crate) commit_at: Option<u64>,
    /// It is down until this tick.
    pub(crate) down_until: Option<u64>,
    /// Something happens to its next commit.
    pub(crate) trouble: Option<Trouble>,
    /// When it looks at what others committed.
    pub(crate) follow_at: Option<u64>,
    /// Pages that were read and are not yet answered.
    pub(crate) pages: Vec<Page>,
    /// Who is online here, as the product decides it.
    pub(crate) live: Live,
    /// The MQTT connection of each device.
    pub(crate) seats: BTreeMap<usize, u64>,
}

/// What happens to a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    CrashBefore,
    CrashAfter,
    /// The database cannot write.
    Fails,
    /// It cannot write the batch, but then each request alone.
    FailsOnce,
    /// The batch is written, and nobody hears of it.
    Unknown,
}

/// A request that waits for a commit.
pub(crate) struct Job {
    /// `None` for what the operator does.
    pub(crate) from: Option<Sender>,
    pub(crate) asked: Asked,
}

/// A page that was read.
pub(crate) struct Page {
    pub(crate) due: u64,
    pub(crate) to: Sender,
    pub(crate) events: Events,
}

/// Where an answer goes.
#[derive(Clone, Copy)]
pub(crate) struct Sender {
    pub(crate) device: usize,
    pub(crate) enrolment: EnrolmentId,
    pub(crate) person: PersonId,
    pub(crate) path: LinkPath,
    pub(crate) connection: u64,
}

impl Job {
    /// What the operator does.
    pub(crate) fn of_operator(request: Request) -> Self {
        Self { from: None, asked: Asked { request: Some(request), page: None } }
    }
}

impl Servers {
    /// An empty record. With a witness there are bounds like those of the real server; without,
    /// they are so low in some runs that all of them are reached.
    pub(crate) fn new(dice: &mut Dice, with_witness: bool) -> Self {
        let low = |dice: &mut Dice| !with_witness && dice.chance(70);
        let page_searches = if low(dice) { PAGE_SEARCHES_FEW } else { PAGE_SEARCHES_REAL };
        let queue_max = if low(dice) { 1 + dice.index(QUEUE_SHORT) } else { QUEUE_REAL };
        let recent_max = if low(dice) { 1 + dice.index(20) } else { RECENT_MAX };
        let count = [1, 1, 1, 2, 2, 3][dice.index(6)];
        let (store, backup) = (Store::default(), Store::default());
        let replicas = (0..count).map(|_| Replica::starting(&store, recent_max)).collect();
        let open = BTreeMap::new();
        Self { store, replicas, open, backup, page_searches, queue_max, recent_max }
    }

    /// A server that is up, if there is one.
    pub(crate) fn any_up(&self, dice: &mut Dice) -> Option<usize> {
        let up: Vec<_> = (0..self.replicas.len()).filter(|at| self.replicas[*at].is_up()).collect();
        dice.pick(&up)
    }

    /// Starts a server again on the record as it is.
    pub(crate) fn start(&mut self, at: usize) {
        self.replicas[at] = Replica::starting(&self.store, self.recent_max);
    }

    /// Makes a backup.
    pub(crate) fn back_up(&mut self) {
        self.backup = self.store.clone();
    }

    /// Takes up the last backup; the number of its last fact.
    pub(crate) fn restore(&mut self) -> u64 {
        self.store = self.backup.clone();
        self.store.end()
    }

    /// Up to here a backup covers the record.
    pub(crate) fn safe_up_to(&self) -> u64 {
        self.backup.end()
    }

    /// Reads a page.
    pub(crate) fn page(&self, person: PersonId, pull: &Pull, now: i64) -> Events {
        self.store.page(person, pull, now, self.safe_up_to(), self.page_searches)
    }
}

impl Replica {
    fn starting(store: &Store, recent_max: usize) -> Self {
        let mut live = Live::new(store.head.sequence(), store.members(), recent_max);
        let shifts = store.roster.shifts.iter().filter(|(_, it)| !it.cancelled);
        live.know_shifts(shifts.map(|(id, it)| (*id, it.shift)));
        Self {
            jobs: Vec::new(),
            commit_at: None,
            down_until: None,
            trouble: None,
            follow_at: None,
            pages: Vec::new(),
            live,
            seats: BTreeMap::new(),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.down_until.is_none()
    }

    /// Loses all that is only in memory.
    pub(crate) fn crash(&mut self, until: u64) {
        self.jobs.clear();
        self.pages.clear();
        self.seats.clear();
        (self.commit_at, self.follow_at, self.trouble) = (None, None, None);
        self.down_until = Some(until);
    }

    /// When this server has something to do next.
    pub(crate) fn next_due(&self) -> Option<u64> {
        let pages = self.pages.iter().map(|page| page.due).min();
        [self.commit_at, self.down_until, self.follow_at, pages].into_iter().flatten().min()
    }
}
