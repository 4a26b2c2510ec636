//! Pushing committed facts to the devices that are online: what [`Live`] decides goes out through
//! the edge. It decides nothing itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, watch};
use waypost_domain::live::{Listener, Live, Push, RECENT_MAX, Told};
use waypost_edge::{Edge, Identity};
use waypost_protocol::{
    Body, ConversationId, EnrolmentId, Events, FactId, Here, PersonId, PresenceOf, Pull, Sequence,
    Shift, kind,
};

use crate::clock;

/// The devices that are online, and the door to them.
pub struct Fanout {
    live: Mutex<Live>,
    edge: OnceLock<Arc<Edge>>,
    behind: Notify,
    /// Speaks whenever something was told; `true` once the server stops.
    told: watch::Sender<bool>,
    /// The enrolments that ended since this server was started.
    ended: Mutex<BTreeSet<EnrolmentId>>,
}

impl Fanout {
    /// Begins at the end of the record, with the current members of groups and streams, and the shifts
    /// that are not long over.
    pub fn new(
        position: Sequence,
        members: Vec<(ConversationId, PersonId)>,
        shifts: Vec<(FactId, Shift)>,
    ) -> Self {
        let mut live = Live::new(position, members, RECENT_MAX);
        live.know_shifts(shifts);
        Self {
            live: Mutex::new(live),
            edge: OnceLock::new(),
            behind: Notify::new(),
            told: watch::Sender::new(false),
            ended: Mutex::default(),
        }
    }

    /// Tells through which edge to push. Before that, and without one, nothing is pushed.
    pub fn push_through(&self, edge: Arc<Edge>) {
        let _already = self.edge.set(edge);
    }

    /// Pushes facts that are committed, in order. Where facts before them are missing, these wait
    /// until the follower has read all of them from the record.
    pub fn committed(&self, facts: impl IntoIterator<Item = Told>) {
        let mut revoked = Vec::new();
        let facts = facts.into_iter().inspect(|told| revoked.extend(revoked_by(told)));
        let mut live = self.lock();
        let Some(pushes) = live.tell(facts) else { return self.must_follow() };
        self.send(pushes);
        drop(live);
        if let Some(edge) = self.edge.get() {
            revoked.iter().for_each(|enrolment| edge.disconnect(*enrolment));
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).extend(revoked);
        self.told.send_modify(|_| {});
    }

    /// Up to where everything was told.
    pub fn position(&self) -> Sequence {
        self.lock().position()
    }

    /// The record may hold facts that nobody told this server: it must be read.
    pub fn must_follow(&self) {
        self.behind.notify_one();
    }

    /// Waits until [`Self::must_follow`] was called.
    pub async fn is_behind(&self) {
        self.behind.notified().await;
    }

    /// Speaks whenever something was told.
    pub fn news(&self) -> watch::Receiver<bool> {
        self.told.subscribe()
    }

    /// Up to where nothing concerns someone after their cursor; `None` if something may.
    pub fn quiet_up_to(&self, listener: Listener, after: Sequence) -> Option<u64> {
        self.lock().quiet_up_to(listener, after)
    }

    /// Whether an enrolment has ended since this server was started.
    pub fn has_ended(&self, enrolment: EnrolmentId) -> bool {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).contains(&enrolment)
    }

    /// Nobody is to wait any longer: the server stops.
    pub fn close(&self) {
        self.told.send_replace(true);
    }

    /// Whether the server stops.
    pub fn is_closed(&self) -> bool {
        *self.told.borrow()
    }

    /// A device has connected.
    pub fn connected(&self, who: Identity) {
        self.lock().connected(listener(who), clock::now());
    }

    /// A device has gone.
    pub fn disconnected(&self, who: Identity) {
        self.lock().disconnected(who.enrolment, clock::now());
    }

    /// A device without a connection has asked something.
    pub fn asked(&self, who: Identity) {
        self.lock().asked(listener(who), clock::now());
    }

    /// A device says what its person is at.
    pub fn is_at(&self, who: Identity, here: &Here) {
        self.lock().is_at(listener(who), here);
    }

    /// Tells what is new about who is here and who is writing.
    pub fn tell_presence(&self) {
        let mut live = self.lock();
        self.send(live.presence(clock::now()));
    }

    /// The answer to a pull that needs no page.
    pub fn answer_from_memory(
        &self,
        enrolment: EnrolmentId,
        pull: &Pull,
        safe_up_to: u64,
    ) -> Option<Events> {
        self.lock().answer_from_memory(enrolment, pull, clock::now(), safe_up_to)
    }

    /// A device is about to be answered with this page.
    pub fn answered(&self, enrolment: EnrolmentId, page: &Events) {
        let mut live = self.lock();
        self.send(live.answered(enrolment, page, clock::now()));
    }

    /// Says to each device that was pushed something where the record stands.
    pub fn heartbeat(&self) {
        let mut live = self.lock();
        self.send(live.heartbeat());
    }

    /// Who is online.
    pub fn people_online(&self) -> usize {
        self.lock().people_online()
    }

    /// Those who are or were here, after this person, at most so many.
    pub fn who_is_here(&self, after: PersonId, limit: usize) -> Vec<PresenceOf> {
        self.lock().who_is_here(after, clock::now()).take(limit).collect()
    }

    /// Called with the lock held, so that frames leave in the order in which they were decided.
    fn send(&self, pushes: Vec<Push>) {
        if let Some(edge) = self.edge.get() {
            for (enrolment, frame) in pushes {
                edge.publish(enrolment, &frame);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whom events are told, by what their connection has proved.
pub fn listener(who: Identity) -> Listener {
    Listener { enrolment: who.enrolment, person: who.person, role: who.role }
}

/// The enrolment that this fact ends.
fn revoked_by(told: &Told) -> Option<EnrolmentId> {
    if told.event.content.kind != kind::REVOKED {
        return None;
    }
    match told.event.content.to_body() {
        Ok(Body::Revoked { enrolment, .. }) => Some(enrolment),
        _ => None,
    }
}
