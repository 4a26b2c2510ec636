//! What the caller has chosen to hear of, on all of their devices.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_protocol::{
    Body, BreaksThrough, ConversationId, FactId, Hearing, NotificationSettings, PersonId,
    QuietHours,
};

use super::caller::Caller;
use super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::messages::submit;
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(show_notifications, choose_hearing))
        .routes(routes!(choose_hearing_of, forget_hearing_of))
        .routes(routes!(choose_quiet_hours, forget_quiet_hours))
        .routes(routes!(block, unblock))
}

/// When to hear nothing.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Quiet {
    /// When; by the clock of each device. At no time, if absent.
    #[serde(default)]
    hours: Option<QuietHours>,
    /// What is heard all the same, then and of what nothing is heard of otherwise.
    #[serde(default)]
    breaks_through: BreaksThrough,
}

/// What I have chosen to hear of.
#[utoipa::path(get, path = "/v1/me/notifications", tag = "notifications",
    responses((status = 200, body = NotificationSettings)))]
async fn show_notifications(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<NotificationSettings>, Problem> {
    Ok(axum::Json(waypost.db.notification_settings(actor.person).await?))
}

/// Chooses how much I hear where nothing else is chosen.
#[utoipa::path(put, path = "/v1/me/notifications", tag = "notifications", params(IdempotencyKey),
    request_body = Hearing, responses((status = 204, description = "It is chosen.")))]
async fn choose_hearing(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(hearing): Json<Hearing>,
) -> Result<StatusCode, Problem> {
    choose(&waypost, actor, id, Body::Notify { conversation: None, hearing: Some(hearing) }).await
}

/// Chooses how much I hear of a conversation, perhaps for a while: nothing until tomorrow, say.
#[utoipa::path(put, path = "/v1/me/notifications/{conversation}", tag = "notifications",
    params(("conversation" = ConversationId, Path), IdempotencyKey), request_body = Hearing,
    responses((status = 204, description = "It is chosen.")))]
async fn choose_hearing_of(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
    Json(hearing): Json<Hearing>,
) -> Result<StatusCode, Problem> {
    let body = Body::Notify { conversation: Some(conversation), hearing: Some(hearing) };
    choose(&waypost, actor, id, body).await
}

/// Hears of a conversation what I hear where nothing is chosen.
#[utoipa::path(delete, path = "/v1/me/notifications/{conversation}", tag = "notifications",
    params(("conversation" = ConversationId, Path), IdempotencyKey),
    responses((status = 204, description = "Nothing is chosen for it.")))]
async fn forget_hearing_of(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
) -> Result<StatusCode, Problem> {
    let body = Body::Notify { conversation: Some(conversation), hearing: None };
    choose(&waypost, actor, id, body).await
}

/// Chooses when I hear nothing, and what I hear all the same. An emergency sounds always.
#[utoipa::path(put, path = "/v1/me/quiet-hours", tag = "notifications", params(IdempotencyKey),
    request_body = Quiet, responses((status = 204, description = "It is chosen.")))]
async fn choose_quiet_hours(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(Quiet { hours, breaks_through }): Json<Quiet>,
) -> Result<StatusCode, Problem> {
    choose(&waypost, actor, id, Body::QuietHours { hours, breaks_through }).await
}

/// Hears at all hours. What breaks through stays as it was chosen.
#[utoipa::path(delete, path = "/v1/me/quiet-hours", tag = "notifications", params(IdempotencyKey),
    responses((status = 204, description = "There are none.")))]
async fn forget_quiet_hours(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
) -> Result<StatusCode, Problem> {
    let breaks_through = waypost.db.notification_settings(actor.person).await?.breaks_through;
    choose(&waypost, actor, id, Body::QuietHours { hours: None, breaks_through }).await
}

/// Blocks someone (drivers and colleagues, each other): they cannot write to me directly, and what they
/// say elsewhere is folded away on my devices, but for emergencies.
#[utoipa::path(put, path = "/v1/me/blocked/{person}", tag = "notifications",
    params(("person" = PersonId, Path), IdempotencyKey),
    responses((status = 204, description = "They are blocked.")))]
async fn block(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(person): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    choose(&waypost, actor, id, Body::Blocked { person }).await
}

/// Hears of someone again.
#[utoipa::path(delete, path = "/v1/me/blocked/{person}", tag = "notifications",
    params(("person" = PersonId, Path), IdempotencyKey),
    responses((status = 204, description = "They are not blocked.")))]
async fn unblock(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(person): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    choose(&waypost, actor, id, Body::Unblocked { person }).await
}

async fn choose(
    waypost: &Waypost,
    actor: Actor,
    id: FactId,
    body: Body,
) -> Result<StatusCode, Problem> {
    body.check()?;
    submit(waypost, actor, id, ConversationId::Own(actor.person), body.to_content()).await?;
    Ok(StatusCode::NO_CONTENT)
}
