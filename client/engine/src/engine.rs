//! The state machine itself: one function takes an input, and whatever came, what is due at that
//! moment is sent.

mod receive;
mod tap;

use waypost_protocol::{Millis, PersonId, Sequence, Uplink};

use crate::backoff::Dice;
use crate::doing::Doing;
use crate::inbox::Inbox;
use crate::link::{Link, LinkState};
use crate::marks::Marks;
use crate::openings::Openings;
use crate::outbox::Outbox;
use crate::skew::Skew;
use crate::{
    ACTIVE_FOR_MS, Change, Down, Effect, Input, LinkPath, Now, POLL_ACTIVE_MS, POLL_IDLE_MS,
    SILENCE_MAX_MS, SUBMITS_IN_FLIGHT_MAX, Saved, Traffic,
};

/// One enrolment's side of the conversation with the server.
pub struct Engine {
    me: PersonId,
    outbox: Outbox,
    inbox: Inbox,
    marks: Marks,
    openings: Openings,
    doing: Doing,
    skew: Skew,
    link: Link,
    /// Nothing is sent before this tick: the server refused a whole frame.
    hold_until: u64,
    refusals: u32,
    heard_at: u64,
    active_at: u64,
    safe_up_to: u64,
    timer: Option<u64>,
    shown: Option<LinkState>,
}

/// What one input leads to, while it is being decided.
struct Plan {
    now: Now,
    random: u128,
    dice: Dice,
    changes: Vec<Change>,
    effects: Vec<Effect>,
}

impl Engine {
    /// An engine for this person that goes on from what the store has. Follow with
    /// [`Input::Started`] or [`Input::StoreFailed`].
    pub fn load(saved: Saved, me: PersonId, random: u128) -> Self {
        Self {
            me,
            outbox: Outbox::new(saved.waiting, saved.lanes),
            inbox: Inbox::new(saved.cursor, random as u32),
            marks: Marks::new(saved.stored_marks, saved.read_marks, saved.read_up_to),
            openings: Openings::new(saved.openings, random as u32),
            doing: Doing::default(),
            skew: Skew::new(saved.skew_ms),
            link: Link::new(),
            hold_until: 0,
            refusals: 0,
            heard_at: 0,
            active_at: 0,
            safe_up_to: 0,
            timer: None,
            shown: None,
        }
    }

    /// The same with room for fewer waiting facts than [`waypost_protocol::OUTBOX_ENTRIES_MAX`].
    pub fn with_room_for(mut self, entries: usize) -> Self {
        self.outbox.hold_at_most(entries);
        self
    }

    /// Decides what to do about an input. The low 74 bits of `random` become part of an id.
    pub fn handle(&mut self, input: Input, now: Now, random: u128) -> Vec<Effect> {
        let dice = Dice::new(random);
        let mut plan = Plan { now, random, dice, changes: Vec::new(), effects: Vec::new() };
        match input {
            Input::Started => {}
            Input::TimerFired => self.timer = None,
            Input::Tapped(wish) => self.tapped(wish, &mut plan),
            Input::LinkUp { path } => self.link_up(path, &mut plan),
            Input::LinkDown { path, why } => self.link_down(path, why, &mut plan),
            Input::FrameReceived(frame) => self.received(frame, &mut plan),
            Input::StoreFailed => self.link.rest(now.tick, &mut plan.dice),
        }
        self.go_on(&mut plan);
        plan.finish()
    }

    /// How the device is connected.
    pub fn link(&self, now: Now) -> LinkState {
        self.link.show(now, self.inbox.catching_up)
    }

    /// The server's time, as far as it is known here.
    pub fn server_time(&self, now: Now) -> Millis {
        now.at.saturating_add(self.skew.estimate().unwrap_or(0))
    }

    /// How many facts wait for the server's answer.
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Whether new facts are refused for want of room.
    pub fn outbox_full(&self) -> bool {
        self.outbox.is_full()
    }

    /// What goes on besides uploads, which make way for it.
    pub fn traffic(&self, now: Now) -> Traffic {
        let is_online = matches!(self.link(now), LinkState::Up { .. });
        let is_busy = is_online && self.outbox.len() > 0;
        Traffic { is_online, is_busy, is_emergency: is_busy && self.outbox.has_emergency() }
    }

    /// Up to where the record is stored.
    pub fn cursor(&self) -> Sequence {
        self.inbox.cursor
    }

    fn link_up(&mut self, path: LinkPath, plan: &mut Plan) {
        match self.link.up(path, plan.now.tick) {
            Ok(replaced) => plan.effects.extend(replaced),
            Err(unwanted) => return plan.effects.push(unwanted),
        }
        // Whatever was under way on an earlier link is lost with it.
        self.outbox.rewind_all();
        self.outbox.release_all();
        self.inbox.link_up();
        self.openings.forget_asked();
        self.doing.link_up();
        self.skew.forget_samples();
        self.hold_until = 0;
        self.heard_at = plan.now.tick;
    }

    fn link_down(&mut self, path: LinkPath, why: Down, plan: &mut Plan) {
        // Where the other way works with this credential, a refusal here says little.
        let works = self.link.path().is_some_and(|used| used != path);
        match why {
            Down::NotEnrolled if !works => self.revoked(plan),
            Down::NotEnrolled | Down::Lost => {
                self.link.down(path, plan.now.tick, &mut plan.dice);
            }
        }
    }

    fn revoked(&mut self, plan: &mut Plan) {
        plan.effects.extend(self.link.revoke());
    }

    /// Whatever is due at this tick, whichever input came.
    fn go_on(&mut self, plan: &mut Plan) {
        if plan.effects.contains(&Effect::StartOver) {
            return;
        }
        let tick = plan.now.tick;
        plan.effects.extend(self.link.timer(tick));
        match self.link.path() {
            Some(path) => self.send(path, plan),
            None => self.doing.without_link(),
        }
        let shown = self.link.show(plan.now, self.inbox.catching_up);
        if !self.shown.replace(shown).is_some_and(|before| looks_same(before, shown)) {
            plan.effects.push(Effect::ShowLink);
        }
        let timer = self.next_tick(tick);
        if timer != self.timer {
            self.timer = timer;
            plan.effects.push(Effect::SetTimer(timer));
        }
    }

    fn send(&mut self, path: LinkPath, plan: &mut Plan) {
        let tick = plan.now.tick;
        self.outbox.expire(tick);
        self.inbox.expire(tick);
        self.openings.expire(tick);
        if self.hold_until > tick {
            return;
        }
        self.inbox.wanted |= self.ask_at(path).is_some_and(|at| at <= tick);
        if let Some(pull) = self.inbox.next_pull(&self.marks, tick) {
            plan.effects.push(Effect::Send(path, Uplink::Pull(pull)));
            self.heard_at = tick;
            if path == LinkPath::Https {
                self.doing.say_again();
            }
        }
        while let Some(submit) = self.outbox.next_submit(window(path), tick) {
            plan.effects.push(Effect::Send(path, Uplink::Submit(submit)));
        }
        if let Some(question) = self.openings.next_question(tick) {
            plan.effects.push(Effect::Send(path, Uplink::History(question)));
        }
        if let Some(here) = self.doing.next(tick) {
            plan.effects.push(Effect::Send(path, Uplink::Here(here)));
        }
    }

    /// When the device asks although nothing tells it to. `None` while it waits for an answer.
    fn ask_at(&self, path: LinkPath) -> Option<u64> {
        let active = self.heard_at < self.active_at + ACTIVE_FOR_MS;
        let silence = match path {
            LinkPath::Mqtt => SILENCE_MAX_MS,
            LinkPath::Https if active => POLL_ACTIVE_MS,
            LinkPath::Https => POLL_IDLE_MS,
        };
        self.inbox.next_tick().is_none().then_some(self.heard_at + silence)
    }

    fn next_tick(&self, tick: u64) -> Option<u64> {
        let Some(path) = self.link.path() else {
            return self.link.next_tick();
        };
        if self.hold_until > tick {
            return self.link.next_tick().into_iter().chain([self.hold_until]).min();
        }
        let waits = [
            self.outbox.next_tick(tick),
            self.inbox.next_tick(),
            self.openings.next_tick(),
            self.ask_at(path),
        ];
        waits.into_iter().flatten().chain(self.link.next_tick()).min()
    }
}

impl Plan {
    fn finish(self) -> Vec<Effect> {
        let mut effects = self.effects;
        if !self.changes.is_empty() {
            effects.insert(0, Effect::Store(self.changes));
        }
        effects
    }
}

fn window(path: LinkPath) -> usize {
    match path {
        LinkPath::Mqtt => SUBMITS_IN_FLIGHT_MAX,
        LinkPath::Https => 1,
    }
}

/// The time of the next try moves with the device's clock; that alone is no change.
fn looks_same(one: LinkState, other: LinkState) -> bool {
    match (one, other) {
        (LinkState::Waiting { retry_at: one }, LinkState::Waiting { retry_at: other }) => {
            one.abs_diff(other) < 1_000
        }
        _ => one == other,
    }
}
