//! How long messages of a direct conversation stay.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_protocol::{Body, ConversationId, FactId, ProblemCode};

use super::caller::Caller;
use super::conversations::members_for;
use super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::messages::submit;
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(set_expiry, end_expiry))
}

/// How long messages stay.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Expiry {
    /// So many seconds after each was recorded.
    #[schema(example = 604_800, minimum = 5, maximum = 34_560_000)]
    after_s: u32,
}

/// From here on messages of a direct conversation of mine go for ever after so long, on every device. Those
/// of a group go as its settings have it.
#[utoipa::path(put, path = "/v1/conversations/{conversation}/expiry", tag = "conversations",
    params(("conversation" = ConversationId, Path), IdempotencyKey), request_body = Expiry,
    responses((status = 204, description = "It is so.")))]
async fn set_expiry(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
    Json(Expiry { after_s }): Json<Expiry>,
) -> Result<StatusCode, Problem> {
    say(&waypost, (actor, id), conversation, Some(after_s)).await
}

/// From here on messages of a direct conversation of mine stay.
#[utoipa::path(delete, path = "/v1/conversations/{conversation}/expiry", tag = "conversations",
    params(("conversation" = ConversationId, Path), IdempotencyKey),
    responses((status = 204, description = "They stay.")))]
async fn end_expiry(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
) -> Result<StatusCode, Problem> {
    say(&waypost, (actor, id), conversation, None).await
}

async fn say(
    waypost: &Waypost,
    (actor, id): (Actor, FactId),
    conversation: ConversationId,
    after_s: Option<u32>,
) -> Result<StatusCode, Problem> {
    members_for(waypost, actor, conversation).await?;
    if !matches!(conversation, ConversationId::Direct(..)) {
        let what = "only two people say so of what they say to each other; a group has settings";
        return Err(Problem::of_field(ProblemCode::NotAllowed, "conversation", what));
    }
    let body = Body::ExpirySet { after_s };
    body.check()?;
    submit(waypost, actor, id, conversation, body.to_content()).await?;
    Ok(StatusCode::NO_CONTENT)
}
