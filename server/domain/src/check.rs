//! Whether what someone submits may be said: its form, its place, and the rights of its author.

use waypost_protocol::{Body, ConversationId, Entry, Header, Mention, ProblemCode, kind};

use crate::access::{may_announce, may_moderate, may_write};
use crate::batch::Actor;
use crate::broadcast::recipients_of;
use crate::decide::Desk;
use crate::known::{Past, PastOutcome};
use crate::trips::may_say_of_trips;

impl Desk<'_, '_> {
    /// What the entry says, if it may be said.
    pub(crate) fn check(&self, actor: Actor, entry: &Entry) -> Result<Body, ProblemCode> {
        if entry.id.occurred_at().is_none() {
            return Err(ProblemCode::IdMalformed);
        }
        if entry.content.is_too_large() {
            return Err(ProblemCode::TooLarge);
        }
        match kind::is_of_trips(entry.content.kind) {
            true => may_say_of_trips(actor, entry.conversation, self.known)?,
            false => may_write(actor, entry.conversation, self.known)?,
        }
        let body = entry.content.to_body().map_err(|_| ProblemCode::ContentInvalid)?;
        is_for_people(&body)?;
        if body.is_message() && !may_announce(actor, entry.conversation, self.known) {
            return Err(ProblemCode::NotAllowed);
        }
        check_place(entry.conversation, &body)?;
        self.check_case(actor, entry.conversation, &body)?;
        self.check_chosen(actor, &body)?;
        self.check_report(actor, &body)?;
        self.check_trips(actor, entry, &body)?;
        self.check_blocked(actor, entry.conversation, &body)?;
        self.check_mentions(actor, entry.conversation, &body)?;
        self.check_revision(actor, entry.conversation, &body)?;
        self.check_stopped(entry.conversation, &body)?;
        recipients_of(actor, &body, self.known, self.now())?;
        Ok(body)
    }

    /// Everyone is called by those alone who look after the conversation.
    fn check_mentions(
        &self,
        actor: Actor,
        conversation: ConversationId,
        body: &Body,
    ) -> Result<(), ProblemCode> {
        match body.mentions().contains(&Mention::Everyone)
            && !may_moderate(actor, conversation, self.known)
        {
            true => Err(ProblemCode::NotAllowed),
            false => Ok(()),
        }
    }

    /// Whoever may write where a message stands, if it is known, says that nobody is to be reminded.
    fn check_stopped(&self, place: ConversationId, body: &Body) -> Result<(), ProblemCode> {
        let Body::EscalationStopped { message } = body else { return Ok(()) };
        let fits = |past: &Past| match past.outcome {
            PastOutcome::Recorded { conversation, kind, .. } => {
                conversation == Some(place) && kind::is_message(kind)
            }
            PastOutcome::Rejected { .. } => false,
        };
        match self.known.past.get(message).is_none_or(fits) {
            true => Ok(()),
            false => Err(ProblemCode::NotFound),
        }
    }

    /// An author edits what they wrote; they and the moderators delete it. A message that is not
    /// known (a restore may have lost it, until its author gives it back) stands in nobody's way:
    /// what does not fit it then has no effect.
    fn check_revision(
        &self,
        actor: Actor,
        conversation: ConversationId,
        body: &Body,
    ) -> Result<(), ProblemCode> {
        let Some((message, author)) = body.revises(actor.person) else { return Ok(()) };
        if author != actor.person && !may_moderate(actor, conversation, self.known) {
            return Err(ProblemCode::NotAllowed);
        }
        let is_edit = matches!(body, Body::Edit { .. });
        let brought = self.known.broadcasts.get(&message).map(|reached| reached.kind);
        let fits = |past: &Past| match past.outcome {
            PastOutcome::Recorded { conversation: Some(place), kind, .. } => {
                let revisable = match is_edit {
                    true => brought.unwrap_or(kind) == kind::TEXT,
                    // Nobody would know any more what is to be resolved.
                    false => kind::is_message(kind) && !kind::stays(kind),
                };
                past.author == author && place == conversation && revisable
            }
            PastOutcome::Recorded { .. } | PastOutcome::Rejected { .. } => false,
        };
        let past = self.known.past.get(&message);
        // Nobody knows yet whom a broadcast has reached that is not there.
        let is_there = past.is_some() || !matches!(conversation, ConversationId::Broadcasts(_));
        match is_there && past.is_none_or(fits) {
            true => Ok(()),
            false => Err(ProblemCode::NotFound),
        }
    }
}

/// Whether people say such a thing, and it keeps the rules of its kind.
fn is_for_people(body: &Body) -> Result<(), ProblemCode> {
    match body {
        Body::Unknown { .. } => Err(ProblemCode::UnknownKind),
        Body::Text { .. }
        | Body::Template { .. }
        | Body::File { .. }
        | Body::Location { .. }
        | Body::Contact { .. }
        | Body::Incident { .. }
        | Body::Assigned { .. }
        | Body::Resolved { .. }
        | Body::Reopened {}
        | Body::Notify { .. }
        | Body::QuietHours { .. }
        | Body::Blocked { .. }
        | Body::Unblocked { .. }
        | Body::ExpirySet { .. }
        | Body::Reported { .. }
        | Body::Judged { .. }
        | Body::TripPlanned { .. }
        | Body::StopPlanned { .. }
        | Body::PlansAnswered { .. }
        | Body::StopMoved { .. }
        | Body::StopSettled { .. }
        | Body::TripHandedOver { .. }
        | Body::StopHandedOver { .. }
        | Body::ConsigneeSaid { .. }
        | Body::Acknowledgement { .. }
        | Body::Edit { .. }
        | Body::Deletion { .. }
        | Body::EscalationStopped { .. }
        | Body::Broadcast { .. }
        | Body::Erased { .. } => body.check().map_err(|_| ProblemCode::ContentInvalid),
        // Made by the server alone.
        Body::Receipts { .. }
        | Body::Escalation { .. }
        | Body::ChainSet { .. }
        | Body::TemplatePublished { .. }
        | Body::CoverageSet { .. }
        | Body::ShiftPlanned { .. }
        | Body::ShiftCancelled { .. }
        | Body::PersonAdded { .. }
        | Body::GroupCreated { .. }
        | Body::GroupChanged { .. }
        | Body::ModeratorNamed { .. }
        | Body::ModeratorEnded { .. }
        | Body::MemberJoined { .. }
        | Body::MemberLeft { .. }
        | Body::Enrolled { .. }
        | Body::Revoked { .. }
        | Body::Flagged { .. }
        | Body::FlagRulesSet { .. }
        | Body::EpochBegan { .. } => Err(ProblemCode::NotAllowed),
    }
}

/// Broadcasts stand among the broadcasts of their author, and nothing else does but later words about
/// them; what someone chooses stands in their own stream, and what should be looked at among the reports, and nothing
/// else does; how long messages stay is said between two. What a broadcast has brought, the server alone says.
fn check_place(conversation: ConversationId, body: &Body) -> Result<(), ProblemCode> {
    let is_to_many = matches!(conversation, ConversationId::Broadcasts(_));
    let is_own = matches!(conversation, ConversationId::Own(_));
    let is_of_reports = conversation == ConversationId::Reports;
    let fits = match body {
        Body::Broadcast { .. } => is_to_many,
        Body::Edit { .. } | Body::Deletion { .. } => !is_own && !is_of_reports,
        Body::Reported { .. } | Body::Judged { .. } => is_of_reports,
        Body::ExpirySet { .. } => matches!(conversation, ConversationId::Direct(..)),
        _ => !is_to_many && !is_of_reports && is_own == body.is_choice(),
    };
    let claims = |header: &Header| header.broadcast.is_some() || header.escalates.is_some();
    let claims = body.header().is_some_and(claims);
    match fits && !claims {
        true => Ok(()),
        false => Err(ProblemCode::NotAllowed),
    }
}
