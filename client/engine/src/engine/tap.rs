//! What a person's wishes come to.

use waypost_protocol::{
    Body, CONTENT_BYTES_MAX, Content, ContentError, ConversationId, Entry, FactId, IncidentId,
    ReadMark,
};

use super::{Engine, Plan};
use crate::{Change, Effect, Refusal, Wish};

/// Under which id something is said, where, and instead of which wedged fact.
#[derive(Default)]
struct Say {
    id: Option<FactId>,
    conversation: Option<ConversationId>,
    instead_of: Option<FactId>,
}

impl Engine {
    pub(super) fn tapped(&mut self, wish: Wish, plan: &mut Plan) {
        self.active_at = plan.now.tick;
        match wish {
            Wish::Say { conversation, body } => {
                let content = check(&body).map(|()| body.to_content());
                self.say(Say { conversation: Some(conversation), ..Say::default() }, content, plan);
            }
            Wish::SayAs { id, conversation, body } => {
                let content = check(&body).map(|()| body.to_content());
                let (id, conversation) = (Some(id), Some(conversation));
                self.say(Say { id, conversation, instead_of: None }, content, plan);
            }
            Wish::Open { incident } => {
                let content = check(&incident).map(|()| incident.to_content());
                self.say(Say::default(), content, plan);
            }
            Wish::SayAgain { wedged, id, conversation, content } => {
                let (conversation, instead_of) = (Some(conversation), Some(wedged));
                self.say(Say { id, conversation, instead_of }, Ok(content), plan);
            }
            Wish::Discard { wedged } => {
                plan.changes.push(Change::Discarded { id: wedged });
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Read { conversation, up_to } => {
                self.read(conversation, up_to, plan);
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Do(activity) => {
                self.doing.is_at(activity);
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Type(conversation) => {
                self.doing.types(conversation, plan.now.tick);
                plan.effects.push(Effect::Kept { id: None });
            }
            Wish::Online(online) => {
                plan.effects.extend(self.link.switch(online));
                plan.effects.push(Effect::Kept { id: None });
            }
        }
    }

    /// Puts it into the outbox; without a conversation it opens one, an incident.
    fn say(&mut self, say: Say, content: Result<Content, ContentError>, plan: &mut Plan) {
        let Say { id, conversation, instead_of } = say;
        let content = match content {
            Ok(content) if !self.outbox.is_full() => content,
            Ok(_) => return plan.effects.push(Effect::Refuse(Refusal::OutboxFull)),
            Err(error) => return plan.effects.push(Effect::Refuse(error.into())),
        };
        let id = id.unwrap_or_else(|| FactId::mint(plan.now.at, plan.random));
        let opened = || ConversationId::Incident(IncidentId(id.0));
        let conversation = conversation.unwrap_or_else(opened);
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
}

fn check(body: &Body) -> Result<(), ContentError> {
    body.check()?;
    if body.to_content().is_too_large() {
        let what = format!("at most {CONTENT_BYTES_MAX} bytes");
        return Err(ContentError { field: "content", what });
    }
    Ok(())
}

/// The fact to which this content is an answer.
fn answered_by(content: &Content) -> Option<FactId> {
    content.to_body().ok()?.answers()
}
