//! The server's store in memory. It writes [`Decision`]s and answers look-ups, and knows no rule.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::page::EpochStart;
use waypost_domain::{
    Decision, Deed, EnrolmentState, Head, Reached, Recorded, Rejection, Roster, ShiftState,
    TokenState, Watch, Watching,
};
use waypost_protocol::{
    Body, Case, ConversationId, EnrolmentId, FactId, FlagRule, GroupSettings, Millis,
    NotificationSettings, PersonId, ReportedMessage, Role, Step, Stop, StopId, Trip, TripId, kind,
};

/// The record and what stands beside it.
#[derive(Clone, Default)]
pub(crate) struct Store {
    pub(crate) head: Head,
    /// The fact with number n is at n - 1.
    pub(crate) record: Vec<Recorded>,
    pub(crate) place_of: BTreeMap<FactId, usize>,
    pub(crate) rejections: BTreeMap<FactId, Rejection>,
    pub(crate) lanes: BTreeMap<(EnrolmentId, ConversationId), u32>,
    pub(crate) read: BTreeMap<(PersonId, ConversationId), u64>,
    pub(crate) people: BTreeMap<PersonId, PersonRow>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) enrolments: BTreeMap<EnrolmentId, EnrolmentState>,
    pub(crate) tokens: BTreeMap<[u8; 32], TokenState>,
    pub(crate) epochs: Vec<EpochStart>,
    /// Messages that are gone from the screens, if this person wrote them here.
    pub(crate) deletions: BTreeSet<(FactId, PersonId, ConversationId)>,
    /// The message that each edit is about.
    pub(crate) edits: BTreeMap<FactId, FactId>,
    /// How each group is run.
    pub(crate) groups: BTreeMap<u32, GroupSettings>,
    /// Whom each broadcast has reached.
    pub(crate) broadcasts: BTreeMap<FactId, Reached>,
    /// What has become of what the staff share.
    pub(crate) cases: BTreeMap<ConversationId, Case>,
    pub(crate) chosen: BTreeMap<PersonId, NotificationSettings>,
    /// Messages that wait to be acknowledged.
    pub(crate) watches: BTreeMap<FactId, Watch>,
    /// The messages that others were told further, by those that told them.
    pub(crate) copies: BTreeMap<FactId, FactId>,
    /// What follows when nobody acknowledges.
    pub(crate) chains: BTreeMap<u32, Vec<Step>>,
    /// Who looks after whom, and every shift.
    pub(crate) roster: Roster,
    /// The newest published version of each template.
    pub(crate) templates: BTreeMap<String, u16>,
    /// After how many seconds messages go in these direct conversations.
    pub(crate) expiries: BTreeMap<ConversationId, u32>,
    /// What became of messages that were reported or flagged, and the rules for that.
    pub(crate) reported: BTreeMap<FactId, ReportedMessage>,
    pub(crate) flag_rules: Vec<FlagRule>,
    /// What became of trips and stops.
    pub(crate) trips: BTreeMap<TripId, Trip>,
    pub(crate) stops: BTreeMap<StopId, Stop>,
    /// The keys of devices.
    pub(crate) keys: BTreeMap<EnrolmentId, [u8; 32]>,
    /// What has expired.
    pub(crate) expired: BTreeSet<FactId>,
}

#[derive(Clone)]
pub(crate) struct PersonRow {
    pub(crate) handle: String,
    pub(crate) role: Role,
    pub(crate) pseudonym: [u8; 16],
}

/// A person reads a conversation beyond `from` and up to `to`.
#[derive(Clone)]
pub(crate) struct Membership {
    pub(crate) person: PersonId,
    pub(crate) conversation: ConversationId,
    pub(crate) from: u64,
    pub(crate) to: Option<u64>,
    pub(crate) moderates: bool,
    /// Whether what was said before may be asked for.
    pub(crate) history: bool,
}

impl Membership {
    pub(crate) fn covers(&self, n: u64) -> bool {
        n > self.from && self.is_up_to(n)
    }

    pub(crate) fn is_up_to(&self, n: u64) -> bool {
        self.to.is_none_or(|to| n <= to)
    }
}

impl Store {
    /// The number of the last fact.
    pub(crate) fn end(&self) -> u64 {
        self.record.len() as u64
    }

    /// Whether this enrolment exists and was not revoked.
    pub(crate) fn knows(&self, enrolment: EnrolmentId) -> bool {
        self.enrolments.get(&enrolment).is_some_and(|state| !state.revoked)
    }

    /// Who is in which conversation now.
    pub(crate) fn members(&self) -> Vec<(ConversationId, PersonId)> {
        let now = self.memberships.iter().filter(|it| it.to.is_none());
        now.map(|it| (it.conversation, it.person)).collect()
    }

    /// Writes all of a decision.
    pub(crate) fn write(&mut self, decision: &Decision) {
        for fact in &decision.facts {
            self.place_of.insert(fact.id, self.record.len());
            self.record.push(fact.clone());
            match fact.conversation {
                Some(direct @ ConversationId::Direct(low, high)) => {
                    self.join(low, direct, 0, false);
                    self.join(high, direct, 0, false);
                }
                Some(
                    own @ (ConversationId::Broadcasts(whose)
                    | ConversationId::Dispatch(whose)
                    | ConversationId::Own(whose)),
                ) => self.join(whose, own, 0, false),
                Some(opened @ ConversationId::Incident(_))
                    if fact.content.kind == kind::INCIDENT =>
                {
                    let person = decision.cases.get(&opened).and_then(|case| case.person);
                    let from = fact.sequence.n - 1;
                    person.into_iter().for_each(|it| self.join(it, opened, from, false));
                }
                _ => {}
            }
            self.note_recipient(fact);
            self.project(fact, &decision.pseudonyms);
            self.revise(fact);
        }
        let rejections = decision.rejections.iter().cloned();
        self.rejections.extend(rejections.map(|rejection| (rejection.id, rejection)));
        for lane in &decision.lanes {
            self.lanes.insert((lane.enrolment, lane.conversation), lane.last);
        }
        for moved in &decision.stored {
            if let Some(state) = self.enrolments.get_mut(&moved.enrolment) {
                state.stored_up_to = moved.up_to;
            }
        }
        for (person, mark) in &decision.read {
            self.read.insert((*person, mark.conversation), mark.up_to);
        }
        let cases = decision.cases.iter();
        self.chosen.extend(decision.chosen.iter().map(|(person, it)| (*person, it.clone())));
        self.cases.extend(cases.map(|(conversation, case)| (*conversation, case.clone())));
        for (conversation, after_s) in &decision.expiries {
            match after_s {
                Some(after_s) => drop(self.expiries.insert(*conversation, *after_s)),
                None => drop(self.expiries.remove(conversation)),
            }
        }
        self.reported.extend(decision.reported.iter().map(|(id, it)| (*id, it.clone())));
        self.trips.extend(decision.trips.iter().map(|(id, it)| (*id, it.clone())));
        self.stops.extend(decision.stops.iter().map(|(id, it)| (*id, it.clone())));
        decision.watching.iter().for_each(|change| self.watch(change));
        self.head = decision.head.clone();
    }

    fn watch(&mut self, change: &Watching) {
        match *change {
            Watching::Begins { message, n, from, chain, due_at } => {
                let fact = &self.record[n as usize - 1];
                let (author, content) = (fact.author, fact.content.clone());
                let (expires_at, step) = (fact.expires_at, 0);
                let Some(conversation) = fact.conversation else { return };
                let place =
                    Watch { author, conversation, content, expires_at, from, chain, step, due_at };
                self.watches.insert(message, place);
            }
            Watching::Goes { message, step, due_at } => {
                if let Some(watch) = self.watches.get_mut(&message) {
                    (watch.step, watch.due_at) = (step, due_at);
                }
            }
            Watching::Copied { message, copy } => drop(self.copies.insert(copy, message)),
            Watching::Ends { message } => drop(self.watches.remove(&message)),
            Watching::Changed { chain } => {
                let along = self.watches.values_mut().filter(|watch| watch.chain == Some(chain));
                along.for_each(|watch| watch.due_at = 0);
            }
        }
    }

    /// The messages that have a step due by now.
    pub(crate) fn due_steps(&self, now: Millis) -> Vec<FactId> {
        let due = self.watches.iter().filter(|(_, watch)| watch.due_at <= now);
        due.map(|(message, _)| *message).collect()
    }

    fn join(&mut self, person: PersonId, conversation: ConversationId, from: u64, history: bool) {
        let known =
            |it: &Membership| (it.person, it.conversation, it.from) == (person, conversation, from);
        if !self.memberships.iter().any(known) {
            let (to, moderates) = (None, false);
            let stay = Membership { person, conversation, from, to, moderates, history };
            self.memberships.push(stay);
        }
    }

    fn note_recipient(&mut self, fact: &Recorded) {
        let recipient = fact.conversation.and_then(|it| it.partner_of(fact.author));
        if let (Some(broadcast), Some(recipient)) = (fact.broadcast, recipient) {
            let reached = self.broadcasts.entry(broadcast).or_default();
            reached.messages.insert(recipient, fact.id);
            reached.kind = fact.content.kind;
        }
    }

    fn revise(&mut self, fact: &Recorded) {
        match (fact.content.to_body(), fact.conversation) {
            (Ok(Body::Edit { message, .. }), _) => drop(self.edits.insert(fact.id, message)),
            (Ok(Body::Deletion { message, author }), Some(conversation)) => {
                self.deletions.insert((message, author, conversation));
            }
            _ => {}
        }
    }

    /// Whether readers no longer learn what this fact said.
    pub(crate) fn hides(&self, fact: &Recorded) -> bool {
        let message = self.edits.get(&fact.id).copied().unwrap_or(fact.id);
        let gone = |it| self.deletions.contains(&(message, fact.author, it));
        self.expired.contains(&message) || fact.conversation.is_some_and(gone)
    }

    /// Erases what has expired by now; how much.
    pub(crate) fn expire(&mut self, now: Millis) -> u64 {
        let due = |fact: &&Recorded| fact.expires_at.is_some_and(|at| at <= now);
        let due = self.record.iter().filter(due).map(|fact| fact.id);
        let before = self.expired.len();
        self.expired.extend(due);
        (self.expired.len() - before) as u64
    }

    /// Keeps the rows that a deed's fact stands for.
    fn project(&mut self, fact: &Recorded, pseudonyms: &[(PersonId, [u8; 16])]) {
        let Some(deed) = &fact.deed else { return };
        let n = fact.sequence.n;
        match fact.content.to_body() {
            Ok(Body::PersonAdded { person, handle, role, .. }) => {
                let given = pseudonyms.iter().find(|(whose, _)| *whose == person);
                let pseudonym = given.map(|(_, pseudonym)| *pseudonym).unwrap_or_default();
                self.people.insert(person, PersonRow { handle, role, pseudonym });
                self.join(person, ConversationId::Fleet, 0, false);
                if role.is_staff() {
                    self.join(person, ConversationId::Staff, 0, false);
                }
                if role == Role::Admin {
                    self.join(person, ConversationId::Reports, 0, false);
                }
            }
            Ok(Body::GroupCreated { group, members, moderators, settings, .. }) => {
                self.groups.insert(group, settings);
                for person in members {
                    self.join(person, ConversationId::Group(group), n, false);
                }
                moderators.into_iter().for_each(|person| self.moderates(group, person, true));
            }
            Ok(Body::GroupChanged { group, settings, .. }) => {
                self.groups.insert(group, settings);
            }
            Ok(Body::FlagRulesSet { rules }) => self.flag_rules = rules,
            Ok(Body::ModeratorNamed { group, person }) => self.moderates(group, person, true),
            Ok(Body::ModeratorEnded { group, person }) => self.moderates(group, person, false),
            Ok(Body::ChainSet { chain, steps, .. }) => drop(self.chains.insert(chain, steps)),
            Ok(Body::CoverageSet { coverage, of }) => {
                self.roster.coverages.insert(coverage, of);
            }
            Ok(Body::ShiftPlanned { shift }) => {
                self.roster.shifts.insert(fact.id, ShiftState { shift, cancelled: false });
            }
            Ok(Body::ShiftCancelled { shift, .. }) => {
                if let Some(state) = self.roster.shifts.get_mut(&shift) {
                    state.cancelled = true;
                }
            }
            Ok(Body::TemplatePublished { template, version, .. }) => {
                self.templates.insert(template, version);
            }
            Ok(Body::MemberJoined { group, person, history }) => {
                self.join(person, ConversationId::Group(group), n, history);
            }
            Ok(Body::MemberLeft { group, person }) => {
                let group = ConversationId::Group(group);
                let theirs = |it: &&mut Membership| {
                    it.to.is_none() && it.person == person && it.conversation == group
                };
                self.memberships.iter_mut().filter(theirs).for_each(|it| it.to = Some(n));
            }
            Ok(Body::Enrolled { enrolment, person, .. }) => {
                self.enrol(enrolment, person, deed);
            }
            Ok(Body::Revoked { enrolment, .. }) => {
                if let Some(state) = self.enrolments.get_mut(&enrolment) {
                    state.revoked = true;
                }
            }
            Ok(Body::EpochBegan { size, .. }) => {
                self.epochs.push(EpochStart { epoch: fact.sequence.epoch, after: size });
            }
            _ => {}
        }
    }

    fn moderates(&mut self, group: u32, person: PersonId, moderates: bool) {
        let group = ConversationId::Group(group);
        let theirs = |it: &&mut Membership| {
            it.to.is_none() && it.person == person && it.conversation == group
        };
        self.memberships.iter_mut().filter(theirs).for_each(|it| it.moderates = moderates);
    }

    fn enrol(&mut self, enrolment: EnrolmentId, person: PersonId, deed: &Deed) {
        if let Deed::Enrol { token_hash, public_key, .. } = deed {
            self.keys.insert(enrolment, *public_key);
            if let Some(token) = self.tokens.get_mut(token_hash) {
                token.used_by = Some(enrolment);
            }
        }
        let state = EnrolmentState { person, revoked: false, stored_up_to: 0 };
        self.enrolments.insert(enrolment, state);
    }
}
