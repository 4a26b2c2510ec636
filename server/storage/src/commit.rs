//! The one way to write facts: lock, read, decide, write, commit.

use waypost_domain::{Clockwork, Decision, Request, decide};
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
        let mut tx = self.begin().await?;
        let known = self.read_known(&mut tx, batch).await?;
        let mut random = || random();
        let decision = decide(known, batch, Clockwork { now, random: &mut random });
        if decision.is_empty() {
            self.patience.answer(tx.rollback()).await?;
        } else {
            self.write(&mut tx, &decision, now).await?;
            self.complete(tx).await?;
        }
        Ok(decision)
    }
}
