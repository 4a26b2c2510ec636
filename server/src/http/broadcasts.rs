//! Broadcasts: a message to many, each of whom answers alone.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_protocol::{Body, ConversationId, Recipients};

use super::caller::{Caller, holds};
use super::docs::MessageBody;
use super::extract::{IdempotencyKey, Json, NewFact};
use super::messages::{Sent, knows_named, message_of, submit};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(send_broadcast))
}

/// A message to many.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroadcastWanted {
    /// To whom: all of these together, each person once.
    to: Recipients,
    /// What: a text or a template.
    #[schema(value_type = MessageBody)]
    message: serde_json::Value,
}

/// Tells many people something (staff). Each is told it in their direct conversation with me, and
/// answers there, seen by nobody else. `GET /v1/messages/{message}/receipts` says how far it has come
/// with each; the broadcasts of person 2 stand in the conversation `broadcasts-2`.
#[utoipa::path(post, path = "/v1/broadcasts", tag = "messages", params(IdempotencyKey),
    request_body = BroadcastWanted, responses((status = 201, body = Sent)))]
async fn send_broadcast(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(BroadcastWanted { to, message }): Json<BroadcastWanted>,
) -> Result<(StatusCode, axum::Json<Sent>), Problem> {
    holds(actor, Right::TellMany)?;
    let broadcast = Body::Broadcast { to, message: message_of(&message)?.into() };
    broadcast.check()?;
    knows_named(&waypost, &broadcast).await?;
    let conversation = ConversationId::Broadcasts(actor.person);
    let sent = submit(&waypost, actor, id, conversation, broadcast.to_content()).await?;
    Ok((StatusCode::CREATED, axum::Json(sent)))
}
