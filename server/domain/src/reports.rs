//! What people report: what is taken from them, what becomes of it, and what the server flags by itself.

use waypost_protocol::{
    Body, ConversationId, Entry, FactId, Millis, PersonId, ProblemCode, Quote, ReportedMessage,
    Verdict, kind,
};

use crate::batch::Actor;
use crate::decide::{Desk, Draft, digest_of};
use crate::known::{Past, PastOutcome};
use crate::rights::{Right, may};

impl Desk<'_, '_> {
    /// Reported is what the record holds, in the very words that are quoted: who knows them has read them, also
    /// who has left since. Nobody judges what they have said themselves.
    pub(crate) fn check_report(&self, actor: Actor, body: &Body) -> Result<(), ProblemCode> {
        let (right, author) = match body {
            Body::Reported { quote, .. } => (Right::Report, Some(quote.author)),
            Body::Judged { message, .. } => {
                let reported = self.known.reported.get(message);
                (Right::Moderate, reported.map(|it| it.quote.author))
            }
            _ => return Ok(()),
        };
        if !may(actor.role, right) || author == Some(actor.person) {
            return Err(ProblemCode::NotAllowed);
        }
        if let Body::Judged { message, verdict: Verdict::Kept, .. } = body
            && self.known.reported.get(message).is_some_and(is_removed)
        {
            return Err(ProblemCode::AlreadyDone);
        }
        let holds = match body {
            Body::Reported { quote, .. } => self.holds(quote),
            _ => author.is_some(),
        };
        if holds { Ok(()) } else { Err(ProblemCode::NotFound) }
    }

    fn holds(&self, quote: &Quote) -> bool {
        let is_of = |fact: FactId, digest: Option<[u8; 32]>| {
            self.known.past.get(&fact).is_some_and(|past: &Past| {
                let place = match past.outcome {
                    PastOutcome::Recorded { conversation, .. } => conversation,
                    PastOutcome::Rejected { .. } => None,
                };
                let is_there = place == Some(quote.conversation) && past.author == quote.author;
                is_there && digest.is_none_or(|digest| past.digest == digest)
            })
        };
        let digest = digest_of(quote.conversation, &quote.said);
        is_of(quote.message, None) && is_of(quote.fact(), Some(digest))
    }

    /// Notes what a reported message has become by this, and takes it off the screens if that is the
    /// verdict.
    pub(crate) fn hears_of_report(&mut self, author: PersonId, at: Millis, body: &Body) {
        let Some(message) = ReportedMessage::message_of(body) else { return };
        let known = self.known.reported.get(&message).cloned();
        let was_removed = known.as_ref().is_some_and(is_removed);
        let Some(reported) = ReportedMessage::after(known, author, at, body) else { return };
        let goes = is_removed(&reported) && !was_removed;
        let quote = reported.quote.clone();
        self.known.reported.insert(message, reported.clone());
        self.decision.reported.insert(message, reported);
        if goes {
            self.remove(&quote);
        }
    }

    /// A message goes from the screens of its readers, by the server's word: none of them is told whose
    /// verdict that was.
    fn remove(&mut self, quote: &Quote) {
        let (conversation, message, author) = (quote.conversation, quote.message, quote.author);
        let deletion = Body::Deletion { message, author };
        self.says(conversation, &deletion);
        self.hears_of_watched(Actor::OPERATOR, conversation, &deletion);
    }

    /// Flags what someone has said if rules are against it. An edit of a message that is not known, which a
    /// restore may have lost, is not looked at: what was reported of the message is not known either.
    pub(crate) fn flag(&mut self, actor: Actor, entry: &Entry, body: &Body) {
        let (message, edit) = match body {
            Body::Edit { message, .. } if !self.known.past.contains_key(message) => return,
            Body::Edit { message, .. } => (*message, Some(entry.id)),
            // What is no message has no words.
            _ => (entry.id, None),
        };
        let rules = self.known.flags.on(entry.conversation, body);
        if rules.is_empty() {
            return;
        }
        let (author, conversation, said) =
            (actor.person, entry.conversation, entry.content.clone());
        let quote = Box::new(Quote { message, author, conversation, said, edit });
        let flagged = Body::Flagged { quote, rules };
        self.says(ConversationId::Reports, &flagged);
        self.hears_of_report(PersonId::SERVER, self.now(), &flagged);
    }

    /// The server says something by itself. Where that stands.
    pub(crate) fn says(
        &mut self,
        conversation: ConversationId,
        body: &Body,
    ) -> (FactId, u64, Millis) {
        let (id, content) = (self.mint_id(), body.to_content());
        let (sequence, recorded_at) = self.record(Draft {
            digest: digest_of(conversation, &content),
            conversation: Some(conversation),
            content,
            ..Draft::by_server(id)
        });
        (id, sequence.n, recorded_at)
    }
}

fn is_removed(reported: &ReportedMessage) -> bool {
    reported.verdict == Some(Verdict::Removed)
}

/// The messages and facts that an entry reports, judges, or may have flagged anew.
pub(crate) fn reported_by(entry: &Entry) -> Option<(FactId, Option<FactId>)> {
    if !matches!(entry.content.kind, kind::REPORTED | kind::JUDGED | kind::EDIT) {
        return None; // Nothing else is read twice.
    }
    match entry.content.to_body().ok()? {
        Body::Reported { quote, .. } => Some((quote.message, quote.edit)),
        Body::Judged { message, .. } | Body::Edit { message, .. } => Some((message, None)),
        _ => None,
    }
}
