//! The state machine itself: one function takes an input, and each input has its own.

use waypost_protocol::{
    Answer, Body, CONTENT_BYTES_MAX, Content, ContentError, ConversationId, Downlink, Entry,
    Events, FactId, PersonId, ProblemCode, ReadMark, Sequence, StoredMark, Uplink,
};

use crate::backoff::Dice;
use crate::inbox::{self, Fit, Inbox};
use crate::link::{Link, LinkState};
use crate::marks::Marks;
use crate::outbox::Outbox;
use crate::skew::Skew;
use crate::{
    ACTIVE_FOR_MS, Change, Down, Effect, Input, LinkPath, Now, POLL_ACTIVE_MS, POLL_IDLE_MS,
    Refusal, SILENCE_MAX_MS, SUBMITS_IN_FLIGHT_MAX, Saved, Wish,
};

/// One enrolment's side of the conversation with the server.
pub struct Engine {
    me: PersonId,
    outbox: Outbox,
    inbox: Inbox,
    marks: Marks,
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

    /// How many facts wait for the server's answer.
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Whether new facts are refused for want of room.
    pub fn outbox_full(&self) -> bool {
        self.outbox.is_full()
    }

    /// Up to where the record is stored.
    pub fn cursor(&self) -> Sequence {
        self.inbox.cursor
    }

    fn tapped(&mut self, wish: Wish, plan: &mut Plan) {
        self.active_at = plan.now.tick;
        match wish {
            Wish::Say { conversation, body } => {
                let content = check(&body).map(|()| body.to_content());
                self.say(conversation, content, None, plan);
            }
            Wish::SayAgain { wedged, conversation, content } => {
                self.say(conversation, Ok(content), Some(wedged), plan);
            }
            Wish::Discard { wedged } => {
                plan.changes.push(Change::Discarded { id: wedged });
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Read { conversation, up_to } => {
                self.read(conversation, up_to, plan);
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Online(online) => {
                if !online {
                    self.forget_flights();
                }
                plan.effects.extend(self.link.switch(online, plan.now.tick));
                plan.effects.push(Effect::Kept { id: None });
            }
        }
    }

    fn say(
        &mut self,
        conversation: ConversationId,
        content: Result<Content, ContentError>,
        instead_of: Option<FactId>,
        plan: &mut Plan,
    ) {
        let content = match content {
            Ok(content) if !self.outbox.is_full() => content,
            Ok(_) => return plan.effects.push(Effect::Refuse(Refusal::OutboxFull)),
            Err(error) => return plan.effects.push(Effect::Refuse(error.into())),
        };
        let id = FactId::mint(plan.now.at, plan.random);
        let entry = Entry {
            id,
            conversation,
            number: self.outbox.next_number(conversation),
            needs: answered_by(&content).filter(|answered| self.outbox.holds(*answered)),
            content,
            offset_minutes: plan.now.offset_minutes,
            skew_ms: self.skew.estimate(),
            gap: false,
        };
        plan.changes.push(Change::Queued(entry.clone()));
        plan.changes.extend(instead_of.map(|id| Change::Discarded { id }));
        plan.effects.push(Effect::Kept { id: Some(id) });
        self.outbox.push(entry);
    }

    fn read(&mut self, conversation: ConversationId, up_to: u64, plan: &mut Plan) {
        // What the cursor has not passed the server may not know to be here.
        let up_to = up_to.min(self.inbox.cursor.n);
        if self.marks.has_read(conversation, up_to) {
            self.marks.add_read(ReadMark { conversation, up_to, at: plan.now.at });
            plan.changes.push(Change::ReadUpTo { conversation, up_to });
            plan.changes.push(Change::ReadMarks(self.marks.read().to_vec()));
        }
    }

    fn link_up(&mut self, path: LinkPath, plan: &mut Plan) {
        match self.link.up(path, plan.now.tick) {
            Ok(replaced) => plan.effects.extend(replaced),
            Err(unwanted) => return plan.effects.push(unwanted),
        }
        self.outbox.rewind_all();
        self.outbox.release_all();
        self.inbox.link_up();
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
                if self.link.down(path, plan.now.tick, &mut plan.dice) {
                    self.forget_flights();
                }
            }
        }
    }

    fn revoked(&mut self, plan: &mut Plan) {
        self.forget_flights();
        plan.effects.extend(self.link.revoke());
    }

    fn forget_flights(&mut self) {
        self.outbox.rewind_all();
        self.inbox.link_down();
    }

    fn received(&mut self, frame: Downlink, plan: &mut Plan) {
        if self.link.path().is_none() {
            return; // The last word of a link that was given up: it will be said again.
        }
        self.heard_at = plan.now.tick;
        match frame {
            Downlink::Answers { answers } => {
                self.refusals = 0;
                self.answers(answers, plan);
            }
            Downlink::Events(events) => {
                self.refusals = 0;
                self.events(events, plan);
            }
            Downlink::Presence(presence) => plan.effects.push(Effect::ShowPresence(presence)),
            Downlink::Refused { code: ProblemCode::NotEnrolled, .. } => self.revoked(plan),
            Downlink::Refused { retry_after_ms, .. } => self.refused(retry_after_ms, plan),
        }
    }

    /// Nobody knows which frame was refused: all that waits for an answer is sent again, later.
    fn refused(&mut self, retry_after_ms: Option<u32>, plan: &mut Plan) {
        self.refusals += 1;
        let wait = plan.dice.backoff(self.refusals) + u64::from(retry_after_ms.unwrap_or(0));
        self.hold_until = plan.now.tick + wait;
        self.outbox.rewind_all();
        self.inbox.forget_asked();
    }

    fn answers(&mut self, answers: Vec<Answer>, plan: &mut Plan) {
        for answer in answers {
            match answer {
                Answer::Accepted { id, sequence, recorded_at } => {
                    if self.outbox.answered(id) {
                        plan.changes.push(Change::Accepted { id, sequence, recorded_at });
                    }
                }
                Answer::Rejected { id, code, at } => {
                    if self.outbox.answered(id) {
                        plan.changes.push(Change::Rejected { id, code, at });
                    }
                }
                Answer::OutOfOrder { id, expected } => {
                    self.outbox.not_yet(id, Some(expected), plan.now.tick, &mut plan.dice);
                }
                Answer::Deferred { id, .. } => {
                    self.outbox.not_yet(id, None, plan.now.tick, &mut plan.dice);
                }
            }
        }
        // Over HTTPS nothing is pushed: ask what the others said meanwhile.
        self.inbox.wanted |= self.link.path() == Some(LinkPath::Https);
    }

    fn events(&mut self, events: Events, plan: &mut Plan) {
        let answered = self.inbox.answered(&events);
        let answers_us = answered.is_some();
        if let Some((asked_at, stored, read)) = answered {
            self.confirmed(&stored, &read, plan);
            let skew = events.server_time.and_then(|it| self.skew.heard(it, asked_at, plan.now));
            plan.changes.extend(skew.map(Change::Skew));
        }
        match self.inbox.fit(&events, answers_us) {
            Fit::Stale => return,
            Fit::Cut(after) => return self.cut(events.epoch, after, plan),
            Fit::Gap => self.inbox.wanted = true,
            Fit::Seen => self.safe(&events, plan),
            Fit::News => {
                self.safe(&events, plan);
                self.news(events, plan);
            }
        }
    }

    fn confirmed(&mut self, stored: &[StoredMark], read: &[ReadMark], plan: &mut Plan) {
        if self.marks.confirm(stored, read) {
            plan.changes.push(Change::StoredMarks(self.marks.stored().to_vec()));
            plan.changes.push(Change::ReadMarks(self.marks.read().to_vec()));
        }
    }

    fn safe(&mut self, events: &Events, plan: &mut Plan) {
        if let Some(up_to) = events.safe_up_to.filter(|up_to| *up_to > self.safe_up_to) {
            self.safe_up_to = up_to;
            plan.changes.push(Change::Safe { up_to });
        }
    }

    fn news(&mut self, events: Events, plan: &mut Plan) {
        let cursor = self.inbox.cursor;
        let news = || events.events.iter().filter(|event| event.n > cursor.n);
        let delivered = news().any(|event| inbox::earns_delivery(event, self.me));
        let reads: Vec<_> = news().flat_map(|event| inbox::own_reads(event, self.me)).collect();
        if news().next().is_some() {
            self.active_at = plan.now.tick;
        }
        self.inbox.cursor = Sequence { epoch: events.epoch, n: events.next };
        plan.changes.extend(inbox::store_news(cursor, events));
        for step in reads {
            if let Some(conversation) = step.conversation
                && self.marks.has_read(conversation, step.up_to)
            {
                plan.changes.push(Change::ReadUpTo { conversation, up_to: step.up_to });
            }
        }
        if delivered {
            self.marks.add_stored(StoredMark { up_to: self.inbox.cursor.n, at: plan.now.at });
            plan.changes.push(Change::StoredMarks(self.marks.stored().to_vec()));
        }
    }

    /// The server was restored from a backup. Whatever it lacks of ours waits again; the store
    /// knows what that is, so the engine starts over from it.
    fn cut(&mut self, epoch: u32, after: u64, plan: &mut Plan) {
        let cursor = Sequence { epoch, n: after.min(self.inbox.cursor.n) };
        let moved = self.marks.cut(after);
        plan.changes.push(Change::Cut { epoch, after });
        plan.changes.push(Change::Cursor(cursor));
        plan.changes.push(Change::StoredMarks(Vec::new()));
        plan.changes.push(Change::ReadMarks(self.marks.read().to_vec()));
        let moved = moved.into_iter();
        plan.changes.extend(
            moved.map(|(conversation, up_to)| Change::ReadUpTo { conversation, up_to }),
        );
        self.inbox.cursor = cursor;
        plan.effects.push(Effect::StartOver);
    }

    /// Whatever is due at this tick, whichever input came.
    fn go_on(&mut self, plan: &mut Plan) {
        if plan.effects.contains(&Effect::StartOver) {
            return;
        }
        let tick = plan.now.tick;
        plan.effects.extend(self.link.timer(tick));
        if let Some(path) = self.link.path() {
            self.send(path, plan);
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
        if self.hold_until > tick {
            return;
        }
        self.inbox.wanted |= self.ask_at(path).is_some_and(|at| at <= tick);
        if let Some(pull) = self.inbox.next_pull(&self.marks, tick) {
            plan.effects.push(Effect::Send(path, Uplink::Pull(pull)));
            self.heard_at = tick;
        }
        while let Some(submit) = self.outbox.next_submit(window(path), tick) {
            plan.effects.push(Effect::Send(path, Uplink::Submit(submit)));
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
        let Some(path) = self.link.path() else { return self.link.next_tick() };
        if self.hold_until > tick {
            return self.link.next_tick().into_iter().chain([self.hold_until]).min();
        }
        let waits = [self.outbox.next_tick(tick), self.inbox.next_tick(), self.ask_at(path)];
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

fn check(body: &Body) -> Result<(), ContentError> {
    body.check()?;
    if body.to_content().bytes.len() > CONTENT_BYTES_MAX {
        let what = format!("at most {CONTENT_BYTES_MAX} bytes");
        return Err(ContentError { field: "content", what });
    }
    Ok(())
}

/// The fact to which this content is an answer.
fn answered_by(content: &Content) -> Option<FactId> {
    match content.to_body() {
        Ok(Body::Text { answers, .. } | Body::Template { answers, .. }) => answers,
        _ => None,
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
