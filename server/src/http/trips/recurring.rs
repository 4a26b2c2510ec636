//! Trips that come again and again: dispatch says once when and what, and the server plans each by itself, some days
//! ahead, as an import of whoever has set it would.

mod days;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Months, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::rights::Right;
use waypost_protocol::{Millis, NAME_CHARS_MAX, PersonId, ProblemCode, TRIP_STOPS_MAX};
use waypost_storage::RecurringRow;

use super::super::caller::{Caller, holds};
use super::super::extract::{Json, Path, Query};
use super::super::problem::Problem;
use super::imports::{Ids, Importing, Line, OfDay};
use crate::clock;
use crate::waypost::Waypost;
use days::{Days, day_at, later};

/// How many days ahead trips are planned.
const AHEAD: std::ops::RangeInclusive<u8> = 1..=60;
const AHEAD_UNLESS_SAID: u8 = 7;

/// Most of them.
const RECURRING_MAX: usize = 1_000;

/// Most days on which one does not come.
const EXCEPT_MAX: usize = 400;

/// How many coming days are told.
const NEXT_TOLD: usize = 5;

/// So far ahead the next day is looked for: ten years.
const LOOK_MONTHS: u32 = 120;

/// Longest rule, in characters.
const RULE_CHARS_MAX: usize = 500;

/// Most of them that are planned in one go.
const AT_A_TIME: usize = 16;

/// When to try again what failed.
const AGAIN_MS: Millis = 60_000;

/// When to look again whether a day has begun somewhere.
const LOOK_EVERY_MS: Millis = 15 * 60_000;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_recurring))
        .routes(routes!(set_recurring, end_recurring))
}

/// A trip that comes again and again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecurringTrip {
    /// On which days: a recurrence rule (RFC 5545) by days, weeks, months or years.
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", max_length = 500)]
    rule: String,
    /// From which day on.
    #[schema(example = "2026-11-30")]
    from: String,
    /// Days on which it does not come, such as holidays; at most 400.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 400)]
    except: Vec<String>,
    /// By whose clock its days and times are.
    #[serde(default = "utc")]
    #[schema(example = "Europe/Berlin")]
    zone: String,
    /// How many days ahead each is planned.
    #[serde(default = "ahead")]
    #[schema(minimum = 1, maximum = 60, default = 7)]
    days_ahead: u8,
    /// The name of each trip; the reference, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The handle of the driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    driver: Option<String>,
    /// The vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vehicle: Option<String>,
    /// Its stops, as lines of an import have them: without `trip`, `day` and what stands above, and with times such as
    /// `08:00` for `from` and `until`. An `until` before its `from` is on the day after.
    stops: Vec<Line>,
}

/// A trip that comes again and again, and how far it is planned.
#[derive(Serialize, ToSchema)]
struct RecurringShown {
    /// The customer's own reference. That of each trip is this, `/` and its day.
    reference: String,
    /// What was set.
    #[serde(flatten)]
    set: RecurringTrip,
    /// By whom; the trips are planned in their name.
    set_by: PersonId,
    /// When.
    set_at: Millis,
    /// Up to which day it is planned; absent, while it was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_until: Option<String>,
    /// What of it could not be planned, and why. It is tried again when the trip is set again.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The days on which it comes next, today's among them; at most five.
    next: Vec<String>,
}

/// Trips that come again and again.
#[derive(Serialize, ToSchema)]
struct RecurringTrips {
    /// By reference.
    trips: Vec<RecurringShown>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct How {
    /// Set to see on which days it would come, and whether it can be planned; nothing is set.
    #[serde(default)]
    dry_run: bool,
}

/// The trips that come again and again (dispatch, bots and auditors).
#[utoipa::path(get, path = "/v1/recurring-trips", tag = "trips",
    responses((status = 200, body = RecurringTrips)))]
async fn list_recurring(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<RecurringTrips>, Problem> {
    holds(actor, Right::SeeTrips)?;
    let rows = waypost.db.recurring().await?;
    let trips = rows.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(axum::Json(RecurringTrips { trips }))
}

/// Sets a trip that comes again and again (dispatch and bots), in place of what was set under its reference. The server
/// plans each as an import would, in the name of who has set it: to set it otherwise changes also what is planned from
/// today on, and leaves what an import would leave.
#[utoipa::path(put, path = "/v1/recurring-trips/{reference}", tag = "trips",
    params(("reference" = String, Path), How), request_body = RecurringTrip,
    responses((status = 200, body = RecurringShown)))]
async fn set_recurring(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(reference): Path<String>,
    Query(How { dry_run }): Query<How>,
    Json(set): Json<RecurringTrip>,
) -> Result<axum::Json<RecurringShown>, Problem> {
    holds(actor, Right::PlanTrips)?;
    set.check(&reference)?;
    set.can_be_planned(&waypost, actor, &reference).await?;
    let definition = serde_json::to_string(&set).map_err(|_| ProblemCode::Internal)?;
    let before = waypost.db.recurring_by(&reference).await?;
    let is_same = |before: &&RecurringRow| before.definition == definition;
    // A repeat changes nothing, unless something could not be planned: then all is tried again.
    if let Some(same) = before.as_ref().filter(is_same).filter(|it| it.problem.is_none()) {
        return shown(same.clone()).map(axum::Json);
    }
    if before.is_none() && waypost.db.recurring().await?.len() >= RECURRING_MAX {
        let what = format!("there are {RECURRING_MAX} already; end one");
        return Err(Problem::with(ProblemCode::TooLarge, what));
    }
    let (set_by, set_at) = (actor.person, clock::now());
    let (planned_until, problem, due_at) = (None, None, set_at);
    let row =
        RecurringRow { reference, set_by, definition, set_at, planned_until, due_at, problem };
    if !dry_run {
        waypost.db.set_recurring(&row).await?;
    }
    shown(row).map(axum::Json)
}

/// Ends a trip that comes again and again (dispatch and bots). What is planned stays; cancel or change it by itself.
#[utoipa::path(delete, path = "/v1/recurring-trips/{reference}", tag = "trips",
    params(("reference" = String, Path)),
    responses((status = 204, description = "It comes no more.")))]
async fn end_recurring(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(reference): Path<String>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::PlanTrips)?;
    match waypost.db.end_recurring(&reference).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => {
            let what = "there is no such recurring trip";
            Err(Problem::of_field(ProblemCode::NotFound, "reference", what))
        }
    }
}

/// Plans the next day of each of the trips that are due; whether there is more to do at once. One day at a time, so that
/// whatever was set anew or ended meanwhile counts from the next day on, and a server that stops waits for one day.
///
/// # Errors
/// If the record cannot be read or written.
pub async fn plan_recurring(waypost: &Waypost) -> Result<bool, Problem> {
    let due = waypost.db.recurring_due(clock::now(), AT_A_TIME).await?;
    let mut more = due.len() == AT_A_TIME;
    for row in due {
        let marked = match plan_next(waypost, &row).await {
            Ok(Planned { until, is_last, problem }) => {
                more |= !is_last;
                let now = clock::now();
                let due_at = if is_last { now + LOOK_EVERY_MS } else { now };
                let planned_until = Some(until.to_string());
                RecurringRow { planned_until, problem, due_at, ..row.clone() }
            }
            Err(problem) => {
                let problem = Some(problem.sentence());
                RecurringRow { problem, due_at: clock::now() + AGAIN_MS, ..row.clone() }
            }
        };
        let is_news = |what: &&String| row.problem.as_ref() != Some(*what);
        if let Some(what) = marked.problem.as_ref().filter(is_news) {
            tracing::warn!(reference = row.reference, what, "a recurring trip cannot be planned");
        }
        waypost.db.mark_recurring(&marked).await?;
    }
    Ok(more)
}

/// How far something is planned, and what could not be.
struct Planned {
    until: NaiveDate,
    /// Whether that is as far ahead as was set.
    is_last: bool,
    problem: Option<String>,
}

/// Plans the next trip, if one is left of the days ahead. A line that cannot be taken holds up no other; what was wrong stays
/// told until the trip is set anew.
async fn plan_next(waypost: &Waypost, row: &RecurringRow) -> Result<Planned, Problem> {
    let set = read(row)?;
    let person = waypost.db.person(row.set_by).await?.ok_or(ProblemCode::NotAllowed)?;
    let actor = Actor { person: row.set_by, enrolment: None, role: person.role };
    holds(actor, Right::PlanTrips)?;
    let (today, days) = (set.today(clock::now())?, set.days()?);
    let last = later(today, set.days_ahead);
    let yesterday = today.pred_opt().unwrap_or(today);
    let planned = row.planned_until.as_deref().and_then(|it| days::day("", it).ok());
    let after = planned.unwrap_or(yesterday).max(yesterday);
    let Some(day) = days.between(after, last).first().copied() else {
        return Ok(Planned { until: last.max(after), is_last: true, problem: row.problem.clone() });
    };
    // The facts follow from what was set: a second server, or a second try, says the same.
    let since = row.set_at.max(days::begin_of(day, set.days_ahead));
    let importing = Importing { waypost, actor, ids: Ids::Following(since), dry_run: false };
    let refused = importing.take(set.lines(&row.reference, day)).await?.refusal();
    let problem = row.problem.clone().or(refused.map(|what| format!("{day}: {what}")));
    Ok(Planned { until: day, is_last: false, problem })
}

impl RecurringTrip {
    fn check(&self, reference: &str) -> Result<(), Problem> {
        let wrong = |field: &str, what: String| {
            Err(Problem::of_field(ProblemCode::ContentInvalid, field, what))
        };
        let longest = NAME_CHARS_MAX - "/2026-11-30".len();
        if reference.trim().is_empty() || reference.chars().count() > longest {
            return wrong("reference", format!("from 1 to {longest} characters"));
        }
        if !AHEAD.contains(&self.days_ahead) {
            return wrong("days_ahead", format!("from {} to {}", AHEAD.start(), AHEAD.end()));
        }
        if self.except.len() > EXCEPT_MAX {
            return wrong("except", format!("at most {EXCEPT_MAX} days"));
        }
        let lines = 1..=TRIP_STOPS_MAX * waypost_protocol::CONSIGNMENTS_MAX;
        if !lines.contains(&self.stops.len()) {
            return wrong("stops", format!("from 1 to {} lines", lines.end()));
        }
        if self.rule.chars().count() > RULE_CHARS_MAX {
            return wrong("rule", format!("at most {RULE_CHARS_MAX} characters"));
        }
        self.zone()?;
        self.days().map(drop)
    }

    /// Whether the first of them can be planned, as far as that can be said now.
    async fn can_be_planned(
        &self,
        waypost: &Waypost,
        actor: Actor,
        reference: &str,
    ) -> Result<(), Problem> {
        let first = self.next(clock::now())?.into_iter().next();
        let Some(first) = first else {
            let what = "it would never come";
            return Err(Problem::of_field(ProblemCode::ContentInvalid, "rule", what));
        };
        let lines = self.lines(reference, first);
        let trying = Importing { waypost, actor, ids: Ids::Fresh, dry_run: true };
        match trying.take(lines).await?.refusal() {
            Some(what) => Err(Problem::of_field(ProblemCode::ContentInvalid, "stops", what)),
            None => Ok(()),
        }
    }

    /// The lines of an import of that day's trip.
    fn lines(&self, reference: &str, day: NaiveDate) -> Vec<(u64, Result<Line, String>)> {
        let own = reference.to_owned();
        let trip = OfDay {
            reference: format!("{reference}/{day}"),
            name: self.name.as_ref().unwrap_or(&own),
            driver: &self.driver,
            vehicle: &self.vehicle,
            zone: &self.zone,
        };
        (1..).zip(self.stops.iter().map(|stop| stop.on(day, &trip))).collect()
    }

    fn next(&self, now: Millis) -> Result<Vec<NaiveDate>, Problem> {
        let today = self.today(now)?;
        let (yesterday, days) = (today.pred_opt().unwrap_or(today), self.days()?);
        let far = today.checked_add_months(Months::new(LOOK_MONTHS)).unwrap_or(today);
        Ok(days.between(yesterday, far).into_iter().take(NEXT_TOLD).collect())
    }

    fn today(&self, now: Millis) -> Result<NaiveDate, Problem> {
        Ok(day_at(now, self.zone()?))
    }

    fn zone(&self) -> Result<Tz, Problem> {
        let unknown = |_| format!("there is no zone `{}`", self.zone);
        let zone = self.zone.parse().map_err(unknown);
        zone.map_err(|what| Problem::of_field(ProblemCode::ContentInvalid, "zone", what))
    }

    fn days(&self) -> Result<Days, Problem> {
        Days::read(&self.rule, &self.from, &self.except)
            .map_err(|(field, what)| Problem::of_field(ProblemCode::ContentInvalid, field, what))
    }
}

fn shown(row: RecurringRow) -> Result<RecurringShown, Problem> {
    let set = read(&row)?;
    let next = set.next(clock::now())?.iter().map(NaiveDate::to_string).collect();
    let RecurringRow { reference, set_by, set_at, planned_until, problem, .. } = row;
    Ok(RecurringShown { reference, set, set_by, set_at, planned_until, problem, next })
}

fn read(row: &RecurringRow) -> Result<RecurringTrip, Problem> {
    serde_json::from_str(&row.definition).map_err(|error| {
        tracing::error!(%error, reference = row.reference, "a recurring trip cannot be read");
        ProblemCode::Internal.into()
    })
}

fn utc() -> String {
    "UTC".into()
}

fn ahead() -> u8 {
    AHEAD_UNLESS_SAID
}
