//! What dispatch plans and hands over.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_protocol::{
    Body, ConversationId, FactId, PersonId, ProblemCode, StopId, StopPlan, TripId, TripPlan,
};

use super::super::caller::{Caller, holds};
use super::super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::super::messages::submit;
use super::super::problem::Problem;
use super::{no_such, place_for, stop_for, trip_for};
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(plan_trip))
        .routes(routes!(change_trip))
        .routes(routes!(hand_over_trip))
        .routes(routes!(plan_stop))
        .routes(routes!(change_stop))
        .routes(routes!(hand_over_stop))
}

/// A trip to be planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TripWanted {
    /// Whose it is; nobody's yet, if absent.
    #[serde(default)]
    driver: Option<PersonId>,
    /// What it is.
    plan: TripPlan,
}

/// A trip is planned.
#[derive(Serialize, ToSchema)]
struct TripPlanned {
    /// Its id.
    trip: TripId,
}

/// A stop is planned.
#[derive(Serialize, ToSchema)]
struct StopPlanned {
    /// Its id.
    stop: StopId,
}

/// To whom a trip is handed over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TripHandover {
    /// A driver; nobody has it, if absent.
    #[serde(default)]
    to: Option<PersonId>,
}

/// To which trip a stop is handed over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StopHandover {
    /// The trip.
    to: TripId,
}

/// Plans a trip (dispatch and bots). Its stops are planned each by themselves, or all of them by an import.
#[utoipa::path(post, path = "/v1/trips", tag = "trips", params(IdempotencyKey),
    request_body = TripWanted, responses((status = 201, body = TripPlanned)))]
async fn plan_trip(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(TripWanted { driver, plan }): Json<TripWanted>,
) -> Result<(StatusCode, axum::Json<TripPlanned>), Problem> {
    holds(actor, Right::PlanTrips)?;
    drives(&waypost, "driver", driver).await?;
    let trip = TripId(id.0);
    let body = Body::TripPlanned { trip, plan: plan.into() };
    say(&waypost, actor, id, place_for(driver), body).await?;
    Ok((StatusCode::CREATED, axum::Json(TripPlanned { trip })))
}

/// Plans a trip otherwise (dispatch and bots): its name, its vehicle, the order of its stops. The driver is asked
/// whether they agree.
#[utoipa::path(put, path = "/v1/trips/{trip}", tag = "trips",
    params(("trip" = TripId, Path), IdempotencyKey), request_body = TripPlan,
    responses((status = 204, description = "It is so.")))]
async fn change_trip(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(trip): Path<TripId>,
    Json(plan): Json<TripPlan>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    let known = trip_for(&waypost, actor, trip).await?;
    let body = Body::TripPlanned { trip, plan: plan.into() };
    say(&waypost, actor, id, place_for(known.driver), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands a trip over, with all that is left to do of it (dispatch and bots). Whoever takes it is told what is
/// planned; what is done stays with who has done it.
#[utoipa::path(post, path = "/v1/trips/{trip}/handover", tag = "trips",
    params(("trip" = TripId, Path), IdempotencyKey), request_body = TripHandover,
    responses((status = 204, description = "It is theirs.")))]
async fn hand_over_trip(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(trip): Path<TripId>,
    Json(TripHandover { to }): Json<TripHandover>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    drives(&waypost, "to", to).await?;
    let known = trip_for(&waypost, actor, trip).await?;
    let body = Body::TripHandedOver { trip, to };
    say(&waypost, actor, id, place_for(known.driver), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Plans a stop of a trip (dispatch and bots).
#[utoipa::path(post, path = "/v1/stops", tag = "trips", params(IdempotencyKey),
    request_body = StopPlan, responses((status = 201, body = StopPlanned)))]
async fn plan_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(plan): Json<StopPlan>,
) -> Result<(StatusCode, axum::Json<StopPlanned>), Problem> {
    holds(actor, Right::PlanTrips)?;
    knows_zone(&plan)?;
    let stop = StopId(id.0);
    let trip = trip_for(&waypost, actor, plan.trip).await?;
    let body = Body::StopPlanned { stop, plan: plan.into() };
    say(&waypost, actor, id, place_for(trip.driver), body).await?;
    Ok((StatusCode::CREATED, axum::Json(StopPlanned { stop })))
}

/// Plans a stop otherwise (dispatch and bots). The driver sees what was before, and is asked whether they agree.
#[utoipa::path(put, path = "/v1/stops/{stop}", tag = "trips",
    params(("stop" = StopId, Path), IdempotencyKey), request_body = StopPlan,
    responses((status = 204, description = "It is so.")))]
async fn change_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(stop): Path<StopId>,
    Json(plan): Json<StopPlan>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    knows_zone(&plan)?;
    let known = stop_for(&waypost, actor, stop).await?;
    if known.trip != Some(plan.trip) {
        let what = "the stop is of another trip; hand it over first";
        return Err(Problem::of_field(ProblemCode::Outdated, "trip", what));
    }
    let trip = trip_for(&waypost, actor, plan.trip).await?;
    let body = Body::StopPlanned { stop, plan: plan.into() };
    say(&waypost, actor, id, place_for(trip.driver), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands a stop over to another trip (dispatch and bots). Both drivers are told.
#[utoipa::path(post, path = "/v1/stops/{stop}/handover", tag = "trips",
    params(("stop" = StopId, Path), IdempotencyKey), request_body = StopHandover,
    responses((status = 204, description = "It is a stop of that trip.")))]
async fn hand_over_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(stop): Path<StopId>,
    Json(StopHandover { to }): Json<StopHandover>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    let known = stop_for(&waypost, actor, stop).await?;
    if !waypost.db.trips_by_id(&[to]).await?.contains_key(&to) {
        return Err(no_such("to"));
    }
    let body = Body::StopHandedOver { stop, to };
    say(&waypost, actor, id, place_for(known.driver), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn say(
    waypost: &Waypost,
    actor: Actor,
    id: FactId,
    place: ConversationId,
    body: Body,
) -> Result<(), Problem> {
    body.check()?;
    let content = body.to_content();
    // What was handed over meanwhile is elsewhere, and a repeat is a repeat all the same.
    let before = waypost.db.fact_of(actor.person, id).await?;
    match before.is_some_and(|before| before == content) {
        true => Ok(()),
        false => submit(waypost, actor, id, place, content).await.map(drop),
    }
}

/// Whoever is to have a trip is someone who drives.
async fn drives(waypost: &Waypost, field: &str, person: Option<PersonId>) -> Result<(), Problem> {
    let Some(person) = person else { return Ok(()) };
    match waypost.db.person(person).await?.is_some_and(|row| may(row.role, Right::WorkStops)) {
        true => Ok(()),
        false => Err(Problem::of_field(ProblemCode::NotFound, field, "there is no such driver")),
    }
}

/// A zone that nobody knows would be shown by no clock.
pub(super) fn knows_zone(plan: &StopPlan) -> Result<(), Problem> {
    let Some(window) = &plan.window else { return Ok(()) };
    match window.zone.parse::<chrono_tz::Tz>() {
        Ok(_) => Ok(()),
        Err(_) => {
            let what = "must be a zone of the IANA database, such as `Europe/Berlin`";
            Err(Problem::of_field(ProblemCode::ContentInvalid, "zone", what))
        }
    }
}
