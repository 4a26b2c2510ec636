//! Later words about a message: edits and deletion.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_protocol::{Body, ConversationId, FactId, Mention, Millis, PersonId, ProblemCode};
use waypost_storage::FactRow;

use super::caller::Caller;
use super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::messages::{Sent, submit};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(list_edits, edit_message)).routes(routes!(delete_message))
}

/// Other words for a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditWanted {
    /// What it says from here on.
    text: String,
    /// Whom it calls by name from here on.
    #[serde(default)]
    mentions: Vec<Mention>,
}

/// What a message said from one edit on.
#[derive(Serialize, ToSchema)]
pub struct Edit {
    /// The words.
    text: String,
    /// Whom they call by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention>,
    /// Since when, by the server's clock (milliseconds since 1970).
    recorded_at: Millis,
}

impl Edit {
    /// The edit that this fact is, unless it is gone.
    pub fn of(row: FactRow) -> Option<Self> {
        let recorded_at = row.event.recorded_at;
        match row.event.content.to_body() {
            Ok(Body::Edit { text, mentions, .. }) => Some(Self { text, mentions, recorded_at }),
            _ => None,
        }
    }
}

/// The edits of a message.
#[derive(Serialize, ToSchema)]
struct Edits {
    /// Oldest first.
    edits: Vec<Edit>,
}

/// What the author made of a message since, oldest first.
#[utoipa::path(get, path = "/v1/messages/{message}/edits", tag = "messages",
    params(("message" = FactId, Path)), responses((status = 200, body = Edits)))]
async fn list_edits(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<axum::Json<Edits>, Problem> {
    message_of(&waypost, actor, message).await?;
    let rows = waypost.db.edits_of(actor.person, &[message]).await?;
    let edits = rows.into_iter().filter_map(|(_, row)| Edit::of(row)).collect();
    Ok(axum::Json(Edits { edits }))
}

/// Finds other words for a message of mine. Readers see the last; the record keeps all.
#[utoipa::path(post, path = "/v1/messages/{message}/edits", tag = "messages",
    params(("message" = FactId, Path), IdempotencyKey),
    request_body = EditWanted, responses((status = 201, body = Sent)))]
async fn edit_message(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
    Json(wanted): Json<EditWanted>,
) -> Result<(StatusCode, axum::Json<Sent>), Problem> {
    let (conversation, author) = message_of(&waypost, actor, message).await?;
    if author != actor.person {
        let what = "only its author finds other words for a message";
        return Err(Problem::with(ProblemCode::NotAllowed, what));
    }
    let body = Body::Edit { message, text: wanted.text, mentions: wanted.mentions };
    body.check()?;
    let sent = submit(&waypost, actor, id, conversation, body.to_content()).await?;
    Ok((StatusCode::CREATED, axum::Json(sent)))
}

/// Takes a message off the screens: one of mine, or in a group that I look after any. A mark stays
/// for its readers, and the record keeps it for auditors.
#[utoipa::path(delete, path = "/v1/messages/{message}", tag = "messages",
    params(("message" = FactId, Path), IdempotencyKey),
    responses((status = 200, body = Sent)))]
async fn delete_message(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
) -> Result<axum::Json<Sent>, Problem> {
    let (conversation, author) = message_of(&waypost, actor, message).await?;
    let body = Body::Deletion { message, author };
    submit(&waypost, actor, id, conversation, body.to_content()).await.map(axum::Json)
}

/// Where a message stands that this person may read, and who wrote it.
pub async fn message_of(
    waypost: &Waypost,
    actor: Actor,
    message: FactId,
) -> Result<(ConversationId, PersonId), Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    let event = row.event;
    match (event.conversation, event.author) {
        (Some(conversation), Some(author)) if event.content.is_message() => {
            Ok((conversation, author))
        }
        _ => Err(ProblemCode::NotFound.into()),
    }
}
