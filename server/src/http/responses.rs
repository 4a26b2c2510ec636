//! How long people take to respond.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_protocol::{ConversationId, Millis, PersonId, ProblemCode};
use waypost_storage::ResponseRow;

use super::caller::{Caller, holds};
use super::extract::Query;
use super::problem::Problem;
use crate::clock;
use crate::waypost::Waypost;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(response_times))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// By what the times are put together.
    #[param(inline)]
    by: By,
    /// Of messages recorded at this time or later (milliseconds since 1970); thirty days ago if it is absent.
    from: Option<Millis>,
    /// Of messages recorded before this time; now if it is absent.
    until: Option<Millis>,
    /// Where days begin, in minutes from UTC.
    #[param(minimum = -1440, maximum = 1440)]
    offset_minutes: Option<i16>,
}

/// By what times are put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum By {
    /// Who responded.
    Person,
    /// In which group.
    Group,
    /// On which day the message was recorded.
    Day,
}

/// How long people took.
#[derive(Serialize, ToSchema)]
struct ResponseTimes {
    /// By person, group or day, in their order.
    rows: Vec<ResponseTime>,
}

/// How long it took, for one person, group or day.
#[derive(Serialize, ToSchema)]
struct ResponseTime {
    /// Who responded.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    /// In which group.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
    /// When the day began (milliseconds since 1970).
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Millis>,
    /// To how many messages someone has responded.
    responses: u64,
    /// Half of them were responded to within so many seconds.
    median_s: i64,
    /// Nine of ten were.
    ninetieth_s: i64,
}

/// How long people took to answer or acknowledge messages (staff): from the recording of a message to the
/// first response of each person, by the clock of their device. Messages to which nobody has responded are not
/// among them; see the receipts of a message, and its escalation.
#[utoipa::path(get, path = "/v1/response-times", tag = "messages", params(Wanted),
    responses((status = 200, body = ResponseTimes)))]
async fn response_times(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<axum::Json<ResponseTimes>, Problem> {
    holds(actor, Right::SeeResponseTimes)?;
    let now = clock::now();
    let from = wanted.from.unwrap_or(now - 30 * DAY_MS);
    let until = wanted.until.unwrap_or(now);
    let offset_minutes = wanted.offset_minutes.unwrap_or(0);
    if !(-1440..=1440).contains(&offset_minutes) {
        let what = "between -1440 and 1440";
        return Err(Problem::of_field(ProblemCode::Malformed, "offset_minutes", what));
    }
    waypost.catch_up_index().await?;
    let rows = waypost.db.responses(from, until).await?;
    Ok(axum::Json(ResponseTimes { rows: put_together(&rows, wanted.by, offset_minutes) }))
}

fn put_together(rows: &[ResponseRow], by: By, offset_minutes: i16) -> Vec<ResponseTime> {
    let offset_ms = i64::from(offset_minutes) * 60_000;
    let mut times: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for row in rows {
        let of = match (by, row.conversation) {
            (By::Person, _) => (Some(row.person), None, None),
            (By::Group, place @ ConversationId::Group(_)) => (None, Some(place), None),
            (By::Group, _) => continue,
            (By::Day, _) => {
                let day = (row.asked_at + offset_ms).div_euclid(DAY_MS) * DAY_MS - offset_ms;
                (None, None, Some(day))
            }
        };
        // A clock that goes wrong makes nobody faster than the message.
        times.entry(of).or_default().push((row.responded_at - row.asked_at).max(0) / 1000);
    }
    let row = |((person, conversation, day), mut took): (_, Vec<i64>)| {
        took.sort_unstable();
        let at = |percent: usize| took[(took.len() - 1) * percent / 100];
        let (median_s, ninetieth_s) = (at(50), at(90));
        let responses = took.len() as u64;
        ResponseTime { person, conversation, day, responses, median_s, ninetieth_s }
    };
    times.into_iter().map(row).collect()
}
