//! Messages, their receipts and acknowledgements.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::{Actor, Reply, Request};
use waypost_protocol::{
    Answer, Body, Content, ConversationId, Entry, Event, FactId, Millis, PersonId, ProblemCode,
    Sequence, kind,
};
use waypost_storage::{FactRow, RecipientRow};

use super::caller::Caller;
use super::conversations::members_for;
use super::docs::MessageBody;
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_size};
use super::problem::Problem;
use super::revisions::Edit;
use super::templates;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, send_message))
        .routes(routes!(show_message))
        .routes(routes!(list_receipts))
        .routes(routes!(acknowledge))
}

/// A fact of a conversation.
#[derive(Serialize, ToSchema)]
pub struct Message {
    /// Its place in the record.
    sequence: Sequence,
    /// When it happened, by the clock of the author's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Millis>,
    /// What its author made of it since.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<Edit>,
    /// The rest of it; its content is `erased` if it was deleted or has expired.
    #[serde(flatten)]
    event: Event,
}

impl From<FactRow> for Message {
    fn from(row: FactRow) -> Self {
        let sequence = Sequence { epoch: row.epoch, n: row.event.n };
        let occurred_at = row.event.id.and_then(|id| id.occurred_at());
        Self { sequence, occurred_at, edited: None, event: row.event }
    }
}

/// These, each with the last of its edits that this reader may read.
pub async fn with_edits(
    waypost: &Waypost,
    reader: PersonId,
    rows: Vec<FactRow>,
) -> Result<Vec<Message>, Problem> {
    let is_edited = |row: &&FactRow| matches!(row.event.content.kind, kind::TEXT | kind::BROADCAST);
    let texts = rows.iter().filter(is_edited);
    let ids: Vec<_> = texts.filter_map(|row| row.event.id).collect();
    // Oldest first: the last one stays.
    let mut last: HashMap<_, _> = waypost.db.edits_of(reader, &ids).await?.into_iter().collect();
    let show = |row: FactRow| {
        let edit = row.event.id.and_then(|id| last.remove(&id));
        Message { edited: edit.and_then(Edit::of), ..row.into() }
    };
    Ok(rows.into_iter().map(show).collect())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct HistoryPage {
    /// Only facts with a lower number than this.
    before: Option<u64>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A stretch of a conversation.
#[derive(Serialize, ToSchema)]
struct History {
    /// Newest first.
    messages: Vec<Message>,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// It is in the record.
#[derive(Serialize, ToSchema)]
pub struct Sent {
    /// Its id.
    pub id: FactId,
    /// Its place in the record.
    pub sequence: Sequence,
    /// When it was committed.
    pub recorded_at: Millis,
}

/// How far a message has come for one recipient.
#[derive(Serialize, ToSchema)]
struct Recipient {
    /// Who.
    person: PersonId,
    /// The message that reached them: of a broadcast each has their own, which they answer.
    message: FactId,
    /// Since when a device of theirs has it, by that device's clock (milliseconds since 1970).
    delivered_at: Option<Millis>,
    /// Since when they have read it.
    read_at: Option<Millis>,
    /// Since when they have acknowledged it.
    acknowledged_at: Option<Millis>,
    /// The first message by which they have answered it.
    answer: Option<FactId>,
    /// Since when they have answered it.
    answered_at: Option<Millis>,
}

impl From<RecipientRow> for Recipient {
    fn from(row: RecipientRow) -> Self {
        let RecipientRow { person, message, delivered_at, read_at, .. } = row;
        let RecipientRow { acknowledged_at, answer, answered_at, .. } = row;
        Self { person, message, delivered_at, read_at, acknowledged_at, answer, answered_at }
    }
}

/// The receipts of a message.
#[derive(Serialize, ToSchema)]
struct Receipts {
    /// One for each recipient.
    recipients: Vec<Recipient>,
}

/// What was said in one of my conversations, newest first.
#[utoipa::path(get, path = "/v1/conversations/{conversation}/messages", tag = "messages",
    params(("conversation" = ConversationId, Path), HistoryPage),
    responses((status = 200, body = History)))]
async fn list_messages(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(conversation): Path<ConversationId>,
    Query(page): Query<HistoryPage>,
) -> Result<axum::Json<History>, Problem> {
    let limit = page_size(page.limit)?;
    let before = page.before.unwrap_or(u64::MAX);
    let rows = waypost.db.history(actor.person, conversation, before, limit).await?;
    if rows.is_empty() && page.before.is_none() {
        // Whoever has left a group still reads what was said before, so rows decide first.
        members_for(&waypost, actor, conversation).await?;
    }
    let next = rows.last().filter(|_| rows.len() == limit).map(|last| last.event.n);
    Ok(axum::Json(History { messages: with_edits(&waypost, actor.person, rows).await?, next }))
}

/// Sends a message.
#[utoipa::path(post, path = "/v1/conversations/{conversation}/messages", tag = "messages",
    params(("conversation" = ConversationId, Path),
        IdempotencyKey),
    request_body = MessageBody, responses((status = 201, body = Sent)))]
async fn send_message(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(conversation): Path<ConversationId>,
    Json(told): Json<serde_json::Value>,
) -> Result<(StatusCode, axum::Json<Sent>), Problem> {
    let body = message_of(&told)?;
    body.check()?;
    knows_named(&waypost, &body).await?;
    if let ConversationId::Incident(_) = conversation {
        // A device may give back what a restore has lost; this is a misspelt one.
        members_for(&waypost, actor, conversation).await?;
    }
    let sent = submit(&waypost, actor, id, conversation, body.to_content()).await?;
    Ok((StatusCode::CREATED, axum::Json(sent)))
}

/// What a message names is there: its chain, its template. A device may name what a restore has lost, or
/// what this server does not know yet: its recipients are reminded then, and read it plainly.
pub async fn knows_named(waypost: &Waypost, body: &Body) -> Result<(), Problem> {
    templates::knows(waypost, body).await?;
    let Some(chain) = body.header().and_then(|header| header.chain) else { return Ok(()) };
    match waypost.db.chains().await?.iter().any(|row| row.chain == chain) {
        true => Ok(()),
        false => Err(Problem::of_field(ProblemCode::NotFound, "chain", "there is no such chain")),
    }
}

/// The fields of a message, of whichever kind.
const MESSAGE_FIELDS: [&str; 15] = [
    "kind",
    "text",
    "template",
    "version",
    "arguments",
    "file",
    "place",
    "contact",
    "answers",
    "thread",
    "mentions",
    "priority",
    "acknowledge_by",
    "chain",
    "expires_after_s",
];

/// Reads a message. A field that it does not have is a misspelt one, and an emergency must not become
/// routine by that.
pub fn message_of(told: &serde_json::Value) -> Result<Body, Problem> {
    let bytes = serde_json::to_vec(told).map_err(|_| ProblemCode::Internal)?;
    let axum::Json(body): axum::Json<Body> = axum::Json::from_bytes(&bytes)?;
    let is_another_resource = matches!(body, Body::Incident { .. } | Body::StopMoved { .. });
    if is_another_resource || !kind::TOLD.contains(&body.to_content().kind) {
        let what = "only `text`, `template`, `file`, `location` and `contact` are messages";
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "kind", what));
    }
    let mut fields = told.as_object().into_iter().flat_map(|object| object.keys());
    match fields.find(|field| !MESSAGE_FIELDS.contains(&field.as_str())) {
        Some(unknown) => {
            let what = format!("a message has no such field; it has {}", MESSAGE_FIELDS.join(", "));
            Err(Problem::of_field(ProblemCode::ContentInvalid, unknown, what))
        }
        None => Ok(body),
    }
}

/// One message that I may read.
#[utoipa::path(get, path = "/v1/messages/{message}", tag = "messages",
    params(("message" = FactId, Path)), responses((status = 200, body = Message)))]
async fn show_message(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<axum::Json<Message>, Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    let shown = with_edits(&waypost, actor.person, vec![row]).await?.pop();
    shown.map(axum::Json).ok_or(ProblemCode::NotFound.into())
}

/// Who has a message, who has read it, who has acknowledged or answered it, and since when; of a broadcast,
/// each of its recipients.
#[utoipa::path(get, path = "/v1/messages/{message}/receipts", tag = "messages",
    params(("message" = FactId, Path)), responses((status = 200, body = Receipts)))]
async fn list_receipts(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<axum::Json<Receipts>, Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    let event = row.event;
    // What a consignee has written, the server says for them.
    let author = event.author.unwrap_or(PersonId::SERVER);
    let Some(conversation) = event.conversation else { return Err(ProblemCode::NotFound.into()) };
    if !event.content.is_message() {
        return Err(ProblemCode::NotFound.into());
    }
    waypost.catch_up_index().await?;
    let rows = waypost.db.receipts_of(message, event.n, author, conversation).await?;
    let recipients = rows.into_iter().map(Recipient::from).collect();
    Ok(axum::Json(Receipts { recipients }))
}

/// Acknowledges a message of someone else.
#[utoipa::path(post, path = "/v1/messages/{message}/acknowledgement", tag = "messages",
    params(("message" = FactId, Path),
        IdempotencyKey),
    responses((status = 201, body = Sent)))]
async fn acknowledge(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
) -> Result<(StatusCode, axum::Json<Sent>), Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    let conversation = row.event.conversation.ok_or(ProblemCode::NotFound)?;
    if row.event.author == Some(actor.person) || !row.event.content.is_message() {
        let what = "only a message of someone else can be acknowledged";
        return Err(Problem::with(ProblemCode::NotAllowed, what));
    }
    let content = Body::Acknowledgement { message }.to_content();
    let sent = submit(&waypost, actor, id, conversation, content).await?;
    Ok((StatusCode::CREATED, axum::Json(sent)))
}

/// Says it in the conversation, as a fact with that id.
pub async fn submit(
    waypost: &Waypost,
    actor: Actor,
    id: FactId,
    conversation: ConversationId,
    content: Content,
) -> Result<Sent, Problem> {
    let entry = Entry {
        id,
        conversation,
        number: 0,
        content,
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    };
    let reply = waypost.ingest.ask(Request::Submit { actor, entries: vec![entry] }).await;
    let answer = match reply {
        Reply::Answers(answers) => answers.into_iter().next(),
        Reply::Refused(code) => return Err(code.into()),
        Reply::MarksKept | Reply::Done(_) => None,
    };
    match answer {
        Some(Answer::Accepted { id, sequence, recorded_at, .. }) => {
            Ok(Sent { id, sequence, recorded_at })
        }
        Some(Answer::Rejected { code, .. } | Answer::Deferred { code, .. }) => Err(code.into()),
        Some(Answer::OutOfOrder { .. }) | None => Err(ProblemCode::Internal.into()),
    }
}
