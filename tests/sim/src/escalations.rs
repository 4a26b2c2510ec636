//! What may follow when nobody acknowledges, in the model: a step is taken once, in its order, not before
//! its time, of a message for which nobody has answered or said that it is enough; and whom it names is
//! told the message right behind it.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, FactId, Header, Millis, PersonId, Step, reminders};

use crate::cases::Cases;
use crate::choices::Choices;
use crate::roster::Roster;
use crate::story::{Broken, broken};

const MINUTE_MS: Millis = 60_000;

/// The messages of one epoch that wait to be acknowledged.
#[derive(Clone, Default)]
pub(crate) struct Escalations {
    chains: BTreeMap<u32, Vec<Step>>,
    waiting: BTreeMap<FactId, Waiting>,
    /// The last words for each message, by whom and where.
    edits: BTreeMap<(FactId, PersonId, Option<ConversationId>), String>,
    /// The messages by which others were told one.
    copies: BTreeMap<FactId, FactId>,
    /// Who is still to be told a message, and which.
    due: BTreeSet<PersonId>,
    told: Option<Recorded>,
}

#[derive(Clone)]
struct Waiting {
    said: Recorded,
    from: Millis,
    chain: Option<u32>,
    /// The next step.
    step: usize,
}

/// The fleet at that moment.
pub(crate) struct Fleet<'a> {
    pub(crate) people: &'a BTreeSet<PersonId>,
    pub(crate) staff: BTreeSet<PersonId>,
    pub(crate) members: &'a BTreeMap<u32, BTreeSet<PersonId>>,
    pub(crate) roster: &'a Roster,
    pub(crate) cases: &'a Cases,
    pub(crate) choices: &'a Choices,
}

impl Fleet<'_> {
    /// Where the staff share a conversation, the one outside of it.
    fn asked_in(&self, conversation: ConversationId) -> Option<PersonId> {
        conversation.is_shared().then(|| self.cases.person_in(conversation)).flatten()
    }
}

/// The message that is answered, stopped or deleted by a fact.
pub(crate) fn about(fact: &Recorded) -> Option<FactId> {
    match fact.content.to_body() {
        Ok(
            Body::Acknowledgement { message }
            | Body::EscalationStopped { message }
            | Body::Deletion { message, .. },
        ) => Some(message),
        Ok(Body::Assigned { to: Some(_), .. } | Body::Resolved { .. }) => match fact.conversation {
            Some(ConversationId::Incident(id)) => Some(FactId(id.0)),
            _ => None,
        },
        _ => None,
    }
}

impl Escalations {
    /// Whether a fact tells a message to someone who is to be told it; nothing else may come while
    /// someone is.
    pub(crate) fn brings(&mut self, fact: &Recorded) -> Result<bool, Broken> {
        let body = fact.content.to_body();
        let header = body.as_ref().ok().and_then(Body::header);
        if self.due.is_empty() {
            return match header.is_some_and(|header| header.escalates.is_some()) {
                false => Ok(false),
                true => broken("a step tells whom it names", format!("{} too", fact.sequence)),
            };
        }
        let Some(told) = &self.told else { return Ok(false) };
        let person = fact.conversation.and_then(|it| it.partner_of(told.author));
        let is_due = person.is_some_and(|person| self.due.remove(&person));
        if !is_due
            || fact.author != told.author
            || body.ok() != told_further(told, fact.recorded_at)
        {
            let what = format!("{} and not {:?}", fact.sequence, self.due);
            return broken("a step tells whom it names", what);
        }
        self.copies.insert(fact.id, told.id);
        Ok(true)
    }

    /// A fact is in the record; `said` is the message that it is about, if it is about one.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        said: Option<&Recorded>,
        fleet: &Fleet<'_>,
    ) -> Result<(), Broken> {
        let body = fact.content.to_body();
        let header = body.as_ref().ok().and_then(Body::header);
        if let Some(header) = header.filter(|_| !matches!(body, Ok(Body::Broadcast { .. }))) {
            self.waits(fact, header);
        }
        match body {
            Ok(Body::ChainSet { chain, steps, .. }) => drop(self.chains.insert(chain, steps)),
            Ok(Body::Acknowledgement { message }) => {
                let asked = said.and_then(|said| Some((said, fleet.asked_in(said.conversation?)?)));
                let of_the_staff = |it: &(&Recorded, PersonId)| fleet.staff.contains(&it.0.author);
                let is_copy = self.copies.contains_key(&message);
                match asked.filter(of_the_staff) {
                    Some((_, person)) if fact.author != person && !is_copy => {}
                    _ => self.ends(message, fact, said, true),
                }
            }
            Ok(Body::Assigned { to: Some(_), .. } | Body::Resolved { .. }) => {
                if let Some(opening) = about(fact) {
                    self.ends(opening, fact, said, false);
                }
            }
            Ok(Body::EscalationStopped { message }) => self.ends(message, fact, said, false),
            Ok(Body::Edit { message, text, .. }) => {
                self.edits.insert((message, fact.author, fact.conversation), text);
            }
            Ok(Body::Deletion { message, author }) => {
                let place = (author, fact.conversation);
                if said.is_some_and(|said| (said.author, said.conversation) == place) {
                    self.waiting.remove(&message);
                }
            }
            Ok(Body::Escalation { message, step, to }) => {
                self.goes_on(fact, message, step.into(), to.into_iter().collect(), fleet)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Nobody is left to be told when a commit ends.
    pub(crate) fn are_told(&self) -> Result<(), Broken> {
        match self.due.first() {
            None => Ok(()),
            Some(person) => broken("a step tells whom it names", format!("{person} was not told")),
        }
    }

    fn waits(&mut self, fact: &Recorded, header: &Header) {
        if let Some(by) = header.acknowledge_by {
            let (from, chain) = (by.max(fact.recorded_at), header.chain);
            self.waiting.insert(fact.id, Waiting { said: fact.clone(), from, chain, step: 0 });
        }
    }

    fn ends(&mut self, message: FactId, by: &Recorded, said: Option<&Recorded>, by_others: bool) {
        let there = said.is_some_and(|said| said.conversation == by.conversation);
        let own = said.is_some_and(|said| said.author == by.author);
        if there && !(own && by_others) {
            self.waiting.remove(self.copies.get(&message).unwrap_or(&message));
        }
    }

    fn goes_on(
        &mut self,
        fact: &Recorded,
        message: FactId,
        step: usize,
        to: BTreeSet<PersonId>,
        fleet: &Fleet<'_>,
    ) -> Result<(), Broken> {
        let Some(waiting) = self.waiting.get_mut(&message) else {
            let what = format!("{} of {message}", fact.sequence);
            return broken("who has answered is not reminded", what);
        };
        let chain = waiting.chain.and_then(|chain| self.chains.get(&chain));
        let steps = chain.cloned().unwrap_or_else(reminders);
        let passed = steps.get(waiting.step..step);
        let is_next = passed.is_some_and(|passed| passed.iter().all(Step::is_reminder));
        let Some(taken) = steps.get(step).filter(|_| is_next) else {
            let what = format!("{}: {step} after {}", fact.sequence, waiting.step);
            return broken("steps are taken in their order, once", what);
        };
        let due_at = waiting.from + Millis::from(taken.after_minutes) * MINUTE_MS;
        if fact.recorded_at < due_at || fact.conversation != waiting.said.conversation {
            return broken("a step has its time and place", format!("{}", fact.sequence));
        }
        if to != reached(&waiting.said, taken, fleet, fact.recorded_at) {
            let what = format!("{} tells {to:?}", fact.sequence);
            return broken("a step tells whom it names", what);
        }
        waiting.step = step + 1;
        let mut said = waiting.said.clone();
        let last_words = self.edits.get(&(message, said.author, said.conversation));
        if let Some(text) = last_words.cloned()
            && let Ok(Body::Text { answers, header, .. }) = said.content.to_body()
        {
            said.content = Body::Text { text, answers, header }.to_content();
        }
        self.told = Some(said);
        self.due = to;
        if step + 1 == steps.len() {
            self.waiting.remove(&message);
        }
        Ok(())
    }
}

/// Whom a step reaches who cannot read the message anyway, and may hear its author.
fn reached(said: &Recorded, step: &Step, fleet: &Fleet<'_>, at: Millis) -> BTreeSet<PersonId> {
    let mut people: BTreeSet<_> = step.to.people.iter().copied().collect();
    people.extend(step.to.groups.iter().filter_map(|group| fleet.members.get(group)).flatten());
    people.extend(fleet.people.iter().filter(|_| step.to.everyone));
    if step.covering {
        let other = match said.conversation {
            Some(ConversationId::Dispatch(person)) => Some(person),
            place => place.and_then(|place| place.partner_of(said.author)),
        };
        let concerned: Vec<_> = other.into_iter().chain([said.author]).collect();
        people.extend(fleet.roster.covering(&concerned));
    }
    fleet.roster.resolve(&step.to, at, &mut people);
    let readers = match said.conversation {
        Some(ConversationId::Direct(low, high)) => BTreeSet::from([low, high]),
        Some(ConversationId::Group(group)) => {
            fleet.members.get(&group).cloned().unwrap_or_default()
        }
        _ => BTreeSet::new(),
    };
    let may = |person: &PersonId| {
        fleet.choices.may_talk(said.author, *person, &fleet.staff)
            && !fleet.choices.blocks(*person, said.author)
    };
    people.retain(|it| may(it) && *it != said.author && !readers.contains(it));
    people.retain(|it| fleet.people.contains(it));
    people
}

/// A message as others are told it.
fn told_further(said: &Recorded, at: Millis) -> Option<Body> {
    let further = |header: &Header| Header {
        escalates: Some(said.id),
        priority: header.priority,
        expires_after_s: said.expires_at.map(|end| ((end - at) / 1000) as u32),
        ..Header::default()
    };
    let mut body = match said.content.to_body().ok()? {
        Body::Incident { text, header, .. } => {
            let text = if text.is_empty() { "sos".into() } else { format!("breakdown\n{text}") };
            Body::Text { text, answers: None, header }
        }
        other => other,
    };
    if let Some((answers, header)) = body.frame_mut() {
        (*header, *answers) = (further(header), None);
    }
    Some(body)
}
