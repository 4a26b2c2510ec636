//! What nobody needs among files: uploads that were given up, and bytes that nothing promises any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{every, report};
use crate::clock;
use crate::files::{FilesError, KeptFile};
use crate::http::UPLOAD_WAITS_FOR;
use crate::waypost::Waypost;

const EVERY: Duration = Duration::from_secs(10 * 60);

/// Bytes that nothing promises stay so long: after a restore devices give back what promises them.
const ORPHANS_STAY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// So many files are looked at in one look, so that a large store is gone through in parts.
const LOOKED_AT: usize = 10_000;

/// Runs until stopped. A store that does not answer holds up nothing else.
pub async fn tidy(waypost: Waypost, stop: CancellationToken) {
    let mut ticks = every(EVERY);
    let mut part = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let looks = async {
            report("ending old uploads", end_silent_uploads(&waypost).await);
            let removed = remove_orphans(&waypost, &mut part).await;
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

/// Removes what is kept and nothing promises: what a message brought that was deleted or has expired, or what the
/// record has lost by a restore and nobody gave back. Goes on with `part` where the last look ended.
async fn remove_orphans(waypost: &Waypost, part: &mut u8) -> Result<(), FilesError> {
    let (mut looked_at, mut removed) = (0, 0);
    for _ in 0..=u8::MAX {
        let files = waypost.files.kept().list(*part, ORPHANS_STAY).await?;
        *part = part.wrapping_add(1);
        looked_at += files.len();
        let files: Vec<_> = files.iter().map(|file: &KeptFile| file.sha256).collect();
        // Whoever asks for one of them from here on is told that it is not here, and sends it.
        for orphan in waypost.db.forget_unpromised(&files).await? {
            waypost.files.kept().remove(orphan).await?;
            removed += 1;
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
