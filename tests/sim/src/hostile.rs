//! A device that keeps no rule: someone with a real enrolment sends whatever he likes. The others
//! must not suffer, and he must not learn or pretend what is not his.

use waypost_domain::uplink::Asked;
use waypost_domain::{Actor, Recorded};
use waypost_engine::LinkPath;
use waypost_protocol::{
    Body, CONTENT_BYTES_MAX, Content, ConversationId, EnrolmentId, Entry, FactId, Header, History,
    IncidentCategory, PersonId, Pull, ReadMark, Recipients, Sequence, StopId, StopMove, StopPlan,
    StopState, StoredMark, Submit, TripId, Uplink,
};

use crate::device::Device;
use crate::line::MadeUp;
use crate::server::{Job, Sender};
use crate::story::{Broken, broken};
use crate::world::{World, tell};

impl World {
    /// The hostile device sends a frame.
    pub(crate) fn does_what_it_likes(&mut self) -> Result<(), Broken> {
        let Some(number) = self.devices.iter().position(|device| device.hostile) else {
            return Ok(());
        };
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let device = &self.devices[number];
        let (enrolment, person, role) = (device.enrolment, device.person, device.role);
        let frame = match self.dice.below(10) {
            0..6 => self.made_up_facts(),
            6..8 => self.made_up_marks(),
            8 => self.made_up_question(),
            _ => return self.garbage(number),
        };
        tell!(self, "{} makes up a frame for server {at}", self.devices[number].name);
        self.summary.hostile += 1;
        let path = LinkPath::Https;
        let sender = Sender { device: number, enrolment, person, path, connection: 0 };
        let actor = Actor { person, enrolment: Some(enrolment), role };
        self.ask(at, Job { from: Some(sender), asked: Asked::by(actor, frame) })
    }

    /// Bytes at random, or a frame with some of them changed. They may happen to be a frame.
    fn garbage(&mut self, number: usize) -> Result<(), Broken> {
        let mut bytes = match self.dice.chance(50) {
            true => self.made_up_facts().to_bytes(),
            false => (0..self.dice.below(64)).map(|_| self.dice.roll() as u8).collect(),
        };
        for _ in 0..1 + self.dice.below(4) {
            if !bytes.is_empty() {
                let at = self.dice.index(bytes.len());
                bytes[at] = self.dice.roll() as u8;
            }
        }
        self.summary.hostile += 1;
        let read = Uplink::from_bytes(&bytes).is_ok();
        tell!(self, "{} sends garbage, a frame: {read}", self.devices[number].name);
        Ok(())
    }

    fn made_up_facts(&mut self) -> Uplink {
        let count = 1 + self.dice.below(3);
        let entries: Vec<_> = (0..count).map(|_| self.made_up_entry()).collect();
        entries.iter().for_each(|entry| self.reference.is_sent_by_a_hostile(entry));
        Uplink::Submit(Submit { entries })
    }

    fn made_up_entry(&mut self) -> Entry {
        let id = match self.dice.below(10) {
            0..5 => FactId::mint(self.at() + self.dice.below(1 << 40) as i64, self.dice.wide()),
            5..7 => self.someones_fact(),
            // No version, no variant: mostly no id that says when.
            _ => {
                let digits = format!("{:032x}", self.dice.wide());
                digits.parse().unwrap_or_else(|_| FactId::mint(0, 0))
            }
        };
        let needs = self.dice.chance(20).then(|| self.someones_fact());
        Entry {
            id,
            conversation: self.any_conversation(),
            number: [0, 1, 2, 3, u32::MAX][self.dice.index(5)],
            needs,
            content: self.made_up_content(),
            offset_minutes: self.dice.roll() as i16,
            skew_ms: self.dice.chance(50).then(|| self.dice.roll() as i64),
            gap: self.dice.chance(50),
        }
    }

    /// The id of a fact of whomever, as if he had heard of it.
    fn someones_fact(&mut self) -> FactId {
        let record = &self.servers.store.record;
        match record.len() {
            0 => FactId::mint(0, 0),
            len => record[self.dice.index(len)].id,
        }
    }

    fn any_conversation(&mut self) -> ConversationId {
        let (one, other) = (1 + self.dice.below(9) as u32, 1 + self.dice.below(9) as u32);
        let direct = ConversationId::direct(PersonId(one), PersonId(other));
        let incidents = self.servers.store.cases.keys().copied();
        let cases: Vec<_> = incidents.collect();
        match self.dice.below(8) {
            7 => self.dice.pick(&cases).unwrap_or(ConversationId::Dispatch(PersonId(one))),
            6 => ConversationId::Dispatch(PersonId(one)),
            5 => ConversationId::Broadcasts(PersonId(one)),
            4 => ConversationId::About(self.dice.below(4) as u32),
            0 => ConversationId::Fleet,
            1 => ConversationId::Staff,
            2 => ConversationId::Group(self.dice.below(4) as u32),
            _ => direct.unwrap_or(ConversationId::Fleet),
        }
    }

    fn made_up_content(&mut self) -> Content {
        let person = PersonId(1 + self.dice.below(9) as u32);
        match self.dice.below(18) {
            14..18 => self.made_up_trip().to_content(),
            13 => Body::Assigned { to: Some(person), instead_of: None }.to_content(),
            12 => Body::Resolved { text: String::new() }.to_content(),
            11 => {
                let (category, text) = (IncidentCategory::Sos, String::new());
                let (place, person, header) = (None, Some(person), Header::default());
                Body::Incident { category, text, place, person, header }.to_content()
            }
            10 => {
                let to = Recipients { everyone: true, ..Recipients::default() };
                Body::Broadcast { to, message: Body::text("hello").into() }.to_content()
            }
            0 => Body::text("hello").to_content(),
            1 => Body::Acknowledgement { message: self.someones_fact() }.to_content(),
            2 => Body::Revoked { enrolment: EnrolmentId::mint(0, 0), person }.to_content(),
            3 => Body::MemberLeft { group: 1, person }.to_content(),
            4 => Body::Receipts { moves: Vec::new() }.to_content(),
            5 => Content { kind: self.dice.roll() as u16, bytes: vec![self.dice.roll() as u8; 5] },
            6 => Content::erased(1),
            7 => {
                let (message, text) = (self.someones_fact(), "never said".into());
                Body::Edit { message, text, mentions: Vec::new() }.to_content()
            }
            8 => Body::Deletion { message: self.someones_fact(), author: person }.to_content(),
            _ => Content { kind: 1, bytes: vec![0; CONTENT_BYTES_MAX + 1] },
        }
    }

    fn made_up_trip(&mut self) -> Body {
        let (stops, trips) = (&self.servers.store.stops, &self.servers.store.trips);
        let (stops, trips): (Vec<_>, Vec<_>) =
            (stops.keys().copied().collect(), trips.keys().copied().collect());
        let stop = self.dice.pick(&stops).unwrap_or(StopId::mint(0, 0));
        let trip = self.dice.pick(&trips).unwrap_or(TripId::mint(0, 0));
        let text = String::new();
        match self.dice.below(6) {
            5 => self.a_word(stop),
            0 => Body::StopPlanned { stop, plan: StopPlan::of(trip, "Nowhere").into() },
            1 => Body::TripHandedOver { trip, to: Some(PersonId(1 + self.dice.below(9) as u32)) },
            2 => Body::StopSettled { stop, state: StopState::Completed, text },
            3 => Body::StopHandedOver { stop, to: trip },
            _ => {
                let to = StopState::ALL[1 + self.dice.index(8)];
                let moved = StopMove::to(stop, to).into();
                Body::StopMoved { moved, text, template: None, header: Header::default() }
            }
        }
    }

    /// For what was said anywhere, before whenever.
    fn made_up_question(&mut self) -> Uplink {
        let end = self.servers.store.end();
        Uplink::History(History {
            conversation: self.any_conversation(),
            before: [0, end / 2, end + 1, u64::MAX][self.dice.index(4)],
            number: self.dice.roll() as u32,
            limit: self.dice.roll() as u16,
        })
    }

    fn made_up_marks(&mut self) -> Uplink {
        let end = self.servers.store.end();
        let n = [0, end / 2, end, end + 1, u64::MAX][self.dice.index(5)];
        let epoch = [self.servers.store.head.epoch, 0, u32::MAX][self.dice.index(3)];
        let stored = (0..self.dice.below(3))
            .map(|_| StoredMark { up_to: self.dice.below(end + 3), at: self.dice.roll() as i64 })
            .collect();
        let read = (0..self.dice.below(3))
            .map(|_| ReadMark {
                conversation: self.any_conversation(),
                up_to: self.dice.below(end + 3),
                at: self.dice.roll() as i64,
            })
            .collect();
        let (number, limit) = (self.dice.roll() as u32, self.dice.roll() as u16);
        let after = Sequence { epoch, n };
        Uplink::Pull(Pull { after, number, stored, read, limit })
    }
}

/// Whoever makes things up does so under their own name.
pub(crate) fn is_made_up(fact: &Recorded, device: &Device, made_up: &MadeUp) -> Result<(), Broken> {
    let entries = made_up.get(&fact.id).map(Vec::as_slice).unwrap_or_default();
    let same = |entry: &Entry| {
        (Some(entry.conversation), &entry.content) == (fact.conversation, &fact.content)
    };
    if fact.author == device.person && entries.iter().any(same) {
        return Ok(());
    }
    broken("only what people said is in the record", format!("{} was not", fact.id))
}
