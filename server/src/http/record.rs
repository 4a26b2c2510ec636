//! The record as a whole: audit, backup, epochs.

use std::path::PathBuf;

use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_domain::{Actor, Deed};
use waypost_protocol::{ProblemCode, Sequence};

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact};
use super::problem::Problem;
use crate::audit::{Verdict, verify};
use crate::chores::sign_checkpoint;
use crate::files::{FilesError, is_copied};
use crate::identity::{IdentityError, signing_key};
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(show_checkpoint))
        .routes(routes!(verify_record))
        .routes(routes!(make_backup))
        .routes(routes!(begin_epoch))
}

/// The newest signed statement about the audit tree.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct CheckpointShown {
    /// Origin, size and root hash (base64), a line each: the signed text.
    pub body: String,
    /// The Ed25519 signature over the text, in base64.
    pub signature: String,
    /// The server's public key for checkpoints, in base64.
    pub public_key: String,
}

/// Where backups are made.
pub(super) const BACKUPS: &str = "/v1/backups";

/// Where a backup shall go.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupWanted {
    /// A file on the server that does not exist yet.
    #[schema(value_type = String, example = "/var/backups/waypost-monday.db")]
    pub file: PathBuf,
    /// A folder on the server for the files of evidence and messages; what is in it already is not copied again. Without
    /// it they are not copied, and devices keep what they have sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "/var/backups/files")]
    pub files: Option<PathBuf>,
}

/// A backup is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BackupDone {
    /// The number of the last fact in it.
    pub covers: u64,
    /// What was done with files, if they were copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesCopied>,
}

/// What a copy of all files has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct FilesCopied {
    /// How many files are in the copy now.
    pub files: u64,
    /// How many of them were not there before.
    pub new: u64,
    /// How many bytes these have.
    pub bytes: u64,
    /// How many are left out, because their bytes are not any more what they were.
    pub damaged: u64,
    /// How many the record says are here, and are not in the copy.
    pub missing: u64,
}

/// The record goes on in a new epoch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EpochBegun {
    /// The place of its first fact.
    pub sequence: Sequence,
}

/// The newest checkpoint of the audit tree (staff and auditors).
#[utoipa::path(get, path = "/v1/audit/checkpoint", tag = "record",
    responses((status = 200, body = CheckpointShown)))]
async fn show_checkpoint(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<CheckpointShown>, Problem> {
    holds(actor, Right::SignCheckpoints)?;
    let key = key_of(&waypost)?;
    sign_checkpoint(&waypost, &key).await?;
    let last = waypost.db.last_checkpoint().await?.ok_or(ProblemCode::NotFound)?;
    Ok(axum::Json(CheckpointShown {
        body: last.body,
        signature: BASE64.encode(last.signature),
        public_key: BASE64.encode(key.verifying_key().as_bytes()),
    }))
}

/// Verifies the whole audit record (admins and auditors).
#[utoipa::path(get, path = "/v1/audit/verification", tag = "record",
    responses((status = 200, body = Verdict)))]
async fn verify_record(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<Verdict>, Problem> {
    holds(actor, Right::VerifyRecord)?;
    let key = key_of(&waypost)?;
    Ok(axum::Json(verify(&waypost.db, &key.verifying_key()).await?))
}

/// Copies the whole record while it goes on (operator of the server).
#[utoipa::path(post, path = "/v1/backups", tag = "record", request_body = BackupWanted,
    responses((status = 201, body = BackupDone)))]
async fn make_backup(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Json(wanted): Json<BackupWanted>,
) -> Result<(axum::http::StatusCode, axum::Json<BackupDone>), Problem> {
    operator_only(actor)?;
    let covers = waypost.db.backup(&wanted.file).await.map_err(|error| match error {
        waypost_storage::StorageError::Backup(what) => {
            Problem::of_field(ProblemCode::ContentInvalid, "file", what)
        }
        other => other.into(),
    })?;
    let files = match &wanted.files {
        None => None,
        Some(folder) => {
            let wrong = |error: FilesError| {
                Problem::of_field(ProblemCode::ContentInvalid, "files", error.to_string())
            };
            let copied = waypost.files.kept().copy_to(folder).await.map_err(wrong)?;
            Some(FilesCopied { missing: missing(&waypost, folder).await?, ..copied })
        }
    };
    // Devices let go of a file when a backup covers what promises it: not before the file is in the backup as well.
    if files.is_some_and(|files| files.damaged + files.missing == 0) {
        waypost.db.is_backed_up(covers).await?;
        waypost.safe_up_to.fetch_max(covers, std::sync::atomic::Ordering::Relaxed);
    }
    Ok((axum::http::StatusCode::CREATED, axum::Json(BackupDone { covers, files })))
}

/// How many files the record says are here that are not in this copy.
async fn missing(waypost: &Waypost, folder: &std::path::Path) -> Result<u64, Problem> {
    let (mut missing, mut after) = (0, None);
    loop {
        let files = waypost.db.files_after(after).await?;
        let Some((last, _)) = files.last() else { return Ok(missing) };
        after = Some(*last);
        for (sha256, size) in files {
            if !is_copied(folder, sha256, size).await {
                tracing::error!(%sha256, "a file that should be here is in no backup");
                missing += 1;
            }
        }
    }
}

/// Begins a new epoch, after a restore from a backup (operator of the server).
#[utoipa::path(post, path = "/v1/epochs", tag = "record", params(IdempotencyKey),
    responses((status = 201, body = EpochBegun)))]
async fn begin_epoch(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
) -> Result<(axum::http::StatusCode, axum::Json<EpochBegun>), Problem> {
    operator_only(actor)?;
    let done = waypost.deed(actor, id, Deed::BeginEpoch { epoch: this_moment() }).await?;
    let begun = EpochBegun { sequence: done.sequence };
    Ok((axum::http::StatusCode::CREATED, axum::Json(begun)))
}

/// Seconds since 1970: an epoch number that no restore, of whichever backup, had before.
fn this_moment() -> u32 {
    u32::try_from(crate::clock::now() / 1000).unwrap_or(u32::MAX)
}

/// These name files of the server or cut its history: only from its own command line.
fn operator_only(actor: Actor) -> Result<(), Problem> {
    match actor == Actor::OPERATOR {
        true => Ok(()),
        false => Err(Problem::with(
            ProblemCode::NotAllowed,
            "only on the server itself: see `waypost-server --help`",
        )),
    }
}

pub(super) fn key_of(waypost: &Waypost) -> Result<ed25519_dalek::SigningKey, Problem> {
    signing_key(&waypost.config.data).map_err(|error: IdentityError| {
        tracing::error!(%error, "the checkpoint key cannot be used");
        ProblemCode::Internal.into()
    })
}
