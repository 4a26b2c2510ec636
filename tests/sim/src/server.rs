//! The server around the domain: what waits for a commit, who is connected, and what is pushed.
//! All but the store is in memory and gone after a crash.

use std::collections::BTreeMap;

use waypost_domain::page::fitting;
use waypost_domain::{Actor, Reply, Request};
use waypost_engine::LinkPath;
use waypost_protocol::{Downlink, Events, PersonId, ProblemCode, Pull, Submit, Uplink};

use crate::store::Store;

/// How many facts one page searches.
const PAGE_SEARCHES: u64 = 40;
/// How many the real store searches; see `PAGE_SEARCHES_MAX` of `waypost-storage`.
const PAGE_SEARCHES_REAL: u64 = 20_000;

/// The server.
#[derive(Default)]
pub(crate) struct Server {
    pub(crate) store: Store,
    pub(crate) jobs: Vec<Job>,
    /// When the next batch is committed.
    pub(crate) commit_at: Option<u64>,
    /// It is down until this tick.
    pub(crate) down_until: Option<u64>,
    /// It crashes around its next commit.
    pub(crate) crash: Option<Crash>,
    /// The MQTT connection of each device.
    pub(crate) sessions: BTreeMap<usize, Session>,
    /// The last backup.
    backup: Store,
    /// How many facts one page searches.
    page_searches: u64,
}

/// Where the server crashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Crash {
    BeforeCommit,
    AfterCommit,
}

/// One MQTT connection, as the server sees it.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) connection: u64,
    pub(crate) person: PersonId,
    /// Up to where it was sent everything; `None` until it has pulled.
    pub(crate) sent_up_to: Option<u64>,
}

/// A request that waits for a commit.
pub(crate) struct Job {
    /// `None` for what the operator does.
    pub(crate) from: Option<Sender>,
    pub(crate) request: Option<Request>,
    pub(crate) pull: Option<Pull>,
}

/// Where an answer goes.
#[derive(Clone, Copy)]
pub(crate) struct Sender {
    pub(crate) device: usize,
    pub(crate) person: PersonId,
    pub(crate) path: LinkPath,
    pub(crate) connection: u64,
}

impl Job {
    pub(crate) fn of(sender: Sender, actor: Actor, frame: Uplink) -> Self {
        let from = Some(sender);
        match frame {
            Uplink::Submit(Submit { entries }) => {
                Self { from, request: Some(Request::Submit { actor, entries }), pull: None }
            }
            Uplink::Pull(mut pull) => {
                let stored = std::mem::take(&mut pull.stored);
                let read = std::mem::take(&mut pull.read);
                let epoch = pull.after.epoch;
                let marks = Request::Marks { actor, epoch, stored, read };
                let owed = matches!(&marks, Request::Marks { stored, read, .. }
                    if !stored.is_empty() || !read.is_empty());
                Self { from, request: owed.then_some(marks), pull: Some(pull) }
            }
        }
    }
}

impl Server {
    /// An empty record. Few facts to a page make many pages; a witness searches as many as the
    /// real store does.
    pub(crate) fn new(as_the_real_one: bool) -> Self {
        let page_searches = if as_the_real_one { PAGE_SEARCHES_REAL } else { PAGE_SEARCHES };
        Self { page_searches, ..Self::default() }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.down_until.is_none()
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

    /// Loses all that is only in memory.
    pub(crate) fn crash(&mut self, until: u64) {
        self.jobs.clear();
        self.commit_at = None;
        self.crash = None;
        self.sessions.clear();
        self.down_until = Some(until);
    }

    /// The frame that answers a request and its pull, after the commit.
    pub(crate) fn answer(
        &mut self,
        sender: Sender,
        reply: Option<Reply>,
        pull: Option<&Pull>,
        now: i64,
    ) -> Downlink {
        match (reply, pull) {
            (Some(Reply::Refused(code)), _) => Downlink::Refused { code, retry_after_ms: None },
            (Some(Reply::Answers(answers)), _) => Downlink::Answers { answers },
            (_, Some(pull)) => self.answer_pull(sender, pull, now),
            (_, None) => Downlink::Refused { code: ProblemCode::Internal, retry_after_ms: None },
        }
    }

    fn answer_pull(&mut self, sender: Sender, pull: &Pull, now: i64) -> Downlink {
        let events =
            self.store.page(sender.person, pull, now, self.safe_up_to(), self.page_searches);
        if !events.more
            && let Some(session) = self.sessions.get_mut(&sender.device)
        {
            session.sent_up_to = Some(events.next);
        }
        Downlink::Events(events)
    }

    /// What is pushed after a commit: to each live device what concerns it and was not yet sent.
    pub(crate) fn pushes(&mut self) -> Vec<(usize, u64, Downlink)> {
        let end = self.store.end();
        let epoch = self.store.head.epoch;
        let mut pushes = Vec::new();
        for (device, session) in &mut self.sessions {
            let Some(sent) = session.sent_up_to.filter(|sent| *sent < end) else { continue };
            let mut events = self.store.events_for(session.person, sent, end);
            let mut after = sent;
            while !events.is_empty() {
                let rest = events.split_off(fitting(&events));
                let last = events.last().map_or(after, |event| event.n);
                let next = if rest.is_empty() { end } else { last };
                let frame = Events { epoch, after, next, events, ..Events::default() };
                pushes.push((*device, session.connection, Downlink::Events(frame)));
                after = next;
                events = rest;
            }
            session.sent_up_to = Some(after);
        }
        pushes
    }

    /// Says to each live device where the record stands.
    pub(crate) fn heartbeat(&self) -> Vec<(usize, u64, Downlink)> {
        let epoch = self.store.head.epoch;
        let live = self.sessions.iter().filter_map(|(device, session)| {
            let n = session.sent_up_to?;
            let frame = Events { epoch, after: n, next: n, ..Events::default() };
            Some((*device, session.connection, Downlink::Events(frame)))
        });
        live.collect()
    }
}
