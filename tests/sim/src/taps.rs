//! What people do on their screens: say, answer, acknowledge, read, discard, go offline.

use waypost_engine::reference::Fate;
use waypost_engine::{Input, Wish};
use waypost_protocol::{
    Activity, Argument, Arguments, Body, Contact, ConversationId, Event, FactId, File, Header,
    Mention, Place, Priority, Recipients,
};

use crate::story::Broken;
use crate::world::{World, tell};

/// How far back on the screen people look.
const SCREEN_EVENTS: usize = 12;

impl World {
    /// A person taps on one of their devices.
    pub(crate) fn tap(&mut self) -> Result<(), Broken> {
        let number = self.any_device();
        if self.devices[number].off_until.is_some() || self.devices[number].hostile {
            return Ok(());
        }
        let wish = match self.dice.below(100) {
            0..28 => self.say(number),
            28..36 => self.drive(number),
            36..40 => self.work(number),
            40..45 => self.revise(number),
            45..55 => self.acknowledge(number),
            55..88 => self.read(number),
            88..92 => self.mend(number),
            92..94 => Some(Wish::Online(false)),
            94..96 => self.say_what_they_are_at(number),
            96 => self.choose(number),
            97 => self.report(number),
            _ => Some(Wish::Online(true)),
        };
        let Some(wish) = wish else { return Ok(()) };
        tell!(self, "on {}: {}", self.devices[number].name, words(&wish));
        self.input(number, Input::Tapped(wish))
    }

    fn conversation(&mut self, number: usize) -> Option<ConversationId> {
        if self.dice.chance(15) {
            return self.shared_place(number);
        }
        if self.dice.chance(40) {
            return self.dice.pick(&self.groups).map(ConversationId::Group);
        }
        let partner = self.dice.pick(&self.people)?;
        ConversationId::direct(self.devices[number].person, partner)
    }

    /// Tells something to many; drivers try it too.
    fn tell_many(&mut self, number: usize, message: Body) -> Wish {
        let conversation = ConversationId::Broadcasts(self.devices[number].person);
        let people = (0..self.dice.below(4)).filter_map(|_| self.dice.pick(&self.people)).collect();
        let everyone = self.dice.chance(20);
        let groups = self.dice.pick(&self.groups).filter(|_| !everyone).into_iter().collect();
        let coverages = if self.dice.chance(20) { vec![1] } else { Vec::new() };
        let (on_call, on_shift) = (self.dice.chance(10), self.dice.chance(10));
        let to = Recipients { people, groups, everyone, coverages, on_call, on_shift };
        Wish::Say { conversation, body: Body::Broadcast { to, message: message.into() } }
    }

    fn say(&mut self, number: usize) -> Option<Wish> {
        let conversation = self.conversation(number)?;
        if self.dice.chance(3) {
            let after_s = self.dice.chance(70).then(|| 5 + self.dice.below(600) as u32);
            return Some(Wish::Say { conversation, body: Body::ExpirySet { after_s } });
        }
        let answers = match self.dice.below(6) {
            0 => self.shown(number).and_then(|event| event.id),
            1 => self.own_waiting(number),
            _ => None,
        };
        let body = self.message(number, answers);
        if self.dice.chance(if self.devices[number].role.is_staff() { 15 } else { 2 }) {
            return Some(self.tell_many(number, body));
        }
        Some(Wish::Say { conversation, body })
    }

    fn message(&mut self, number: usize, answers: Option<FactId>) -> Body {
        let header = self.header(number);
        match self.dice.below(10) {
            0..4 => {
                let text = format!("word {}", self.dice.below(1_000));
                Body::Text { text, answers, header }
            }
            4..7 => {
                let minutes = [("minutes".to_string(), Argument::Minutes(15))];
                let (template, arguments) = ("running-late".into(), Arguments::from(minutes));
                Body::Template { template, version: 1, arguments, answers, header }
            }
            7 => {
                let bytes = vec![7; 1 + self.dice.index(2_000)];
                let file = File::of("photo.jpg", "image/jpeg", bytes).into();
                Body::File { file, text: String::new(), answers, header }
            }
            8 => Body::Location { place: Place::at(52.5, 13.4), answers, header },
            _ => {
                let phone = Some("110".to_owned());
                let contact = Contact { name: "Ewa".into(), phone, ..Contact::default() };
                Body::Contact { contact: contact.into(), answers, header }
            }
        }
    }

    /// Most messages carry nothing beside their words.
    pub(crate) fn header(&mut self, number: usize) -> Header {
        if self.dice.chance(60) {
            return Header::default();
        }
        let thread = self.dice.chance(30).then(|| self.shown(number)).flatten();
        let person = self.dice.pick(&self.people).map(Mention::Person);
        let everyone = self.dice.chance(10).then_some(Mention::Everyone);
        let priorities = [Priority::Routine, Priority::Urgent, Priority::Emergency];
        let wanted = self.dice.chance(50);
        let chain = self.dice.chance(60).then(|| 1 + self.dice.below(3) as u32);
        Header {
            thread: thread.and_then(|event| event.id),
            mentions: person.into_iter().chain(everyone).collect(),
            priority: priorities[self.dice.index(3)],
            acknowledge_by: wanted.then(|| self.at() + self.dice.below(8_000) as i64),
            expires_after_s: self.dice.chance(30).then(|| 5 + self.dice.below(600) as u32),
            chain: chain.filter(|_| wanted),
            escalates: None,
            broadcast: self.dice.chance(2).then(|| self.own_waiting(number)).flatten(),
        }
    }

    /// What people are at, and where they are writing: no facts, but nobody else's business.
    fn say_what_they_are_at(&mut self, number: usize) -> Option<Wish> {
        let activities = [Activity::Active, Activity::Away, Activity::Driving];
        match self.dice.chance(40) {
            true => Some(Wish::Do(activities[self.dice.index(3)])),
            false => self.conversation(number).map(Wish::Type),
        }
    }

    /// Edits or deletes something; mostly what is their own.
    fn revise(&mut self, number: usize) -> Option<Wish> {
        let person = self.devices[number].person;
        let event = self.shown(number)?;
        let (message, conversation) = (event.id?, event.conversation?);
        let author = match self.dice.chance(90) {
            true => event.author.filter(|author| *author == person)?,
            false => event.author?,
        };
        let text = format!("rather {}", self.dice.below(1_000));
        let body = match self.dice.chance(60) {
            true => Body::Edit { message, text, mentions: Vec::new() },
            false => Body::Deletion { message, author },
        };
        Some(Wish::Say { conversation, body })
    }

    fn acknowledge(&mut self, number: usize) -> Option<Wish> {
        let event = self.shown(number)?;
        let body = match self.dice.chance(85) {
            true => Body::Acknowledgement { message: event.id? },
            false => Body::EscalationStopped { message: event.id? },
        };
        Some(Wish::Say { conversation: event.conversation?, body })
    }

    fn read(&mut self, number: usize) -> Option<Wish> {
        let event = self.shown(number)?;
        let (conversation, up_to) = (event.conversation?, event.n);
        if !self.is_in_the_record(number, &event) {
            return None; // Its number means something else by now.
        }
        self.reference.wishes_read(&self.devices[number], conversation, up_to);
        Some(Wish::Read { conversation, up_to })
    }

    /// Whether a device, as far as it knows, has this from the record as it is now.
    fn is_in_the_record(&self, number: usize, event: &Event) -> bool {
        let store = &self.devices[number].store;
        let place = store.record.iter().rev().find(|(_, it)| it.id == event.id);
        place.is_some_and(|(place, _)| {
            let known = self.reference.left_of_until(place.epoch, store.cursor.epoch, place.n);
            known == place.n
        })
    }

    /// One of the last messages on the screen.
    pub(crate) fn shown(&mut self, number: usize) -> Option<Event> {
        let record = self.devices[number].store.record.values().rev();
        let talk = |event: &&Event| {
            matches!(
                event.conversation,
                Some(
                    ConversationId::Direct(..)
                        | ConversationId::Group(_)
                        | ConversationId::Dispatch(_)
                        | ConversationId::Incident(_)
                        | ConversationId::Broadcasts(_)
                )
            )
        };
        let shown: Vec<&Event> = record.filter(talk).take(SCREEN_EVENTS).collect();
        self.dice.pick(&shown).cloned()
    }

    fn own_waiting(&mut self, number: usize) -> Option<FactId> {
        let own = self.devices[number].store.own.iter();
        let waiting: Vec<_> =
            own.filter(|(_, (_, fate))| *fate == Fate::Waiting).map(|(id, _)| *id).collect();
        self.dice.pick(&waiting)
    }

    /// Sends something wedged again, or takes it off the screen.
    fn mend(&mut self, number: usize) -> Option<Wish> {
        let own = self.devices[number].store.own.iter();
        let wedged: Vec<_> = own
            .filter(|(_, (_, fate))| matches!(fate, Fate::Rejected { discarded: false, .. }))
            .map(|(id, _)| *id)
            .collect();
        let wedged = self.dice.pick(&wedged)?;
        if self.dice.chance(50) {
            return Some(Wish::Discard { wedged });
        }
        let content = self.devices[number].store.own.get(&wedged)?.0.content.clone();
        let conversation = self.conversation(number)?;
        Some(Wish::SayAgain { wedged, id: None, conversation, content })
    }
}

fn words(wish: &Wish) -> String {
    match wish {
        Wish::Say { conversation, body: Body::Acknowledgement { .. } } => {
            format!("an acknowledgement in {conversation}")
        }
        Wish::Say { conversation, body: Body::Edit { message, .. } } => {
            format!("{message} in {conversation} is edited")
        }
        Wish::Say { conversation, body: Body::Deletion { message, .. } } => {
            format!("{message} in {conversation} is deleted")
        }
        Wish::Say { conversation, body } if body.is_of_trips() => {
            format!("in {conversation}: {body:?}")
        }
        Wish::Say { body: Body::Broadcast { to, .. }, .. } => format!("a broadcast to {to:?}"),
        Wish::Say { conversation, .. } => format!("a message in {conversation}"),
        Wish::SayAs { conversation, body, .. } => format!("in {conversation}: {body:?}"),
        Wish::Open { .. } => "an incident".into(),
        Wish::SayAgain { conversation, .. } => format!("a refused message again in {conversation}"),
        Wish::Discard { .. } => "a refused message is discarded".into(),
        Wish::Read { conversation, up_to } => format!("{conversation} is read up to {up_to}"),
        Wish::Do(activity) => format!("is {activity:?}"),
        Wish::Type(conversation) => format!("writes in {conversation}"),
        Wish::Online(true) => "online".into(),
        Wish::Online(false) => "offline".into(),
    }
}
