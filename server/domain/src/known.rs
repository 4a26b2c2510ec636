//! What a batch needs to know of the record before it can be decided.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use waypost_protocol::{
    Case, ConversationId, EnrolmentId, FactId, Flags, GroupSettings, Millis, NotificationSettings,
    PersonId, ProblemCode, ReportedMessage, Role, Sequence, Step, Stop, StopId, Trip, TripId,
};

use crate::batch::Actor;
use crate::escalation::Watch;
use crate::marks::AuthorsOf;
use crate::record::Head;
use crate::roster::Roster;

/// What was found. What is missing here is not in the record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Known {
    /// The locked end of the record.
    pub head: Head,
    /// Enrolments.
    pub enrolments: HashMap<EnrolmentId, EnrolmentState>,
    /// People.
    pub people: HashMap<PersonId, PersonState>,
    /// Which of the wanted handles are taken.
    pub handles: HashSet<String>,
    /// Facts and refusals.
    pub past: HashMap<FactId, Past>,
    /// The last number decided of each lane.
    pub lanes: HashMap<(EnrolmentId, ConversationId), u32>,
    /// Current members of groups.
    pub members: HashSet<(u32, PersonId)>,
    /// Those of them who look after their group.
    pub moderators: HashSet<(u32, PersonId)>,
    /// Groups.
    pub groups: HashMap<u32, GroupState>,
    /// What has become of those of the wanted cases in which anything was said.
    pub cases: HashMap<ConversationId, Case>,
    /// What people have chosen to hear of, who have chosen anything.
    pub chosen: HashMap<PersonId, NotificationSettings>,
    /// After how many seconds messages go in those of the wanted direct conversations where that was said.
    pub expiries: HashMap<ConversationId, u32>,
    /// What has become of those of the wanted messages that were reported or flagged.
    pub reported: HashMap<FactId, ReportedMessage>,
    /// The wanted trips.
    pub trips: HashMap<TripId, Trip>,
    /// Their stops.
    pub stops_of: HashMap<TripId, BTreeSet<StopId>>,
    /// The wanted stops, and those of the trips that are handed over.
    pub stops: HashMap<StopId, Stop>,
    /// The Ed25519 keys of the wanted enrolments.
    pub keys: HashMap<EnrolmentId, [u8; 32]>,
    /// The rules by which messages are flagged.
    pub flags: Flags,
    /// All members of the wanted groups whose members are told something.
    pub audiences: HashMap<u32, BTreeSet<PersonId>>,
    /// Whom each of the wanted broadcasts has reached.
    pub broadcasts: HashMap<FactId, Reached>,
    /// Those of the wanted messages that are watched, and of whom they are copies.
    pub watches: HashMap<FactId, Watch>,
    /// Those of them whose steps can be taken, because all that this needs is known.
    pub ready: HashSet<FactId>,
    /// The message that each of the wanted copies tells further.
    pub copies: HashMap<FactId, FactId>,
    /// Every chain.
    pub chains: BTreeMap<u32, Vec<Step>>,
    /// Every coverage, and the wanted shifts.
    pub roster: Roster,
    /// How far each person has read.
    pub read: HashMap<(PersonId, ConversationId), u64>,
    /// Tokens.
    pub tokens: HashMap<[u8; 32], TokenState>,
    /// The newest published version of each of the wanted templates.
    pub templates: HashMap<String, u16>,
    /// Whose messages the marks of this batch pass, with an entry for each of [`crate::ranges`].
    pub authors: AuthorsOf,
}

impl Known {
    /// Whether the enrolment behind a request ended after its connection was proved.
    pub(crate) fn is_gone(&self, actor: Actor) -> bool {
        let ended = |state: &EnrolmentState| state.revoked || state.person != actor.person;
        actor.enrolment.is_some_and(|it| self.enrolments.get(&it).is_none_or(ended))
    }
}

/// An enrolment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EnrolmentState {
    /// Its person.
    pub person: PersonId,
    /// Whether it has ended.
    pub revoked: bool,
    /// How far its cursor is known to be.
    pub stored_up_to: u64,
}

/// A person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PersonState {
    /// What they may do.
    pub role: Role,
    /// Their name in the audit record.
    pub pseudonym: [u8; 16],
    /// How far the first of their devices is known to be.
    pub delivered_up_to: u64,
}

/// A group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GroupState {
    /// How it is run.
    pub settings: GroupSettings,
    /// How many are in it now.
    pub members: usize,
}

/// What has become of a broadcast.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reached {
    /// Whom it has reached, each by a message of their own.
    pub messages: BTreeMap<PersonId, FactId>,
    /// The kind of the message that it has brought them.
    pub kind: u16,
}

/// A token of an enrolment link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TokenState {
    /// For whom.
    pub person: PersonId,
    /// When it ends, by the server's clock.
    pub expires_at: Millis,
    /// The enrolment that it was used for.
    pub used_by: Option<EnrolmentId>,
}

/// What became of an id before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// Who submitted it.
    pub author: PersonId,
    /// What a repeat must agree with.
    pub digest: [u8; 32],
    /// How it was answered.
    pub outcome: PastOutcome,
}

/// How an id was answered before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PastOutcome {
    /// It is in the record.
    Recorded {
        /// Where.
        sequence: Sequence,
        /// Since when.
        recorded_at: Millis,
        /// In which conversation.
        conversation: Option<ConversationId>,
        /// The number of its kind.
        kind: u16,
    },
    /// It was refused.
    Rejected {
        /// Why.
        code: ProblemCode,
        /// The end of the record at that moment.
        at: Sequence,
    },
}
