//! What the staff share: incidents, and what is said to dispatch. Its queue, and who takes what.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_protocol::{
    Body, Case, ConversationId, Coverage, FactId, Header, IncidentCategory, IncidentId, Millis,
    PersonId, Place, Priority, ProblemCode, Sequence,
};

use waypost_storage::Queued;

use super::caller::{Caller, holds};
use super::conversations::members_for;
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_size};
use super::messages::{Sent, knows_named, submit};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(open_incident))
        .routes(routes!(list_cases))
        .routes(routes!(show_case))
        .routes(routes!(assign_case))
        .routes(routes!(resolve_case, reopen_case))
}

/// Something that has happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncidentWanted {
    /// What sort of thing.
    category: IncidentCategory,
    /// What has happened; a call for help may have no words.
    #[serde(default)]
    #[schema(example = "Flat tyre on the A2", max_length = 4000)]
    text: String,
    /// Where.
    #[serde(default)]
    place: Option<Place>,
    /// Whom outside of the staff it concerns, if someone of the staff opens it: they read it and write in
    /// it. Whoever else opens one is this person.
    #[serde(default)]
    person: Option<PersonId>,
    /// How urgent it is.
    #[serde(default)]
    priority: Priority,
    /// Until when it is to be acknowledged (milliseconds since 1970).
    #[serde(default)]
    acknowledge_by: Option<Millis>,
    /// The chain along which it goes further if it is not.
    #[serde(default)]
    chain: Option<u32>,
}

/// An incident is open.
#[derive(Serialize, ToSchema)]
struct IncidentOpened {
    /// The fact that opens it.
    id: FactId,
    /// Its place in the record.
    sequence: Sequence,
    /// When it was committed.
    recorded_at: Millis,
    /// The conversation of the incident.
    conversation: ConversationId,
}

/// A case, and where it stands.
#[derive(Serialize, ToSchema)]
struct CaseShown {
    /// The conversation in which everything about it is said.
    conversation: ConversationId,
    /// What has become of it.
    #[serde(flatten)]
    case: Case,
}

/// A page of what is open.
#[derive(Serialize, ToSchema)]
struct Cases {
    /// The most urgent first, and then what waits longest.
    cases: Vec<CaseShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Whose cases.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    /// Everyone's.
    #[default]
    All,
    /// Those that I have taken; and, as long as nobody has, those of drivers whom I look after by a coverage, or
    /// nobody does.
    Mine,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CasesPage {
    /// Whose; everyone's, if absent.
    #[param(inline)]
    whose: Option<Whose>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Who looks after a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    /// Who does from here on; nobody if it is given back.
    to: Option<PersonId>,
    /// Who did until now; nobody if it was not taken yet. If someone else does, the answer is 412.
    #[serde(default)]
    instead_of: Option<PersonId>,
}

/// How a case ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Resolution {
    /// In words; often none.
    #[serde(default)]
    #[schema(example = "Towed to the depot", max_length = 4000)]
    text: String,
}

/// Opens an incident. The staff share it with whom it concerns: it has a conversation of its own.
#[utoipa::path(post, path = "/v1/incidents", tag = "cases", params(IdempotencyKey),
    request_body = IncidentWanted, responses((status = 201, body = IncidentOpened)))]
async fn open_incident(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(wanted): Json<IncidentWanted>,
) -> Result<(StatusCode, axum::Json<IncidentOpened>), Problem> {
    holds(actor, Right::OpenIncidents)?;
    let IncidentWanted { category, text, place, person, priority, acknowledge_by, chain } = wanted;
    let header = Header { priority, acknowledge_by, chain, ..Header::default() };
    let body = Body::Incident { category, text, place, person, header };
    body.check()?;
    knows_named(&waypost, &body).await?;
    // As a device does: a repeat with the same key is about the same incident.
    let conversation = ConversationId::Incident(IncidentId(id.0));
    let sent = submit(&waypost, actor, id, conversation, body.to_content()).await?;
    let Sent { id, sequence, recorded_at } = sent;
    let opened = IncidentOpened { id, sequence, recorded_at, conversation };
    Ok((StatusCode::CREATED, axum::Json(opened)))
}

/// What the staff have left to do (staff): open incidents, and what someone has said to dispatch that
/// nobody answered, or that somebody has taken.
#[utoipa::path(get, path = "/v1/cases", tag = "cases", params(CasesPage),
    responses((status = 200, body = Cases)))]
async fn list_cases(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<CasesPage>,
) -> Result<axum::Json<Cases>, Problem> {
    holds(actor, Right::WorkCases)?;
    let limit = page_size(page.limit)?;
    let after = page.after.as_deref().map(str::parse::<Queued>).transpose();
    let after = after.map_err(|what| Problem::of_field(ProblemCode::Malformed, "after", what))?;
    let mine = match page.whose.unwrap_or_default() {
        Whose::All => None,
        Whose::Mine => Some(Mine::of(actor.person, &waypost.db.coverages().await?)),
    };
    let rows = open_cases(&waypost, mine.as_ref(), after, limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|(place, _)| place.to_string());
    let shown = |(place, case): (Queued, _)| CaseShown { conversation: place.conversation, case };
    Ok(axum::Json(Cases { cases: rows.into_iter().map(shown).collect(), next }))
}

/// Whom someone of the staff looks after.
struct Mine {
    me: PersonId,
    /// The drivers of their coverages.
    covered: BTreeSet<PersonId>,
    /// Drivers whom somebody else looks after.
    others: BTreeSet<PersonId>,
}

impl Mine {
    fn of(me: PersonId, coverages: &BTreeMap<u32, Coverage>) -> Self {
        let (mut covered, mut others) = (BTreeSet::new(), BTreeSet::new());
        for coverage in coverages.values() {
            match coverage.dispatchers.contains(&me) {
                true => covered.extend(&coverage.drivers),
                false if coverage.dispatchers.is_empty() => {}
                false => others.extend(&coverage.drivers),
            }
        }
        Self { me, covered, others }
    }

    fn hold(&self, case: &Case) -> bool {
        let is_theirs = |person| self.others.contains(&person) && !self.covered.contains(&person);
        match case.assignee {
            Some(assignee) => assignee == self.me,
            None => !case.person.is_some_and(is_theirs),
        }
    }
}

/// A page of the queue; of what is somebody's, as many pages of all as it takes.
async fn open_cases(
    waypost: &Waypost,
    mine: Option<&Mine>,
    mut after: Option<Queued>,
    limit: usize,
) -> Result<Vec<(Queued, Case)>, Problem> {
    let mut found = Vec::new();
    loop {
        let rows = waypost.db.open_cases(after, limit).await?;
        let is_last = rows.len() < limit;
        after = rows.last().map(|(place, _)| *place);
        found.extend(rows.into_iter().filter(|(_, case)| mine.is_none_or(|mine| mine.hold(case))));
        if is_last || found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// What has become of one case: of any, for the staff; for others of what they say to dispatch, and of
/// incidents that concern them.
#[utoipa::path(get, path = "/v1/cases/{conversation}", tag = "cases",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = CaseShown)))]
async fn show_case(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(conversation): Path<ConversationId>,
) -> Result<axum::Json<CaseShown>, Problem> {
    let begins = Case::of(conversation).ok_or(ProblemCode::NotFound)?;
    members_for(&waypost, actor, conversation).await?;
    let case = waypost.db.case(conversation).await?.unwrap_or(begins);
    Ok(axum::Json(CaseShown { conversation, case }))
}

/// Takes a case, hands it over, or gives it back (staff). Of two who take it at the same time one learns
/// that the other has it.
#[utoipa::path(put, path = "/v1/cases/{conversation}/assignee", tag = "cases",
    params(("conversation" = ConversationId, Path), IdempotencyKey), request_body = Assignment,
    responses((status = 204, description = "It is so."),
        (status = 412, description = "Someone else has it.")))]
async fn assign_case(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
    Json(Assignment { to, instead_of }): Json<Assignment>,
) -> Result<StatusCode, Problem> {
    say(&waypost, (actor, id), conversation, Body::Assigned { to, instead_of }).await
}

/// Nothing is left to do (staff): an incident is resolved, and what was said to dispatch is off the desk.
#[utoipa::path(put, path = "/v1/cases/{conversation}/resolution", tag = "cases",
    params(("conversation" = ConversationId, Path), IdempotencyKey), request_body = Resolution,
    responses((status = 204, description = "It is so.")))]
async fn resolve_case(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
    Json(Resolution { text }): Json<Resolution>,
) -> Result<StatusCode, Problem> {
    say(&waypost, (actor, id), conversation, Body::Resolved { text }).await
}

/// Opens an incident again (staff).
#[utoipa::path(delete, path = "/v1/cases/{conversation}/resolution", tag = "cases",
    params(("conversation" = ConversationId, Path), IdempotencyKey),
    responses((status = 204, description = "It is open.")))]
async fn reopen_case(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
) -> Result<StatusCode, Problem> {
    say(&waypost, (actor, id), conversation, Body::Reopened {}).await
}

/// Says it of a case that is there. What is so already is as good as done.
async fn say(
    waypost: &Waypost,
    (actor, id): (waypost_domain::Actor, FactId),
    conversation: ConversationId,
    body: Body,
) -> Result<StatusCode, Problem> {
    if !conversation.is_shared() {
        return Err(ProblemCode::NotFound.into());
    }
    members_for(waypost, actor, conversation).await?;
    holds(actor, Right::WorkCases)?;
    body.check()?;
    let sent = submit(waypost, actor, id, conversation, body.to_content()).await;
    match sent.map_err(|problem| (problem.code, problem)) {
        Ok(_) | Err((ProblemCode::AlreadyDone, _)) => Ok(StatusCode::NO_CONTENT),
        Err((_, problem)) => Err(problem),
    }
}
