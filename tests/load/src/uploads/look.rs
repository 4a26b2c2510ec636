//! Uploads at once, and what they give; uploads that go on, and how soon.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at};

use super::files::{PIECE, Uploader};
use crate::cost::{Cores, Cost};
use crate::figure::Times;

/// How many uploads are broken off in the middle, which go on in turn.
const BROKEN_OFF: usize = 20;

/// What each uploader brings.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Files, one after the other.
    pub(super) files: usize,
    /// How large each of them is, in pieces.
    pub(super) pieces: usize,
}

/// What one look gave.
pub(super) struct Look {
    /// Of all together.
    pub(super) mib_each_second: f64,
    /// How long the slowest took, by the fastest.
    pub(super) slowest_by_fastest: f64,
    /// Who used the processors meanwhile.
    pub(super) cores: Cores,
}

/// Lets all of these upload at once to the server of these processes. What they bring was made and promised, and they
/// are connected, before the clock runs.
pub(super) async fn look(
    uploaders: &[Uploader],
    load: Load,
    server: &[u32],
) -> anyhow::Result<Look> {
    let mut making = JoinSet::new();
    for uploader in uploaders.iter().cloned() {
        making.spawn(async move {
            let files = uploader.files(load.files, load.pieces).await?;
            anyhow::Ok((uploader, files))
        });
    }
    let mut made = Vec::new();
    for done in making.join_all().await {
        made.push(done?);
    }
    settle().await?;
    // Only now, because some servers let no connection wait for long.
    let mut ready = Vec::new();
    for (uploader, files) in made {
        ready.push((uploader.connect().await?, files));
    }
    let (cost, began, mut uploading) = (Cost::begin(server), Instant::now(), JoinSet::new());
    for (mut line, files) in ready {
        uploading.spawn(async move {
            for file in &files {
                file.upload_all(&mut line, &mut None).await?;
            }
            anyhow::Ok(began.elapsed().as_secs_f64())
        });
    }
    let mut took = Times::default();
    for done in uploading.join_all().await {
        took.add(done?);
    }
    let cores = cost.cores();
    let pieces = uploaders.len() * load.files * load.pieces;
    Ok(Look {
        mib_each_second: (pieces * PIECE) as f64 / (1024.0 * 1024.0) / took.at(100),
        slowest_by_fastest: took.at(100) / took.at(0),
        cores,
    })
}

/// How long it takes to ask how far an upload has come and to add a byte, in milliseconds, so often.
pub(super) async fn resume(uploader: &Uploader, count: usize) -> anyhow::Result<Times> {
    let files = uploader.files(BROKEN_OFF, 2).await?;
    let (mut line, mut places) = (uploader.connect().await?, Vec::new());
    for file in &files {
        places.push(file.upload(&mut line, 1, &mut None).await?);
    }
    let mut took = Times::default();
    for at in 0..count {
        let place = &places[at % places.len()];
        let began = Instant::now();
        let offset = line.look(place).await?;
        let added = line.add(place, offset, Bytes::from_static(b"+")).await?;
        took.add(began.elapsed().as_secs_f64() * 1000.0);
        let wanted = PIECE + at / places.len() + 1;
        anyhow::ensure!(added == wanted, "{place} is at {added} in place of {wanted}");
    }
    Ok(took)
}

/// Lets all of these upload one file after the other for so long, as fast as they can or a piece in `each` stretch of
/// time; MiB a second of all together. They have a thread of their own, so that who is measured beside them waits for
/// the server and not for them.
pub(super) async fn keep_uploading(
    uploaders: Vec<Uploader>,
    pieces: usize,
    each: Option<Duration>,
    lasts: Duration,
) -> anyhow::Result<f64> {
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let (began, mut uploading) = (Instant::now(), JoinSet::new());
            for uploader in uploaders {
                uploading.spawn(async move {
                    // Not all in step.
                    let mut pace =
                        each.map(|each| interval_at(began + each.mul_f64(rand::random()), each));
                    let (mut line, mut files) = (uploader.connect().await?, 0);
                    while began.elapsed() < lasts {
                        let file = uploader.file(&mut line, pieces).await?;
                        file.upload_all(&mut line, &mut pace).await?;
                        files += 1;
                    }
                    anyhow::Ok(files)
                });
            }
            let mut files = 0;
            for done in uploading.join_all().await {
                files += done?;
            }
            let mib = (files * pieces * PIECE) as f64 / (1024.0 * 1024.0);
            anyhow::Ok(mib / began.elapsed().as_secs_f64())
        })
    };
    tokio::task::spawn_blocking(work).await?.context("uploads beside messages")
}

/// Waits until the disk has what was written before, so that no look bears the burden of another.
async fn settle() -> anyhow::Result<()> {
    let status = Command::new("sync").status().await?;
    anyhow::ensure!(status.success(), "sync: {status}");
    Ok(())
}
