//! Links to single files: for whoever has no credential, for a while.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_domain::Actor;
use waypost_protocol::{Body as Said, FactId, Millis, ProblemCode, Sha256Hash, StopId};
use waypost_storage::FileLinkRow;

use super::super::caller::Caller;
use super::super::evidence::may_have;
use super::super::extract::{Json, Path};
use super::super::problem::Problem;
use super::{attached, serve};
use crate::clock;
use crate::identity::{hash_secret, new_secret};
use crate::waypost::Waypost;

/// For how long a link may be, and for how long it is if nobody says.
const MINUTES: std::ops::RangeInclusive<u16> = 1..=1440;
const MINUTES_UNLESS_SAID: u16 = 60;

const MINUTE_MS: Millis = 60 * 1000;

/// Most links of one person that have not ended.
const LINKS_MAX: u64 = 1_000;

/// A link to a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileLinkWanted {
    /// For how many minutes; an hour if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<u16>,
}

/// A link is made.
#[derive(Serialize, ToSchema)]
pub struct FileLinkMade {
    /// The file, told this once. Whoever has it gets the file, without a credential.
    #[schema(example = "https://fleet.example:8443/files/…")]
    url: String,
    /// When it ends.
    expires_at: Millis,
}

/// Makes a link to the file that a message brings which I may read. It ends by itself.
#[utoipa::path(post, path = "/v1/messages/{message}/file/links", tag = "messages",
    params(("message" = FactId, Path)), request_body = FileLinkWanted,
    responses((status = 201, body = FileLinkMade)))]
pub async fn link_attached(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
    Json(wanted): Json<FileLinkWanted>,
) -> Result<(StatusCode, axum::Json<FileLinkMade>), Problem> {
    let file = attached(&waypost, actor, message).await?;
    if !file.travels() {
        let what = "the file is in the message itself";
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "message", what));
    }
    let shown = Shown { message: Some(message), stop: None, sha256: file.sha256, name: file.name };
    link(&waypost, actor, shown, &wanted).await
}

/// Makes a link to a file that evidence of a stop promises (dispatch, bots, and of a driver their own). It ends by itself.
#[utoipa::path(post, path = "/v1/stops/{stop}/files/{sha256}/links", tag = "trips",
    params(("stop" = StopId, Path), ("sha256" = Sha256Hash, Path)), request_body = FileLinkWanted,
    responses((status = 201, body = FileLinkMade)))]
pub async fn link_evidence(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path((stop, sha256)): Path<(StopId, Sha256Hash)>,
    Json(wanted): Json<FileLinkWanted>,
) -> Result<(StatusCode, axum::Json<FileLinkMade>), Problem> {
    may_have(&waypost, actor, stop, sha256).await?;
    let shown = Shown { message: None, stop: Some(stop), sha256, name: sha256.to_string() };
    link(&waypost, actor, shown, &wanted).await
}

/// The file behind a secret. Whoever guesses is slowed down.
pub(super) async fn linked(
    State(waypost): State<Waypost>,
    axum::extract::Path(secret): axum::extract::Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let link = waypost.db.file_link(hash_secret(&secret), clock::now()).await?;
    let ended = || Problem::with(ProblemCode::NotFound, "this link has ended, or never was");
    let Some(link) = link else {
        waypost.limits.take_stranger(&parts)?;
        return Err(ended());
    };
    if !is_still_shown(&waypost, &link).await? {
        return Err(ended());
    }
    let mut response = serve(&waypost, link.sha256, &link.name, &parts.headers).await?;
    let told = response.headers_mut();
    // It ends, and what has it in store would go on.
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// What a link shows.
struct Shown {
    message: Option<FactId>,
    stop: Option<StopId>,
    sha256: Sha256Hash,
    name: String,
}

/// Whether whoever has made a link may still read what it shows: a message that was deleted or has expired takes its
/// file along.
async fn is_still_shown(waypost: &Waypost, link: &FileLinkRow) -> Result<bool, Problem> {
    if let Some(message) = link.message {
        let row = waypost.db.fact_for(link.author, message).await?;
        return Ok(row.is_some_and(|row| {
            row.event.content.to_body().is_ok_and(
                |said| matches!(said, Said::File { file, .. } if file.sha256 == link.sha256),
            )
        }));
    }
    let Some(stop) = link.stop else { return Ok(false) };
    let promised = waypost.db.promised_of(stop).await?;
    Ok(promised.iter().any(|row| row.sha256 == link.sha256))
}

async fn link(
    waypost: &Waypost,
    actor: Actor,
    Shown { message, stop, sha256, name }: Shown,
    wanted: &FileLinkWanted,
) -> Result<(StatusCode, axum::Json<FileLinkMade>), Problem> {
    let minutes = wanted.minutes.unwrap_or(MINUTES_UNLESS_SAID);
    if !MINUTES.contains(&minutes) {
        let what = format!("from {} to {}", MINUTES.start(), MINUTES.end());
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "minutes", what));
    }
    let secret = new_secret();
    let now = clock::now();
    let expires_at = now + Millis::from(minutes) * MINUTE_MS;
    let row = FileLinkRow { author: actor.person, message, stop, sha256, name, expires_at };
    if !waypost.db.insert_file_link(hash_secret(&secret), &row, now, LINKS_MAX).await? {
        let what = format!("a person has at most {LINKS_MAX} links that have not ended");
        return Err(Problem::with(ProblemCode::QuotaExceeded, what));
    }
    tracing::info!(%sha256, by = actor.person.0, minutes, "a link to a file was made");
    let url = waypost.url(&format!("/files/{secret}"));
    Ok((StatusCode::CREATED, axum::Json(FileLinkMade { url, expires_at })))
}
