//! What the server does by the clock: heartbeats and presence, checkpoints, the index, the mark up to which devices may
//! forget, the renewal of its own certificate and the loading of a changed one, and what nobody needs among files.

mod files;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum_server::tls_rustls::RustlsConfig;
use ed25519_dalek::SigningKey;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use waypost_domain::Request;
use waypost_domain::audit::Checkpoint;
use waypost_storage::{SignedCheckpoint, StorageError};

use crate::clock;
use crate::fanout::Fanout;
use crate::http::plan_recurring;
use crate::identity::{self, TlsFiles, load_tls, sign};
use crate::waypost::Waypost;

pub use files::tidy as tidy_files;

const HEARTBEAT_EVERY: Duration = Duration::from_secs(2);
const PRESENCE_EVERY: Duration = Duration::from_millis(250);
const SAFE_EVERY: Duration = Duration::from_secs(30);
const ERASE_EVERY: Duration = Duration::from_secs(5);
const INDEX_EVERY: Duration = Duration::from_millis(250);
/// So long one look works on the index, so that it takes a tenth of the record's time at most.
const INDEX_FOR: Duration = Duration::from_millis(25);
/// How many roots of blocks are made in one look.
const BLOCKS_AT_A_TIME: usize = 32;
const ESCALATE_EVERY: Duration = Duration::from_secs(1);
const RECURRING_EVERY: Duration = Duration::from_secs(1);
const CERTIFICATE_EVERY: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Tells devices what no commit tells them, until stopped. It waits for nothing.
pub async fn tell(fanout: Arc<Fanout>, stop: CancellationToken) {
    let (mut heartbeat, mut presence) = (every(HEARTBEAT_EVERY), every(PRESENCE_EVERY));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = heartbeat.tick() => fanout.heartbeat(),
            _ = presence.tick() => fanout.tell_presence(),
        }
    }
}

/// Plans the trips that come again, until stopped. It may take long, and holds up nothing else.
pub async fn plan_trips(waypost: Waypost, stop: CancellationToken) {
    let mut ticks = every(RECURRING_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let mut more = true;
        while more && !stop.is_cancelled() {
            let planned = plan_recurring(&waypost).await;
            more = matches!(planned, Ok(true));
            let outcome = planned.map(drop).map_err(|problem| problem.sentence());
            report("recurring trips", outcome);
        }
    }
}

/// Runs until stopped; signs a last checkpoint then.
pub async fn run(waypost: Waypost, key: SigningKey, https: RustlsConfig, stop: CancellationToken) {
    let checkpoint_every = Duration::from_secs(waypost.config.checkpoint_seconds.into());
    let mut checkpoint = every(checkpoint_every);
    let mut safe = every(SAFE_EVERY);
    let mut erase = every(ERASE_EVERY);
    let mut escalate = every(ESCALATE_EVERY);
    let mut index = every(INDEX_EVERY);
    let mut certificate = every(CERTIFICATE_EVERY);
    let mut loaded = identity::tls_files(&waypost.config).ok();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = checkpoint.tick() => report("checkpoint", sign_checkpoint(&waypost, &key).await),
            _ = safe.tick() => report("safe mark", move_safe_mark(&waypost).await),
            _ = erase.tick() => {
                waypost.limits.forget_idle();
                report("erasing what has expired", erase_expired(&waypost).await);
                report("roots of blocks", block_up(&waypost).await);
            },
            _ = escalate.tick() => report("escalating", escalate_due(&waypost).await),
            _ = index.tick() => report("indexing", catch_up_index(&waypost).await),
            _ = certificate.tick() => renew(&waypost, &https, &mut loaded),
        }
    }
    report("checkpoint", sign_checkpoint(&waypost, &key).await);
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Signs the tree as it stands, if it has grown since the last checkpoint.
pub async fn sign_checkpoint(waypost: &Waypost, key: &SigningKey) -> Result<(), StorageError> {
    let tree = waypost.db.head().await?.tree;
    let last = waypost.db.last_checkpoint().await?.map_or(0, |checkpoint| checkpoint.size);
    if tree.size() <= last {
        return Ok(());
    }
    let origin = waypost.db.origin().await?;
    let body = Checkpoint { origin, size: tree.size(), root: tree.root() }.body();
    let signature = sign(key, &body);
    let signed_at = clock::now();
    let checkpoint = SignedCheckpoint { size: tree.size(), body, signature, signed_at };
    waypost.db.keep_checkpoint(&checkpoint).await
}

/// Goes on with the roots of blocks, so that the first certificate need not make them all.
async fn block_up(waypost: &Waypost) -> Result<(), StorageError> {
    let size = waypost.db.head().await?.tree.size();
    for _ in 0..BLOCKS_AT_A_TIME {
        if !waypost.db.block_up(size).await? {
            break;
        }
    }
    Ok(())
}

async fn move_safe_mark(waypost: &Waypost) -> Result<(), StorageError> {
    let old = clock::now() - DAY_MS * i64::from(waypost.config.keep_days);
    let safe = waypost.safe_up_to.load(Ordering::Relaxed).max(waypost.db.backed_up_to().await?);
    let covered = waypost.db.recorded_before(old, safe).await?;
    waypost.safe_up_to.fetch_max(covered, Ordering::Relaxed);
    Ok(())
}

/// Takes the steps that are due of messages that nobody has acknowledged. With several servers each
/// looks; the record takes a step once.
async fn escalate_due(waypost: &Waypost) -> Result<(), StorageError> {
    let messages = waypost.db.due_steps(clock::now()).await?;
    if !messages.is_empty() {
        tracing::debug!(count = messages.len(), "messages wait to be acknowledged");
        waypost.ingest.ask(Request::Escalate { messages }).await;
    }
    Ok(())
}

/// Takes new facts into the index, so that a search finds them. What is left over is taken next time:
/// nobody else waits for it.
async fn catch_up_index(waypost: &Waypost) -> Result<(), StorageError> {
    let _alone = waypost.indexing.lock().await;
    let began = Instant::now();
    while waypost.db.index_next().await? && began.elapsed() < INDEX_FOR {}
    Ok(())
}

async fn erase_expired(waypost: &Waypost) -> Result<(), StorageError> {
    let count = waypost.db.erase_expired(clock::now()).await?;
    if count > 0 {
        tracing::debug!(count, "messages have expired and are erased");
    }
    Ok(())
}

/// New connections get the new certificate; those that are there go on. If the new one cannot be
/// used (its key has not been put beside it yet), the old one stays and the next look tries again.
fn renew(waypost: &Waypost, https: &RustlsConfig, loaded: &mut Option<TlsFiles>) {
    let found = identity::tls_files(&waypost.config);
    if found.as_ref().is_ok_and(|files| loaded.as_ref() == Some(files)) {
        return;
    }
    match found.and_then(|files| Ok((files, load_tls(&waypost.config)?))) {
        Ok((files, (tls, _))) => {
            if let Some(edge) = waypost.edge.get() {
                edge.renew_certificate(Arc::clone(&tls));
            }
            https.reload_from_config(for_http(&tls));
            *loaded = Some(files);
            tracing::info!("a new certificate is in use");
        }
        Err(error) => tracing::error!(%error, "the certificate could not be renewed"),
    }
}

/// The same certificate, offering HTTP/2 and HTTP/1.1.
pub fn for_http(tls: &Arc<rustls::ServerConfig>) -> Arc<rustls::ServerConfig> {
    let mut tls = rustls::ServerConfig::clone(tls);
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(tls)
}

fn report(what: &str, outcome: Result<(), impl std::fmt::Display>) {
    if let Err(error) = outcome {
        tracing::error!(%error, what, "a chore failed; it is tried again");
    }
}
