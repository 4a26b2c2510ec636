//! Who looks after whom, and who works when.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::{Right, may};
use waypost_domain::{Deed, DeedDone};
use waypost_protocol::{Body, Coverage, FactId, Millis, PersonId, ProblemCode, Shift};
use waypost_storage::ShiftRow;

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_place, page_size};
use super::problem::Problem;
use crate::clock;
use crate::waypost::Waypost;

const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_coverages))
        .routes(routes!(set_coverage))
        .routes(routes!(list_shifts, plan_shift))
        .routes(routes!(cancel_shift))
}

/// A coverage: which dispatchers look after which drivers.
#[derive(Serialize, ToSchema)]
struct CoverageShown {
    /// Its number, chosen by who made it.
    coverage: u32,
    /// Who looks after whom.
    #[serde(flatten)]
    of: Coverage,
}

/// How a coverage is to be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CoverageWanted {
    /// Name on the screen.
    #[schema(example = "North", min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// Who looks after them: people of the staff, at most 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    dispatchers: Vec<PersonId>,
    /// After whom, at most 4,000.
    #[serde(default)]
    #[schema(max_items = 4000)]
    drivers: Vec<PersonId>,
}

/// A shift to be planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShiftWanted {
    /// Who.
    person: PersonId,
    /// From when on (milliseconds since 1970).
    from: Millis,
    /// Until when, exclusive; at most a week later.
    until: Millis,
    /// Whether they are on call then.
    #[serde(default)]
    on_call: bool,
}

/// Every coverage.
#[derive(Serialize, ToSchema)]
struct Coverages {
    /// By number.
    coverages: Vec<CoverageShown>,
}

/// A shift.
#[derive(Serialize, ToSchema)]
struct ShiftShown {
    /// The fact that planned it.
    id: FactId,
    /// Who, and when.
    #[serde(flatten)]
    shift: Shift,
}

impl From<ShiftRow> for ShiftShown {
    fn from(ShiftRow { id, shift }: ShiftRow) -> Self {
        Self { id, shift }
    }
}

/// Shifts.
#[derive(Serialize, ToSchema)]
struct Shifts {
    /// By when they begin.
    shifts: Vec<ShiftShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ShiftsWanted {
    /// Whose; everyone's if it is absent (staff), mine for everyone else.
    person: Option<PersonId>,
    /// Shifts that end after this time (milliseconds since 1970); now if it is absent.
    from: Option<Millis>,
    /// Shifts that begin before this time; a week after `from` if it is absent.
    until: Option<Millis>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Who looks after whom (staff).
#[utoipa::path(get, path = "/v1/coverages", tag = "roster",
    responses((status = 200, body = Coverages)))]
async fn list_coverages(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<Coverages>, Problem> {
    holds(actor, Right::SeeRoster)?;
    let coverages = waypost.db.coverages().await?;
    let shown = |(coverage, of)| CoverageShown { coverage, of };
    Ok(axum::Json(Coverages { coverages: coverages.into_iter().map(shown).collect() }))
}

/// From now on these dispatchers look after these drivers (staff). A coverage that has nobody any more looks
/// after nobody.
#[utoipa::path(put, path = "/v1/coverages/{coverage}", tag = "roster", request_body = CoverageWanted,
    params(("coverage" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "It is so.")))]
async fn set_coverage(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(coverage): Path<u32>,
    Json(CoverageWanted { name, dispatchers, drivers }): Json<CoverageWanted>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::SetCoverages)?;
    let of = Coverage { name, dispatchers, drivers };
    Body::CoverageSet { coverage, of: of.clone() }.check()?;
    waypost.deed(actor, id, Deed::SetCoverage { coverage, of }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who works when: everyone, for the staff; for others their own shifts.
#[utoipa::path(get, path = "/v1/shifts", tag = "roster", params(ShiftsWanted),
    responses((status = 200, body = Shifts)))]
async fn list_shifts(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(wanted): Query<ShiftsWanted>,
) -> Result<axum::Json<Shifts>, Problem> {
    let limit = page_size(wanted.limit)?;
    let person = match may(actor.role, Right::SeeRoster) {
        true => wanted.person,
        false => Some(wanted.person.unwrap_or(actor.person)),
    };
    if person.is_some_and(|person| person != actor.person) {
        holds(actor, Right::SeeRoster)?;
    }
    let from = wanted.from.unwrap_or_else(clock::now);
    let until = wanted.until.unwrap_or(from.saturating_add(WEEK_MS));
    let after = wanted.after.as_deref().map(page_place).transpose()?;
    let rows = waypost.db.shifts(person, from, until, after, limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|last| format!("{}.{}", last.shift.from, last.id));
    Ok(axum::Json(Shifts { shifts: rows.into_iter().map(ShiftShown::from).collect(), next }))
}

/// Plans a shift (staff). To change one, cancel it and plan another.
#[utoipa::path(post, path = "/v1/shifts", tag = "roster", request_body = ShiftWanted,
    params(IdempotencyKey), responses((status = 201, body = ShiftShown)))]
async fn plan_shift(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(ShiftWanted { person, from, until, on_call }): Json<ShiftWanted>,
) -> Result<(StatusCode, axum::Json<ShiftShown>), Problem> {
    holds(actor, Right::PlanShifts)?;
    let shift = Shift { person, from, until, on_call };
    Body::ShiftPlanned { shift }.check()?;
    let _: DeedDone =
        waypost.deed(actor, id, Deed::PlanShift { shift }).await.map_err(|code| match code {
            ProblemCode::NotFound => {
                Problem::of_field(code, "person", "there is no such person, or they do not work")
            }
            other => other.into(),
        })?;
    Ok((StatusCode::CREATED, axum::Json(ShiftShown { id, shift })))
}

/// Cancels a shift (staff).
#[utoipa::path(delete, path = "/v1/shifts/{shift}", tag = "roster",
    params(("shift" = FactId, Path), IdempotencyKey),
    responses((status = 204, description = "It is not worked.")))]
async fn cancel_shift(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(shift): Path<FactId>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanShifts)?;
    match waypost.deed(actor, id, Deed::CancelShift { shift }).await {
        Ok(_) | Err(ProblemCode::AlreadyDone) => Ok(StatusCode::NO_CONTENT),
        Err(code) => Err(code.into()),
    }
}
