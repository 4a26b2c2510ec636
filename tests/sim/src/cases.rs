//! What the staff share, in the model: an incident is opened once, and it and what someone says to
//! dispatch are for the staff and for whom it concerns alone; of two who take a case one has it. And what
//! people do with it on their screens.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_engine::Wish;
use waypost_protocol::{Body, ConversationId, IncidentCategory, PersonId, kind};

use crate::story::{Broken, broken};
use crate::world::World;

/// The cases of one epoch.
#[derive(Clone, Default)]
pub(crate) struct Cases {
    /// Whom each incident concerns that was opened.
    opened: BTreeMap<ConversationId, Option<PersonId>>,
    assignees: BTreeMap<ConversationId, PersonId>,
}

impl Cases {
    /// Who reads this beside the staff.
    pub(crate) fn person_in(&self, conversation: ConversationId) -> Option<PersonId> {
        match conversation {
            ConversationId::Dispatch(person) => Some(person),
            _ => self.opened.get(&conversation).copied().flatten(),
        }
    }

    /// A person has said this.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        staff: &BTreeSet<PersonId>,
    ) -> Result<(), Broken> {
        let by_staff = staff.contains(&fact.author);
        let about = fact.conversation.filter(ConversationId::is_shared);
        let works = matches!(fact.content.kind, kind::ASSIGNED | kind::RESOLVED | kind::REOPENED);
        let Some(place) = about else {
            return match works || fact.content.kind == kind::INCIDENT {
                true => broken("cases have a place of their own", format!("{}", fact.sequence)),
                false => Ok(()),
            };
        };
        if works && !by_staff {
            return broken("the staff alone works cases", format!("{}", fact.sequence));
        }
        let body = fact.content.to_body();
        if let Ok(Body::Incident { person, .. }) = &body {
            let person = if by_staff { *person } else { Some(fact.author) };
            let is_dispatch = matches!(place, ConversationId::Dispatch(_));
            let concerns_staff = person.is_some_and(|person| staff.contains(&person));
            if is_dispatch || concerns_staff || self.opened.insert(place, person).is_some() {
                return broken("an incident is opened once", format!("{}", fact.sequence));
            }
        }
        if !by_staff && self.person_in(place) != Some(fact.author) {
            return broken("cases are for those they concern", format!("{}", fact.sequence));
        }
        match body {
            Ok(Body::Assigned { to, instead_of }) => {
                let has_it = self.assignees.get(&place).copied();
                if has_it != instead_of && has_it != to || to.is_some_and(|to| !staff.contains(&to))
                {
                    return broken("one person has a case", format!("{}", fact.sequence));
                }
                self.assignees.remove(&place);
                self.assignees.extend(to.map(|to| (place, to)));
            }
            Ok(Body::Resolved { .. }) if matches!(place, ConversationId::Dispatch(_)) => {
                self.assignees.remove(&place);
            }
            _ => {}
        }
        Ok(())
    }
}

impl World {
    /// A conversation that the staff share; sometimes one that does not concern this person.
    pub(crate) fn shared_place(&mut self, number: usize) -> Option<ConversationId> {
        let is_staff = self.devices[number].role.is_staff();
        if self.dice.chance(50) {
            let own = self.devices[number].person;
            let person = if is_staff { self.dice.pick(&self.people)? } else { own };
            return Some(ConversationId::Dispatch(person));
        }
        let record = self.devices[number].store.record.values().rev();
        let incidents = record.filter(|event| event.content.kind == kind::INCIDENT);
        let known: Vec<_> = incidents.filter_map(|event| event.conversation).take(3).collect();
        self.dice.pick(&known)
    }

    /// Opens an incident, or does something about a case. Drivers try it, too.
    pub(crate) fn work(&mut self, number: usize) -> Option<Wish> {
        if self.dice.chance(35) {
            return Some(Wish::Open { incident: self.flat_tyre(number) });
        }
        let conversation = self.shared_place(number)?;
        let body = match self.dice.below(5) {
            0 => Body::Resolved { text: String::new() },
            1 => Body::Reopened {},
            2 => self.flat_tyre(number), // which is open already, or can be no incident
            _ => {
                let someone = |world: &mut Self| {
                    world.dice.pick(&world.people).filter(|_| world.dice.chance(70))
                };
                let to = someone(self);
                let known = self.servers.store.cases.get(&conversation);
                let assignee = known.and_then(|case| case.assignee);
                let instead_of = if self.dice.chance(75) { assignee } else { someone(self) };
                Body::Assigned { to, instead_of }
            }
        };
        Some(Wish::Say { conversation, body })
    }

    fn flat_tyre(&mut self, number: usize) -> Body {
        let header = self.header(number);
        let person = self.dice.pick(&self.people).filter(|_| self.dice.chance(50));
        let (category, text) = (IncidentCategory::Breakdown, "flat tyre".into());
        Body::Incident { category, text, place: None, person, header }
    }
}
