//! Uploads that are put together from parts.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use uuid::Uuid;
use waypost_domain::Actor;
use waypost_protocol::ProblemCode;
use waypost_storage::UploadRow;

use super::super::problem::Problem;
use super::headers::sha256_of;
use super::promises::{adopt, has_room_for, wanted};
use super::{known, problem};
use crate::clock;
use crate::waypost::Waypost;

/// Puts parts of mine together, each of which is whole. What they make is either begun or not there.
pub(super) async fn joined(
    waypost: &Waypost,
    actor: Actor,
    id: Uuid,
    headers: &HeaderMap,
    parts: &[Uuid],
) -> Result<UploadRow, Problem> {
    if let Some(row) = is_here(waypost, actor, id, headers).await? {
        waypost.db.begin_upload(&row).await?;
        return Ok(row);
    }
    // Held in one order by everyone, so that nobody waits for whoever waits for them.
    let in_order: BTreeSet<_> = parts.iter().copied().collect();
    let (mut size, mut held) = (0, Vec::new());
    for part in in_order {
        let row = known(waypost, actor, part).await?;
        let hold = waypost.files.hold(part).await;
        if waypost.files.length(&hold).await.map_err(problem)? != row.size {
            let what = format!("the part {part} is not whole");
            return Err(Problem::of_field(ProblemCode::ContentInvalid, "Upload-Concat", what));
        }
        size += row.size;
        held.push(hold);
    }
    let sha256 = wanted(waypost, actor, headers, size, false).await?;
    let row = UploadRow { id, author: actor.person, sha256, size, touched_at: clock::now() };
    has_room_for(waypost, &row).await?;
    waypost.files.begin(id).await.map_err(problem)?;
    if let Err(error) = waypost.files.join(parts, id).await {
        waypost.files.forget(id).await.map_err(problem)?;
        return Err(problem(error));
    }
    waypost.db.begin_upload(&row).await?;
    Ok(row)
}

/// The upload of what is here already, whose parts may be gone.
async fn is_here(
    waypost: &Waypost,
    actor: Actor,
    id: Uuid,
    headers: &HeaderMap,
) -> Result<Option<UploadRow>, Problem> {
    let sha256 = sha256_of(headers)?;
    let promised = waypost.db.promised(actor.person, sha256).await?;
    for size in &promised {
        adopt(waypost, sha256, *size).await?;
    }
    let Some(file) = waypost.db.file(sha256).await? else { return Ok(None) };
    let (author, size, touched_at) = (actor.person, file.size, clock::now());
    let row = UploadRow { id, author, sha256: Some(sha256), size, touched_at };
    Ok(promised.contains(&size).then_some(row))
}

/// Parts that were put together are not needed any more.
pub(super) async fn end_parts(
    waypost: &Waypost,
    actor: Actor,
    parts: Vec<Uuid>,
) -> Result<(), Problem> {
    for part in parts {
        let _held = waypost.files.hold(part).await;
        if waypost.db.upload(actor.person, part).await?.is_some() {
            waypost.files.forget(part).await.map_err(problem)?;
            waypost.db.end_upload(part).await?;
        }
    }
    Ok(())
}
