//! The record as the model sees it: each fact with who may read it, and what follows from the
//! facts so far. A restore goes on from a line that is cut.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_protocol::{
    Body, ConversationId, EnrolmentId, Entry, FactId, GroupSettings, Mention, Move, PersonId,
    ReceiptState, Recipients, Role, kind,
};

use crate::broadcasts::Broadcasts;
use crate::cases::Cases;
use crate::choices::Choices;
use crate::device::Device;
use crate::escalations::{Escalations, Fleet, about};
use crate::expiry::Expiries;
use crate::hostile::is_made_up;
use crate::readers::Readers;
use crate::reports::{Reports, quoted_by};
use crate::roster::Roster;
use crate::story::{Broken, broken};
use crate::templates::Versions;
use crate::trips::Trips;

/// What people said, with the number of the device.
pub(crate) type Said = BTreeMap<FactId, (usize, Entry)>;

/// What hostile devices sent, under whichever ids.
pub(crate) type MadeUp = BTreeMap<FactId, Vec<Entry>>;

/// What can be in the record, and on which devices it was said.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) said: &'a Said,
    pub(crate) made_up: &'a MadeUp,
    pub(crate) devices: &'a [Device],
}

/// The record in one epoch, from its first fact on.
#[derive(Clone, Default)]
pub(crate) struct Line {
    /// The fact with number n is at n - 1.
    pub(crate) record: Vec<Recorded>,
    pub(crate) readers: Vec<Readers>,
    ids: BTreeMap<FactId, u64>,
    /// The message that each edit is about.
    edits: BTreeMap<FactId, FactId>,
    /// Where each message was deleted, if this person wrote it there.
    deletions: BTreeMap<(FactId, PersonId, Option<ConversationId>), u64>,
    pub(crate) members: BTreeMap<u32, BTreeSet<PersonId>>,
    pub(crate) moderators: BTreeSet<(u32, PersonId)>,
    pub(crate) settings: BTreeMap<u32, GroupSettings>,
    /// What was opened to someone by taking them in: what a conversation said before a number.
    pub(crate) opened: BTreeMap<(PersonId, ConversationId), u64>,
    pub(crate) revoked: BTreeSet<EnrolmentId>,
    /// Everyone in the directory, and who of them is of the staff.
    pub(crate) people: BTreeSet<PersonId>,
    pub(crate) staff: BTreeSet<PersonId>,
    /// What the staff share.
    pub(crate) cases: Cases,
    /// What people choose for themselves.
    pub(crate) choices: Choices,
    /// What they report.
    pub(crate) reports: Reports,
    /// Trips and stops.
    pub(crate) trips: Trips,
    /// How long messages stay.
    expiries: Expiries,
    /// What broadcasts say to whom, and what is said about them since.
    broadcasts: Broadcasts,
    /// Who looks after whom, and who works when.
    pub(crate) roster: Roster,
    /// What waits to be acknowledged.
    escalations: Escalations,
    templates: Versions,
    /// The last number of each lane of a device.
    lanes: BTreeMap<(usize, ConversationId), u32>,
    /// The last move of each kind.
    moved: BTreeMap<(PersonId, Option<ConversationId>), u64>,
}

impl Line {
    pub(crate) fn end(&self) -> u64 {
        self.record.len() as u64
    }

    pub(crate) fn fact(&self, n: u64) -> Option<&Recorded> {
        self.record.get(n.checked_sub(1)? as usize)
    }

    pub(crate) fn has_revoked(&self, enrolment: EnrolmentId) -> bool {
        self.revoked.contains(&enrolment)
    }

    /// Whether the person of this device may read the fact with this number.
    pub(crate) fn may_read(&self, device: &Device, n: u64) -> bool {
        let readers = self.readers.get(n as usize - 1);
        readers.is_some_and(|readers| readers.hold(device.person, device.role.is_staff()))
    }

    /// Whether the fact with this number is from before the person of this device came, and was opened
    /// to them.
    pub(crate) fn is_opened(&self, device: &Device, n: u64) -> bool {
        let conversation = self.fact(n).and_then(|fact| fact.conversation);
        let place = conversation.map(|conversation| (device.person, conversation));
        place.and_then(|place| self.opened.get(&place)).is_some_and(|before| n < *before)
    }

    /// Whether number `n` is a message of someone else that this person may read.
    pub(crate) fn is_message_for(&self, person: PersonId, n: u64) -> bool {
        let Some(fact) = self.fact(n) else { return false };
        let is_staff = self.staff.contains(&person);
        let theirs = self.readers[n as usize - 1].hold(person, is_staff);
        theirs && fact.author != person && fact.content.is_message()
    }

    /// Where the deletion of a message, or of what an edit is about, stands that takes effect.
    pub(crate) fn deleted_at(&self, fact: &Recorded) -> Option<u64> {
        let place = (self.message_of(fact), fact.author, fact.conversation);
        self.deletions.get(&place).copied()
    }

    /// Whether readers may be told that a fact is there without what it says.
    pub(crate) fn may_be_erased(&self, fact: &Recorded) -> bool {
        let said = self.ids.get(&self.message_of(fact)).and_then(|n| self.fact(*n));
        let expires = said.is_some_and(|said| said.expires_at.is_some());
        expires || self.deleted_at(fact).is_some()
    }

    /// The message that an edit is about; any other fact is about itself.
    fn message_of(&self, fact: &Recorded) -> FactId {
        self.edits.get(&fact.id).copied().unwrap_or(fact.id)
    }

    /// Adds a fact after looking at it from all sides but the truth of its receipts.
    pub(crate) fn add(&mut self, fact: &Recorded, from: Sources<'_>) -> Result<(), Broken> {
        if fact.sequence.n != self.end() + 1 {
            let what = format!("{} came after {}", fact.sequence, self.end());
            return broken("numbers have no gaps", what);
        }
        if self.ids.insert(fact.id, fact.sequence.n).is_some() {
            let what = format!("{} is in the record twice", fact.id);
            return broken("nothing has two effects", what);
        }
        let mut is_brought = false;
        if is_of_admins(fact) {
            let device = from.devices.iter().find(|it| Some(it.enrolment) == fact.enrolment);
            if device.map_or(fact.author != PersonId::SERVER, |it| it.role != Role::Admin) {
                let what = format!("{} is in the record", fact.sequence);
                return broken("admins publish templates and set rules", what);
            }
        }
        if self.reports.brings(fact)? {
            self.is_removed(fact);
        } else if self.trips.brings(fact)? || self.escalations.brings(fact)? {
            // It is as the step before it says.
        } else if let Some(enrolment) = fact.enrolment {
            if self.revoked.contains(&enrolment) {
                let what = format!("{} was recorded after that", fact.id);
                return broken("a revoked device writes nothing", what);
            }
            let device = from.devices.iter().find(|device| device.enrolment == enrolment);
            match device {
                _ if self.broadcasts.brings(fact)? => is_brought = true,
                Some(device) if matches!(fact.conversation, Some(ConversationId::About(_))) => {
                    self.is_done_by_right(fact, device)?;
                }
                Some(_) if is_of_admins(fact) => {}
                Some(device) if device.hostile => is_made_up(fact, device, from.made_up)?,
                _ => self.in_order(fact, from)?,
            }
            self.is_said_by_right(fact)?;
            self.cases.hears(fact, &self.staff)?;
            self.choices.hears(fact, &self.staff)?;
            self.revises_by_right(fact)?;
            self.tells_many(fact, device.is_some_and(|device| device.role.is_staff()))?;
        }
        self.templates.hears(fact)?;
        let said = quoted_by(fact).and_then(|it| self.ids.get(&it)).and_then(|n| self.fact(*n));
        let said = said.cloned();
        let is_there = self.edits.get(&fact.id).is_none_or(|it| self.ids.contains_key(it));
        self.reports.hears(fact, said.as_ref(), !is_brought && is_there)?;
        self.expiries.hears(fact, &self.settings)?;
        let ids = &self.ids;
        self.trips.hears(fact, &self.staff, from.devices, |id| ids.contains_key(id))?;
        self.roster.hears(fact);
        let readers = self.readers_of(fact)?;
        self.readers.push(readers);
        self.record.push(fact.clone());
        self.escalates(fact, from.devices)
    }

    /// A verdict takes a message off the screens.
    fn is_removed(&mut self, fact: &Recorded) {
        if let Ok(Body::Deletion { message, author }) = fact.content.to_body() {
            let place = (message, author, fact.conversation);
            self.deletions.entry(place).or_insert(fact.sequence.n);
        }
    }

    fn escalates(&mut self, fact: &Recorded, devices: &[Device]) -> Result<(), Broken> {
        let said =
            about(fact).and_then(|it| self.ids.get(&it)).and_then(|n| self.fact(*n)).cloned();
        let staff = devices.iter().filter(|it| it.role.is_staff()).map(|it| it.person).collect();
        let (people, members, roster) = (&self.people, &self.members, &self.roster);
        let (cases, choices) = (&self.cases, &self.choices);
        let fleet = Fleet { people, staff, members, roster, cases, choices };
        self.escalations.hears(fact, said.as_ref(), &fleet)
    }

    fn in_order(&mut self, fact: &Recorded, from: Sources<'_>) -> Result<(), Broken> {
        let id = fact.id;
        let Some((number, entry)) = from.said.get(&id) else {
            return broken("only what people said is in the record", format!("{id} was not"));
        };
        let device = &from.devices[*number];
        let same = (Some(entry.conversation), &entry.content, device.person)
            == (fact.conversation, &fact.content, fact.author);
        if !same {
            return broken("facts are recorded as they were said", format!("{id} was changed"));
        }
        let last = self.lanes.entry((*number, entry.conversation)).or_default();
        if entry.number <= *last {
            let what = format!("{}: {} after {last}", device.name, entry.number);
            return broken("an author's own order is kept", what);
        }
        *last = entry.number;
        Ok(())
    }

    fn moderates(&self, person: PersonId, conversation: Option<ConversationId>) -> bool {
        match conversation {
            Some(ConversationId::Group(group)) => self.moderators.contains(&(group, person)),
            _ => false,
        }
    }

    /// In a group for announcements its moderators speak, and they alone call everyone by name.
    fn is_said_by_right(&self, fact: &Recorded) -> Result<(), Broken> {
        let settings = match fact.conversation {
            Some(ConversationId::Group(group)) => self.settings.get(&group).copied(),
            _ => None,
        };
        let is_message = fact.content.is_message();
        let announces = is_message && settings.is_some_and(|it| it.announcements);
        let body = fact.content.to_body();
        let calls = body.is_ok_and(|body| body.mentions().contains(&Mention::Everyone));
        if (announces || calls) && !self.moderates(fact.author, fact.conversation) {
            let what = format!("{} of {} is in the record", fact.sequence, fact.author);
            return broken("moderators alone speak to everyone", what);
        }
        Ok(())
    }

    /// What this says to many has to follow it at once.
    fn tells_many(&mut self, fact: &Recorded, by_staff: bool) -> Result<(), Broken> {
        let is_to_many = fact.conversation == Some(ConversationId::Broadcasts(fact.author));
        let is_broadcast = fact.content.kind == kind::BROADCAST;
        if is_broadcast != is_to_many && !(is_to_many && self.is_revision(fact))
            || is_to_many && !by_staff
        {
            let what = format!("{} of {} is in the record", fact.sequence, fact.author);
            return broken("the staff alone speaks to many", what);
        }
        let named = match fact.content.to_body() {
            Ok(Body::Broadcast { to, .. }) => to,
            _ => Recipients::default(),
        };
        let mut recipients: BTreeSet<_> = named.people.iter().copied().collect();
        recipients.extend(named.groups.iter().flat_map(|group| self.members_of(*group)));
        recipients.extend(self.people.iter().filter(|_| named.everyone));
        self.roster.resolve(&named, fact.recorded_at, &mut recipients);
        if let Some(nobody) = recipients.iter().find(|person| !self.people.contains(person)) {
            return broken("a broadcast goes to people", format!("{nobody} is nobody"));
        }
        self.broadcasts.says(fact, recipients);
        Ok(())
    }

    /// Whether everyone was told what the last commit says to many, and to others.
    pub(crate) fn all_are_told(&self) -> Result<(), Broken> {
        self.broadcasts.are_told()?;
        self.reports.are_done()?;
        self.trips.are_told()?;
        self.escalations.are_told()
    }

    fn is_revision(&self, fact: &Recorded) -> bool {
        matches!(fact.content.kind, kind::EDIT | kind::DELETION)
    }

    /// Who takes whom into a group, or out of it, or runs it otherwise.
    fn is_done_by_right(&self, fact: &Recorded, device: &Device) -> Result<(), Broken> {
        let (group, leaver) = match fact.content.to_body() {
            Ok(Body::MemberLeft { group, person }) => (group, Some(person)),
            Ok(
                Body::MemberJoined { group, .. }
                | Body::GroupChanged { group, .. }
                | Body::ModeratorNamed { group, .. }
                | Body::ModeratorEnded { group, .. },
            ) => (group, None),
            _ => return Ok(()),
        };
        let leaves = leaver == Some(fact.author)
            && self.settings.get(&group).is_some_and(|settings| settings.leaving);
        let runs = device.role.is_staff() || self.moderators.contains(&(group, fact.author));
        if leaves || runs {
            return Ok(());
        }
        let what = format!("{} of {} is in the record", fact.sequence, fact.author);
        broken("a group is run by staff and its moderators", what)
    }

    /// Nobody puts other words into someone's mouth, and only moderators take others' away.
    fn revises_by_right(&mut self, fact: &Recorded) -> Result<(), Broken> {
        let (message, author, is_edit) = match fact.content.to_body() {
            Ok(Body::Edit { message, .. }) => (message, fact.author, true),
            Ok(Body::Deletion { message, author }) => (message, author, false),
            _ => return Ok(()),
        };
        let moderates = self.moderates(fact.author, fact.conversation);
        let said = self.ids.get(&message).and_then(|n| self.fact(*n));
        let fits = said.is_none_or(|said| {
            let is_right_kind = match is_edit {
                true => self.broadcasts.kind_of(said) == kind::TEXT,
                false => said.content.is_message(),
            };
            (said.author, said.conversation) == (author, fact.conversation) && is_right_kind
        });
        if !fits || (author != fact.author && !moderates) {
            let what = format!("{} revises {message} of {author}", fact.sequence);
            return broken("people revise what is theirs", what);
        }
        let n = fact.sequence.n;
        match is_edit {
            true => drop(self.edits.insert(fact.id, message)),
            false => {
                self.deletions.entry((message, author, fact.conversation)).or_insert(n);
            }
        }
        Ok(())
    }

    pub(crate) fn members_of(&self, group: u32) -> BTreeSet<PersonId> {
        self.members.get(&group).cloned().unwrap_or_default()
    }

    /// Whom these moves concern. Each must go forward and pass a message.
    pub(crate) fn concerned(&mut self, moves: &[Move]) -> Result<BTreeSet<PersonId>, Broken> {
        let mut concerned = BTreeSet::new();
        for step in moves {
            let last = self.moved.entry((step.person, step.conversation)).or_default();
            let from = std::mem::replace(last, step.up_to);
            if step.up_to <= from {
                let what = format!("{step:?} after {from}");
                return broken("receipts only move forward", what);
            }
            let passed = (from + 1..=step.up_to).filter(|n| self.is_message_for(step.person, *n));
            let facts = passed.filter_map(|n| self.fact(n));
            let authors: Vec<_> = facts
                .filter(|fact| step.conversation.is_none_or(|it| Some(it) == fact.conversation))
                .map(|fact| fact.author)
                .collect();
            if authors.is_empty() {
                return broken("moves pass a message", format!("{step:?} after {from}"));
            }
            concerned.extend(authors);
            if step.state == ReceiptState::Read {
                concerned.insert(step.person);
            }
        }
        Ok(concerned)
    }
}

/// Whether it is a deed of admins.
fn is_of_admins(fact: &Recorded) -> bool {
    matches!(fact.content.kind, kind::TEMPLATE_PUBLISHED | kind::FLAG_RULES_SET)
}
