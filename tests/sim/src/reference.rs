//! What must be true, said once more in the simplest way: a model of who said what, who may read
//! what, and who has read what. It looks at every transaction of a device and every commit of the
//! server. It refuses to take the engine's or the domain's word for anything.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::{Decision, Recorded};
use waypost_engine::{Change, READ_MARKS_KEPT_MAX};
use waypost_protocol::{
    Body, ConversationId, EnrolmentId, Entry, Event, FactId, Move, PersonId, STORED_MARKS_MAX,
    Sequence,
};

use crate::device::Device;
use crate::line::{Line, MadeUp, Said, Sources};
use crate::story::{Broken, broken};

/// The model.
#[derive(Default)]
pub(crate) struct Reference {
    /// What people said, once a device had it in its store.
    pub(crate) said: Said,
    /// What the server ever refused for good.
    refused: BTreeSet<FactId>,
    /// The record of each epoch; the last one is that of now.
    lines: Vec<Line>,
    /// Where each epoch was cut off the one before.
    cuts: Vec<u64>,
    /// How far people wished to read.
    wished: BTreeMap<(PersonId, ConversationId), u64>,
    /// How far a device keeps that they have read.
    pub(crate) read: BTreeMap<(PersonId, ConversationId), u64>,
    /// What hostile devices sent.
    made_up: MadeUp,
    /// The ids in the timeline of each device, in each epoch.
    timelines: BTreeMap<(usize, u32), BTreeSet<FactId>>,
}

impl Reference {
    pub(crate) fn new() -> Self {
        Self { lines: vec![Line::default()], cuts: vec![0], ..Self::default() }
    }

    /// The record as it is now.
    pub(crate) fn line(&self) -> &Line {
        &self.lines[self.lines.len() - 1]
    }

    /// The number of the epoch that the record is in; each restore makes one.
    pub(crate) fn epoch(&self) -> u32 {
        u32::try_from(self.lines.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn line_of(&self, epoch: u32) -> Result<&Line, Broken> {
        match self.lines.get(epoch as usize) {
            Some(line) => Ok(line),
            None => broken("epochs begin with a restore", format!("{epoch} did not")),
        }
    }

    /// Whether this enrolment was revoked, in whichever epoch.
    pub(crate) fn was_ever_revoked(&self, enrolment: EnrolmentId) -> bool {
        self.lines.iter().any(|line| line.has_revoked(enrolment))
    }

    /// What is left of number `n` of an epoch: everything up to the later cuts.
    pub(crate) fn left_of(&self, epoch: u32, n: u64) -> u64 {
        self.left_of_until(epoch, self.epoch(), n)
    }

    /// What is left of it as a device sees it that has heard of the epochs up to `until`.
    pub(crate) fn left_of_until(&self, epoch: u32, until: u32, n: u64) -> u64 {
        let later = self.cuts.iter().take(until as usize + 1).skip(epoch as usize + 1);
        later.copied().fold(n, u64::min)
    }

    /// The server was restored from a backup that ends here.
    pub(crate) fn cut(&mut self, after: u64, devices: &[Device]) -> Result<(), Broken> {
        let mut line = Line::default();
        for fact in &self.line().record[..after as usize] {
            line.add(fact, Sources { said: &self.said, made_up: &self.made_up, devices })?;
        }
        self.lines.push(line);
        self.cuts.push(after);
        for read in self.read.values_mut().chain(self.wished.values_mut()) {
            *read = after.min(*read);
        }
        Ok(())
    }

    /// A person is about to have a conversation on the screen of this device up to here.
    pub(crate) fn wishes_read(&mut self, device: &Device, to: ConversationId, up_to: u64) {
        let left = self.left_of(device.store.cursor.epoch, up_to);
        let wished = self.wished.entry((device.person, to)).or_default();
        *wished = left.max(*wished);
    }

    /// A hostile device has sent this, perhaps with an id of others.
    pub(crate) fn is_sent_by_a_hostile(&mut self, entry: &Entry) {
        self.made_up.entry(entry.id).or_default().push(entry.clone());
    }

    /// A device is about to write these changes; `device` is how it is before.
    pub(crate) fn stores(
        &mut self,
        number: usize,
        device: &Device,
        changes: &[Change],
    ) -> Result<(), Broken> {
        let mut stored = BTreeSet::new();
        let mut was_cut = false;
        for change in changes {
            match change {
                Change::Queued(entry) => self.queued(number, device, entry)?,
                Change::Accepted { id, sequence, .. } => {
                    self.accepted(device, *id, *sequence)?;
                    stored.insert(sequence.n);
                }
                Change::Rejected { id, .. } if !self.refused.contains(id) => {
                    let what = format!("{} shows {id} as refused, it is not", device.name);
                    return broken("refused is known to the server", what);
                }
                Change::Cut { epoch, after } => {
                    was_cut = true;
                    self.was_cut(device, *epoch, *after)?;
                }
                Change::Recorded { epoch, event } => {
                    self.recorded(number, device, *epoch, event)?;
                    stored.insert(event.n);
                }
                Change::Earlier { epoch, event } => {
                    self.learns(device, *epoch, event)?;
                }
                Change::Cursor(cursor) if !was_cut => {
                    self.cursor_moved(device, *cursor, &stored)?;
                }
                Change::StoredMarks(marks) if marks.len() > STORED_MARKS_MAX => {
                    return broken("bounds", format!("{} keeps too many marks", device.name));
                }
                Change::ReadMarks(marks) => {
                    if marks.len() > READ_MARKS_KEPT_MAX {
                        return broken("bounds", format!("{} keeps too many reads", device.name));
                    }
                    for mark in marks {
                        let left = self.left_of(device.store.cursor.epoch, mark.up_to);
                        let read = self.read.entry((device.person, mark.conversation)).or_default();
                        *read = left.max(*read);
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

    fn accepted(&self, device: &Device, id: FactId, at: Sequence) -> Result<(), Broken> {
        let fact = self.line_of(at.epoch)?.fact(at.n);
        if fact.is_some_and(|fact| fact.id == id && fact.sequence == at) {
            return Ok(());
        }
        let what = format!("{} shows {id} as accepted, it is not", device.name);
        broken("accepted is in the record", what)
    }

    fn was_cut(&self, device: &Device, epoch: u32, after: u64) -> Result<(), Broken> {
        let old = device.store.cursor;
        if epoch > old.epoch && after == self.left_of(old.epoch, u64::MAX) {
            return Ok(());
        }
        let what = format!("{} at {old} was cut for {epoch} after {after}", device.name);
        broken("devices are cut where the record was", what)
    }

    fn recorded(
        &mut self,
        number: usize,
        device: &Device,
        epoch: u32,
        event: &Event,
    ) -> Result<(), Broken> {
        let line = self.line_of(epoch)?;
        let Some(fact) = line.fact(event.n) else {
            let what = format!("{} has number {} of nothing", device.name, event.n);
            return broken("the order is the same everywhere", what);
        };
        if !line.may_read(device, event.n) {
            let what = format!("{} got number {} of others", device.name, event.n);
            return broken("nobody reads what is not theirs", what);
        }
        if event.n <= device.store.cursor.n {
            let what = format!("{} stores number {} again", device.name, event.n);
            return broken("nothing has two effects", what);
        }
        let Some(id) = event.id else { return Ok(()) };
        is_as_said(line, fact, device, event)?;
        if !self.timelines.entry((number, epoch)).or_default().insert(id) {
            let what = format!("{} shows {id} twice", device.name);
            return broken("nothing has two effects", what);
        }
        Ok(())
    }

    /// A device stores something from before its person came; it may have it already.
    fn learns(&self, device: &Device, epoch: u32, event: &Event) -> Result<(), Broken> {
        let now = device.store.cursor.epoch;
        if epoch > now || self.left_of_until(epoch, now, event.n) < event.n {
            let what = format!("{} puts number {} into {epoch}", device.name, event.n);
            return broken("the order is the same everywhere", what);
        }
        let line = self.line_of(now)?;
        let Some(fact) = line.fact(event.n) else {
            let what = format!("{} has number {} of nothing", device.name, event.n);
            return broken("the order is the same everywhere", what);
        };
        if !line.may_read(device, event.n) && !line.is_opened(device, event.n) {
            let what = format!("{} got number {} of others", device.name, event.n);
            return broken("nobody reads what is not theirs", what);
        }
        is_as_said(line, fact, device, event)
    }

    fn cursor_moved(
        &self,
        device: &Device,
        to: Sequence,
        stored: &BTreeSet<u64>,
    ) -> Result<(), Broken> {
        let from = device.store.cursor;
        if to < from || to.epoch != from.epoch {
            let what = format!("{} goes from {from} to {to}", device.name);
            return broken("the cursor only advances", what);
        }
        let line = self.line_of(to.epoch)?;
        let has =
            |n: &u64| stored.contains(n) || line.fact(*n).is_some_and(|it| placed(device, it));
        match (from.n + 1..=to.n).find(|n| line.may_read(device, *n) && !has(n)) {
            Some(n) => {
                let what = format!("{} passes number {n} and does not have it", device.name);
                broken("the cursor covers what is stored", what)
            }
            None => Ok(()),
        }
    }

    /// Whether a device has a fact of the record as it is now.
    pub(crate) fn has(&self, device: &Device, fact: &Recorded) -> bool {
        if placed(device, fact) {
            return true;
        }
        let epochs = fact.sequence.epoch..self.lines.len() as u32;
        let places = epochs.map(|epoch| Sequence { epoch, n: fact.sequence.n });
        let mut events = places.filter_map(|place| device.store.record.get(&place));
        events.any(|event| event.id.is_none_or(|id| id == fact.id))
    }

    /// The first number up to `up_to` that a device may read and does not have.
    pub(crate) fn missing(&self, device: &Device, up_to: u64) -> Option<u64> {
        let line = self.line();
        let mut theirs = (1..=up_to).filter(|n| line.may_read(device, *n));
        theirs.find(|n| line.fact(*n).is_none_or(|fact| !self.has(device, fact)))
    }

    /// The first number from before a person came that was opened to them and this device does not have.
    pub(crate) fn unopened(&self, device: &Device) -> Option<u64> {
        let line = self.line();
        let mut opened = (1..=line.end()).filter(|n| line.is_opened(device, *n));
        opened.find(|n| line.fact(*n).is_none_or(|fact| !self.has(device, fact)))
    }

    /// The server has committed this.
    pub(crate) fn committed(
        &mut self,
        decision: &Decision,
        devices: &[Device],
    ) -> Result<(), Broken> {
        self.refused.extend(decision.rejections.iter().map(|rejection| rejection.id));
        for fact in &decision.facts {
            if let Ok(Body::Receipts { moves }) = fact.content.to_body() {
                moves.iter().try_for_each(|step| self.is_true(step, devices))?;
            }
            let from = Sources { said: &self.said, made_up: &self.made_up, devices };
            if let Some(line) = self.lines.last_mut() {
                line.add(fact, from)?;
            }
        }
        self.line().trips.are_so(decision)?;
        self.line().all_are_told()
    }

    /// Whether a device of theirs has stored, or they have read, what a move says.
    fn is_true(&self, step: &Move, devices: &[Device]) -> Result<(), Broken> {
        let theirs = devices.iter().find(|device| Some(device.enrolment) == step.enrolment);
        let Some(device) = theirs.filter(|device| device.person == step.person) else {
            return broken("receipts are true", format!("{step:?} is of no device of theirs"));
        };
        if device.hostile {
            // What somebody says of himself he may say; that it is he is proved.
            return Ok(());
        }
        let is_so = match step.conversation {
            None => self.missing(device, step.up_to).is_none(),
            Some(conversation) => {
                let wished = self.wished.get(&(step.person, conversation)).copied().unwrap_or(0);
                wished >= step.up_to
            }
        };
        if is_so {
            return Ok(());
        }
        let what = format!("{} has not {:?} all up to {}", device.name, step.state, step.up_to);
        broken("receipts are true", what)
    }
}

/// Whether an event says what its fact says, or nothing if that may be gone.
fn is_as_said(line: &Line, fact: &Recorded, device: &Device, event: &Event) -> Result<(), Broken> {
    let mut as_said = fact.to_event();
    if event.content.is_erased() {
        if !line.may_be_erased(fact) {
            let what = format!("{} does not learn what number {} says", device.name, event.n);
            return broken("what is not deleted is told", what);
        }
        as_said.content = event.content.clone();
    }
    if *event != as_said {
        let what = format!("{} has another number {}", device.name, event.n);
        return broken("the order is the same everywhere", what);
    }
    Ok(())
}

/// Whether a device knows the place of this fact as that of one of its own.
fn placed(device: &Device, fact: &Recorded) -> bool {
    device.store.placed.get(&fact.sequence) == Some(&fact.id)
}
