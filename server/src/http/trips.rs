//! Trips and stops: what is planned, what has become of it, and what waits for a decision of dispatch.

mod imports;
mod planning;
mod recurring;
mod stops;

use std::collections::{BTreeMap, HashMap};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_protocol::{
    ConversationId, Millis, NavigationUrl, PersonId, ProblemCode, Stepped, Stop, StopId, StopPlan,
    StopState, Trip, TripId, TripPlan,
};
use waypost_storage::TripsOf;

use super::caller::{Caller, holds};
use super::extract::{Path, Query, page_place, page_size};
use super::problem::Problem;
use crate::clock;
use crate::waypost::Waypost;

/// Most trips of a board.
const BOARD_TRIPS_MAX: usize = 1_000;

pub use recurring::plan_recurring;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_trips))
        .routes(routes!(show_trip))
        .routes(routes!(show_board))
        .routes(routes!(list_conflicts))
        .routes(routes!(show_stop))
        .merge(planning::router())
        .merge(stops::router())
        .merge(imports::router())
        .merge(recurring::router())
}

/// A trip with its stops.
#[derive(Serialize, ToSchema)]
struct TripShown {
    /// Which.
    id: TripId,
    /// What has become of it.
    #[serde(flatten)]
    trip: Trip,
    /// Whether its driver has yet to agree with the order of its stops.
    asks: bool,
    /// Since when one of its stops is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_since: Option<Millis>,
    /// Its stops, in the order in which they are driven.
    stops: Vec<StopShown>,
}

/// A stop.
#[derive(Serialize, ToSchema)]
struct StopShown {
    /// Which.
    id: StopId,
    /// What has become of it.
    #[serde(flatten)]
    stop: Stop,
    /// Whether its driver has yet to agree with the plan.
    asks: bool,
    /// Whether a device of its driver has the plan.
    delivered: bool,
    /// Since when it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_since: Option<Millis>,
    /// What dispatch is proposed to decide, if something contradicts each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<StopState>,
    /// Where it is, for the navigation of a phone (RFC 5870).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "geo:52.5363,13.3938")]
    geo: Option<String>,
    /// The same for the navigation that the server is set up with (`navigation`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://maps.example/?to=52.5363,13.3938")]
    navigation: Option<String>,
    /// What has become of it in the codes of others.
    codes: StopCodes,
}

/// What has become of a stop in the codes of others, as far as one of theirs says the same.
#[derive(Serialize, ToSchema)]
struct StopCodes {
    /// Element 1650 of X12 214.
    #[serde(skip_serializing_if = "Option::is_none")]
    x12_status: Option<&'static str>,
    /// Element 1651 of X12 214.
    #[serde(skip_serializing_if = "Option::is_none")]
    x12_reason: Option<&'static str>,
    /// UNECE Recommendation 24, as IFTSTA tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rec24_status: Option<&'static str>,
    /// Data element 9013 of UN/EDIFACT.
    #[serde(skip_serializing_if = "Option::is_none")]
    edifact_reason: Option<&'static str>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TripsPage {
    /// The first day, such as `2026-11-30`.
    from: Option<String>,
    /// The last day.
    until: Option<String>,
    /// Those of this driver alone.
    driver: Option<PersonId>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of trips.
#[derive(Serialize, ToSchema)]
struct TripsShown {
    /// By day.
    trips: Vec<TripShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfDay {
    /// The day, such as `2026-11-30`.
    day: String,
}

/// All trips of a day.
#[derive(Serialize, ToSchema)]
struct Board {
    /// Those first that are late the longest, then by name.
    trips: Vec<TripShown>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConflictsPage {
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of stops that wait for a decision.
#[derive(Serialize, ToSchema)]
struct Conflicts {
    /// Those first that have waited longest.
    stops: Vec<StopShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Trips with their stops: of dispatch, bots and auditors all, of a driver their own.
#[utoipa::path(get, path = "/v1/trips", tag = "trips", params(TripsPage),
    responses((status = 200, body = TripsShown)))]
async fn list_trips(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<TripsPage>,
) -> Result<axum::Json<TripsShown>, Problem> {
    let limit = page_size(page.limit)?;
    let after = page.after.as_deref().map(page_place::<String, TripId>).transpose()?;
    let driver = match may(actor.role, Right::SeeTrips) {
        true => page.driver,
        false => {
            holds(actor, Right::WorkStops)?;
            Some(actor.person)
        }
    };
    for (field, day) in [("from", &page.from), ("until", &page.until)] {
        day.iter().try_for_each(|day| is_day(field, day))?;
    }
    let of = TripsOf { from: page.from, until: page.until, driver };
    let trips = waypost.db.trips(&of, after, limit).await?;
    let next = trips.last().filter(|_| trips.len() == limit);
    let next = next.map(|(id, trip)| format!("{}.{id}", trip.plan.day));
    Ok(axum::Json(TripsShown { trips: shown(&waypost, trips).await?, next }))
}

/// One trip with its stops (dispatch, bots, auditors, and its driver).
#[utoipa::path(get, path = "/v1/trips/{trip}", tag = "trips", params(("trip" = TripId, Path)),
    responses((status = 200, body = TripShown)))]
async fn show_trip(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(trip): Path<TripId>,
) -> Result<axum::Json<TripShown>, Problem> {
    let known = trip_for(&waypost, actor, trip).await?;
    let shown = shown(&waypost, vec![(trip, known)]).await?.pop();
    shown.map(axum::Json).ok_or(ProblemCode::NotFound.into())
}

/// All trips of a day, the late ones first (dispatch, bots and auditors). Of more than 1,000 trips ask by pages.
#[utoipa::path(get, path = "/v1/board", tag = "trips", params(OfDay),
    responses((status = 200, body = Board)))]
async fn show_board(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(OfDay { day }): Query<OfDay>,
) -> Result<axum::Json<Board>, Problem> {
    holds(actor, Right::SeeTrips)?;
    is_day("day", &day)?;
    let of = TripsOf { from: Some(day.clone()), until: Some(day), driver: None };
    let trips = waypost.db.trips(&of, None, BOARD_TRIPS_MAX + 1).await?;
    if trips.len() > BOARD_TRIPS_MAX {
        let what = format!("more than {BOARD_TRIPS_MAX} trips; ask for them by pages");
        return Err(Problem::of_field(ProblemCode::TooLarge, "day", what));
    }
    let mut trips = shown(&waypost, trips).await?;
    trips.sort_by(|a, b| {
        let key = |it: &TripShown| it.late_since.unwrap_or(Millis::MAX);
        (key(a), &a.trip.plan.name, a.id).cmp(&(key(b), &b.trip.plan.name, b.id))
    });
    Ok(axum::Json(Board { trips }))
}

/// The stops at which something contradicts each other, each with a proposal (dispatch, bots and auditors).
#[utoipa::path(get, path = "/v1/conflicts", tag = "trips", params(ConflictsPage),
    responses((status = 200, body = Conflicts)))]
async fn list_conflicts(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<ConflictsPage>,
) -> Result<axum::Json<Conflicts>, Problem> {
    holds(actor, Right::SeeTrips)?;
    let limit = page_size(page.limit)?;
    let after = page.after.as_deref().map(page_place::<Millis, StopId>).transpose()?;
    let rows = waypost.db.conflicted_stops(after, limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|last| format!("{}.{}", last.since, last.stop));
    let stops = rows.into_iter().map(|row| (row.stop, row.state)).collect();
    Ok(axum::Json(Conflicts { stops: stops_shown(&waypost, stops).await?, next }))
}

/// One stop (dispatch, bots, auditors, and whose it is or was).
#[utoipa::path(get, path = "/v1/stops/{stop}", tag = "trips", params(("stop" = StopId, Path)),
    responses((status = 200, body = StopShown)))]
async fn show_stop(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
) -> Result<axum::Json<StopShown>, Problem> {
    let known = stop_for(&waypost, actor, stop).await?;
    let shown = stops_shown(&waypost, vec![(stop, known)]).await?.pop();
    shown.map(axum::Json).ok_or(ProblemCode::NotFound.into())
}

/// A trip of which this person may know.
async fn trip_for(waypost: &Waypost, actor: Actor, trip: TripId) -> Result<Trip, Problem> {
    let known = waypost.db.trips_by_id(&[trip]).await?.remove(&trip);
    let may_know =
        |trip: &Trip| may(actor.role, Right::SeeTrips) || trip.driver == Some(actor.person);
    known.filter(may_know).ok_or_else(|| no_such("trip"))
}

/// A stop of which this person may know.
pub async fn stop_for(waypost: &Waypost, actor: Actor, stop: StopId) -> Result<Stop, Problem> {
    let known = waypost.db.stops_by_id(&[stop]).await?.remove(&stop);
    let may_know =
        |stop: &Stop| may(actor.role, Right::SeeTrips) || stop.drivers.contains(&actor.person);
    known.filter(may_know).ok_or_else(|| no_such("stop"))
}

fn no_such(field: &'static str) -> Problem {
    Problem::of_field(ProblemCode::NotFound, field, format!("there is no such {field}"))
}

/// Where a trip or stop of this driver is told.
fn place_for(driver: Option<PersonId>) -> ConversationId {
    driver.map_or(ConversationId::Staff, ConversationId::Dispatch)
}

async fn shown(waypost: &Waypost, trips: Vec<(TripId, Trip)>) -> Result<Vec<TripShown>, Problem> {
    let ids: Vec<_> = trips.iter().map(|(id, _)| *id).collect();
    let mut stops = waypost.db.stops_of(&ids).await?;
    let drivers = stops.values().flatten().filter_map(|(_, stop)| stop.driver);
    let delivered = waypost.db.delivered_up_to(&distinct(drivers)).await?;
    let (now, navigation) = (clock::now(), waypost.config.navigation.as_ref());
    let show = |(id, trip): (TripId, Trip)| {
        let mut stops = stops.remove(&id).unwrap_or_default();
        trip.put_in_order(&mut stops);
        let shown = |(id, stop)| stop_shown(id, stop, &delivered, navigation, now);
        let stops: Vec<_> = stops.into_iter().map(shown).collect();
        let late_since = stops.iter().filter_map(|stop| stop.late_since).min();
        TripShown { id, asks: trip.asks(), trip, late_since, stops }
    };
    Ok(trips.into_iter().map(show).collect())
}

async fn stops_shown(
    waypost: &Waypost,
    stops: Vec<(StopId, Stop)>,
) -> Result<Vec<StopShown>, Problem> {
    let drivers = stops.iter().filter_map(|(_, stop)| stop.driver);
    let delivered = waypost.db.delivered_up_to(&distinct(drivers)).await?;
    let (now, navigation) = (clock::now(), waypost.config.navigation.as_ref());
    let shown = |(id, stop)| stop_shown(id, stop, &delivered, navigation, now);
    Ok(stops.into_iter().map(shown).collect())
}

fn distinct(people: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let people: BTreeMap<_, _> = people.map(|person| (person, ())).collect();
    people.into_keys().collect()
}

fn stop_shown(
    id: StopId,
    stop: Stop,
    delivered_up_to: &HashMap<PersonId, u64>,
    navigation: Option<&NavigationUrl>,
    now: Millis,
) -> StopShown {
    let delivered = stop.driver.and_then(|driver| delivered_up_to.get(&driver));
    let plan = stop.plan.as_deref();
    StopShown {
        id,
        asks: stop.asks(),
        delivered: delivered.is_some_and(|up_to| *up_to >= stop.planned_n),
        late_since: stop.late_since(now),
        proposal: stop.proposal(),
        geo: plan.and_then(StopPlan::geo),
        navigation: plan.zip(navigation).and_then(|(plan, url)| url.to(plan)),
        codes: codes_of(&stop),
        stop,
    }
}

fn codes_of(stop: &Stop) -> StopCodes {
    let kind = stop.plan.as_ref().map(|plan| plan.kind).unwrap_or_default();
    let why = stop.steps.iter().rev().find_map(|step| match step.what {
        Stepped::Moved { to, reason, .. } if to == stop.state => Some(reason),
        _ => None,
    });
    let why = why.flatten();
    StopCodes {
        x12_status: stop.state.x12(kind),
        x12_reason: why.and_then(|reason| reason.x12()),
        rec24_status: stop.state.rec24(kind),
        edifact_reason: why.and_then(|reason| reason.edifact()),
    }
}

fn is_day(field: &'static str, day: &str) -> Result<(), Problem> {
    let plan = TripPlan { name: "x".into(), day: day.into(), ..TripPlan::default() };
    plan.check().map_err(|error| Problem::of_field(ProblemCode::Malformed, field, error.what))
}
