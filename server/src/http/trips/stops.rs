//! What becomes of stops: what drivers answer and do, and what dispatch decides.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_protocol::{
    Answered, Body, ConversationId, FactId, GeoStamp, Header, ProblemCode, ReasonCode, StopId,
    StopMove, StopState, TripId,
};

use super::super::caller::{Caller, holds};
use super::super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::super::problem::Problem;
use super::planning::say;
use super::{place_for, stop_for, trip_for};
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(answer_trip))
        .routes(routes!(move_stop))
        .routes(routes!(settle_stop))
}

/// What a driver says of what was planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TripAnswer {
    /// Whether they agree with all that they have not answered yet.
    accepted: bool,
    /// Why not.
    #[serde(default)]
    reason: Option<ReasonCode>,
    /// What else there is to say; often nothing.
    #[serde(default)]
    #[schema(max_length = 1000)]
    text: String,
}

/// What a stop becomes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveWanted {
    /// What.
    to: StopState,
    /// Why, if it did not go as planned.
    #[serde(default)]
    reason: Option<ReasonCode>,
    /// What there is to say about it; often nothing.
    #[serde(default)]
    #[schema(max_length = 4000)]
    text: String,
    /// The `planned` that you had before your eyes: without it nobody notices that you did not know a change.
    #[serde(default)]
    seen: Option<FactId>,
    /// Where you were.
    #[serde(default)]
    at: Option<GeoStamp>,
}

/// What dispatch decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// How the stop is.
    state: StopState,
    /// Why; often nothing.
    #[serde(default)]
    #[schema(max_length = 1000)]
    text: String,
}

/// Agrees with what is planned of a trip of mine and of its stops and was not answered yet, or does not.
#[utoipa::path(post, path = "/v1/trips/{trip}/answer", tag = "trips",
    params(("trip" = TripId, Path), IdempotencyKey), request_body = TripAnswer,
    responses((status = 204, description = "Dispatch is told.")))]
async fn answer_trip(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(trip): Path<TripId>,
    Json(TripAnswer { accepted, reason, text }): Json<TripAnswer>,
) -> Result<StatusCode, Problem> {
    let known = trip_for(&waypost, actor, trip).await?;
    if known.driver != Some(actor.person) {
        let what = "its driver alone answers what is planned";
        return Err(Problem::of_field(ProblemCode::NotAllowed, "trip", what));
    }
    if is_repeat(&waypost, actor, id, (accepted, reason, &text)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut answers = Vec::new();
    if known.asks() {
        answers.push(Answered::trip(trip, known.planned));
    }
    for (stop, state) in waypost.db.stops_of(&[trip]).await?.remove(&trip).unwrap_or_default() {
        let is_theirs = state.driver == Some(actor.person);
        let plan = state.planned.filter(|_| is_theirs && state.asks());
        answers.extend(plan.map(|plan| Answered::stop(stop, plan)));
    }
    let body = Body::PlansAnswered { answers, accepted, reason, text };
    say(&waypost, actor, id, ConversationId::Dispatch(actor.person), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether it was answered so under this id before: then nothing is left to be answered.
async fn is_repeat(
    waypost: &Waypost,
    actor: Actor,
    id: FactId,
    said: (bool, Option<ReasonCode>, &str),
) -> Result<bool, Problem> {
    let before = waypost.db.fact_of(actor.person, id).await?.map(|content| content.to_body());
    Ok(match before {
        Some(Ok(Body::PlansAnswered { accepted, reason, text, .. })) => {
            said == (accepted, reason, &text)
        }
        _ => false,
    })
}

/// Says how it goes at a stop: of a driver one that is or was theirs, of dispatch and bots any. If that contradicts
/// what was done or decided otherwise both are kept, and dispatch decides.
#[utoipa::path(post, path = "/v1/stops/{stop}/moves", tag = "trips",
    params(("stop" = StopId, Path), IdempotencyKey), request_body = MoveWanted,
    responses((status = 204, description = "It is said.")))]
async fn move_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(stop): Path<StopId>,
    Json(MoveWanted { to, reason, text, seen, at }): Json<MoveWanted>,
) -> Result<StatusCode, Problem> {
    let known = stop_for(&waypost, actor, stop).await?;
    let place = match may(actor.role, Right::PlanTrips) {
        true => place_for(known.driver),
        false => ConversationId::Dispatch(actor.person),
    };
    let moved = StopMove { reason, seen, at, ..StopMove::to(stop, to) }.into();
    let body = Body::StopMoved { moved, text, template: None, header: Header::default() };
    say(&waypost, actor, id, place, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides how a stop is, whatever has led to it (dispatch and bots). What contradicted each other waits no more.
#[utoipa::path(put, path = "/v1/stops/{stop}/settlement", tag = "trips",
    params(("stop" = StopId, Path), IdempotencyKey), request_body = Settlement,
    responses((status = 204, description = "It is so.")))]
async fn settle_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(stop): Path<StopId>,
    Json(Settlement { state, text }): Json<Settlement>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    let known = stop_for(&waypost, actor, stop).await?;
    let body = Body::StopSettled { stop, state, text };
    say(&waypost, actor, id, place_for(known.driver), body).await?;
    Ok(StatusCode::NO_CONTENT)
}
