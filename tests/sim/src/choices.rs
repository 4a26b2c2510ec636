//! What people choose for themselves, in the model: nobody else does, and whoever is blocked writes to
//! nobody who has blocked them.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_engine::Wish;
use waypost_protocol::{
    Body, ConversationId, Hear, Hearing, NotificationSettings, PersonId, Role, kind,
};

use crate::store::Store;
use crate::story::{Broken, broken};
use crate::world::World;

/// Who has blocked whom, and who may talk to whom, in one epoch.
#[derive(Clone, Default)]
pub(crate) struct Choices {
    blocked: BTreeSet<(PersonId, PersonId)>,
    colleagues: BTreeSet<PersonId>,
}

impl Choices {
    /// Someone is in the directory.
    pub(crate) fn knows(&mut self, person: PersonId, role: Role) {
        self.colleagues.extend(Some(person).filter(|_| role == Role::Colleague));
    }

    /// Whether one person may say something to another directly: someone of the staff is there, or both
    /// are colleagues.
    pub(crate) fn may_talk(
        &self,
        from: PersonId,
        to: PersonId,
        staff: &BTreeSet<PersonId>,
    ) -> bool {
        let both = |those: &BTreeSet<PersonId>| those.contains(&from) && those.contains(&to);
        staff.contains(&from) || staff.contains(&to) || both(&self.colleagues)
    }

    /// Whether one person wants to hear nothing of another.
    pub(crate) fn blocks(&self, person: PersonId, other: PersonId) -> bool {
        self.blocked.contains(&(person, other))
    }

    /// A person has said this.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        staff: &BTreeSet<PersonId>,
    ) -> Result<(), Broken> {
        let chooses = matches!(
            fact.content.kind,
            kind::NOTIFY | kind::QUIET_HOURS | kind::BLOCKED | kind::UNBLOCKED
        );
        let is_own = fact.conversation == Some(ConversationId::Own(fact.author));
        if chooses != is_own {
            return broken("people choose for themselves", format!("{}", fact.sequence));
        }
        match fact.content.to_body() {
            Ok(Body::Blocked { person }) => {
                if person == fact.author || staff.contains(&person) || staff.contains(&fact.author)
                {
                    return broken(
                        "nobody blocks who must reach them",
                        format!("{}", fact.sequence),
                    );
                }
                self.blocked.insert((fact.author, person));
            }
            Ok(Body::Unblocked { person }) => drop(self.blocked.remove(&(fact.author, person))),
            _ => {}
        }
        let partner = fact.conversation.and_then(|it| it.partner_of(fact.author));
        let is_blocked = partner.is_some_and(|it| self.blocks(it, fact.author));
        let says = fact.content.is_message() || fact.content.kind == kind::EDIT;
        match says && is_blocked {
            true => broken("who is blocked writes to nobody", format!("{}", fact.sequence)),
            false => Ok(()),
        }
    }
}

/// What the server keeps of what each has chosen is what they have said, one by one.
pub(crate) fn are_kept(server: &Store) -> Result<(), Broken> {
    let mut chosen: BTreeMap<PersonId, NotificationSettings> = BTreeMap::new();
    for fact in &server.record {
        if let (Some(ConversationId::Own(person)), Ok(body)) =
            (fact.conversation, fact.content.to_body())
        {
            chosen.entry(person).or_default().hears(&body);
        }
    }
    match chosen == server.chosen {
        true => Ok(()),
        false => broken("what is chosen is kept", format!("{chosen:?} and {:?}", server.chosen)),
    }
}

impl World {
    /// Chooses something; sometimes for someone else, and sometimes what may not be.
    pub(crate) fn choose(&mut self, number: usize) -> Option<Wish> {
        let own = self.devices[number].person;
        let person = self.dice.pick(&self.people)?;
        let whose = if self.dice.chance(90) { own } else { person };
        let body = match self.dice.below(10) {
            0..4 => Body::Blocked { person },
            4..6 => Body::Unblocked { person },
            6..8 => {
                let conversation = self.dice.pick(&self.groups).map(ConversationId::Group);
                let hearing = self.dice.chance(70).then_some(Hear::Nothing);
                let hearing = hearing.map(|hear| Hearing { hear, until: None });
                Body::Notify { conversation, hearing }
            }
            8 => Body::QuietHours { hours: None, breaks_through: Default::default() },
            _ => Body::text("to myself"),
        };
        Some(Wish::Say { conversation: ConversationId::Own(whose), body })
    }
}
