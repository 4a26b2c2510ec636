//! What the staff share: who takes it, what it has become ([`waypost_protocol::Case`]), and who may say so.

use waypost_protocol::{
    Body, Case, ConversationId, Entry, FactId, Millis, PersonId, ProblemCode, Word, kind,
};

use crate::access::may_be_served;
use crate::batch::Actor;
use crate::decide::Desk;
use crate::escalation::Watch;
use crate::known::Known;
use crate::rights::{Right, may};

/// The people beside the author whom a word about a case names, or a choice of the author.
pub(crate) fn people_named(entry: &Entry) -> Vec<PersonId> {
    if !matches!(entry.content.kind, kind::INCIDENT | kind::ASSIGNED | kind::BLOCKED) {
        return Vec::new(); // Nothing else is read twice.
    }
    match entry.content.to_body() {
        Ok(Body::Incident { person, .. }) => person.into_iter().collect(),
        Ok(Body::Assigned { to, .. }) => to.into_iter().collect(),
        Ok(Body::Blocked { person }) => vec![person],
        _ => Vec::new(),
    }
}

/// The fact that has opened an incident: they have the same id.
pub(crate) fn opening_of(conversation: ConversationId) -> Option<FactId> {
    match conversation {
        ConversationId::Incident(id) => Some(FactId(id.0)),
        _ => None,
    }
}

impl Known {
    /// The case of a conversation that the staff share; `None` for any other.
    pub(crate) fn case(&self, conversation: ConversationId) -> Option<Case> {
        self.cases.get(&conversation).cloned().or_else(|| Case::of(conversation))
    }
}

impl Desk<'_, '_> {
    /// Incidents are opened once, in a conversation of their own; what is shared is taken, handed over and
    /// resolved by those alone who share it. They may say something of an incident that is not known: a
    /// restore may have lost it, until whoever opened it gives it back.
    pub(crate) fn check_case(
        &self,
        actor: Actor,
        place: ConversationId,
        body: &Body,
    ) -> Result<(), ProblemCode> {
        let case = self.known.case(place);
        match body {
            Body::Incident { person, .. } => {
                if !matches!(place, ConversationId::Incident(_)) {
                    return Err(ProblemCode::NotAllowed);
                }
                if case.is_some_and(|case| case.has_begun()) {
                    return Err(ProblemCode::AlreadyDone);
                }
                person.map_or(Ok(()), |person| self.check_person(actor, person))
            }
            Body::Assigned { .. } | Body::Resolved { .. } | Body::Reopened {} => {
                let case = case.filter(|_| may(actor.role, Right::WorkCases));
                self.check_work(&case.ok_or(ProblemCode::NotAllowed)?, body)
            }
            _ if may(actor.role, Right::WorkCases) => Ok(()),
            _ if case.is_none_or(|case| case.has_begun()) => Ok(()),
            _ => Err(ProblemCode::NotFound),
        }
    }

    /// Whom an incident concerns: someone outside of the staff, whom one of the staff names.
    fn check_person(&self, actor: Actor, person: PersonId) -> Result<(), ProblemCode> {
        if !actor.role.is_staff() {
            return if person == actor.person { Ok(()) } else { Err(ProblemCode::NotAllowed) };
        }
        match self.known.people.get(&person) {
            None => Err(ProblemCode::NotFound),
            Some(state) if may_be_served(state.role) => Ok(()),
            Some(_) => Err(ProblemCode::NotAllowed),
        }
    }

    fn check_work(&self, case: &Case, body: &Body) -> Result<(), ProblemCode> {
        match body {
            Body::Assigned { to, instead_of } => {
                let may_take = |person: &PersonId| {
                    self.known.has_role(*person, |role| may(role, Right::WorkCases))
                };
                match () {
                    () if !to.iter().all(may_take) => Err(ProblemCode::NotFound),
                    // Whoever takes it twice, on two devices perhaps, has it.
                    () if *to == case.assignee || *instead_of == case.assignee => Ok(()),
                    () => Err(ProblemCode::Outdated),
                }
            }
            // Of two who resolve it without a network neither is wrong.
            Body::Reopened {} if case.resolved_at.is_none() => Err(ProblemCode::AlreadyDone),
            _ => Ok(()),
        }
    }

    /// Notes what a case has become by this.
    pub(crate) fn hears_of_case(
        &mut self,
        actor: Actor,
        (id, at): (FactId, Millis),
        place: ConversationId,
        body: &Body,
    ) {
        let Some(before) = self.known.case(place) else { return };
        let (author, is_staff) = (actor.person, actor.role.is_staff());
        let mut case = before.clone();
        case.hears(Word { id, author, is_staff, at, body });
        if case != before {
            self.known.cases.insert(place, case.clone());
            self.decision.cases.insert(place, case);
        }
    }

    /// Whether an acknowledgement by this person is one of those that a message waits for. What the staff
    /// say where they share a conversation with someone waits for that one, or for whom it was told further.
    pub(crate) fn counts(&self, watch: &Watch, is_copy: bool, actor: Actor) -> bool {
        let is_from_staff =
            self.known.people.get(&watch.author).is_some_and(|state| state.role.is_staff());
        let asked = self.known.case(watch.conversation).and_then(|case| case.person);
        match asked.filter(|_| is_from_staff && !is_copy && watch.conversation.is_shared()) {
            Some(person) => actor.person == person,
            None => watch.author != actor.person,
        }
    }
}
