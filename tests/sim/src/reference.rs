//! What must be true, said once more in the simplest way: a model of who said what, who may read
//! what, and who has read what. It looks at every transaction of a device and every commit of the
//! server. It refuses to take the engine's or the domain's word for anything.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_engine::Change;
use waypost_protocol::{
    Body, ConversationId, Entry, Event, FactId, Move, PersonId, ReceiptState, STORED_MARKS_MAX, kind,
};

use crate::device::Device;
use crate::store::Store;
use crate::story::{Broken, broken};

/// The model.
#[derive(Default)]
pub(crate) struct Reference {
    /// What people said, once a device had it in its store, with the device.
    pub(crate) said: BTreeMap<FactId, (usize, Entry)>,
    /// The last number in the record of each lane.
    recorded_lanes: BTreeMap<(usize, ConversationId), u32>,
    /// Who may read each fact of the record.
    pub(crate) readers: Vec<Readers>,
    pub(crate) members: BTreeMap<u32, BTreeSet<PersonId>>,
    /// How far people wished to read.
    wished: BTreeMap<(PersonId, ConversationId), u64>,
    /// How far a device keeps that they have read.
    pub(crate) read: BTreeMap<(PersonId, ConversationId), u64>,
    /// The last move in the record of each kind.
    moved: BTreeMap<(PersonId, Option<ConversationId>), u64>,
    /// The ids in the timeline of each device.
    timelines: BTreeMap<usize, BTreeSet<FactId>>,
}

/// Who may read a fact.
pub(crate) enum Readers {
    Everyone,
    Staff,
    People(BTreeSet<PersonId>),
}

impl Reference {
    /// Whether the person of this device may read the fact with this number.
    pub(crate) fn may_read(&self, device: &Device, n: u64) -> bool {
        match self.readers.get(n as usize - 1) {
            Some(Readers::Everyone) => true,
            Some(Readers::Staff) => device.role.is_staff(),
            Some(Readers::People(people)) => people.contains(&device.person),
            None => false,
        }
    }

    /// A person is about to have a conversation on the screen up to here.
    pub(crate) fn wishes_read(&mut self, person: PersonId, to: ConversationId, up_to: u64) {
        let wished = self.wished.entry((person, to)).or_default();
        *wished = up_to.max(*wished);
    }

    /// A device has written these changes; `device` is how it was before.
    pub(crate) fn stored(
        &mut self,
        number: usize,
        device: &Device,
        changes: &[Change],
        server: &Store,
    ) -> Result<(), Broken> {
        let mut stored = BTreeSet::new();
        for change in changes {
            match change {
                Change::Queued(entry) => self.queued(number, device, entry)?,
                Change::Accepted { id, sequence, .. } => {
                    let fact = server.record.get(sequence.n.saturating_sub(1) as usize);
                    if fact.is_none_or(|fact| fact.id != *id) {
                        let what = format!("{} shows {id} as accepted, it is not", device.name);
                        return broken("accepted is in the record", what);
                    }
                }
                Change::Rejected { id, .. } if !server.rejections.contains_key(id) => {
                    let what = format!("{} shows {id} as refused, it is not", device.name);
                    return broken("refused is known to the server", what);
                }
                Change::Recorded { event, .. } => {
                    self.recorded(number, device, event, server)?;
                    stored.insert(event.n);
                }
                Change::Cursor(cursor) => {
                    self.cursor_moved(device, cursor.n, &stored)?;
                }
                Change::StoredMarks(marks) if marks.len() > STORED_MARKS_MAX => {
                    return broken("bounds", format!("{} keeps too many marks", device.name));
                }
                Change::ReadMarks(marks) => {
                    for mark in marks {
                        let read = self.read.entry((device.person, mark.conversation)).or_default();
                        *read = mark.up_to.max(*read);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn queued(&mut self, number: usize, device: &Device, entry: &Entry) -> Result<(), Broken> {
        let last = device.store.lanes.get(&entry.conversation).copied().unwrap_or(0);
        if entry.number != last + 1 {
            let what = format!("{} gives number {} after {last}", device.name, entry.number);
            return broken("lanes have no gaps", what);
        }
        if self.said.insert(entry.id, (number, entry.clone())).is_some() {
            return broken("ids are new", format!("{} used {} twice", device.name, entry.id));
        }
        Ok(())
    }

    fn recorded(
        &mut self,
        number: usize,
        device: &Device,
        event: &Event,
        server: &Store,
    ) -> Result<(), Broken> {
        let Some(fact) = server.record.get(event.n.saturating_sub(1) as usize) else {
            let what = format!("{} has number {} of nothing", device.name, event.n);
            return broken("the order is the same everywhere", what);
        };
        if !self.may_read(device, event.n) {
            let what = format!("{} got number {} of others", device.name, event.n);
            return broken("nobody reads what is not theirs", what);
        }
        if event.n <= device.store.cursor.n {
            let what = format!("{} stores number {} again", device.name, event.n);
            return broken("nothing has two effects", what);
        }
        let Some(id) = event.id else { return Ok(()) };
        if *event != fact.to_event() {
            let what = format!("{} has another number {}", device.name, event.n);
            return broken("the order is the same everywhere", what);
        }
        if !self.timelines.entry(number).or_default().insert(id) {
            let what = format!("{} shows {id} twice", device.name);
            return broken("nothing has two effects", what);
        }
        Ok(())
    }

    fn cursor_moved(
        &self,
        device: &Device,
        to: u64,
        stored: &BTreeSet<u64>,
    ) -> Result<(), Broken> {
        let from = device.store.cursor.n;
        if to < from {
            let what = format!("{} goes back from {from} to {to}", device.name);
            return broken("the cursor only advances", what);
        }
        match (from + 1..=to).find(|n| self.may_read(device, *n) && !stored.contains(n)) {
            Some(n) => {
                let what = format!("{} passes number {n} and does not have it", device.name);
                broken("the cursor covers what is stored", what)
            }
            None => Ok(()),
        }
    }

    /// The server has committed these facts; `server` has them.
    pub(crate) fn committed(
        &mut self,
        facts: &[Recorded],
        server: &Store,
        devices: &[Device],
    ) -> Result<(), Broken> {
        for fact in facts {
            let number = self.readers.len() as u64 + 1;
            if fact.sequence.n != number {
                let what = format!("{} came after {}", fact.sequence, number - 1);
                return broken("numbers have no gaps", what);
            }
            if server.place_of.get(&fact.id) != Some(&(number as usize - 1)) {
                let what = format!("{} is in the record twice", fact.id);
                return broken("nothing has two effects", what);
            }
            if fact.enrolment.is_some() {
                self.said_in_order(fact, devices)?;
            }
            let readers = self.readers_of(fact, server, devices)?;
            self.readers.push(readers);
        }
        Ok(())
    }

    fn said_in_order(&mut self, fact: &Recorded, devices: &[Device]) -> Result<(), Broken> {
        let id = fact.id;
        let Some((number, entry)) = self.said.get(&id) else {
            return broken("only what people said is in the record", format!("{id} was not"));
        };
        let device = &devices[*number];
        let same = (Some(entry.conversation), &entry.content, device.person)
            == (fact.conversation, &fact.content, fact.author);
        if !same {
            return broken("facts are recorded as they were said", format!("{id} was changed"));
        }
        let last = self.recorded_lanes.entry((*number, entry.conversation)).or_default();
        if entry.number <= *last {
            let what = format!("{}: {} after {last}", device.name, entry.number);
            return broken("an author's own order is kept", what);
        }
        *last = entry.number;
        Ok(())
    }

    fn readers_of(
        &mut self,
        fact: &Recorded,
        server: &Store,
        devices: &[Device],
    ) -> Result<Readers, Broken> {
        let body = fact.content.to_body();
        if let Ok(Body::Receipts { moves }) = body {
            return self.receipts(&moves, server, devices).map(Readers::People);
        }
        match body {
            Ok(Body::GroupCreated { group, members, .. }) => {
                self.members.insert(group, members.into_iter().collect());
            }
            Ok(Body::MemberJoined { group, person }) => {
                self.members.entry(group).or_default().insert(person);
            }
            Ok(Body::MemberLeft { group, person }) => {
                self.members.entry(group).or_default().remove(&person);
            }
            _ => {}
        }
        Ok(match fact.conversation {
            Some(ConversationId::Fleet) => Readers::Everyone,
            Some(ConversationId::Staff) => Readers::Staff,
            Some(ConversationId::Direct(low, high)) => Readers::People([low, high].into()),
            Some(ConversationId::Group(group)) => {
                Readers::People(self.members.get(&group).cloned().unwrap_or_default())
            }
            None => Readers::People(BTreeSet::new()),
        })
    }

    /// Checks the moves and gives the people whom they concern.
    fn receipts(
        &mut self,
        moves: &[Move],
        server: &Store,
        devices: &[Device],
    ) -> Result<BTreeSet<PersonId>, Broken> {
        let mut concerned = BTreeSet::new();
        for step in moves {
            self.is_true(step, devices)?;
            let last = self.moved.entry((step.person, step.conversation)).or_default();
            let from = std::mem::replace(last, step.up_to);
            if step.up_to <= from {
                let what = format!("{step:?} after {from}");
                return broken("receipts only move forward", what);
            }
            let authors = self.authors_between(step, from, server);
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

    fn is_true(&self, step: &Move, devices: &[Device]) -> Result<(), Broken> {
        let theirs = devices.iter().find(|device| Some(device.enrolment) == step.enrolment);
        let Some(device) = theirs.filter(|device| device.person == step.person) else {
            return broken("receipts are true", format!("{step:?} is of no device of theirs"));
        };
        let (is_so, have) = match step.conversation {
            None => (device.store.cursor.n >= step.up_to, device.store.cursor.n),
            Some(conversation) => {
                let wished = self.wished.get(&(step.person, conversation)).copied().unwrap_or(0);
                (wished >= step.up_to, wished)
            }
        };
        if is_so {
            return Ok(());
        }
        let what = format!("{} is said to have {:?} up to {}, not {have}", device.name, step.state, step.up_to);
        broken("receipts are true", what)
    }

    /// Who else wrote messages that this move's person may read, beyond `from` up to the move.
    fn authors_between(&self, step: &Move, from: u64, server: &Store) -> BTreeSet<PersonId> {
        let may_read = |n: u64| match &self.readers[n as usize - 1] {
            Readers::People(people) => people.contains(&step.person),
            Readers::Everyone | Readers::Staff => false,
        };
        let passed = (from + 1..=step.up_to).filter(|n| may_read(*n));
        let facts = passed.map(|n| &server.record[n as usize - 1]);
        facts
            .filter(|fact| matches!(fact.content.kind, kind::TEXT | kind::TEMPLATE))
            .filter(|fact| step.conversation.is_none_or(|it| Some(it) == fact.conversation))
            .map(|fact| fact.author)
            .filter(|author| *author != step.person)
            .collect()
    }
}
