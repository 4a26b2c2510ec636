//! What a server may tell a device, in answers and pushes: what is theirs, and nothing that is gone.

use waypost_protocol::{
    ConversationId, Earlier, Event, Events, Millis, Presence, PresenceOf, Sequence, TypingIn,
};

use crate::device::Device;
use crate::line::Line;
use crate::reference::Reference;
use crate::story::{Broken, broken};

impl Reference {
    /// A server is about to send these to a device.
    pub(crate) fn may_see(&self, device: &Device, events: &Events) -> Result<(), Broken> {
        let line = self.line_of(events.epoch)?;
        let is_own = |n| line.fact(n).is_some_and(|it| it.enrolment == Some(device.enrolment));
        if let Some(n) = own_numbers(events).find(|n| !is_own(*n)) {
            let what = format!("{} is told that number {n} is its own", device.name);
            return broken("accepted is in the record", what);
        }
        match events.events.iter().find(|event| !line.may_read(device, event.n)) {
            None => Ok(()),
            Some(event) => {
                let what = format!("{} is sent number {} of others", device.name, event.n);
                broken("nobody reads what is not theirs", what)
            }
        }?;
        self.tells_nothing_deleted(device, events)
    }

    /// A server is about to answer a device with what was said before.
    pub(crate) fn may_learn(&self, device: &Device, page: &Earlier) -> Result<(), Broken> {
        let line = self.line_of(page.epoch)?;
        let is_theirs = |n| line.may_read(device, n) || line.is_opened(device, n);
        if let Some(event) = page.events.iter().find(|event| !is_theirs(event.n)) {
            let what = format!("{} is sent number {} of others", device.name, event.n);
            return broken("nobody reads what is not theirs", what);
        }
        let tells = |event: &&Event| {
            let gone = line.fact(event.n).is_some_and(|fact| line.deleted_at(fact).is_some());
            gone && !event.content.is_erased()
        };
        match page.events.iter().find(tells) {
            None => Ok(()),
            Some(event) => {
                let what = format!("{} is told number {}", device.name, event.n);
                broken("what is deleted is told to nobody", what)
            }
        }
    }

    /// A server is about to tell a device who is here and who is writing, having heard of the record up to
    /// this place.
    pub(crate) fn may_notice(
        &self,
        device: &Device,
        presence: &Presence,
        heard: Sequence,
        now: Millis,
    ) -> Result<(), Broken> {
        if !presence.people.is_empty() && !device.role.is_staff() {
            let what = format!("{} is told who is online", device.name);
            return broken("only the staff see who is here", what);
        }
        let line = self.line_of(heard.epoch)?;
        // A server that lags behind the record knows what was true a moment ago.
        if heard.n != line.end() {
            return Ok(());
        }
        let hidden = |it: &&PresenceOf| {
            line.roster.is_off(it.person, now) && (it.online || it.since.is_some() || !it.off_shift)
        };
        if let Some(of) = presence.people.iter().find(hidden) {
            let what = format!("{} is told of {} after their shift", device.name, of.person);
            return broken("off shift is shown as nothing", what);
        }
        match presence.typing.iter().find(|it| !line.is_heard_by(**it, device)) {
            None => Ok(()),
            Some(TypingIn { person, conversation }) => {
                let what =
                    format!("{} is told that {person} writes in {conversation}", device.name);
                broken("who writes is told to readers", what)
            }
        }
    }

    /// What was deleted is told only up to its deletion, or together with it.
    fn tells_nothing_deleted(&self, device: &Device, events: &Events) -> Result<(), Broken> {
        let line = self.line_of(events.epoch)?;
        let tells = |event: &&Event| {
            let deleted_at = line.fact(event.n).and_then(|fact| line.deleted_at(fact));
            let brought = |n| {
                let told = events.events.iter().any(|it| it.n == n);
                // A restore may have lost the message alone, until its author gave it back.
                n > events.next || n < event.n || told || own_numbers(events).any(|own| own == n)
            };
            !event.content.is_erased() && deleted_at.is_some_and(|n| !brought(n))
        };
        match events.events.iter().find(tells) {
            None => Ok(()),
            Some(event) => {
                let gone = line.fact(event.n).and_then(|fact| line.deleted_at(fact));
                let what = format!(
                    "{} is told number {}, deleted by {gone:?}, in {} to {}",
                    device.name, event.n, events.after, events.next
                );
                broken("what is deleted is told to nobody", what)
            }
        }
    }
}

impl Line {
    /// Whether the person of this device would hear what someone writes in a conversation.
    fn is_heard_by(&self, typing: TypingIn, device: &Device) -> bool {
        let TypingIn { person: writer, conversation } = typing;
        let (person, is_staff) = (device.person, device.role.is_staff());
        match conversation {
            ConversationId::Direct(..) => {
                conversation.partner_of(person) == Some(writer)
                    && self.choices.may_talk(writer, person, &self.staff)
            }
            ConversationId::Group(group) => self.members_of(group).contains(&person),
            ConversationId::Dispatch(whose) => is_staff || whose == person,
            ConversationId::Incident(_) => {
                is_staff || self.cases.person_in(conversation) == Some(person)
            }
            _ => false,
        }
    }
}

/// The numbers of what a device submitted itself, as it is told them.
fn own_numbers(events: &Events) -> impl Iterator<Item = u64> {
    let runs = events.own.iter().map(|run| run.n.saturating_sub(run.before.into())..=run.n);
    runs.flatten()
}
