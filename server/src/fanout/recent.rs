//! One of the newest facts, as it is pushed: whom it concerns and what each of them sees.

use waypost_domain::Recorded;
use waypost_edge::Identity;
use waypost_protocol::{Body, Event, PersonId};

/// A fact that was committed lately.
pub(super) struct Recent {
    /// Its number.
    pub(super) n: u64,
    /// Who may see it.
    pub(super) concerned: Concerned,
    /// What most readers see; receipts differ from author to author.
    event: Event,
    receipts_for: Vec<(PersonId, Event)>,
}

/// Whom a fact concerns.
pub(super) enum Concerned {
    Everyone,
    Staff,
    People(Vec<PersonId>),
}

impl Recent {
    pub(super) fn new(fact: &Recorded, concerned: Concerned) -> Self {
        let event = fact.to_event();
        let receipts_for = fact
            .receipts_for
            .iter()
            .map(|(author, moves)| {
                let content = Body::Receipts { moves: moves.clone() }.to_content();
                (*author, Event { content, id: None, ..event.clone() })
            })
            .collect();
        Self { n: fact.sequence.n, concerned, event, receipts_for }
    }

    pub(super) fn concerns(&self, identity: Identity) -> bool {
        match &self.concerned {
            Concerned::Everyone => true,
            Concerned::Staff => identity.role.is_staff(),
            Concerned::People(people) => people.contains(&identity.person),
        }
    }

    pub(super) fn seen_by(&self, person: PersonId) -> Event {
        self.receipts_for
            .iter()
            .find(|(author, _)| *author == person)
            .map_or_else(|| self.event.clone(), |(_, event)| event.clone())
    }
}
