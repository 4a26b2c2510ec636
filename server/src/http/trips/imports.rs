//! Many trips at once, from a table or from JSON. Whoever imports the same again changes nothing: ids follow from
//! the customer's own references.

mod lines;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_protocol::{
    Body, Content, ConversationId, FactId, Millis, PersonId, ProblemCode, Role, Stop, StopId,
    StopPlan, Trip, TripId, TripPlan,
};

use super::super::caller::{Caller, holds};
use super::super::extract::{Bytes, Query, is_of};
use super::super::messages::submit;
use super::super::problem::Problem;
use super::place_for;
use crate::clock;
use crate::waypost::Waypost;
pub(super) use lines::{Line, OfDay};
use lines::{Read, Wanted};

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(import_trips))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct How {
    /// Set to see what would become of each line; nothing is planned.
    #[serde(default)]
    dry_run: bool,
}

/// What became of the lines of an import.
#[derive(Serialize, ToSchema)]
pub(super) struct TripsImported {
    /// How many stops were planned, or would be.
    added: u64,
    /// How many are planned otherwise from here on, or would be.
    changed: u64,
    /// How many are planned so already.
    unchanged: u64,
    /// How many lines cannot be taken. Correct them and import all of it again.
    refused: u64,
    /// One for each line, in its order.
    lines: Vec<TripLine>,
}

/// What became of one line.
#[derive(Serialize, ToSchema)]
struct TripLine {
    /// Which line of the file, from 1; of JSON, which item.
    line: u64,
    /// What became of its stop.
    fate: TripLineFate,
    /// The trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    trip: Option<TripId>,
    /// The stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<StopId>,
    /// Why it was refused, and what would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
}

/// What became of the stop of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum TripLineFate {
    /// It was planned, or would be.
    Added,
    /// It is planned otherwise, or would be.
    Changed,
    /// It is planned so already.
    Unchanged,
    /// The line cannot be taken.
    Refused,
}

/// How the facts of an import are called.
#[derive(Clone, Copy)]
pub(super) enum Ids {
    /// Anew each time.
    Fresh,
    /// By what they say, and since when it is so: to say it again is a repeat.
    Following(Millis),
}

/// What is to be imported, and for whom.
pub(super) struct Importing<'a> {
    pub(super) waypost: &'a Waypost,
    pub(super) actor: Actor,
    pub(super) ids: Ids,
    /// Whether nothing is to be planned.
    pub(super) dry_run: bool,
}

/// What is known of what an import names.
#[derive(Default)]
struct Desk {
    drivers: BTreeMap<String, (PersonId, Role)>,
    trips: BTreeMap<TripId, Trip>,
    stops: BTreeMap<StopId, Stop>,
}

/// Plans many trips (dispatch and bots). Every line has a fate of its own, and importing the same again changes
/// nothing: a trip and a stop are known again by their references. A trip that is there stays with its driver,
/// whatever a line says; hand it over for that.
///
/// A table is CSV (RFC 4180, with `,` or `;`), a line for each consignment, or for each stop without one. Its first
/// line names its columns: `trip` and `stop` (the customer's references), `day` and `name` (of the stop), and if you
/// like `trip_name`, `driver` (a handle), `vehicle`, `kind` (`delivery`, `pickup`, `depot`), `address`, `latitude`,
/// `longitude`, `from` and `until` (such as `2026-11-30 08:00`, by the clock of `zone`, which is `UTC` if absent),
/// `service_minutes`, `instructions`, `priority`, `contact`, `phone`, `consignment`, `description`, `quantity`, `unit`
/// and `weight_g`. In JSON the same stand in an array of objects.
#[utoipa::path(post, path = "/v1/trips/imports", tag = "trips", params(How),
    request_body(content((String = "text/csv"), (Vec<Line> = "application/json"))),
    responses((status = 200, body = TripsImported)))]
async fn import_trips(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(How { dry_run }): Query<How>,
    headers: HeaderMap,
    Bytes(file): Bytes,
) -> Result<axum::Json<TripsImported>, Problem> {
    holds(actor, Right::PlanTrips)?;
    let read = match is_of(&headers, &["application/json"]) {
        true => lines::from_json(&file),
        false => lines::from_csv(&file),
    };
    let read = read.map_err(|what| Problem::of_field(ProblemCode::Malformed, "body", what))?;
    let importing = Importing { waypost: &waypost, actor, ids: Ids::Fresh, dry_run };
    importing.take(read).await.map(axum::Json)
}

fn line_refused(line: u64, what: String) -> TripLine {
    TripLine { line, fate: TripLineFate::Refused, trip: None, stop: None, what: Some(what) }
}

impl TripsImported {
    /// The first line that cannot be taken, and why.
    pub(super) fn refusal(&self) -> Option<String> {
        let refused = self.lines.iter().find(|line| line.fate == TripLineFate::Refused)?;
        Some(format!("line {}: {}", refused.line, refused.what.as_deref().unwrap_or_default()))
    }
}

impl Importing<'_> {
    /// Takes these lines, each for itself.
    pub(super) async fn take(&self, lines: Vec<(u64, Read)>) -> Result<TripsImported, Problem> {
        let (wanted, refused) = lines::gathered(lines);
        let mut desk = Desk::of(self.waypost, &wanted).await?;
        let mut told: Vec<TripLine> =
            refused.into_iter().map(|(line, what)| line_refused(line, what)).collect();
        for stop in wanted {
            let outcome = desk.take(self, &stop).await?;
            for line in &stop.lines {
                told.push(match &outcome {
                    Ok(fate) => TripLine {
                        line: *line,
                        fate: *fate,
                        trip: Some(id_of_trip(&stop.trip)),
                        stop: Some(id_of_stop(&stop.trip, &stop.stop)),
                        what: None,
                    },
                    Err(what) => line_refused(*line, what.clone()),
                });
            }
        }
        told.sort_by_key(|line| line.line);
        let count = |fate| told.iter().filter(|line| line.fate == fate).count() as u64;
        let (added, changed) = (count(TripLineFate::Added), count(TripLineFate::Changed));
        let (unchanged, refused) = (count(TripLineFate::Unchanged), count(TripLineFate::Refused));
        Ok(TripsImported { added, changed, unchanged, refused, lines: told })
    }

    /// Says it; or tells why it is refused.
    async fn say(&self, place: ConversationId, body: Body) -> Result<Result<(), String>, Problem> {
        let content = body.to_content();
        let id = self.ids.of(place, &content);
        match submit(self.waypost, self.actor, id, place, content).await {
            Ok(_) => Ok(Ok(())),
            Err(problem) if problem.code.http_status() >= 500 => Err(problem),
            Err(problem) => Ok(Err(problem.sentence())),
        }
    }
}

impl Ids {
    fn of(self, place: ConversationId, content: &Content) -> FactId {
        match self {
            Self::Fresh => FactId::mint(clock::now(), clock::random()),
            Self::Following(since) => {
                let said = [place.to_string().as_bytes(), &content.bytes].concat();
                let hash: [u8; 32] = Sha256::digest(&said).into();
                let mut random = [0; 16];
                random.copy_from_slice(&hash[..16]);
                FactId::mint(since, u128::from_be_bytes(random))
            }
        }
    }
}

impl Desk {
    /// What is there of what these name.
    async fn of(waypost: &Waypost, wanted: &[Wanted]) -> Result<Self, Problem> {
        let mut desk = Self::default();
        let trips: Vec<_> = wanted.iter().map(|it| id_of_trip(&it.trip)).collect();
        let stops: Vec<_> = wanted.iter().map(|it| id_of_stop(&it.trip, &it.stop)).collect();
        desk.trips.extend(waypost.db.trips_by_id(&trips).await?);
        desk.stops.extend(waypost.db.stops_by_id(&stops).await?);
        for handle in wanted.iter().filter_map(|it| it.driver.as_ref()) {
            if !desk.drivers.contains_key(handle)
                && let Some(row) = waypost.db.person_by_handle(handle).await?
            {
                desk.drivers.insert(handle.clone(), (row.person, row.role));
            }
        }
        Ok(desk)
    }

    /// Plans one stop, and its trip if that is not there; or says why it cannot be.
    async fn take(
        &mut self,
        importing: &Importing<'_>,
        wanted: &Wanted,
    ) -> Result<Result<TripLineFate, String>, Problem> {
        let (trip, stop) = (id_of_trip(&wanted.trip), id_of_stop(&wanted.trip, &wanted.stop));
        let plan = match self.plan_of(wanted, trip) {
            Ok(plan) => plan,
            Err(what) => return Ok(Err(what)),
        };
        let known = self.stops.get(&stop).cloned();
        let known_plan = known.as_ref().and_then(|known| known.plan.as_deref());
        let trip_changes = self.trip_otherwise(wanted, trip);
        let fate = match known_plan {
            Some(known) if *known == plan && trip_changes.is_none() => {
                return Ok(Ok(TripLineFate::Unchanged));
            }
            Some(known) if known.trip != trip => {
                return Ok(Err("the stop was handed over to another trip".into()));
            }
            Some(_) => TripLineFate::Changed,
            None => TripLineFate::Added,
        };
        if importing.dry_run {
            return Ok(Ok(fate));
        }
        let place = match self.trip_at(importing, wanted, trip).await? {
            Ok(place) => place,
            Err(what) => return Ok(Err(what)),
        };
        if let Some(plan) = trip_changes {
            let body = Body::TripPlanned { trip, plan: plan.into() };
            if let Err(what) = importing.say(place, body).await? {
                return Ok(Err(what));
            }
            self.trips.extend(importing.waypost.db.trips_by_id(&[trip]).await?);
        }
        if known_plan == Some(&plan) {
            return Ok(Ok(fate));
        }
        let body = Body::StopPlanned { stop, plan: plan.into() };
        Ok(importing.say(place, body).await?.map(|()| fate))
    }

    /// The plan of a trip that is there, if a line says it otherwise. The order of its stops stays.
    fn trip_otherwise(&self, wanted: &Wanted, trip: TripId) -> Option<TripPlan> {
        let known = &self.trips.get(&trip)?.plan;
        let plan = TripPlan { order: known.order.clone(), ..wanted.trip_plan() };
        (plan != *known).then_some(plan)
    }

    fn plan_of(&self, wanted: &Wanted, trip: TripId) -> Result<StopPlan, String> {
        if let Some(handle) = &wanted.driver {
            match self.drivers.get(handle) {
                None => return Err(format!("nobody is called `{handle}`")),
                Some((_, role)) if !may(*role, Right::WorkStops) => {
                    return Err(format!("`{handle}` drives no trips"));
                }
                Some(_) => {}
            }
        }
        let plan = wanted.plan(trip)?;
        let body = Body::StopPlanned { stop: StopId(trip.0), plan: plan.clone().into() };
        body.check().map_err(|error| error.to_string())?;
        wanted.trip_plan().check().map_err(|error| error.to_string())?;
        Ok(plan)
    }

    /// Where the trip is told, which is planned if it is not there.
    async fn trip_at(
        &mut self,
        importing: &Importing<'_>,
        wanted: &Wanted,
        trip: TripId,
    ) -> Result<Result<ConversationId, String>, Problem> {
        if let Some(known) = self.trips.get(&trip) {
            return Ok(Ok(place_for(known.driver)));
        }
        let driver = wanted.driver.as_ref().and_then(|handle| self.drivers.get(handle));
        let place = place_for(driver.map(|(driver, _)| *driver));
        let plan: Box<TripPlan> = wanted.trip_plan().into();
        let told = importing.say(place, Body::TripPlanned { trip, plan }).await?;
        if told.is_ok() {
            self.trips.extend(importing.waypost.db.trips_by_id(&[trip]).await?);
        }
        Ok(told.map(|()| place))
    }
}

/// The id of the trip with this reference.
fn id_of_trip(reference: &str) -> TripId {
    TripId(id_of(&["trip", reference]))
}

/// The id of the stop with this reference in that trip.
fn id_of_stop(trip: &str, reference: &str) -> StopId {
    StopId(id_of(&["stop", trip, reference]))
}

/// A UUIDv8 (RFC 9562) that follows from these words.
fn id_of(words: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
