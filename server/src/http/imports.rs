//! Many people at once, from a table or from vCards.

mod cards;
mod table;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::HeaderMap;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_domain::{Actor, Deed};
use waypost_protocol::{Body, FactId, PersonId, ProblemCode, Role};

use super::caller::{Caller, holds};
use super::extract::{Bytes, Query, is_of};
use super::problem::Problem;
use crate::clock;
use crate::waypost::Waypost;

pub use table::opened;

/// Lines that are added together.
const TOGETHER: usize = 64;

/// The media types of vCards.
const CARDS: [&str; 3] = ["text/vcard", "text/x-vcard", "text/directory"];

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(import_people))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct How {
    /// Set to see what would become of each line; nobody is added.
    #[serde(default)]
    dry_run: bool,
}

/// What became of a table of people.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// How many were added, or would be.
    pub added: u64,
    /// How many are there already, as the table says.
    pub unchanged: u64,
    /// How many lines cannot be taken. Correct them and import the whole table again: whoever was added
    /// stays as they are.
    pub refused: u64,
    /// One for each line of the table, in its order.
    pub lines: Vec<ImportedLine>,
}

/// What became of one line.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ImportedLine {
    /// Which line of the file, from 1; of a vCard, its first.
    pub line: u64,
    /// The short name that stands there, or follows from what stands there.
    pub handle: String,
    /// The name on the screen.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// The number of the person, if there is one now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Why it was refused, and what would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The person was added, or would be.
    Added,
    /// They are there already, as the line says.
    Unchanged,
    /// The line cannot be taken.
    Refused,
}

/// A person as a line or a card says them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
struct Line {
    handle: String,
    name: Option<String>,
    role: Option<String>,
    language: Option<String>,
}

/// A line that can be taken.
struct Wanted {
    handle: String,
    name: String,
    role: Role,
    language: String,
}

/// Adds many people (admins), from a table or from vCards. Every line, or card, has a fate of its own, and
/// importing the same again changes nothing.
///
/// A table is CSV (RFC 4180, with `,` or `;`). Its first line names its columns: `handle`, and if you like `name`,
/// `role` (`driver` if it is absent) and `language` (`en`). Of a vCard (RFC 6350, and older ones) `FN` is the
/// name, `LANG` the language, and `X-WAYPOST-ROLE` the role; the handle is `X-WAYPOST-HANDLE`, or else the first of
/// `NICKNAME`, what stands before the `@` of `EMAIL`, and the name that makes one.
#[utoipa::path(post, path = "/v1/people/imports", tag = "people", params(How),
    request_body(content((String = "text/csv"), (String = "text/vcard"))),
    responses((status = 200, body = Imported)))]
async fn import_people(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(How { dry_run }): Query<How>,
    headers: HeaderMap,
    Bytes(file): Bytes,
) -> Result<axum::Json<Imported>, Problem> {
    holds(actor, Right::AddPeople)?;
    let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
    let read = match is_of(&headers, &CARDS) {
        true => cards::read(&file),
        false => table::read(&file),
    };
    let read = read.map_err(|what| Problem::of_field(ProblemCode::Malformed, "body", what))?;
    for together in read.chunks(TOGETHER) {
        let twice: Vec<_> =
            together.iter().map(|(_, line)| !seen.insert(line.handle.trim().to_owned())).collect();
        let taken = together.iter().zip(twice).map(|((number, line), twice)| {
            let waypost = &waypost;
            async move {
                let outcome = match twice {
                    true => Err("stands in the table twice".to_owned()),
                    false => take(waypost, actor, line, dry_run).await?,
                };
                let handle = line.handle.trim().to_owned();
                let name = line.name.clone().unwrap_or_else(|| handle.clone());
                let (fate, person, what) = match outcome {
                    Ok((fate, person)) => (fate, person, None),
                    Err(what) => (Fate::Refused, None, Some(what)),
                };
                Ok::<_, Problem>(ImportedLine { line: *number, handle, name, fate, person, what })
            }
        });
        for line in join_all(taken).await {
            lines.push(line?);
        }
    }
    let count = |fate| lines.iter().filter(|line| line.fate == fate).count() as u64;
    let (added, unchanged) = (count(Fate::Added), count(Fate::Unchanged));
    let refused = count(Fate::Refused);
    Ok(axum::Json(Imported { added, unchanged, refused, lines }))
}

/// Takes one line; or says why it cannot be taken.
async fn take(
    waypost: &Waypost,
    actor: Actor,
    line: &Line,
    dry_run: bool,
) -> Result<Result<(Fate, Option<PersonId>), String>, Problem> {
    let Wanted { handle, name, role, language } = match wanted(line) {
        Ok(wanted) => wanted,
        Err(what) => return Ok(Err(what)),
    };
    if let Some(there) = waypost.db.person_by_handle(&handle).await? {
        let same = (&there.name, there.role, &there.language) == (&name, role, &language);
        return Ok(match same {
            true => Ok((Fate::Unchanged, Some(there.person))),
            false => Err(format!(
                "`{handle}` is there already, as {}, {}, {}",
                there.name,
                there.role.name(),
                there.language
            )),
        });
    }
    if dry_run {
        return Ok(Ok((Fate::Added, None)));
    }
    let id = FactId::mint(clock::now(), clock::random());
    let deed = Deed::AddPerson { handle: handle.clone(), name, role, language };
    match waypost.deed(actor, id, deed).await {
        Ok(_) => {
            let person = waypost.db.person_by_handle(&handle).await?.map(|row| row.person);
            Ok(Ok((Fate::Added, person)))
        }
        Err(ProblemCode::HandleTaken) => Ok(Err(format!("`{handle}` is taken; choose another"))),
        Err(code) => Err(code.into()),
    }
}

fn wanted(line: &Line) -> Result<Wanted, String> {
    let given = |field: &Option<String>| field.clone().filter(|it| !it.is_empty());
    let handle = line.handle.clone();
    let name = given(&line.name).unwrap_or_else(|| handle.clone());
    let role = given(&line.role).map_or(Ok(Role::Driver), |role| role.parse())?;
    let language = given(&line.language).unwrap_or_else(|| "en".to_owned());
    let person = Body::PersonAdded {
        person: PersonId::SERVER,
        handle: handle.clone(),
        name: name.clone(),
        role,
        language: language.clone(),
    };
    person.check().map_err(|error| error.to_string())?;
    Ok(Wanted { handle, name, role, language })
}
