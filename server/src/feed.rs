//! Waiting for what concerns someone who keeps a cursor and has no session: a page as soon as there is
//! something in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use waypost_edge::Identity;
use waypost_protocol::{EnrolmentId, Events, ProblemCode, Pull, Sequence};

use crate::clock;
use crate::fanout::listener;
use crate::waypost::{Proof, Waypost};

/// Most who wait at the same time.
const WAITING_MAX: usize = 512;

/// Most of them with one credential.
const WAITING_EACH_MAX: usize = 4;

/// How long whoever is woken waits for more, so that a busy record does not wake everyone for each
/// commit.
const PAUSE: Duration = Duration::from_millis(20);

/// The places of those who wait.
#[derive(Default)]
pub struct Places(Mutex<BTreeMap<EnrolmentId, usize>>);

/// A place that is taken, until it is dropped.
pub struct Place {
    places: Arc<Places>,
    of: EnrolmentId,
}

impl Places {
    /// Takes a place, if there is one for this credential.
    pub fn take(self: &Arc<Self>, of: EnrolmentId) -> Option<Place> {
        let mut taken = self.lock();
        let free = taken.values().sum::<usize>() < WAITING_MAX;
        let theirs = taken.entry(of).or_default();
        let fits = free && *theirs < WAITING_EACH_MAX;
        *theirs += usize::from(fits);
        drop(taken);
        fits.then(|| Place { places: Arc::clone(self), of })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<EnrolmentId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(theirs) = taken.get_mut(&self.of) {
            *theirs = theirs.saturating_sub(1);
        }
        taken.retain(|_, theirs| *theirs > 0);
    }
}

/// Of what a feed tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedOf {
    /// What concerns whoever asks.
    Caller,
    /// All that is about trips and stops.
    Trips,
}

impl Waypost {
    /// What a feed tells after a cursor, at once or within `wait`; an empty page if nothing
    /// comes, or if looking took longer than that.
    ///
    /// # Errors
    /// `NotEnrolled` if their enrolment or token has ended meanwhile, `Overloaded` if the record cannot be read.
    pub async fn next_for(
        &self,
        proof: &Proof,
        of: FeedOf,
        after: Sequence,
        limit: usize,
        wait: Duration,
    ) -> Result<Events, ProblemCode> {
        let until = Instant::now() + wait;
        let events = self.what_comes(proof.who, of, after, limit, until).await?;
        // Whoever waited, or let a page wait for them, may have lost the right meanwhile.
        self.must_still_hold(proof).await?;
        Ok(events)
    }

    async fn what_comes(
        &self,
        who: Identity,
        of: FeedOf,
        mut after: Sequence,
        limit: usize,
        until: Instant,
    ) -> Result<Events, ProblemCode> {
        let listener = listener(who);
        let mut news = self.fanout.news();
        loop {
            news.mark_unchanged();
            let quiet = match of {
                FeedOf::Caller => self.fanout.quiet_up_to(listener, after),
                FeedOf::Trips => None,
            };
            match quiet {
                Some(n) => after.n = n,
                None => {
                    let events = self.read_for(who, of, after, limit).await?;
                    let over = Instant::now() >= until || self.fanout.is_closed();
                    let is_something = !events.events.is_empty() || events.cut_after.is_some();
                    if is_something || (events.more && over) {
                        return Ok(events);
                    }
                    after = Sequence { epoch: events.epoch, n: events.next };
                    if events.more {
                        continue;
                    }
                }
            }
            let nothing =
                self.fanout.is_closed() || timeout_at(until, news.changed()).await.is_err();
            if nothing || self.fanout.has_ended(who.enrolment) {
                let Sequence { epoch, n } = after;
                return Ok(Events { epoch, after: n, next: n, ..Events::default() });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn read_for(
        &self,
        who: Identity,
        of: FeedOf,
        after: Sequence,
        limit: usize,
    ) -> Result<Events, ProblemCode> {
        let limit = u16::try_from(limit).unwrap_or(u16::MAX);
        let pull = Pull { after, limit, ..Pull::default() };
        let page = match of {
            FeedOf::Caller => self.db.pull(who.person, &pull, clock::now(), 0).await,
            FeedOf::Trips => self.db.pull_of_trips(&pull, clock::now()).await,
        };
        let page = page.map_err(|error| {
            tracing::error!(%error, enrolment = %who.enrolment, "a page could not be read");
            ProblemCode::Overloaded
        })?;
        // Who has nothing has lost nothing. Who has more than there is was with another record.
        let beyond = Some(page.after).filter(|end| *end < after.n);
        let cut_after = page.cut_after.or(beyond).filter(|_| after.n > 0);
        Ok(Events { cut_after, ..page })
    }

    async fn must_still_hold(&self, proof: &Proof) -> Result<(), ProblemCode> {
        let holds = self.still_holds(proof).await.map_err(|error| {
            tracing::error!(%error, enrolment = %proof.who.enrolment, "an enrolment could not be read");
            ProblemCode::Overloaded
        })?;
        if holds { Ok(()) } else { Err(ProblemCode::NotEnrolled) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_waits_often_leaves_places_for_others() {
        let places = Arc::new(Places::default());
        let crm = EnrolmentId::mint(0, 1);
        let mut theirs: Vec<_> = (0..4).map(|_| places.take(crm).expect("a place")).collect();
        assert!(places.take(crm).is_none(), "one credential has four");
        assert!(places.take(EnrolmentId::mint(0, 2)).is_some(), "others have theirs");
        theirs.pop();
        assert!(places.take(crm).is_some(), "a place that is left is free");
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let places = Arc::new(Places::default());
        let all: Vec<_> = (0..WAITING_MAX as u128)
            .map(|one| places.take(EnrolmentId::mint(0, one)).expect("a place"))
            .collect();
        assert!(places.take(EnrolmentId::mint(1, 0)).is_none());
        drop(all);
        assert!(places.lock().is_empty(), "nothing is left of who has gone");
    }
}
