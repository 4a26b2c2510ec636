//! A committed fact, as far as pushing needs it: whom it concerns and what each of them sees.

use std::collections::BTreeSet;
use std::sync::Arc;

use waypost_protocol::{
    Body, Content, ConversationId, EnrolmentId, Event, FactId, Move, PersonId, Sequence, kind,
};

use super::stretch::Piece;
use super::{Listener, Live};
use crate::record::Recorded;
use crate::rights::{Right, may};
use crate::runs::Placed;

/// A fact that was committed: by this server, or by another one on the same record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The epoch of its number.
    pub epoch: u32,
    /// What most readers see; receipts differ from author to author.
    pub event: Event,
    /// For receipts: each author concerned, with the moves that concern them.
    pub receipts_for: Vec<(PersonId, Vec<Move>)>,
    /// Whose outbox it was in, and its number in that lane. `None` if it was in none, or if another
    /// server committed it: then its device is sent it whole.
    pub from: Option<(EnrolmentId, u32)>,
}

impl From<Recorded> for Told {
    fn from(fact: Recorded) -> Self {
        let epoch = fact.sequence.epoch;
        let from = fact.enrolment.filter(|_| fact.number > 0).map(|it| (it, fact.number));
        Self { epoch, event: fact.to_event(), receipts_for: fact.receipts_for, from }
    }
}

/// A fact that was told, as it is remembered for a while.
pub(super) struct Recent {
    pub(super) n: u64,
    pub(super) concerned: Concerned,
    epoch: u32,
    event: Event,
    from: Option<(EnrolmentId, u32)>,
    receipts_for: Vec<(PersonId, Event)>,
}

/// Whom a fact concerns.
pub(super) enum Concerned {
    Everyone,
    StaffAnd(Arc<BTreeSet<PersonId>>),
    Moderators,
    People(Arc<BTreeSet<PersonId>>),
}

impl Concerned {
    pub(super) fn people(people: impl IntoIterator<Item = PersonId>) -> Self {
        Self::People(Arc::new(people.into_iter().collect()))
    }

    pub(super) fn include(&self, listener: Listener) -> bool {
        match self {
            Self::Everyone => true,
            Self::Moderators => may(listener.role, Right::Moderate),
            Self::StaffAnd(people) => listener.role.is_staff() || people.contains(&listener.person),
            Self::People(people) => people.contains(&listener.person),
        }
    }
}

impl Live {
    /// Whom it concerns, if something is said in a conversation now.
    pub(super) fn readers_of(&self, conversation: ConversationId) -> Concerned {
        match conversation {
            ConversationId::Direct(low, high) => Concerned::people([low, high]),
            group @ ConversationId::Group(_) => Concerned::People(self.members_of(group)),
            ConversationId::About(group) => {
                Concerned::StaffAnd(self.members_of(ConversationId::Group(group)))
            }
            ConversationId::Dispatch(person) => {
                Concerned::StaffAnd(Arc::new(BTreeSet::from([person])))
            }
            incident @ ConversationId::Incident(_) => {
                Concerned::StaffAnd(self.members_of(incident))
            }
            ConversationId::Broadcasts(whose) | ConversationId::Own(whose) => {
                Concerned::people([whose])
            }
            ConversationId::Reports => Concerned::Moderators,
            ConversationId::Fleet => Concerned::Everyone,
            ConversationId::Staff => Concerned::StaffAnd(Arc::default()),
        }
    }
}

impl Recent {
    pub(super) fn new(told: Told, concerned: Concerned) -> Self {
        let Told { epoch, event, receipts_for, from } = told;
        let receipts_for = receipts_for
            .into_iter()
            .map(|(author, moves)| {
                let content = Body::Receipts { moves }.to_content();
                (author, Event { content, id: None, ..event.clone() })
            })
            .collect();
        Self { n: event.n, concerned, epoch, event, from, receipts_for }
    }

    /// What it said is told to nobody any more, if it is this message of that author in that
    /// conversation, or an edit of it.
    pub(super) fn hide(
        &mut self,
        message: FactId,
        place: (Option<PersonId>, Option<ConversationId>),
    ) {
        let Event { id, author, conversation, content, .. } = &mut self.event;
        let edits = || match content.kind {
            kind::EDIT => matches!(
                content.to_body(), Ok(Body::Edit { message: edited, .. }) if edited == message),
            _ => false,
        };
        if (*author, *conversation) == place && (*id == Some(message) || edits()) {
            *content = Content::erased(content.kind);
        }
    }

    pub(super) fn concerns(&self, listener: Listener) -> bool {
        self.concerned.include(listener)
    }

    /// As this device is sent it.
    pub(super) fn seen_by(&self, listener: Listener) -> Piece {
        if let Some(placed) = self.placed_for(listener.enrolment) {
            return Piece::Own(placed);
        }
        Piece::Whole(self.event_for(listener).clone())
    }

    /// With all that this device may see of it.
    pub(super) fn event_for(&self, listener: Listener) -> &Event {
        let theirs = self.receipts_for.iter().find(|(author, _)| *author == listener.person);
        theirs.map_or(&self.event, |(_, event)| event)
    }

    fn placed_for(&self, enrolment: EnrolmentId) -> Option<Placed> {
        let Event { n, recorded_at, id, conversation, .. } = self.event;
        let (_, number) = self.from.filter(|(from, _)| *from == enrolment)?;
        let sequence = Sequence { epoch: self.epoch, n };
        Some(Placed { id: id?, lane: conversation?, number, sequence, recorded_at })
    }
}
