//! Who may read a fact.

use std::collections::BTreeSet;

use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, PersonId};

use crate::line::Line;
use crate::story::{Broken, broken};

/// Who may read a fact.
#[derive(Clone)]
pub(crate) enum Readers {
    Everyone,
    StaffAnd(BTreeSet<PersonId>),
    People(BTreeSet<PersonId>),
}

impl Readers {
    /// Whether a person is among them.
    pub(crate) fn hold(&self, person: PersonId, is_staff: bool) -> bool {
        match self {
            Self::Everyone => true,
            Self::StaffAnd(people) => is_staff || people.contains(&person),
            Self::People(people) => people.contains(&person),
        }
    }
}

impl Line {
    /// Who may read this fact, and what follows from it for who may read later ones.
    pub(crate) fn readers_of(&mut self, fact: &Recorded) -> Result<Readers, Broken> {
        let mut members = match fact.conversation {
            Some(ConversationId::About(group)) => self.members_of(group),
            _ => BTreeSet::new(),
        };
        match fact.content.to_body() {
            Ok(Body::Receipts { moves }) => return self.concerned(&moves).map(Readers::People),
            Ok(Body::PersonAdded { person, role, .. }) => {
                self.people.insert(person);
                self.staff.extend(Some(person).filter(|_| role.is_staff()));
                self.choices.knows(person, role);
                self.reports.knows(person, role);
                self.trips.knows(person, role);
            }
            Ok(Body::GroupCreated { group, members, moderators, settings, .. }) => {
                self.members.insert(group, members.into_iter().collect());
                self.moderators.extend(moderators.into_iter().map(|it| (group, it)));
                self.settings.insert(group, settings);
            }
            Ok(Body::GroupChanged { group, settings: to, .. }) => {
                self.settings.extend([(group, to)])
            }
            Ok(Body::ModeratorNamed { group, person }) => self.moderators.extend([(group, person)]),
            Ok(Body::ModeratorEnded { group, person }) => {
                self.moderators.remove(&(group, person));
            }
            Ok(Body::MemberJoined { group, person, history }) => {
                self.members.entry(group).or_default().insert(person);
                let n = fact.sequence.n;
                self.opened.insert((person, ConversationId::About(group)), n);
                if history != self.settings.get(&group).is_some_and(|it| it.history) {
                    let what = format!("{} says {history}", fact.sequence);
                    return broken("the policy of the group opens its history", what);
                }
                if history {
                    self.opened.insert((person, ConversationId::Group(group)), n);
                }
            }
            Ok(Body::Revoked { enrolment, .. }) => drop(self.revoked.insert(enrolment)),
            Ok(Body::MemberLeft { group, person }) => {
                self.members.entry(group).or_default().remove(&person);
                self.moderators.remove(&(group, person));
            }
            _ => {}
        }
        Ok(match fact.conversation {
            Some(ConversationId::Reports) => Readers::People(self.reports.admins.clone()),
            Some(ConversationId::Fleet) => Readers::Everyone,
            Some(ConversationId::Staff) => Readers::StaffAnd(BTreeSet::new()),
            Some(ConversationId::About(group)) => {
                members.extend(self.members_of(group));
                Readers::StaffAnd(members)
            }
            Some(shared @ (ConversationId::Dispatch(_) | ConversationId::Incident(_))) => {
                Readers::StaffAnd(self.cases.person_in(shared).into_iter().collect())
            }
            Some(ConversationId::Broadcasts(whose) | ConversationId::Own(whose)) => {
                Readers::People([whose].into())
            }
            Some(ConversationId::Direct(low, high)) => Readers::People([low, high].into()),
            Some(ConversationId::Group(group)) => Readers::People(self.members_of(group)),
            None => Readers::People(BTreeSet::new()),
        })
    }
}
