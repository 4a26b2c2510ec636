//! The one way to write facts: lock, read, decide, write, commit.

use waypost_domain::{Clockwork, Decision, Known, Request, decide};
use waypost_protocol::Millis;

use crate::{Db, StorageError};

impl Db {
    /// Decides a batch and commits what it decided. When this returns, the decision is durable
    /// and may be shown; when it fails or is dropped half-way, the batch may or may not have been
    /// committed, and running it again gives the same answers.
    pub async fn commit(
        &self,
        batch: &[Request],
        now: Millis,
        random: &mut (dyn FnMut() -> u128 + Send),
    ) -> Result<Decision, StorageError> {
        self.commit_by(decide, batch, now, random).await
    }

    /// As [`Db::commit`], with another decision in place of the domain's: for measuring what a part
    /// of it costs.
    #[doc(hidden)]
    pub async fn commit_by(
        &self,
        decide: impl FnOnce(&mut Known, &[Request], Clockwork<'_>) -> Decision + Send,
        batch: &[Request],
        now: Millis,
        random: &mut (dyn FnMut() -> u128 + Send),
    ) -> Result<Decision, StorageError> {
        let mut tx = self.begin().await?;
        let mut remembered = std::mem::take(&mut tx.remembered);
        self.read_known(&mut tx, batch, now, &mut remembered).await?;
        let mut random = || random();
        let clockwork = Clockwork { now, random: &mut random };
        let decision = decide(&mut remembered.known, batch, clockwork);
        if decision.is_empty() {
            tx.remembered = remembered;
            tx.rollback().await?;
        } else {
            self.write(&mut tx, &decision, &mut remembered, now).await?;
            tx.remembered = remembered;
            tx.commit().await?;
        }
        Ok(decision)
    }
}
