//! What may be uploaded: what evidence or a message in the record promises, as far as there is room.

use axum::http::HeaderMap;
use waypost_domain::Actor;
use waypost_protocol::{EVIDENCE_BYTES_MAX, ProblemCode, Sha256Hash};
use waypost_storage::{FileRow, UploadRow};

use super::super::problem::Problem;
use super::headers::sha256_of;
use super::problem;
use crate::clock;
use crate::waypost::Waypost;

/// Most bytes that the unfinished uploads of one person are to bring together.
const UNFINISHED_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// What the bytes hash to, if they are promised; of a part nobody knows it yet.
pub(super) async fn wanted(
    waypost: &Waypost,
    actor: Actor,
    headers: &HeaderMap,
    size: u64,
    is_part: bool,
) -> Result<Option<Sha256Hash>, Problem> {
    if is_part {
        return Ok(None);
    }
    let sha256 = sha256_of(headers)?;
    let of_hash = |code, what: String| Err(Problem::of_field(code, "Upload-Metadata", what));
    let promised = waypost.db.promised(actor.person, sha256).await?;
    match promised.first() {
        None => of_hash(
            ProblemCode::NotFound,
            "nothing of yours in the record promises these bytes; tell first what you bring".into(),
        ),
        Some(first) if !promised.contains(&size) => {
            of_hash(ProblemCode::ContentInvalid, format!("what you told promises {first} bytes"))
        }
        Some(_) => {
            adopt(waypost, sha256, size).await?;
            Ok(Some(sha256))
        }
    }
}

/// After a restore database and files may differ. What is kept, but not known, need not come again; what is known, but
/// not kept, has to.
pub(super) async fn adopt(waypost: &Waypost, sha256: Sha256Hash, size: u64) -> Result<(), Problem> {
    let _stays = waypost.files.stay().await;
    let known = waypost.db.file(sha256).await?.map(|file| file.size);
    let kept = waypost.files.kept().has(sha256).await.map_err(problem)?;
    if known.or(kept).is_some_and(|there| there != size) {
        // What hashes to that has one size, and not the one that was told.
        let what = format!("what hashes to that has {} bytes", known.or(kept).unwrap_or_default());
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "Upload-Metadata", what));
    }
    match (known, kept) {
        (Some(_), None) => return Ok(waypost.db.forget_file(sha256).await?),
        (None, Some(_)) => {}
        _ => return Ok(()),
    }
    let media_type = waypost.files.kept().kind_of(sha256).await.map_err(problem)?;
    let stored_at = clock::now();
    Ok(waypost.db.keep_file(sha256, &FileRow { size, media_type, stored_at }).await?)
}

pub(super) async fn has_room_for(waypost: &Waypost, row: &UploadRow) -> Result<(), Problem> {
    if row.size > EVIDENCE_BYTES_MAX {
        let what = format!("at most {EVIDENCE_BYTES_MAX} bytes");
        return Err(Problem::of_field(ProblemCode::TooLarge, "Upload-Length", what));
    }
    let unfinished = waypost.db.uploading(row.author).await?;
    match unfinished + row.size <= UNFINISHED_BYTES_MAX {
        true => Ok(()),
        false => {
            let what = format!("{unfinished} of {UNFINISHED_BYTES_MAX} bytes wait already");
            Err(Problem::with(ProblemCode::QuotaExceeded, what))
        }
    }
}
