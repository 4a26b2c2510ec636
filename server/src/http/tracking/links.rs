//! Links, as dispatch makes and revokes them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_domain::Actor;
use waypost_domain::rights::Right;
use waypost_protocol::{FactId, Millis, ProblemCode, StopId};
use waypost_storage::LinkRow;

use super::super::caller::{Caller, holds};
use super::super::extract::{Json, Path};
use super::super::problem::Problem;
use super::super::trips::stop_for;
use super::PATH;
use crate::clock;
use crate::identity::{hash_secret, new_secret};
use crate::waypost::Waypost;

/// For how long a link may be, and for how long it is if nobody says.
const HOURS: std::ops::RangeInclusive<u16> = 1..=2160;
const HOURS_UNLESS_SAID: u16 = 168;

const HOUR_MS: Millis = 60 * 60 * 1000;

/// Most links of one stop that have not ended.
const LINKS_MAX: usize = 20;

/// A link for a consignee.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrackingWanted {
    /// For how many hours; a week if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2160)]
    hours: Option<u16>,
}

/// A link without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackingLink {
    /// Its id.
    id: FactId,
    /// Since when it is there.
    made_at: Millis,
    /// When it ends.
    expires_at: Millis,
}

/// A link is made.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackingMade {
    /// The page, told this once. Whoever has it sees the stop.
    #[schema(example = "https://fleet.example:8443/track/…")]
    url: String,
    /// What can be seen of it from here on.
    #[serde(flatten)]
    shown: TrackingLink,
}

/// Links of a stop.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackingLinks {
    /// Those that have not ended, the oldest first.
    links: Vec<TrackingLink>,
}

impl From<LinkRow> for TrackingLink {
    fn from(row: LinkRow) -> Self {
        let LinkRow { id, made_at, expires_at, .. } = row;
        Self { id, made_at, expires_at }
    }
}

/// The links with which consignees follow a stop (dispatch, bots).
#[utoipa::path(get, path = "/v1/stops/{stop}/links", tag = "trips", params(("stop" = StopId, Path)),
    responses((status = 200, body = TrackingLinks)))]
pub(super) async fn list_links(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
) -> Result<axum::Json<TrackingLinks>, Problem> {
    may_share(&waypost, actor, stop).await?;
    let rows = waypost.db.links(stop, clock::now()).await?;
    Ok(axum::Json(TrackingLinks { links: rows.into_iter().map(TrackingLink::from).collect() }))
}

/// Makes a link with which a consignee follows a stop in a browser, without login: its state, its window, and what proves the
/// delivery (dispatch, bots).
#[utoipa::path(post, path = "/v1/stops/{stop}/links", tag = "trips", params(("stop" = StopId, Path)),
    request_body = TrackingWanted, responses((status = 201, body = TrackingMade)))]
pub(super) async fn make_link(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
    Json(wanted): Json<TrackingWanted>,
) -> Result<(StatusCode, axum::Json<TrackingMade>), Problem> {
    may_share(&waypost, actor, stop).await?;
    let hours = wanted.hours.unwrap_or(HOURS_UNLESS_SAID);
    if !HOURS.contains(&hours) {
        let what = format!("from {} to {}", HOURS.start(), HOURS.end());
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "hours", what));
    }
    let made_at = clock::now();
    if waypost.db.links(stop, made_at).await?.len() >= LINKS_MAX {
        let what = format!("a stop has at most {LINKS_MAX} links; revoke one");
        return Err(Problem::with(ProblemCode::TooLarge, what));
    }
    let secret = new_secret();
    let expires_at = made_at + i64::from(hours) * HOUR_MS;
    let row = LinkRow { id: FactId::mint(made_at, clock::random()), stop, made_at, expires_at };
    waypost.db.insert_link(hash_secret(&secret), &row).await?;
    tracing::info!(%stop, link = %row.id, by = actor.person.0, "a link for a consignee was made");
    let url = waypost.url(&format!("{PATH}/{secret}"));
    Ok((StatusCode::CREATED, axum::Json(TrackingMade { url, shown: row.into() })))
}

/// Revokes a link: its page is gone at once (dispatch, bots).
#[utoipa::path(delete, path = "/v1/stops/{stop}/links/{link}", tag = "trips",
    params(("stop" = StopId, Path), ("link" = FactId, Path)),
    responses((status = 204, description = "It is worth nothing any more.")))]
pub(super) async fn revoke_link(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path((stop, link)): Path<(StopId, FactId)>,
) -> Result<StatusCode, Problem> {
    may_share(&waypost, actor, stop).await?;
    match waypost.db.revoke_link(stop, link).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::of_field(ProblemCode::NotFound, "link", "there is no such link")),
    }
}

async fn may_share(waypost: &Waypost, actor: Actor, stop: StopId) -> Result<(), Problem> {
    holds(actor, Right::PlanTrips)?;
    stop_for(waypost, actor, stop).await.map(drop)
}
