//! What a batch needs to know of the record before it can be decided.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use waypost_protocol::{
    Body, Case, ConversationId, EnrolmentId, Entry, FactId, GroupSettings, Millis,
    NotificationSettings, PersonId, ProblemCode, Role, Sequence, Step, kind,
};

use crate::batch::{Actor, Deed, Request};
use crate::broadcast::{revised_broadcast, tells_many};
use crate::cases::{opening_of, people_named};
use crate::escalation::Watch;
use crate::marks::{AuthorsOf, may_have_read};
use crate::record::Head;
use crate::roster::Roster;

/// The keys that must be looked up, each in one set query.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Enrolments, with their cursor.
    pub enrolments: HashSet<EnrolmentId>,
    /// People by number.
    pub people: HashSet<PersonId>,
    /// People by handle.
    pub handles: HashSet<String>,
    /// Facts and refusals by id.
    pub facts: HashSet<FactId>,
    /// Lanes.
    pub lanes: HashSet<(EnrolmentId, ConversationId)>,
    /// Memberships of groups.
    pub members: HashSet<(u32, PersonId)>,
    /// How groups are run.
    pub groups: HashSet<u32>,
    /// What has become of what the staff share.
    pub cases: HashSet<ConversationId>,
    /// People of whom it matters what they have chosen to hear of.
    pub chosen: HashSet<PersonId>,
    /// Groups whose members are told something.
    pub audiences: HashSet<u32>,
    /// Broadcasts whose recipients are told something.
    pub broadcasts: HashSet<FactId>,
    /// Messages that may be watched, or copies of such.
    pub watches: HashSet<FactId>,
    /// Shifts by the fact that planned them.
    pub shifts: HashSet<FactId>,
    /// Whether it matters who is on shift now.
    pub roster: bool,
    /// Read marks.
    pub read: HashSet<(PersonId, ConversationId)>,
    /// Enrolment tokens by hash.
    pub tokens: HashSet<[u8; 32]>,
    /// Templates by id.
    pub templates: HashSet<String>,
}

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

impl Wanted {
    /// All keys that a batch needs.
    pub fn by(batch: &[Request]) -> Self {
        let mut wanted = Self::default();
        for request in batch {
            wanted.add(request);
        }
        wanted
    }

    /// What is wanted beyond what was asked before and is known since: the keys of what only
    /// commits change. Whether an id is in the record must be asked each time, and so must what is
    /// wanted only for deeds.
    pub fn beyond(self, asked: &Self) -> Self {
        fn rest<K: Eq + Hash + Copy>(wanted: &HashSet<K>, asked: &HashSet<K>) -> HashSet<K> {
            wanted.difference(asked).copied().collect()
        }
        Self {
            enrolments: rest(&self.enrolments, &asked.enrolments),
            people: rest(&self.people, &asked.people),
            lanes: rest(&self.lanes, &asked.lanes),
            members: rest(&self.members, &asked.members),
            groups: rest(&self.groups, &asked.groups),
            cases: rest(&self.cases, &asked.cases),
            chosen: rest(&self.chosen, &asked.chosen),
            read: rest(&self.read, &asked.read),
            ..self
        }
    }

    /// Adds the keys of what only commits change: the others are asked for anew each time.
    pub fn add_lasting(&mut self, asked: &Self) {
        self.enrolments.extend(&asked.enrolments);
        self.people.extend(&asked.people);
        self.lanes.extend(&asked.lanes);
        self.members.extend(&asked.members);
        self.groups.extend(&asked.groups);
        self.cases.extend(&asked.cases);
        self.chosen.extend(&asked.chosen);
        self.read.extend(&asked.read);
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        let people = self.enrolments.len() + self.people.len() + self.handles.len();
        let places = self.lanes.len() + self.members.len() + self.groups.len() + self.read.len();
        let told = self.cases.len()
            + self.chosen.len()
            + self.shifts.len()
            + self.audiences.len()
            + self.broadcasts.len()
            + self.watches.len();
        people + places + told + self.facts.len() + self.tokens.len() + self.templates.len()
    }

    fn add(&mut self, request: &Request) {
        let actor = request.actor();
        self.people.insert(actor.person);
        self.enrolments.extend(actor.enrolment);
        match request {
            Request::Submit { entries, .. } => {
                for entry in entries {
                    self.facts.insert(entry.id);
                    self.facts.extend(entry.needs);
                    self.facts.extend(revised_by(actor.person, entry));
                    self.broadcasts.extend(revised_broadcast(actor, entry));
                    self.add_recipients(actor, entry);
                    self.add_watched(entry);
                    self.people.extend(people_named(entry));
                    self.lanes
                        .extend(actor.enrolment.map(|enrolment| (enrolment, entry.conversation)));
                    self.add_conversation(entry.conversation, actor.person);
                }
            }
            Request::Marks { read, .. } => {
                for mark in read.iter().filter(|it| may_have_read(actor.person, it.conversation)) {
                    self.read.insert((actor.person, mark.conversation));
                    self.add_conversation(mark.conversation, actor.person);
                }
            }
            Request::Deed { id, deed, .. } => {
                self.facts.insert(*id);
                self.add_deed(actor, deed);
            }
            Request::Escalate { messages } => self.watches.extend(messages),
        }
    }

    fn add_conversation(&mut self, conversation: ConversationId, person: PersonId) {
        match conversation {
            ConversationId::Direct(low, high) => {
                self.people.extend([low, high]);
                self.chosen.extend(conversation.partner_of(person));
            }
            ConversationId::Own(person) => drop(self.chosen.insert(person)),
            ConversationId::Group(group) => self.add_member(group, person),
            ConversationId::Dispatch(served) => {
                self.people.insert(served);
                self.cases.insert(conversation);
            }
            ConversationId::Incident(_) => drop(self.cases.insert(conversation)),
            ConversationId::About(_)
            | ConversationId::Broadcasts(_)
            | ConversationId::Fleet
            | ConversationId::Staff => {}
        }
    }

    /// The people and groups that a broadcast names.
    fn add_recipients(&mut self, actor: Actor, entry: &Entry) {
        if entry.content.kind == kind::BROADCAST
            && tells_many(actor, entry)
            && let Ok(Body::Broadcast { to, .. }) = entry.content.to_body()
        {
            self.roster |= to.ask_the_roster();
            self.people.extend(to.people);
            self.audiences.extend(to.groups);
        }
    }

    /// The message that may be watched, of which this says something.
    fn add_watched(&mut self, entry: &Entry) {
        if matches!(entry.content.kind, kind::ASSIGNED | kind::RESOLVED) {
            let opening = opening_of(entry.conversation);
            self.facts.extend(opening);
            self.watches.extend(opening);
        }
        if !matches!(
            entry.content.kind,
            kind::ACKNOWLEDGEMENT | kind::ESCALATION_STOPPED | kind::DELETION | kind::EDIT
        ) {
            return; // Nothing else is read twice.
        }
        if let Ok(
            Body::Acknowledgement { message }
            | Body::EscalationStopped { message }
            | Body::Deletion { message, .. }
            | Body::Edit { message, .. },
        ) = entry.content.to_body()
        {
            self.facts.insert(message);
            self.watches.insert(message);
        }
    }

    fn add_member(&mut self, group: u32, person: PersonId) {
        self.groups.insert(group);
        self.members.insert((group, person));
    }

    fn add_deed(&mut self, actor: Actor, deed: &Deed) {
        match deed {
            Deed::AddPerson { handle, .. } => {
                self.handles.insert(handle.clone());
            }
            Deed::CreateGroup { members, .. } => self.people.extend(members),
            Deed::ChangeGroup { group, .. } => self.add_member(*group, actor.person),
            Deed::Join { group, person }
            | Deed::Leave { group, person }
            | Deed::NameModerator { group, person }
            | Deed::EndModerator { group, person } => {
                self.people.insert(*person);
                self.add_member(*group, *person);
                self.add_member(*group, actor.person);
            }
            Deed::Enrol { token_hash, enrolment, .. } => {
                self.tokens.insert(*token_hash);
                self.enrolments.insert(*enrolment);
            }
            Deed::Revoke { enrolment } => {
                self.enrolments.insert(*enrolment);
            }
            Deed::PublishTemplate { template, .. } => {
                self.templates.insert(template.clone());
            }
            Deed::SetCoverage { of, .. } => {
                self.people.extend(of.dispatchers.iter().chain(&of.drivers));
            }
            Deed::PlanShift { shift } => drop(self.people.insert(shift.person)),
            Deed::CancelShift { shift } => drop(self.shifts.insert(*shift)),
            Deed::SetChain { .. } | Deed::BeginEpoch { .. } => {}
        }
    }
}

/// The message that an edit or a deletion of this person is about.
fn revised_by(person: PersonId, entry: &Entry) -> Option<FactId> {
    if !matches!(entry.content.kind, kind::EDIT | kind::DELETION) {
        return None; // Nothing else is read twice.
    }
    let body = entry.content.to_body().ok()?;
    body.revises(person).map(|(message, _)| message)
}
