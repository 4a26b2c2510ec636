//! axum's extractors with our problems in place of its plain texts.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::request::Parts;
use waypost_protocol::{FactId, ProblemCode};

use super::problem::Problem;
use crate::clock;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

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
        let code = match &rejection {
            JsonRejection::MissingJsonContentType(_) => ProblemCode::MediaTypeUnsupported,
            JsonRejection::BytesRejection(_) if rejection.status() == 413 => ProblemCode::TooLarge,
            JsonRejection::JsonDataError(_) => ProblemCode::ContentInvalid,
            _ => ProblemCode::Malformed,
        };
        Self::with(code, rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::with(ProblemCode::Malformed, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::with(ProblemCode::Malformed, rejection.body_text())
    }
}

/// The id of the fact that a POST makes: the `Idempotency-Key` if there is one, so that a repeat
/// of the request is recognised for ever; a new one otherwise.
pub struct NewFact(pub FactId);

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

/// How many items a page holds unless it is asked for less; also the most.
pub const PAGE_MAX: usize = 200;

/// The size of a page that was asked for, within bounds.
pub fn page_size(limit: Option<u16>) -> usize {
    limit.map_or(PAGE_MAX, |limit| usize::from(limit).clamp(1, PAGE_MAX))
}
