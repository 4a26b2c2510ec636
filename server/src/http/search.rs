//! Finding what was said.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_protocol::{
    ConversationId, Millis, PersonId, ProblemCode, SEARCH_WORDS_MAX, kind, words,
};
use waypost_storage::Sought;

use super::caller::Caller;
use super::extract::{Query, page_size};
use super::messages::{Message, with_edits};
use super::problem::Problem;
use super::templates::catalogue;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(search))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Words that all stand in a message (in its text, its arguments, the name of its file or place, or what
    /// its template says in whichever language), each by its beginning; without regard to case and accents.
    #[param(example = "gate clo")]
    words: Option<String>,
    /// Who said it.
    author: Option<PersonId>,
    /// Where it was said.
    conversation: Option<ConversationId>,
    /// What sort of message it is.
    #[param(inline)]
    kind: Option<MessageKind>,
    /// Recorded at this time or later (milliseconds since 1970).
    from: Option<Millis>,
    /// Recorded before this time.
    until: Option<Millis>,
    /// Only messages with a lower number than this.
    before: Option<u64>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A sort of message.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum MessageKind {
    Text,
    Template,
    File,
    Location,
    Contact,
    Broadcast,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct Found {
    /// Newest first.
    messages: Vec<Message>,
    /// What to give as `before` for the next page; absent on the last. One search looks at half a million
    /// facts, so a page may be short, or empty, and not the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
    /// Set if the newest messages may be missing, because more is said than can be indexed at the moment.
    behind: bool,
}

/// Looks for messages that I may read.
#[utoipa::path(get, path = "/v1/search", tag = "search", params(Wanted),
    responses((status = 200, body = Found)))]
async fn search(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<axum::Json<Found>, Problem> {
    let limit = page_size(wanted.limit)?;
    let text = wanted.words.as_deref().unwrap_or_default();
    if words(text).take(SEARCH_WORDS_MAX + 1).count() > SEARCH_WORDS_MAX {
        let what = format!("at most {SEARCH_WORDS_MAX} words");
        return Err(Problem::of_field(ProblemCode::Malformed, "words", what));
    }
    let sought = Sought {
        words: catalogue(&waypost).await?.sought(text),
        author: wanted.author,
        conversation: wanted.conversation,
        kind: wanted.kind.map(number_of),
        from: wanted.from,
        until: wanted.until,
    };
    if wanted.words.is_some() && sought.words.is_empty() {
        let what = "holds no word; leave it out to look for something else";
        return Err(Problem::of_field(ProblemCode::Malformed, "words", what));
    }
    if sought == Sought::default() {
        let what = "say what to look for: words, an author, a conversation, a kind or a time";
        return Err(Problem::of_field(ProblemCode::Malformed, "words", what));
    }
    let behind = waypost.catch_up_index().await?;
    let before = wanted.before.unwrap_or(u64::MAX);
    let (rows, next) = waypost.db.search(actor.person, &sought, before, limit).await?;
    Ok(axum::Json(Found {
        messages: with_edits(&waypost, actor.person, rows).await?,
        next,
        behind,
    }))
}

fn number_of(wanted: MessageKind) -> u16 {
    match wanted {
        MessageKind::Text => kind::TEXT,
        MessageKind::Template => kind::TEMPLATE,
        MessageKind::File => kind::FILE,
        MessageKind::Location => kind::LOCATION,
        MessageKind::Contact => kind::CONTACT,
        MessageKind::Broadcast => kind::BROADCAST,
    }
}
