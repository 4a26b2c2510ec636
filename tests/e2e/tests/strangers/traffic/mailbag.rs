//! What a device keeps, for the clients that a program of Rust drives: an outbox and a cursor, by
//! the rules of `waypost.cddl`. It knows no connection.

use std::collections::VecDeque;
use std::time::Instant;

use rand::Rng as _;
use tokio::sync::mpsc::UnboundedSender;
use waypost_protocol::{
    Answer, Body, ConversationId, Downlink, Entry, Events, FactId, OwnRun, Pull, Sequence,
    StoredMark, Submit, Uplink,
};

use super::record::text_of;
use super::tally::{Order, Told};
use crate::office::{fact_id, now};

const ENTRIES_MAX: usize = 8;
const WAITING_MAX: usize = 24;

pub struct Mailbag {
    name: &'static str,
    group: ConversationId,
    entries: VecDeque<Entry>,
    /// All that it wrote; the first has number 1.
    said: Vec<FactId>,
    cursor: Sequence,
    pulls: u32,
    tell: UnboundedSender<Told>,
    /// Its own messages count as accepted when they come back as events: for a device that hears
    /// no answers.
    pub hears_no_answers: bool,
    /// What was ordered last.
    pub order: Order,
    /// Whether the last order is done: everything is accepted and read.
    pub is_level: bool,
    /// The pull that must be answered before it is level.
    level_with: Option<u32>,
    /// When something came that shows progress.
    pub answered_at: Instant,
}

impl Mailbag {
    pub fn new(name: &'static str, group: ConversationId, tell: UnboundedSender<Told>) -> Self {
        Self {
            name,
            group,
            entries: VecDeque::new(),
            said: Vec::new(),
            cursor: Sequence::default(),
            pulls: 0,
            tell,
            hears_no_answers: false,
            order: Order::Write,
            is_level: false,
            level_with: None,
            answered_at: Instant::now(),
        }
    }

    /// Tells the story on.
    pub fn tells(&self, told: Told) {
        // Whoever listens may have given up, and has said so.
        let _ = self.tell.send(told);
    }

    /// One to three new messages, unless too many wait.
    pub fn writes(&mut self) -> Option<Uplink> {
        if self.entries.len() >= WAITING_MAX {
            return None;
        }
        let fresh: Vec<_> = (0..rand::rng().random_range(1..=3)).map(|_| self.entry()).collect();
        for entry in &fresh {
            self.entries.push_back(entry.clone());
            self.tells(Told::Sent);
        }
        Some(Uplink::Submit(Submit { entries: fresh }))
    }

    fn entry(&mut self) -> Entry {
        let (id, number) = (fact_id(), self.said.len() + 1);
        self.said.push(id);
        let text = format!("{} {number}: zażółć 🚚", self.name);
        Entry {
            id,
            conversation: self.group,
            number: u32::try_from(number).expect("a small number"),
            content: Body::text(text).to_content(),
            offset_minutes: 0,
            skew_ms: None,
            needs: None,
            gap: false,
        }
    }

    /// Everything that has no answer, in its order.
    pub fn waiting(&mut self) -> Vec<Uplink> {
        self.answered_at = Instant::now();
        let entries: Vec<_> = self.entries.iter().cloned().collect();
        let submit = |some: &[Entry]| Uplink::Submit(Submit { entries: some.to_vec() });
        entries.chunks(ENTRIES_MAX).map(submit).collect()
    }

    pub fn pull(&mut self) -> Uplink {
        self.pulls += 1;
        if self.order == Order::Level {
            self.level_with = Some(self.pulls);
        }
        let mark = StoredMark { up_to: self.cursor.n, at: now() };
        let stored = if self.cursor.n > 0 { vec![mark] } else { Vec::new() };
        Uplink::Pull(Pull {
            after: self.cursor,
            number: self.pulls,
            limit: 100,
            stored,
            read: vec![],
        })
    }

    /// Takes a frame; whether a pull is to follow.
    pub fn takes(&mut self, frame: Downlink) -> bool {
        match frame {
            Downlink::Answers { answers } => {
                answers.into_iter().for_each(|answer| self.takes_answer(answer));
                false
            }
            Downlink::Events(events) => self.takes_events(&events),
            Downlink::Earlier(_) => {
                self.tells(Told::Trouble("what nobody asked for is told".into()));
                false
            }
            // With a time to wait it is sent again.
            Downlink::Presence(_) | Downlink::Refused { retry_after_ms: Some(_), .. } => false,
            Downlink::Refused { code, retry_after_ms: None } => {
                self.tells(Told::Trouble(format!("a frame is refused: {}", code.slug())));
                false
            }
        }
    }

    fn takes_answer(&mut self, answer: Answer) {
        self.answered_at = Instant::now();
        match answer {
            Answer::Accepted { id, before, .. } => {
                self.run(id, before).into_iter().for_each(|id| self.is_accepted(id));
            }
            Answer::Rejected { code, .. } => {
                self.tells(Told::Trouble(format!("rejected: {}", code.slug())));
            }
            // They are sent again.
            Answer::OutOfOrder { .. } | Answer::Deferred { .. } => {}
        }
    }

    /// The messages of a run, from its last one back.
    fn run(&self, last: FactId, before: u32) -> Vec<FactId> {
        let end = self.said.iter().position(|id| *id == last).expect("it wrote that");
        self.said[end - before as usize..=end].iter().rev().copied().collect()
    }

    fn is_accepted(&mut self, id: FactId) {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        if self.entries.len() < before {
            self.answered_at = Instant::now();
            self.tells(Told::Accepted(id));
            self.may_be_drained();
        }
    }

    fn may_be_drained(&self) {
        if self.order == Order::Drain && self.entries.is_empty() {
            self.tells(Told::Done(Order::Drain));
        }
    }

    fn takes_events(&mut self, events: &Events) -> bool {
        if events.after > self.cursor.n {
            return true;
        }
        let known = self.cursor.n;
        for OwnRun { id, n, before, .. } in &events.own {
            for (id, n) in self.run(*id, *before).into_iter().zip((0..=*n).rev()) {
                self.is_accepted(id);
                if n > known {
                    self.tells(Told::Event(id));
                }
            }
        }
        for event in events.events.iter().filter(|event| event.n > known) {
            if let Some(id) = text_of(event, self.group) {
                self.tells(Told::Event(id));
                if self.hears_no_answers {
                    self.is_accepted(id);
                }
            }
        }
        if events.next > self.cursor.n {
            self.cursor = Sequence { epoch: events.epoch, n: events.next };
        }
        if !events.more && self.level_with.is_some_and(|pull| events.answers == Some(pull)) {
            self.tells(Told::Done(Order::Level));
            self.level_with = None;
            self.is_level = true;
        }
        events.more
    }

    /// Takes an order.
    pub fn obeys(&mut self, order: Order) {
        self.order = order;
        self.may_be_drained();
    }
}
