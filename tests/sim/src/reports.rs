//! What people report, in the model: only what was said so, judged by admins alone; what is removed goes at
//! once, and what a rule describes is flagged at once, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::{Deed, Recorded, Request};
use waypost_engine::Wish;
use waypost_protocol::{
    Body, ConversationId, FactId, FlagRule, Flags, PersonId, Quote, ReportReason, ReportedMessage,
    Role, Verdict, kind,
};

use crate::server::Job;
use crate::store::Store;
use crate::story::{Broken, broken};
use crate::world::{World, tell};

#[derive(Clone, Copy)]
struct Known {
    author: PersonId,
    place: ConversationId,
    is_removed: bool,
}

/// What was reported in one epoch.
#[derive(Clone, Default)]
pub(crate) struct Reports {
    pub(crate) admins: BTreeSet<PersonId>,
    flags: Flags,
    /// Who wrote each reported message and where, and whether it was removed.
    reported: BTreeMap<FactId, Known>,
    /// What has to follow the fact before.
    due: Option<(ConversationId, Body)>,
}

impl Reports {
    /// Someone is in the directory.
    pub(crate) fn knows(&mut self, person: PersonId, role: Role) {
        self.admins.extend(Some(person).filter(|_| role == Role::Admin));
    }

    /// Whether a fact is what is due; nothing else may come while something is.
    pub(crate) fn brings(&mut self, fact: &Recorded) -> Result<bool, Broken> {
        let is_flag = fact.content.kind == kind::FLAGGED;
        let Some((place, body)) = self.due.take() else {
            return match is_flag {
                true => broken("only rules flag", format!("{}", fact.sequence)),
                false => Ok(false),
            };
        };
        let is_due = fact.conversation == Some(place) && fact.content.to_body() == Ok(body);
        if !is_due || fact.author != PersonId::SERVER {
            let what = format!("{} came instead", fact.sequence);
            return broken("what is flagged or removed is so at once", what);
        }
        Ok(true)
    }

    /// Nothing is due when a commit ends.
    pub(crate) fn are_done(&self) -> Result<(), Broken> {
        match &self.due {
            None => Ok(()),
            Some((place, _)) => {
                broken("what is flagged or removed is so at once", format!("in {place}"))
            }
        }
    }

    /// A fact has been recorded; `said` is what a report quotes; no rule looks at what a broadcast
    /// brings, nor at an edit of what is not there.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        said: Option<&Recorded>,
        is_looked_at: bool,
    ) -> Result<(), Broken> {
        let Ok(body) = fact.content.to_body() else { return Ok(()) };
        let is_of_reports = fact.conversation == Some(ConversationId::Reports);
        if is_of_reports != matches!(fact.content.kind, 35 | 36 | 114 | 115) {
            return broken("reports stand among reports", format!("{}", fact.sequence));
        }
        match &body {
            Body::FlagRulesSet { rules } => self.flags = Flags::new(rules),
            Body::Reported { quote, .. } => {
                let is_so = said.is_some_and(|said| {
                    (said.author, said.conversation, &said.content)
                        == (quote.author, Some(quote.conversation), &quote.said)
                });
                if !is_so || quote.author == fact.author {
                    let what = format!("{} reports {}", fact.sequence, quote.message);
                    return broken("people report what others have said", what);
                }
                self.is_reported(quote);
            }
            Body::Judged { message, verdict, .. } => self.judges(fact, *message, *verdict)?,
            _ => {}
        }
        if fact.enrolment.is_some() && is_looked_at {
            self.flags(fact, &body);
        }
        Ok(())
    }

    fn judges(&mut self, fact: &Recorded, message: FactId, verdict: Verdict) -> Result<(), Broken> {
        let may_judge = self.admins.contains(&fact.author);
        let known = self.reported.get_mut(&message).filter(|known| known.author != fact.author);
        let Some(known) = known.filter(|_| may_judge) else {
            let what = format!("{} judges {message}", fact.sequence);
            return broken("admins judge what others have said", what);
        };
        if verdict == Verdict::Removed && !std::mem::replace(&mut known.is_removed, true) {
            let deletion = Body::Deletion { message, author: known.author };
            self.due = Some((known.place, deletion));
        }
        Ok(())
    }

    fn is_reported(&mut self, quote: &Quote) {
        let (author, place) = (quote.author, quote.conversation);
        let known = Known { author, place, is_removed: false };
        self.reported.entry(quote.message).or_insert(known);
    }

    fn flags(&mut self, fact: &Recorded, body: &Body) {
        let Some(conversation) = fact.conversation else { return };
        let (message, edit) = match body {
            Body::Edit { message, .. } => (*message, Some(fact.id)),
            said if said.is_message() => (fact.id, None),
            _ => return,
        };
        let rules = self.flags.on(conversation, body);
        if !rules.is_empty() {
            let (author, said) = (fact.author, fact.content.clone());
            let quote = Box::new(Quote { message, author, conversation, said, edit });
            self.is_reported(&quote);
            self.due = Some((ConversationId::Reports, Body::Flagged { quote, rules }));
        }
    }
}

/// The fact that a report quotes.
pub(crate) fn quoted_by(fact: &Recorded) -> Option<FactId> {
    match fact.content.to_body() {
        Ok(Body::Reported { quote, .. }) => Some(quote.fact()),
        _ => None,
    }
}

/// What the server keeps of each reported message is what was said about it, one by one.
pub(crate) fn reports_are_kept(server: &Store) -> Result<(), Broken> {
    let mut reported: BTreeMap<FactId, ReportedMessage> = BTreeMap::new();
    for fact in &server.record {
        let Ok(body) = fact.content.to_body() else { continue };
        let Some(message) = ReportedMessage::message_of(&body) else { continue };
        let known = reported.remove(&message);
        let after = ReportedMessage::after(known, fact.author, fact.recorded_at, &body);
        reported.extend(after.map(|it| (message, it)));
    }
    match reported == server.reported {
        true => Ok(()),
        false => {
            broken("what is reported is kept", format!("{reported:?} and {:?}", server.reported))
        }
    }
}

impl World {
    /// Reports something on the screen, or judges what was reported; sometimes what may not be.
    pub(crate) fn report(&mut self, number: usize) -> Option<Wish> {
        let is_admin = self.devices[number].role == Role::Admin;
        let body = match self.dice.chance(if is_admin { 70 } else { 5 }) {
            true => self.verdict(number)?,
            false => self.reported(number)?,
        };
        let conversation = match self.dice.chance(97) {
            true => ConversationId::Reports,
            false => self.dice.pick(&self.groups).map(ConversationId::Group)?,
        };
        Some(Wish::Say { conversation, body })
    }

    fn verdict(&mut self, number: usize) -> Option<Body> {
        let record = self.devices[number].store.record.values();
        let bodies = record.filter_map(|event| event.content.to_body().ok());
        let known: Vec<_> = bodies.filter_map(|body| ReportedMessage::message_of(&body)).collect();
        let message = match self.dice.chance(90) {
            true => self.dice.pick(&known)?,
            false => self.shown(number)?.id?,
        };
        let verdict = if self.dice.chance(50) { Verdict::Removed } else { Verdict::Kept };
        Some(Body::Judged { message, verdict, text: String::new() })
    }

    fn reported(&mut self, number: usize) -> Option<Body> {
        let event = self.shown(number)?;
        let (id, author, conversation) = (event.id?, event.author?, event.conversation?);
        let said = match self.dice.chance(92) {
            true => event.content,
            false => Body::text("what nobody said").to_content(),
        };
        let (message, edit) = match said.to_body() {
            Ok(Body::Edit { message, .. }) => (message, Some(id)),
            _ => (id, None),
        };
        let quote = Quote { message, author, conversation, said, edit };
        let text = String::new();
        Some(Body::Reported { quote: Box::new(quote), reason: ReportReason::Harassment, text })
    }

    /// Someone sets rules for some of what people say, by right or not.
    pub(crate) fn set_flag_rules(&mut self) -> Result<(), Broken> {
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let rules = self.flag_rules();
        let Some(person) = self.dice.pick(&self.people) else { return Ok(()) };
        let actor = self.someone_or_the_operator(person);
        tell!(self, "{} wants {} rules for flags", actor.person, rules.len());
        let id = FactId::mint(self.at(), self.dice.wide());
        let deed = Deed::SetFlagRules { rules };
        self.ask(at, Job::of_operator(Request::Deed { actor, id, deed }))
    }

    pub(crate) fn flag_rules(&mut self) -> Vec<FlagRule> {
        let texts = |word: &str| (0..30).map(|nth| format!("{word} {nth}")).collect::<Vec<_>>();
        let direct = self.dice.chance(50);
        let rule =
            |name: &str, words, direct| FlagRule { name: name.into(), words, links: false, direct };
        let rules = [rule("Words", texts("word"), direct), rule("Edits", texts("rather"), true)];
        let count = self.dice.index(3);
        rules.into_iter().take(count).collect()
    }
}
