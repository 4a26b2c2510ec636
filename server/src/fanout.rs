//! Pushing committed facts to the devices that are online.
//!
//! A push may be lost freely: each says where it begins, and a device that sees a gap pulls. What
//! is kept here is in memory only and may be wrong after a restart without harm.

mod recent;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use waypost_domain::Recorded;
use waypost_domain::page::fitting;
use waypost_edge::{Edge, Identity};
use waypost_protocol::{
    Body, ConversationId, Downlink, EnrolmentId, Event, Events, PersonId, Presence, PresenceOf,
    Sequence, kind,
};

use crate::clock;
use recent::{Concerned, Recent};

/// How many of the newest facts are kept, to bring a device from its last page up to now.
const RECENT_MAX: usize = 8192;

/// The devices that are online and what each has been sent.
pub struct Fanout {
    state: Mutex<State>,
    edge: OnceLock<Arc<Edge>>,
}

struct State {
    position: Sequence,
    recent: VecDeque<Recent>,
    members: HashMap<ConversationId, HashSet<PersonId>>,
    sessions: HashMap<EnrolmentId, Session>,
    of_person: HashMap<PersonId, HashSet<EnrolmentId>>,
    last_seen: HashMap<PersonId, i64>,
}

struct Session {
    identity: Identity,
    since: i64,
    /// The number up to which it has been sent everything; `None` until it has pulled.
    sent_up_to: Option<u64>,
    /// Whether something was pushed since the last heartbeat.
    pushed: bool,
}

impl Fanout {
    /// Begins at the end of the record, with the current members of groups and streams.
    pub fn new(position: Sequence, members: Vec<(ConversationId, PersonId)>) -> Self {
        let mut by_conversation: HashMap<_, HashSet<_>> = HashMap::new();
        for (conversation, person) in members {
            by_conversation.entry(conversation).or_default().insert(person);
        }
        let state = State {
            position,
            recent: VecDeque::new(),
            members: by_conversation,
            sessions: HashMap::new(),
            of_person: HashMap::new(),
            last_seen: HashMap::new(),
        };
        Self { state: Mutex::new(state), edge: OnceLock::new() }
    }

    /// Tells through which edge to push. Before that, and without one, nothing is pushed.
    pub fn push_through(&self, edge: Arc<Edge>) {
        let _already = self.edge.set(edge);
    }

    /// Pushes facts that have just been committed, in order.
    pub fn committed(&self, facts: Vec<Recorded>) {
        let Some(last) = facts.last().map(|fact| fact.sequence) else { return };
        let mut state = self.lock();
        let first = state.position.n;
        for fact in facts {
            state.remember(fact);
        }
        state.position = last;
        for (enrolment, frames) in state.frames_since(first) {
            self.publish(enrolment, frames);
        }
        state.forget_oldest();
    }

    /// A device has connected.
    pub fn connected(&self, identity: Identity) {
        let mut state = self.lock();
        let since = clock::now();
        let session = Session { identity, since, sent_up_to: None, pushed: false };
        state.sessions.insert(identity.enrolment, session);
        let of_person = state.of_person.entry(identity.person).or_default();
        of_person.insert(identity.enrolment);
        if of_person.len() == 1 {
            self.tell_presence(
                &state,
                PresenceOf { person: identity.person, online: true, since: Some(since) },
            );
        }
    }

    /// A device has gone.
    pub fn disconnected(&self, identity: Identity) {
        let mut state = self.lock();
        state.sessions.remove(&identity.enrolment);
        let Some(of_person) = state.of_person.get_mut(&identity.person) else { return };
        of_person.remove(&identity.enrolment);
        if of_person.is_empty() {
            state.of_person.remove(&identity.person);
            let now = clock::now();
            state.last_seen.insert(identity.person, now);
            self.tell_presence(
                &state,
                PresenceOf { person: identity.person, online: false, since: Some(now) },
            );
        }
    }

    /// Whether a device with this cursor has been sent everything that there is.
    pub fn is_level(&self, enrolment: EnrolmentId, cursor: Sequence) -> bool {
        let state = self.lock();
        let sent = state.sessions.get(&enrolment).and_then(|session| session.sent_up_to);
        cursor.epoch == state.position.epoch && sent == Some(cursor.n)
    }

    /// A device has been answered up to here with nothing left to pull: it is sent what was
    /// committed since, and everything from now on.
    pub fn live_from(&self, enrolment: EnrolmentId, n: u64) {
        let mut state = self.lock();
        let position = state.position;
        let Some(session) = state.sessions.get_mut(&enrolment) else { return };
        let first_time = session.sent_up_to.replace(n).is_none();
        let identity = session.identity;
        if n < position.n {
            let frames = state.catch_up(enrolment, n);
            self.publish(enrolment, frames);
        }
        if first_time && identity.role.is_staff() {
            let frame = Downlink::Presence(Presence { people: state.presence() });
            self.publish(enrolment, vec![frame]);
        }
    }

    /// Says to each device that was pushed something where the record stands, so that a device
    /// that missed the last push finds out.
    pub fn heartbeat(&self) {
        let mut state = self.lock();
        let epoch = state.position.epoch;
        for (enrolment, session) in &mut state.sessions {
            if let Some(n) = session.sent_up_to
                && std::mem::take(&mut session.pushed)
            {
                self.publish(*enrolment, vec![nothing_new(epoch, n)]);
            }
        }
    }

    /// Makes every device look for what it may have missed.
    pub fn tell_all_to_look(&self) {
        let mut state = self.lock();
        let epoch = state.position.epoch;
        // Whatever was committed unseen begins here, so every cursor is before it.
        let beyond = state.position.n + 1;
        for (enrolment, session) in &mut state.sessions {
            session.sent_up_to = None;
            self.publish(*enrolment, vec![nothing_new(epoch, beyond)]);
        }
    }

    /// Who is online.
    pub fn people_online(&self) -> usize {
        self.lock().of_person.len()
    }

    fn tell_presence(&self, state: &State, of: PresenceOf) {
        for session in state.sessions.values() {
            if session.identity.role.is_staff() && session.sent_up_to.is_some() {
                let frame = Downlink::Presence(Presence { people: vec![of] });
                self.publish(session.identity.enrolment, vec![frame]);
            }
        }
    }

    fn publish(&self, enrolment: EnrolmentId, frames: Vec<Downlink>) {
        if let Some(edge) = self.edge.get() {
            for frame in frames {
                edge.publish(enrolment, &frame);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remember(&mut self, fact: Recorded) {
        let concerned = self.concerned_by(&fact);
        self.recent.push_back(Recent::new(&fact, concerned));
        self.note_members(&fact);
    }

    /// Forgets what is too old; only after it was pushed, for a commit may hold more than is kept.
    fn forget_oldest(&mut self) {
        let kept = self.recent.len().min(RECENT_MAX);
        self.recent.drain(..self.recent.len() - kept);
    }

    fn concerned_by(&self, fact: &Recorded) -> Concerned {
        match fact.conversation {
            Some(ConversationId::Direct(low, high)) => Concerned::People(vec![low, high]),
            Some(group @ ConversationId::Group(_)) => {
                let members = self.members.get(&group);
                Concerned::People(members.into_iter().flatten().copied().collect())
            }
            Some(ConversationId::Fleet) => Concerned::Everyone,
            Some(ConversationId::Staff) => Concerned::Staff,
            None => {
                Concerned::People(fact.receipts_for.iter().map(|(author, _)| *author).collect())
            }
        }
    }

    fn note_members(&mut self, fact: &Recorded) {
        let is_about_groups = matches!(
            fact.content.kind,
            kind::GROUP_CREATED | kind::MEMBER_JOINED | kind::MEMBER_LEFT
        );
        if !is_about_groups {
            return;
        }
        match fact.content.to_body() {
            Ok(Body::GroupCreated { group, members, .. }) => {
                self.members.insert(ConversationId::Group(group), members.into_iter().collect());
            }
            Ok(Body::MemberJoined { group, person }) => {
                self.members.entry(ConversationId::Group(group)).or_default().insert(person);
            }
            Ok(Body::MemberLeft { group, person }) => {
                self.members.entry(ConversationId::Group(group)).or_default().remove(&person);
            }
            _ => {}
        }
    }

    /// The frames for every live device that is concerned by what came after `first`.
    fn frames_since(&mut self, first: u64) -> Vec<(EnrolmentId, Vec<Downlink>)> {
        let from = self.recent.partition_point(|recent| recent.n <= first);
        let mut events: HashMap<EnrolmentId, Vec<Event>> = HashMap::new();
        for recent in self.recent.range(from..) {
            for enrolment in self.online_readers(recent) {
                let Some(session) = self.sessions.get(&enrolment) else { continue };
                if session.sent_up_to.is_some_and(|sent| sent < recent.n) {
                    let event = recent.seen_by(session.identity.person);
                    events.entry(enrolment).or_default().push(event);
                }
            }
        }
        events
            .into_iter()
            .map(|(enrolment, events)| (enrolment, self.push(enrolment, events)))
            .collect()
    }

    fn online_readers(&self, recent: &Recent) -> Vec<EnrolmentId> {
        let of = |people: &[PersonId]| {
            people
                .iter()
                .filter_map(|person| self.of_person.get(person))
                .flatten()
                .copied()
                .collect()
        };
        match &recent.concerned {
            Concerned::People(people) => of(people),
            Concerned::Everyone => self.sessions.keys().copied().collect(),
            Concerned::Staff => self
                .sessions
                .values()
                .filter(|session| session.identity.role.is_staff())
                .map(|session| session.identity.enrolment)
                .collect(),
        }
    }

    /// Brings one device from `n` to now, from memory if that reaches back far enough; otherwise
    /// it is told to pull.
    fn catch_up(&mut self, enrolment: EnrolmentId, n: u64) -> Vec<Downlink> {
        let reaches_back = self.recent.front().is_some_and(|oldest| oldest.n <= n + 1);
        let Some(session) = self.sessions.get_mut(&enrolment) else { return Vec::new() };
        let identity = session.identity;
        if !reaches_back {
            // It has not been sent all up to `n` any more than up to now: it is not live yet.
            session.sent_up_to = None;
            return vec![nothing_new(self.position.epoch, self.position.n)];
        }
        let from = self.recent.partition_point(|recent| recent.n <= n);
        let events: Vec<_> = self
            .recent
            .range(from..)
            .filter(|recent| recent.concerns(identity))
            .map(|recent| recent.seen_by(identity.person))
            .collect();
        if events.is_empty() { Vec::new() } else { self.push(enrolment, events) }
    }

    /// Cuts events into frames and notes that they are sent.
    fn push(&mut self, enrolment: EnrolmentId, mut events: Vec<Event>) -> Vec<Downlink> {
        let Some(session) = self.sessions.get_mut(&enrolment) else { return Vec::new() };
        let mut frames = Vec::new();
        let mut after = session.sent_up_to.unwrap_or(0);
        while !events.is_empty() {
            let rest = events.split_off(fitting(&events));
            let next = match rest.is_empty() {
                true => self.position.n,
                false => events.last().map_or(after, |event| event.n),
            };
            let epoch = self.position.epoch;
            frames.push(Downlink::Events(Events {
                epoch,
                after,
                next,
                events,
                ..Events::default()
            }));
            after = next;
            events = rest;
        }
        session.sent_up_to = Some(after);
        session.pushed = true;
        frames
    }

    fn presence(&self) -> Vec<PresenceOf> {
        let since = |person: &PersonId| {
            let sessions = self.of_person.get(person)?;
            sessions
                .iter()
                .filter_map(|id| self.sessions.get(id))
                .map(|session| session.since)
                .min()
        };
        let online = self.of_person.keys().map(|person| PresenceOf {
            person: *person,
            online: true,
            since: since(person),
        });
        let offline =
            self.last_seen.iter().filter(|(person, _)| !self.of_person.contains_key(person)).map(
                |(person, at)| PresenceOf { person: *person, online: false, since: Some(*at) },
            );
        online.chain(offline).collect()
    }
}

/// An empty stretch that ends at `n`: whoever is not there pulls.
fn nothing_new(epoch: u32, n: u64) -> Downlink {
    Downlink::Events(Events { epoch, after: n, next: n, ..Events::default() })
}
