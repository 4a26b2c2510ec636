//! People: the directory.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Deed;
use waypost_domain::rights::Right;
use waypost_protocol::{Body, PersonId, ProblemCode, Role};
use waypost_storage::PersonRow;

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_size};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(list_people, add_person))
        .routes(routes!(show_person))
}

/// A person of the directory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PersonShown {
    /// Their number.
    pub id: PersonId,
    /// The unique short name.
    pub handle: String,
    /// The name on the screen.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language in which templates are rendered for them (BCP 47).
    pub language: String,
}

impl From<PersonRow> for PersonShown {
    fn from(row: PersonRow) -> Self {
        let PersonRow { person: id, handle, name, role, language } = row;
        Self { id, handle, name, role, language }
    }
}

/// A person to be added.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonWanted {
    /// Unique short name: lower-case letters, digits, `.` and `-`.
    #[schema(example = "dana", min_length = 1, max_length = 80, pattern = "^[a-z0-9.-]+$")]
    pub handle: String,
    /// Name on the screen.
    #[schema(example = "Dana Kowalska", min_length = 1, max_length = 80, pattern = r"\S")]
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language in which templates are rendered for them (BCP 47).
    #[serde(default = "english")]
    #[schema(example = "pl", min_length = 1, max_length = 80, pattern = r"\S")]
    pub language: String,
}

fn english() -> String {
    "en".into()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PeoplePage {
    /// Only people with a higher number than this.
    after: Option<u32>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of people.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PeopleShown {
    /// In the order of their numbers.
    pub people: Vec<PersonShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// Who am I?
#[utoipa::path(get, path = "/v1/me", tag = "people", responses((status = 200, body = PersonShown)))]
async fn me(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<PersonShown>, Problem> {
    let row = waypost.db.person(actor.person).await?.ok_or(ProblemCode::NotFound)?;
    Ok(axum::Json(row.into()))
}

/// The directory.
#[utoipa::path(get, path = "/v1/people", tag = "people", params(PeoplePage),
    responses((status = 200, body = PeopleShown)))]
async fn list_people(
    State(waypost): State<Waypost>,
    Caller(_): Caller,
    Query(page): Query<PeoplePage>,
) -> Result<axum::Json<PeopleShown>, Problem> {
    let limit = page_size(page.limit)?;
    let rows = waypost.db.people(page.after.unwrap_or(0), limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|last| last.person.0);
    Ok(axum::Json(PeopleShown { people: rows.into_iter().map(Into::into).collect(), next }))
}

/// One person.
#[utoipa::path(get, path = "/v1/people/{person}", tag = "people",
    params(("person" = u32, Path, description = "Their number.")),
    responses((status = 200, body = PersonShown)))]
async fn show_person(
    State(waypost): State<Waypost>,
    Caller(_): Caller,
    Path(person): Path<PersonId>,
) -> Result<axum::Json<PersonShown>, Problem> {
    let row = waypost.db.person(person).await?.ok_or(ProblemCode::NotFound)?;
    Ok(axum::Json(row.into()))
}

/// Adds a person to the directory (admins).
#[utoipa::path(post, path = "/v1/people", tag = "people", request_body = PersonWanted,
    params(IdempotencyKey),
    responses((status = 201, body = PersonShown)))]
async fn add_person(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(wanted): Json<PersonWanted>,
) -> Result<(StatusCode, axum::Json<PersonShown>), Problem> {
    holds(actor, Right::AddPeople)?;
    let PersonWanted { handle, name, role, language } = wanted;
    // The number is given later; everything else must be right now, with the field that is not.
    Body::PersonAdded {
        person: PersonId::SERVER,
        handle: handle.clone(),
        name: name.clone(),
        role,
        language: language.clone(),
    }
    .check()?;
    let done = waypost
        .deed(actor, id, Deed::AddPerson { handle: handle.clone(), name, role, language })
        .await
        .map_err(|code| match code {
            ProblemCode::HandleTaken => {
                Problem::of_field(code, "handle", format!("`{handle}` is taken; choose another"))
            }
            other => other.into(),
        })?;
    tracing::info!(n = done.sequence.n, "a person was added");
    let row = waypost.db.person_by_handle(&handle).await?.ok_or(ProblemCode::NotFound)?;
    Ok((StatusCode::CREATED, axum::Json(row.into())))
}
