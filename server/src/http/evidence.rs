//! What proves how it went at a stop, and the files that show it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use object_store::GetRange;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_protocol::{
    Body as Said, FactId, Millis, PersonId, ProblemCode, Sha256Hash, SignedManifest, StopId,
};
use waypost_storage::PromisedRow;

use super::caller::Caller;
use super::extract::Path;
use super::problem::Problem;
use super::trips::stop_for;
use super::uploads::problem;
use crate::waypost::Waypost;

/// What a browser may show. All else is for saving.
const SHOWN: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(list_evidence)).routes(routes!(get_file))
}

/// What proves how it went at a stop.
#[derive(Serialize, ToSchema)]
struct EvidenceOfStop {
    /// Each manifest with what has come of it, the oldest first.
    proofs: Vec<Proof>,
}

/// A manifest, as its device has signed it.
#[derive(Serialize, ToSchema)]
struct Proof {
    /// The fact that it came with.
    fact: FactId,
    /// By whom.
    author: PersonId,
    /// What it lists, and the signature.
    proof: SignedManifest,
    /// The bytes that it promises.
    files: Vec<ProofFile>,
}

/// Bytes that a manifest promises.
#[derive(Serialize, ToSchema)]
struct ProofFile {
    /// Of which item.
    item: u16,
    /// Whether they are the item in small.
    preview: bool,
    /// What they hash to.
    sha256: Sha256Hash,
    /// How many there are.
    size: u64,
    /// Since when they are here; absent while they are on their way.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_at: Option<Millis>,
}

/// What proves how it went at a stop, and what of it is here (dispatch, bots, and of a driver their own).
#[utoipa::path(get, path = "/v1/stops/{stop}/evidence", tag = "trips", params(("stop" = StopId, Path)),
    responses((status = 200, body = EvidenceOfStop)))]
async fn list_evidence(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
) -> Result<axum::Json<EvidenceOfStop>, Problem> {
    let promised = promised_for(&waypost, actor, stop).await?;
    let mut proofs = Vec::new();
    for (fact, author) in waypost.db.proofs_of(stop).await? {
        if !may_see(actor, author) {
            continue;
        }
        let said = waypost.db.fact_of(author, fact).await?.map(|content| content.to_body());
        if let Some(Ok(Said::StopMoved { moved, .. })) = said
            && let Some(proof) = moved.proof
        {
            let files = promised.iter().filter(|row| row.fact == fact).map(ProofFile::from);
            proofs.push(Proof { fact, author, proof: *proof, files: files.collect() });
        }
    }
    Ok(axum::Json(EvidenceOfStop { proofs }))
}

/// A file that evidence of a stop promises, or a part of it by `Range` (dispatch, bots, and of a driver their own). What
/// it is, is what its bytes show; what a browser should not show is only for saving.
#[utoipa::path(get, path = "/v1/stops/{stop}/files/{sha256}", tag = "trips",
    params(("stop" = StopId, Path), ("sha256" = Sha256Hash, Path)),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part of it.", body = Vec<u8>, content_type = "application/octet-stream")))]
async fn get_file(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path((stop, sha256)): Path<(StopId, Sha256Hash)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let promised = promised_for(&waypost, actor, stop).await?;
    if !promised.iter().any(|row| row.sha256 == sha256) {
        return Err(Problem::of_field(ProblemCode::NotFound, "sha256", "no evidence promises it"));
    }
    let Some(file) = waypost.db.file(sha256).await? else {
        return Err(Problem::of_field(ProblemCode::NotFound, "sha256", "it is still on its way"));
    };
    let range = range_of(&headers, file.size)?;
    let found = waypost.files.kept().read(sha256, range.clone()).await.map_err(problem)?;
    let part = found.range.clone();
    let is_shown = SHOWN.contains(&file.media_type.as_str());
    let media_type = if is_shown { file.media_type } else { "application/octet-stream".to_owned() };
    let disposition = if is_shown { "inline" } else { "attachment" };
    let told = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_LENGTH, (part.end - part.start).to_string()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{sha256}\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, format!("\"{sha256}\"")),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    let body = Body::from_stream(found.into_stream());
    if range.is_none() {
        return Ok((StatusCode::OK, told, body).into_response());
    }
    let of = format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), file.size);
    Ok((StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, of)], told, body).into_response())
}

/// What this person may see of what the evidence of a stop promises.
async fn promised_for(
    waypost: &Waypost,
    actor: Actor,
    stop: StopId,
) -> Result<Vec<PromisedRow>, Problem> {
    stop_for(waypost, actor, stop).await?;
    let mut promised = waypost.db.promised_of(stop).await?;
    promised.retain(|row| may_see(actor, row.author));
    Ok(promised)
}

/// Whether someone may see what this person has shown at a stop of which they may know.
pub(super) fn may_see(actor: Actor, author: PersonId) -> bool {
    may(actor.role, Right::PlanTrips) || author == actor.person
}

impl From<&PromisedRow> for ProofFile {
    fn from(row: &PromisedRow) -> Self {
        let PromisedRow { item, is_preview, sha256, size, stored_at, .. } = *row;
        Self { item, preview: is_preview, sha256, size, stored_at }
    }
}

/// The first range that is asked for (RFC 9110); the whole if that cannot be read.
fn range_of(headers: &HeaderMap, size: u64) -> Result<Option<GetRange>, Problem> {
    let told = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = told.and_then(|it| it.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) if first <= last => {
            GetRange::Bounded(first..last.saturating_add(1).min(size))
        }
        (Some(first), None) if last.is_empty() => GetRange::Offset(first),
        (None, Some(last)) if first.is_empty() && last > 0 => GetRange::Suffix(last.min(size)),
        _ => return Ok(None),
    };
    let is_there = match &range {
        GetRange::Bounded(part) => part.start < size,
        GetRange::Offset(first) => *first < size,
        GetRange::Suffix(_) => true,
    };
    match is_there {
        true => Ok(Some(range)),
        false => {
            let what = format!("the file has {size} bytes");
            Err(Problem::of_field(ProblemCode::RangeBeyond, "Range", what))
        }
    }
}
