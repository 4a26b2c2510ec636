//! Following the record: facts that were committed without this server's committer knowing it are
//! read and told to the devices that are online.
//!
//! Two things make such facts: another server on the same record, and a commit whose outcome was
//! unknown until later. What the committer knows it tells by itself, at once.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use waypost_storage::{Db, Dialect, StorageError};

use crate::fanout::Fanout;

/// How often the end of a record is looked at that other servers may write to.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often it is where this server alone writes.
const LOOK_ALONE_EVERY: Duration = Duration::from_secs(10);

/// Most facts read in one go.
const STRETCH_MAX: u64 = 1_000;

/// Follows until stopped.
pub async fn run(db: Db, fanout: &Fanout, stop: CancellationToken) {
    let mut look = interval(match db.dialect() {
        Dialect::Postgres => LOOK_EVERY,
        Dialect::Sqlite => LOOK_ALONE_EVERY,
    });
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failed = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = fanout.is_behind() => {}
            _ = look.tick() => {}
        }
        let outcome = catch_up(&db, fanout).await;
        if let Err(error) = &outcome
            && !failed
        {
            tracing::warn!(%error, "the record cannot be read; devices wait for what is new");
        }
        failed = outcome.is_err();
    }
}

/// Tells everything up to the end of the record as it is now.
pub async fn catch_up(db: &Db, fanout: &Fanout) -> Result<(), StorageError> {
    let end = db.end().await?;
    loop {
        let after = fanout.position().n;
        if after >= end {
            return Ok(());
        }
        let told = db.told(after, end.min(after + STRETCH_MAX)).await?;
        if told.is_empty() {
            return Ok(());
        }
        fanout.committed(told);
    }
}
