//! What the frames of the server come to.

use waypost_protocol::{
    Answer, Downlink, Earlier, Events, FactId, Millis, OwnRun, ProblemCode, ReadMark, Sequence,
    StoredMark,
};

use super::{Engine, Plan};
use crate::inbox::{self, Fit};
use crate::openings::opened_by;
use crate::{Change, Effect, LinkPath};

impl Engine {
    pub(super) fn received(&mut self, frame: Downlink, plan: &mut Plan) {
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
            Downlink::Earlier(page) => {
                self.refusals = 0;
                self.earlier(page, plan);
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
        self.openings.forget_asked();
    }

    fn answers(&mut self, answers: Vec<Answer>, plan: &mut Plan) {
        for answer in answers {
            match answer {
                Answer::Accepted { id, sequence, recorded_at, before } => {
                    self.accepted(id, sequence, recorded_at, before, plan);
                }
                Answer::Rejected { id, code, at } => {
                    if self.outbox.answered(id) {
                        plan.changes.push(Change::Rejected { id, code, at });
                    }
                }
                Answer::OutOfOrder { id, expected } => {
                    let tick = plan.now.tick;
                    // Has the server been restored? The answer to a pull says so.
                    self.inbox.wanted |=
                        self.outbox.not_yet(id, Some(expected), tick, &mut plan.dice);
                }
                Answer::Deferred { id, .. } => {
                    self.outbox.not_yet(id, None, plan.now.tick, &mut plan.dice);
                }
            }
        }
        // Over HTTPS nothing is pushed: ask what the others said meanwhile.
        self.inbox.wanted |= self.link.path() == Some(LinkPath::Https);
    }

    /// These entries are in the record: the one with this id, and so many before it in its lane.
    fn accepted(
        &mut self,
        last: FactId,
        at: Sequence,
        recorded_at: Millis,
        before: u32,
        plan: &mut Plan,
    ) {
        for (id, back) in self.outbox.run_up_to(last, before) {
            let sequence = Sequence { n: at.n.saturating_sub(back.into()), ..at };
            self.outbox.answered(id);
            plan.changes.push(Change::Accepted { id, sequence, recorded_at });
        }
    }

    fn events(&mut self, events: Events, plan: &mut Plan) {
        let answered = self.inbox.answered(&events);
        let answers_us = answered.is_some();
        let fit = self.inbox.fit(&events, answers_us);
        if let Some((asked_at, stored, read)) = answered {
            if !matches!(fit, Fit::Cut(_)) {
                // A server that was restored does not keep marks of the older epoch.
                self.confirmed(&stored, &read, plan);
                self.outbox.record_goes_on(asked_at);
            }
            let skew = events.server_time.and_then(|it| self.skew.heard(it, asked_at, plan.now));
            plan.changes.extend(skew.map(Change::Skew));
        }
        match fit {
            Fit::Stale => {}
            Fit::Cut(after) => self.cut(events.epoch, after, plan),
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
        let opened: Vec<_> = news()
            .flat_map(|event| opened_by(event, self.me).into_iter().map(|it| (it, event.n)))
            .collect();
        if news().next().is_some() {
            self.active_at = plan.now.tick;
        }
        // Before the events: receipts among them may be about these.
        for OwnRun { id, n, recorded_at, before } in &events.own {
            let at = Sequence { epoch: events.epoch, n: *n };
            self.accepted(*id, at, *recorded_at, *before, plan);
        }
        self.inbox.cursor = Sequence { epoch: events.epoch, n: events.next };
        plan.changes.extend(inbox::store_news(cursor, events));
        for (conversation, n) in opened {
            let before = Sequence { epoch: self.inbox.cursor.epoch, n };
            self.openings.open(conversation, before);
            plan.changes.push(Change::Opening { conversation, before: Some(before) });
        }
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

    /// What was said before. It makes no receipt and moves no cursor; a page of another epoch is asked
    /// for again.
    fn earlier(&mut self, page: Earlier, plan: &mut Plan) {
        if page.epoch != self.inbox.cursor.epoch {
            return;
        }
        let Some((epoch, before)) = self.openings.answered(&page) else { return };
        let Earlier { conversation, events, .. } = page;
        plan.changes.extend(events.into_iter().map(|event| Change::Earlier { epoch, event }));
        plan.changes.push(Change::Opening { conversation, before });
    }

    /// The server was restored from a backup. Whatever it lacks of ours waits again; the store
    /// knows what that is, so the engine starts over from it.
    fn cut(&mut self, epoch: u32, after: u64, plan: &mut Plan) {
        let cursor = Sequence { epoch, n: after.min(self.inbox.cursor.n) };
        let moved = self.marks.cut(cursor.n, after, plan.now.at);
        plan.changes.push(Change::Cut { epoch, after });
        plan.changes.push(Change::Cursor(cursor));
        plan.changes.push(Change::StoredMarks(self.marks.stored().to_vec()));
        plan.changes.push(Change::ReadMarks(self.marks.read().to_vec()));
        let moved = moved.into_iter();
        plan.changes
            .extend(moved.map(|(conversation, up_to)| Change::ReadUpTo { conversation, up_to }));
        for (conversation, before) in self.openings.cut(after) {
            plan.changes.push(Change::Opening { conversation, before: Some(before) });
        }
        self.inbox.cursor = cursor;
        plan.effects.push(Effect::StartOver);
    }
}
