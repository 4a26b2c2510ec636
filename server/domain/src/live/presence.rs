//! Who is told that someone comes or goes, and who is writing.

use std::collections::BTreeMap;

use waypost_protocol::{
    ConversationId, Downlink, EnrolmentId, FactId, Here, Millis, PRESENCE_PEOPLE_MAX, PersonId,
    Presence, PresenceOf, Shift, TYPING_MEMBERS_MAX, TypingIn,
};

use super::told::Concerned;
use super::{Listener, Live, Push};
use crate::access::may_talk;

impl Live {
    /// Shifts that were planned before this began and are not over, or not long.
    pub fn know_shifts(&mut self, shifts: impl IntoIterator<Item = (FactId, Shift)>) {
        self.attendance.know_shifts(shifts);
    }

    /// A device without a connection has asked something.
    pub fn asked(&mut self, listener: Listener, now: Millis) {
        self.attendance.asked(listener, now);
    }

    /// A device says what its person is at.
    pub fn is_at(&mut self, listener: Listener, here: &Here) {
        self.attendance.is_at(listener, here);
        if let Some(conversation) = here.typing
            && let Some(readers) = self.readers_of_typing(conversation)
            && readers.include(listener)
        {
            self.typing.insert(listener.person, (listener.role, conversation));
        }
    }

    /// What is new about who is here and who is writing, for whoever may know it. To be asked a few times
    /// a second: so often anyone is told something, whatever devices say.
    pub fn presence(&mut self, now: Millis) -> Vec<Push> {
        let news = self.attendance.news(now);
        let staff: Vec<_> = self.live().filter(|it| it.role.is_staff()).collect();
        let for_all = |frame: &Downlink| {
            let frame = frame.clone();
            staff.iter().map(move |it| (it.enrolment, frame.clone())).collect::<Vec<_>>()
        };
        let mut pushes: Vec<_> = news.iter().flat_map(for_all).collect();
        pushes.extend(self.who_is_writing(now));
        pushes
    }

    /// How many people are online.
    pub fn people_online(&self) -> usize {
        self.attendance.people_here()
    }

    /// Those who are or were here, after this person.
    pub fn who_is_here(&self, after: PersonId, now: Millis) -> impl Iterator<Item = PresenceOf> {
        self.attendance.shown(after, now)
    }

    fn who_is_writing(&mut self, now: Millis) -> Vec<Push> {
        let mut for_each: BTreeMap<EnrolmentId, Vec<TypingIn>> = BTreeMap::new();
        for (person, (role, conversation)) in std::mem::take(&mut self.typing) {
            let Some(readers) = self.readers_of_typing(conversation) else { continue };
            if self.attendance.is_off_shift(person, now) {
                continue;
            }
            let direct = conversation.partner_of(person).is_some();
            let hears = |it: &Listener| {
                it.person != person && readers.include(*it) && (!direct || may_talk(role, it.role))
            };
            let others = self.live().filter(hears);
            for listener in others {
                let typing = for_each.entry(listener.enrolment).or_default();
                if typing.len() < PRESENCE_PEOPLE_MAX {
                    typing.push(TypingIn { person, conversation });
                }
            }
        }
        let frame = |typing| Downlink::Presence(Presence { people: Vec::new(), typing });
        for_each.into_iter().map(|(to, typing)| (to, frame(typing))).collect()
    }

    /// Who is told that someone writes there; `None` where nobody converses, or too many do.
    fn readers_of_typing(&self, conversation: ConversationId) -> Option<Concerned> {
        let told = match conversation {
            ConversationId::Direct(..)
            | ConversationId::Dispatch(_)
            | ConversationId::Incident(_) => true,
            ConversationId::Group(_) => self.members_of(conversation).len() <= TYPING_MEMBERS_MAX,
            ConversationId::About(_)
            | ConversationId::Broadcasts(_)
            | ConversationId::Own(_)
            | ConversationId::Reports
            | ConversationId::Fleet
            | ConversationId::Staff => false,
        };
        told.then(|| self.readers_of(conversation))
    }

    /// Those who have been sent all there is.
    fn live(&self) -> impl Iterator<Item = Listener> {
        let live = self.sessions.values().filter(|session| session.sent_up_to.is_some());
        live.map(|session| session.listener)
    }
}
