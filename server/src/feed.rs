//! Waiting for what concerns someone who keeps a cursor and has no session: a page as soon as there is
//! something in it.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use waypost_domain::live::Listener;
use waypost_edge::Identity;
use waypost_protocol::{Events, ProblemCode, Pull, Sequence};

use crate::clock;
use crate::waypost::Waypost;

/// Most who wait at the same time.
pub const WAITING_MAX: usize = 512;

/// How long whoever is woken waits for more, so that a busy record does not wake everyone for each
/// commit.
const PAUSE: Duration = Duration::from_millis(20);

impl Waypost {
    /// What concerns someone after their cursor, at once or within `wait`; an empty page if nothing
    /// comes.
    ///
    /// # Errors
    /// `NotEnrolled` if their enrolment ended meanwhile, `Overloaded` if the record cannot be read.
    pub async fn next_for(
        &self,
        who: Identity,
        mut after: Sequence,
        limit: usize,
        wait: Duration,
    ) -> Result<Events, ProblemCode> {
        let until = Instant::now() + wait;
        let listener = Listener { enrolment: who.enrolment, person: who.person, role: who.role };
        let mut news = self.fanout.news();
        let mut waited = false;
        loop {
            news.mark_unchanged();
            match self.fanout.quiet_up_to(listener, after) {
                Some(n) => after.n = n,
                None => {
                    let events = self.read_for(who, after, limit).await?;
                    if !events.events.is_empty() || events.cut_after.is_some() {
                        // Only who has waited may have lost the right meanwhile.
                        return match waited {
                            true => self.must_be_enrolled(who).await.map(|()| events),
                            false => Ok(events),
                        };
                    }
                    after = Sequence { epoch: events.epoch, n: events.next };
                    if events.more {
                        continue;
                    }
                }
            }
            let told = timeout_at(until, news.changed()).await;
            waited = true;
            if !matches!(told, Ok(Ok(()))) || self.fanout.is_closed() {
                self.must_be_enrolled(who).await?;
                let Sequence { epoch, n } = after;
                return Ok(Events { epoch, after: n, next: n, ..Events::default() });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn read_for(
        &self,
        who: Identity,
        after: Sequence,
        limit: usize,
    ) -> Result<Events, ProblemCode> {
        let limit = u16::try_from(limit).unwrap_or(u16::MAX);
        let pull = Pull { after, limit, ..Pull::default() };
        self.db.pull(who.person, &pull, clock::now(), 0).await.map_err(|error| {
            tracing::error!(%error, enrolment = %who.enrolment, "a page could not be read");
            ProblemCode::Overloaded
        })
    }

    async fn must_be_enrolled(&self, who: Identity) -> Result<(), ProblemCode> {
        let row = self.db.enrolment(who.enrolment).await.map_err(|error| {
            tracing::error!(%error, enrolment = %who.enrolment, "an enrolment could not be read");
            ProblemCode::Overloaded
        })?;
        match row.is_some_and(|row| row.revoked_at.is_none()) {
            true => Ok(()),
            false => Err(ProblemCode::NotEnrolled),
        }
    }
}
