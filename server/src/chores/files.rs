//! What nobody needs among files: uploads that were given up, and bytes that nothing promises any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use waypost_protocol::Millis;

use super::{every, report};
use crate::clock;
use crate::files::FilesError;
use crate::http::UPLOAD_WAITS_FOR;
use crate::waypost::Waypost;

const EVERY: Duration = Duration::from_secs(10 * 60);

/// Bytes stay so long after it was seen that nothing promises them: after a restore devices give back what does.
const ORPHANS_STAY_MS: Millis = 7 * 24 * 60 * 60 * 1000;

/// So many files are looked at in one look, so that a large store is gone through in parts.
const LOOKED_AT: usize = 10_000;

/// Runs until stopped. A store that does not answer holds up nothing else.
pub async fn tidy(waypost: Waypost, stop: CancellationToken) {
    let mut ticks = every(EVERY);
    let mut round = Round::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let looks = async {
            report("ending old uploads", end_silent_uploads(&waypost).await);
            let removed = remove_orphans(&waypost, &mut round).await;
            report("removing files that nothing promises", removed);
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = looks => {}
        }
    }
}

/// Uploads of which nothing was heard for long are given up. Their devices begin anew.
async fn end_silent_uploads(waypost: &Waypost) -> Result<(), FilesError> {
    let since = clock::now() - UPLOAD_WAITS_FOR.as_millis() as i64;
    for upload in waypost.db.silent_uploads(since).await? {
        let _held = waypost.files.hold(upload).await;
        if let Err(error) = waypost.files.forget(upload).await {
            tracing::error!(%error, %upload, "what is staged of an upload could not be removed");
            continue;
        }
        waypost.db.end_upload(upload).await?;
    }
    waypost.files.sweep(UPLOAD_WAITS_FOR).await
}

/// How far a look through the store has come, and how many files it found that nothing promises and that stay.
#[derive(Default)]
struct Round {
    part: u8,
    unpromised: i64,
}

/// Removes what is kept and nothing promises: what a message brought that has expired, or what the record has lost by
/// a restore and nobody gave back. Goes on where the last look ended.
async fn remove_orphans(waypost: &Waypost, round: &mut Round) -> Result<(), FilesError> {
    let (mut looked_at, mut removed) = (0, 0);
    for _ in 0..=u8::MAX {
        // A part that cannot be looked at does not keep the others away.
        let this = round.part;
        round.part = this.wrapping_add(1);
        let files = waypost.files.kept().list(this).await?;
        let files: Vec<_> = files.iter().map(|file| file.sha256).collect();
        looked_at += files.len();
        let now = clock::now();
        let orphans = match files.is_empty() {
            true => Vec::new(),
            false => waypost.db.orphans(&files, now).await?,
        };
        round.unpromised += orphans.len() as i64;
        for (orphan, _) in orphans.iter().filter(|(_, since)| now - since >= ORPHANS_STAY_MS) {
            // Whoever promises it now and asks for it waits until it is gone, and sends it.
            let _alone = waypost.files.alone().await;
            if waypost.db.forget_orphan(*orphan).await? {
                waypost.files.kept().remove(*orphan).await?;
                round.unpromised -= 1;
                removed += 1;
            }
        }
        if round.part == 0 {
            waypost.metrics.files_unpromised.set(std::mem::take(&mut round.unpromised));
        }
        if looked_at >= LOOKED_AT {
            break;
        }
    }
    if removed > 0 {
        tracing::info!(count = removed, "files that nothing promises are removed");
    }
    Ok(())
}
