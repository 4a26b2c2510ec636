//! What people report, the queue of those who judge it, and the rules by which the server flags.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_domain::{Actor, Deed};
use waypost_protocol::{
    Body, ConversationId, FactId, FlagRule, ProblemCode, Quote, ReportReason, ReportedMessage,
    Verdict,
};

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_place, page_size};
use super::messages::{Sent, submit};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(report_message))
        .routes(routes!(list_reports))
        .routes(routes!(show_report))
        .routes(routes!(judge_report))
        .routes(routes!(show_flag_rules, set_flag_rules))
}

/// What is wrong with a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportWanted {
    /// In one word.
    #[serde(default)]
    reason: ReportReason,
    /// What there is to say about it; often nothing.
    #[serde(default)]
    #[schema(example = "Every morning the same", max_length = 500)]
    text: String,
}

/// Which of the reported messages.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ReportState {
    /// Those that wait for a verdict.
    #[default]
    Open,
    /// Those that have one.
    Judged,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReportsPage {
    /// Which of them; those that wait, if absent.
    #[param(inline)]
    state: Option<ReportState>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of what was reported or flagged.
#[derive(Serialize, ToSchema)]
struct Reports {
    /// The one that has waited longest first.
    reports: Vec<ReportedMessage>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What becomes of a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerdictWanted {
    /// What.
    verdict: Verdict,
    /// Why; often nothing.
    #[serde(default)]
    #[schema(example = "House rules, 3", max_length = 500)]
    text: String,
}

/// The rules by which messages are flagged.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlagRules {
    /// All of them, each with a name of its own.
    #[schema(max_items = 32)]
    rules: Vec<FlagRule>,
}

/// Reports a message of someone else that I may read, as it stands now, to those who judge it. Nobody else
/// hears of it.
#[utoipa::path(post, path = "/v1/messages/{message}/reports", tag = "reports",
    params(("message" = FactId, Path), IdempotencyKey), request_body = ReportWanted,
    responses((status = 201, body = Sent)))]
async fn report_message(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
    Json(ReportWanted { reason, text }): Json<ReportWanted>,
) -> Result<(StatusCode, axum::Json<Sent>), Problem> {
    let quote = Box::new(quote_of(&waypost, actor, message).await?);
    holds(actor, Right::Report)?;
    if quote.author == actor.person {
        let what = "nobody reports what they have said themselves; delete it";
        return Err(Problem::of_field(ProblemCode::NotAllowed, "message", what));
    }
    let body = Body::Reported { quote, reason, text };
    body.check()?;
    let sent = submit(&waypost, actor, id, ConversationId::Reports, body.to_content()).await?;
    Ok((StatusCode::CREATED, axum::Json(sent)))
}

/// A message as this person reads it now.
async fn quote_of(waypost: &Waypost, actor: Actor, message: FactId) -> Result<Quote, Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    let event = row.event;
    let (Some(conversation), Some(author)) = (event.conversation, event.author) else {
        return Err(ProblemCode::NotFound.into());
    };
    if !event.content.is_message() {
        return Err(ProblemCode::NotFound.into());
    }
    if event.content.is_erased() {
        let what = "it was deleted or has expired";
        return Err(Problem::of_field(ProblemCode::NotFound, "message", what));
    }
    let edits = waypost.db.edits_of(actor.person, &[message]).await?;
    let last = edits.into_iter().next_back().map(|(_, row)| row.event);
    let (said, edit) = match last.filter(|last| !last.content.is_erased()) {
        Some(last) => (last.content, last.id),
        None => (event.content, None),
    };
    Ok(Quote { message, author, conversation, said, edit })
}

/// What was reported or flagged (admins).
#[utoipa::path(get, path = "/v1/reports", tag = "reports", params(ReportsPage),
    responses((status = 200, body = Reports)))]
async fn list_reports(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<ReportsPage>,
) -> Result<axum::Json<Reports>, Problem> {
    holds(actor, Right::Moderate)?;
    let limit = page_size(page.limit)?;
    let after = page.after.as_deref().map(page_place).transpose()?;
    let is_open = page.state.unwrap_or_default() == ReportState::Open;
    let reports = waypost.db.reported_messages(is_open, after, limit).await?;
    let next = reports.last().filter(|_| reports.len() == limit);
    let next = next.map(|last| format!("{}.{}", last.since, last.quote.message));
    Ok(axum::Json(Reports { reports, next }))
}

/// What was reported about one message, and what became of it (admins).
#[utoipa::path(get, path = "/v1/reports/{message}", tag = "reports",
    params(("message" = FactId, Path)), responses((status = 200, body = ReportedMessage)))]
async fn show_report(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<axum::Json<ReportedMessage>, Problem> {
    holds(actor, Right::Moderate)?;
    let reported = waypost.db.reported_message(message).await?;
    reported.map(axum::Json).ok_or(ProblemCode::NotFound.into())
}

/// Says what becomes of a message that was reported or flagged (admins): it stays, or it goes from the screens
/// of all its readers, for ever. Nobody judges what they have said themselves.
#[utoipa::path(put, path = "/v1/reports/{message}/verdict", tag = "reports",
    params(("message" = FactId, Path), IdempotencyKey), request_body = VerdictWanted,
    responses((status = 204, description = "It is so.")))]
async fn judge_report(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
    Json(VerdictWanted { verdict, text }): Json<VerdictWanted>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::Moderate)?;
    let body = Body::Judged { message, verdict, text };
    body.check()?;
    submit(&waypost, actor, id, ConversationId::Reports, body.to_content()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rules by which the server flags messages (admins).
#[utoipa::path(get, path = "/v1/flag-rules", tag = "reports",
    responses((status = 200, body = FlagRules)))]
async fn show_flag_rules(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<FlagRules>, Problem> {
    holds(actor, Right::Moderate)?;
    Ok(axum::Json(FlagRules { rules: waypost.db.flag_rules().await? }))
}

/// Sets the rules by which the server flags messages from here on, all of them (admins). A message that is
/// flagged is sent all the same, and waits for a verdict.
#[utoipa::path(put, path = "/v1/flag-rules", tag = "reports", params(IdempotencyKey),
    request_body = FlagRules, responses((status = 204, description = "They are so.")))]
async fn set_flag_rules(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(FlagRules { rules }): Json<FlagRules>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::Moderate)?;
    Body::FlagRulesSet { rules: rules.clone() }.check()?;
    waypost.deed(actor, id, Deed::SetFlagRules { rules }).await?;
    Ok(StatusCode::NO_CONTENT)
}
