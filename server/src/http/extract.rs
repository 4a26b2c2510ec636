//! axum's extractors with our problems in place of its plain texts.

use std::str::FromStr;

use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use utoipa::IntoParams;
use waypost_protocol::{FRAME_BYTES_MAX, FactId, ProblemCode};

use super::problem::Problem;
use crate::clock;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

/// A body as it came, within the bound of a frame.
pub struct Bytes(pub axum::body::Bytes);

impl<S: Send + Sync> FromRequest<S> for Bytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self(axum::body::Bytes::from_request(request, state).await?))
    }
}

/// Parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// Parameters of the query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match &rejection {
            JsonRejection::MissingJsonContentType(_) => ProblemCode::MediaTypeUnsupported.into(),
            JsonRejection::BytesRejection(_) => unread_body(rejection.status()),
            JsonRejection::JsonDataError(_) => {
                misread(ProblemCode::ContentInvalid, &rejection.body_text())
            }
            _ => misread(ProblemCode::Malformed, &rejection.body_text()),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        unread_body(rejection.status())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        let text = rejection.body_text();
        let what = text.strip_prefix("Invalid URL: ").unwrap_or(&text);
        Self::of_field(ProblemCode::Malformed, "path", what)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        misread(ProblemCode::Malformed, &rejection.body_text())
    }
}

fn unread_body(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let what = format!("a body has at most {FRAME_BYTES_MAX} bytes");
            Problem::with(ProblemCode::TooLarge, what)
        }
        _ => Problem::with(ProblemCode::Malformed, "the body did not arrive whole"),
    }
}

/// Turns "Failed to …: members[0]: what is wrong at line 1 column 9" into a field and a sentence.
fn misread(code: ProblemCode, text: &str) -> Problem {
    let what = text.split_once(": ").map_or(text, |(_, what)| what);
    let named = what.split_once('`').and_then(|(before, rest)| {
        matches!(before, "missing field " | "unknown field ")
            .then(|| rest.split('`').next().unwrap_or_default())
    });
    match (named, what.split_once(": ")) {
        (Some(field), _) => Problem::of_field(code, field, what),
        (None, Some((field, what))) if !field.contains(' ') => Problem::of_field(code, field, what),
        _ => Problem::with(code, what),
    }
}

/// The id of the fact that a POST makes: the `Idempotency-Key` if there is one, so that a repeat
/// of the request is recognised for ever; a new one otherwise.
pub struct NewFact(pub FactId);

/// How [`NewFact`] stands in the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // it documents a header that `NewFact` reads
pub struct IdempotencyKey {
    /// A UUIDv7. It becomes the id of the fact, and a repeat with the same key and content
    /// changes nothing and gets the same answer.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
    )]
    key: String,
}

impl<S: Sync> FromRequestParts<S> for NewFact {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get("Idempotency-Key") else {
            return Ok(Self(FactId::mint(clock::now(), clock::random())));
        };
        key.to_str()
            .ok()
            .and_then(|key| key.trim_matches('"').parse::<FactId>().ok())
            .filter(|id| id.occurred_at().is_some())
            .map(Self)
            .ok_or_else(|| {
                let what = "must be a UUIDv7 (RFC 9562); it becomes the id of the fact";
                Problem::of_field(ProblemCode::IdMalformed, "Idempotency-Key", what)
            })
    }
}

/// The place of a page, as its `next` tells it: what is sorted by, a dot, and an id.
pub fn page_place<K: FromStr, I: FromStr>(after: &str) -> Result<(K, I), Problem> {
    let place = after.split_once('.');
    let place = place.and_then(|(key, id)| key.parse().ok().zip(id.parse().ok()));
    let what = "this is no `next` of a page";
    place.ok_or_else(|| Problem::of_field(ProblemCode::Malformed, "after", what))
}

/// Whether a body is of one of these media types.
pub fn is_of(headers: &HeaderMap, media_types: &[&str]) -> bool {
    let told = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = told.split(';').next().unwrap_or_default().trim();
    media_types.iter().any(|it| it.eq_ignore_ascii_case(media_type))
}

/// How many items a page holds unless it is asked for less; also the most.
pub const PAGE_MAX: usize = 200;

/// The size of a page that was asked for.
pub fn page_size(limit: Option<u16>) -> Result<usize, Problem> {
    let size = limit.map_or(PAGE_MAX, usize::from);
    if (1..=PAGE_MAX).contains(&size) {
        return Ok(size);
    }
    let what = format!("between 1 and {PAGE_MAX}");
    Err(Problem::of_field(ProblemCode::Malformed, "limit", what))
}
