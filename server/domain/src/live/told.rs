//! A committed fact, as far as pushing needs it: whom it concerns and what each of them sees.

use waypost_protocol::{Body, Event, Move, PersonId};

use super::Listener;
use crate::record::Recorded;

/// A fact that was committed: by this server, or by another one on the same record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The epoch of its number.
    pub epoch: u32,
    /// What most readers see; receipts differ from author to author.
    pub event: Event,
    /// For receipts: each author concerned, with the moves that concern them.
    pub receipts_for: Vec<(PersonId, Vec<Move>)>,
}

impl From<Recorded> for Told {
    fn from(fact: Recorded) -> Self {
        let epoch = fact.sequence.epoch;
        Self { epoch, event: fact.to_event(), receipts_for: fact.receipts_for }
    }
}

/// A fact that was told, as it is remembered for a while.
pub(super) struct Recent {
    pub(super) n: u64,
    pub(super) concerned: Concerned,
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
    pub(super) fn new(told: Told, concerned: Concerned) -> Self {
        let Told { event, receipts_for, .. } = told;
        let receipts_for = receipts_for
            .into_iter()
            .map(|(author, moves)| {
                let content = Body::Receipts { moves }.to_content();
                (author, Event { content, id: None, ..event.clone() })
            })
            .collect();
        Self { n: event.n, concerned, event, receipts_for }
    }

    pub(super) fn concerns(&self, listener: Listener) -> bool {
        match &self.concerned {
            Concerned::Everyone => true,
            Concerned::Staff => listener.role.is_staff(),
            Concerned::People(people) => people.contains(&listener.person),
        }
    }

    pub(super) fn seen_by(&self, person: PersonId) -> Event {
        self.receipts_for
            .iter()
            .find(|(author, _)| *author == person)
            .map_or_else(|| self.event.clone(), |(_, event)| event.clone())
    }
}
