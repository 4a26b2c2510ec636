//! Who is here, for those who may see it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_protocol::{PersonId, PresenceOf};

use super::caller::{Caller, holds};
use super::extract::{Query, page_size};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(list_presence))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PresencePage {
    /// Only people with a higher number than this.
    after: Option<u32>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of those who are or were here.
#[derive(Serialize, ToSchema)]
struct PresenceShown {
    /// In the order of their numbers.
    people: Vec<PresenceOf>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
}

/// Who is here, and what they are at (the staff).
///
/// Whoever was not here since this server was started is not named. Of those who work by shifts and
/// have none now, nothing is told but that. A device says what its person is at, and where they are
/// writing, by the frame `here` over MQTT or `POST /v1/sync`.
#[utoipa::path(get, path = "/v1/presence", tag = "people", params(PresencePage),
    responses((status = 200, body = PresenceShown)))]
async fn list_presence(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<PresencePage>,
) -> Result<axum::Json<PresenceShown>, Problem> {
    holds(actor, Right::ReadStaff)?;
    let limit = page_size(page.limit)?;
    let people = waypost.fanout.who_is_here(PersonId(page.after.unwrap_or(0)), limit);
    let next = people.last().filter(|_| people.len() == limit).map(|last| last.person.0);
    Ok(axum::Json(PresenceShown { people, next }))
}
