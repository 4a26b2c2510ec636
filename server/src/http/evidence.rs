//! What proves how it went at a stop, and the files that show it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
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
use super::files::serve;
use super::problem::Problem;
use super::trips::stop_for;
use crate::waypost::Waypost;

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
    may_have(&waypost, actor, stop, sha256).await?;
    serve(&waypost, sha256, &sha256.to_string(), &headers).await
}

/// Refuses a file that no evidence of a stop promises which this person may see.
pub(super) async fn may_have(
    waypost: &Waypost,
    actor: Actor,
    stop: StopId,
    sha256: Sha256Hash,
) -> Result<(), Problem> {
    let promised = promised_for(waypost, actor, stop).await?;
    match promised.iter().any(|row| row.sha256 == sha256) {
        true => Ok(()),
        false => Err(Problem::of_field(ProblemCode::NotFound, "sha256", "no evidence promises it")),
    }
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
    may(actor.role, Right::SeeTrips) || author == actor.person
}

impl From<&PromisedRow> for ProofFile {
    fn from(row: &PromisedRow) -> Self {
        let PromisedRow { item, is_preview, sha256, size, stored_at, .. } = *row;
        Self { item, preview: is_preview, sha256, size, stored_at }
    }
}
