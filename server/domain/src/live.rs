//! What is pushed to the devices that are online.
//!
//! A push may be lost freely: each says where it begins, and a device that sees a gap pulls. So
//! all of this is in memory only, and a server that starts knows of nobody. It refuses to send:
//! whoever holds a [`Live`] does that, in the order in which frames are given out.

mod attendance;
mod presence;
mod shifts;
mod stretch;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use waypost_protocol::{
    Body, ConversationId, Downlink, EnrolmentId, Event, Events, Millis, PersonId, Pull, Role,
    Sequence, kind,
};

use crate::page::Room;
use crate::rights::{Right, may};
use attendance::Attendance;
pub use shifts::SHIFTS_MATTER_FOR_MS;
use stretch::{Piece, frames};
pub use told::Told;
use told::{Concerned, Recent};

/// How many of the newest facts are kept, to bring a device from its last page up to now.
pub const RECENT_MAX: usize = 8192;

/// A frame for a device.
pub type Push = (EnrolmentId, Downlink);

/// A device that is online, as its connection has proved it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listener {
    /// Which.
    pub enrolment: EnrolmentId,
    /// Whose.
    pub person: PersonId,
    /// What they may see.
    pub role: Role,
}

/// The devices that are online and what each has been sent.
pub struct Live {
    position: Sequence,
    recent_max: usize,
    recent: VecDeque<Recent>,
    /// Shared with what is remembered, which mostly concerns the same people.
    members: HashMap<ConversationId, Arc<BTreeSet<PersonId>>>,
    sessions: BTreeMap<EnrolmentId, Session>,
    attendance: Attendance,
    /// Who is writing where, until it is told.
    typing: BTreeMap<PersonId, (Role, ConversationId)>,
}

struct Session {
    listener: Listener,
    /// The number up to which it has been sent everything; `None` until it has pulled.
    sent_up_to: Option<u64>,
    /// Whether something was pushed since the last heartbeat.
    pushed: bool,
}

impl Live {
    /// Begins at this end of the record, with the members of groups and streams at that moment,
    /// and remembers up to `recent_max` facts ([`RECENT_MAX`]).
    pub fn new(
        position: Sequence,
        members: Vec<(ConversationId, PersonId)>,
        recent_max: usize,
    ) -> Self {
        let mut by_conversation: HashMap<_, BTreeSet<_>> = HashMap::new();
        for (conversation, person) in members {
            by_conversation.entry(conversation).or_default().insert(person);
        }
        let shared = by_conversation.into_iter().map(|(it, people)| (it, Arc::new(people)));
        Self {
            position,
            recent_max,
            recent: VecDeque::new(),
            members: shared.collect(),
            sessions: BTreeMap::new(),
            attendance: Attendance::default(),
            typing: BTreeMap::new(),
        }
    }

    /// The place of the last fact that was told.
    pub fn position(&self) -> Sequence {
        self.position
    }

    /// Tells facts that were committed, in order; what was told before is passed over.
    ///
    /// `None` if facts before these were not told yet (another server committed them, or the
    /// outcome of their commit was unknown): nothing has changed then, and everything after
    /// [`Live::position`] must be read from the record and told in order.
    pub fn tell(&mut self, facts: impl IntoIterator<Item = Told>) -> Option<Vec<Push>> {
        let begin = self.position.n;
        let mut facts = facts.into_iter().filter(|told| told.event.n > begin).peekable();
        let Some(first) = facts.peek() else { return Some(Vec::new()) };
        if first.event.n != begin + 1 {
            return None;
        }
        for told in facts {
            self.remember(told);
        }
        let pushes = self.pushes_since(begin);
        // Only now, for a commit may hold more than is kept.
        let kept = self.recent.len().min(self.recent_max);
        self.recent.drain(..self.recent.len() - kept);
        Some(pushes)
    }

    /// A device has connected.
    pub fn connected(&mut self, listener: Listener, now: Millis) {
        let session = Session { listener, sent_up_to: None, pushed: false };
        self.sessions.insert(listener.enrolment, session);
        self.attendance.came(listener, now);
    }

    /// A device has gone.
    pub fn disconnected(&mut self, enrolment: EnrolmentId, now: Millis) {
        if let Some(session) = self.sessions.remove(&enrolment) {
            self.attendance.went(session.listener, now);
        }
    }

    /// The answer to a pull that needs no page: the device has been sent everything that there
    /// is, or what comes after its cursor is remembered and fits into one frame. `None` if a page must
    /// be read.
    pub fn answer_from_memory(
        &self,
        enrolment: EnrolmentId,
        pull: &Pull,
        now: Millis,
        safe_up_to: u64,
    ) -> Option<Events> {
        let session = self.sessions.get(&enrolment)?;
        let sent = session.sent_up_to?;
        let Sequence { epoch, n } = pull.after;
        if epoch != self.position.epoch {
            return None;
        }
        let (next, events) = match sent == n {
            true => (n, Vec::new()),
            false => (self.position.n, self.remembered_for(session.listener, n, pull.limit)?),
        };
        Some(Events {
            epoch,
            after: n,
            next,
            events,
            answers: Some(pull.number),
            server_time: Some(now),
            safe_up_to: Some(safe_up_to),
            ..Events::default()
        })
    }

    /// Up to where nothing concerns someone after their cursor; `None` if something does, or if that
    /// is forgotten.
    pub fn quiet_up_to(&self, listener: Listener, after: Sequence) -> Option<u64> {
        let Sequence { epoch, n } = after;
        let behind = self.position.n.checked_sub(n)?;
        if epoch != self.position.epoch || (behind > 0 && !self.reaches_back_to(n)) {
            return None;
        }
        let from = self.recent.partition_point(|recent| recent.n <= n);
        let concerned = self.recent.range(from..).any(|recent| recent.concerns(listener));
        (!concerned).then_some(self.position.n)
    }

    /// A device is answered with this page. If nothing is left to pull after it, the device is
    /// sent what was told since the page was read, and everything from now on.
    pub fn answered(&mut self, enrolment: EnrolmentId, page: &Events, now: Millis) -> Vec<Push> {
        let Some(session) = self.sessions.get_mut(&enrolment).filter(|_| !page.more) else {
            return Vec::new();
        };
        let n = page.next;
        let first_time = session.sent_up_to.replace(n).is_none();
        let is_staff = session.listener.role.is_staff();
        let mut pushes = Vec::new();
        if n < self.position.n {
            pushes = self.catch_up(enrolment, n);
        }
        if first_time && is_staff {
            let everyone = self.attendance.everyone(now).into_iter();
            pushes.extend(everyone.map(|frame| (enrolment, frame)));
        }
        pushes
    }

    /// Says to each device that was pushed something where the record stands, so that a device
    /// that missed the last push finds out.
    pub fn heartbeat(&mut self) -> Vec<Push> {
        let epoch = self.position.epoch;
        self.sessions
            .iter_mut()
            .filter_map(|(enrolment, session)| {
                let n = session.sent_up_to?;
                std::mem::take(&mut session.pushed).then(|| (*enrolment, nothing_new(epoch, n)))
            })
            .collect()
    }

    fn remember(&mut self, told: Told) {
        self.position = Sequence { epoch: told.epoch, n: told.event.n };
        // Who comes into a group is concerned by that, and so is who leaves it.
        let leaves = told.event.content.kind == kind::MEMBER_LEFT;
        if !leaves {
            self.note_members(&told.event);
        }
        let concerned = self.concerned_by(&told);
        if leaves {
            self.note_members(&told.event);
        }
        self.attendance.shifts_change(&told.event);
        self.stops_typing(&told.event);
        self.hide_deleted(&told.event);
        self.recent.push_back(Recent::new(told, concerned));
    }

    /// Whoever has said it writes it no longer.
    fn stops_typing(&mut self, event: &Event) {
        let Some((author, place)) = event.author.zip(event.conversation) else { return };
        if self.typing.get(&author).is_some_and(|(_, typed)| *typed == place) {
            self.typing.remove(&author);
        }
    }

    fn concerned_by(&self, told: &Told) -> Concerned {
        match told.event.conversation {
            Some(conversation) => self.readers_of(conversation),
            None => Concerned::people(told.receipts_for.iter().map(|(author, _)| *author)),
        }
    }

    fn members_of(&self, conversation: ConversationId) -> Arc<BTreeSet<PersonId>> {
        self.members.get(&conversation).cloned().unwrap_or_default()
    }

    /// What is deleted is not told from memory either: not everyone who still lacks it hears of
    /// its deletion.
    fn hide_deleted(&mut self, event: &Event) {
        if event.content.kind != kind::DELETION {
            return;
        }
        if let Ok(Body::Deletion { message, author }) = event.content.to_body() {
            let place = (Some(author), event.conversation);
            self.recent.iter_mut().for_each(|recent| recent.hide(message, place));
        }
    }

    fn note_members(&mut self, event: &Event) {
        let is_about_members = matches!(
            event.content.kind,
            kind::GROUP_CREATED | kind::MEMBER_JOINED | kind::MEMBER_LEFT | kind::INCIDENT
        );
        if !is_about_members {
            return;
        }
        let Ok(body) = event.content.to_body() else { return };
        let whose = match body.about() {
            Some(ConversationId::About(group)) => Some(ConversationId::Group(group)),
            _ => event.conversation,
        };
        let Some(whose) = whose else { return };
        let members = self.members.entry(whose).or_default();
        let members = Arc::make_mut(members);
        match body {
            Body::GroupCreated { members: first, .. } => members.extend(first),
            Body::MemberJoined { person, .. } => drop(members.insert(person)),
            Body::MemberLeft { person, .. } => drop(members.remove(&person)),
            // Of the staff or not: the staff hear of it anyway.
            Body::Incident { person, .. } => members.extend(person.into_iter().chain(event.author)),
            _ => {}
        }
    }

    /// The frames for every live device that is concerned by what came after `begin`.
    fn pushes_since(&mut self, begin: u64) -> Vec<Push> {
        let from = self.recent.partition_point(|recent| recent.n <= begin);
        let mut pieces: BTreeMap<EnrolmentId, Vec<Piece>> = BTreeMap::new();
        for recent in self.recent.range(from..) {
            for enrolment in self.online_readers(recent) {
                let Some(session) = self.sessions.get(&enrolment) else { continue };
                if session.sent_up_to.is_some_and(|sent| sent < recent.n) {
                    let piece = recent.seen_by(session.listener);
                    pieces.entry(enrolment).or_default().push(piece);
                }
            }
        }
        pieces.into_iter().flat_map(|(enrolment, pieces)| self.push(enrolment, pieces)).collect()
    }

    fn online_readers(&self, recent: &Recent) -> BTreeSet<EnrolmentId> {
        match &recent.concerned {
            Concerned::People(people) => self.devices_of(people).collect(),
            Concerned::Everyone => self.sessions.keys().copied().collect(),
            Concerned::StaffAnd(people) => {
                self.devices_with(Role::is_staff).chain(self.devices_of(people)).collect()
            }
            Concerned::Moderators => self.devices_with(|role| may(role, Right::Moderate)).collect(),
        }
    }

    fn devices_with(&self, has: impl Fn(Role) -> bool) -> impl Iterator<Item = EnrolmentId> {
        let sessions = self.sessions.values().map(|session| session.listener);
        sessions.filter(move |listener| has(listener.role)).map(|listener| listener.enrolment)
    }

    fn devices_of<'a>(
        &'a self,
        people: &'a BTreeSet<PersonId>,
    ) -> impl Iterator<Item = EnrolmentId> + 'a {
        people.iter().flat_map(|person| self.attendance.devices_of(*person))
    }

    /// Whether everything after `n` is remembered.
    fn reaches_back_to(&self, n: u64) -> bool {
        self.recent.front().is_some_and(|oldest| oldest.n <= n + 1)
    }

    /// All that concerns a device after `n`, whole as in a page: a device that pulls may have lost
    /// what it knew. `None` if some of it is forgotten, or too much for one frame.
    fn remembered_for(&self, listener: Listener, n: u64, limit: u16) -> Option<Vec<Event>> {
        if n > self.position.n || !self.reaches_back_to(n) {
            return None;
        }
        let from = self.recent.partition_point(|recent| recent.n <= n);
        let (mut events, mut room) = (Vec::new(), Room::default());
        for recent in self.recent.range(from..).filter(|recent| recent.concerns(listener)) {
            let event = recent.event_for(listener);
            if events.len() >= usize::from(limit) || !room.takes(event) {
                return None;
            }
            events.push(event.clone());
        }
        Some(events)
    }

    /// Brings one device from `n` to now, from memory if that reaches back far enough; otherwise
    /// it is told to pull.
    fn catch_up(&mut self, enrolment: EnrolmentId, n: u64) -> Vec<Push> {
        let reaches_back = self.reaches_back_to(n);
        let Some(session) = self.sessions.get_mut(&enrolment) else { return Vec::new() };
        let listener = session.listener;
        if !reaches_back {
            // It has not been sent all up to `n` any more than up to now: it is not live yet.
            session.sent_up_to = None;
            return vec![(enrolment, nothing_new(self.position.epoch, self.position.n))];
        }
        let from = self.recent.partition_point(|recent| recent.n <= n);
        let pieces: Vec<_> = self
            .recent
            .range(from..)
            .filter(|recent| recent.concerns(listener))
            .map(|recent| recent.seen_by(listener))
            .collect();
        self.push(enrolment, pieces)
    }

    /// The frames with these for a device, noted as sent.
    fn push(&mut self, enrolment: EnrolmentId, pieces: Vec<Piece>) -> Vec<Push> {
        let Some(session) = self.sessions.get_mut(&enrolment).filter(|_| !pieces.is_empty()) else {
            return Vec::new();
        };
        let Sequence { epoch, n } = self.position;
        let after = session.sent_up_to.replace(n).unwrap_or(0);
        session.pushed = true;
        let frames = frames(epoch, after, n, pieces).into_iter();
        frames.map(|frame| (enrolment, Downlink::Events(frame))).collect()
    }
}

/// An empty stretch that ends at `n`: whoever is not there pulls.
fn nothing_new(epoch: u32, n: u64) -> Downlink {
    Downlink::Events(Events { epoch, after: n, next: n, ..Events::default() })
}
