//! Which keys a batch needs to know, by what it asks.

use std::collections::HashSet;
use std::hash::Hash;

use waypost_protocol::{
    Body, ConversationId, EnrolmentId, Entry, FactId, PersonId, StopId, TripId, kind,
};

use crate::batch::{Actor, Deed, Request};
use crate::broadcast::{revised_broadcast, tells_many};
use crate::cases::{opening_of, people_named};
use crate::marks::may_have_read;
use crate::reports::reported_by;
use crate::trips::add_trips;

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
    /// Direct conversations of which it matters how long messages stay there.
    pub expiries: HashSet<ConversationId>,
    /// Messages of which it matters whether they were reported.
    pub reported: HashSet<FactId>,
    /// Trips.
    pub trips: HashSet<TripId>,
    /// Trips that are handed over, with their stops.
    pub handed: HashSet<TripId>,
    /// Stops.
    pub stops: HashSet<StopId>,
    /// Enrolments whose signature is to be checked.
    pub keys: HashSet<EnrolmentId>,
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
            expiries: rest(&self.expiries, &asked.expiries),
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
        self.expiries.extend(&asked.expiries);
        self.read.extend(&asked.read);
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        let people = self.enrolments.len() + self.people.len() + self.handles.len();
        let places = self.lanes.len() + self.members.len() + self.groups.len() + self.read.len();
        let told = self.cases.len()
            + self.chosen.len()
            + self.expiries.len()
            + self.reported.len()
            + self.shifts.len()
            + self.trips.len()
            + self.stops.len()
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
                    self.add_reported(entry);
                    add_trips(self, actor, entry);
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
                self.expiries.insert(conversation);
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
            | ConversationId::Reports
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

    fn add_reported(&mut self, entry: &Entry) {
        let Some((message, edit)) = reported_by(entry) else { return };
        self.reported.insert(message);
        self.facts.extend([message].into_iter().chain(edit));
        if entry.content.kind == kind::JUDGED {
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
            Deed::SetChain { .. } | Deed::SetFlagRules { .. } | Deed::BeginEpoch { .. } => {}
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
