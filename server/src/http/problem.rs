//! RFC 9457 problems: what is wrong, where, and what to do.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_protocol::{ContentError, ProblemCode};
use waypost_storage::StorageError;

/// The URI under which the codes are explained; a code's slug follows it.
const TYPE_BASE: &str = "https://waypost.invalid/problems/";

/// A refusal, as `application/problem+json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem; it ends with the code.
    #[serde(rename = "type")]
    #[schema(example = "https://waypost.invalid/problems/not-found")]
    kind: String,
    /// The kind of problem in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The field or parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The same code as on MQTT.
    pub code: ProblemCode,
    /// For failures of the server: the id under which it logged the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// When it is over; told in `Retry-After`.
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem with a sentence about this request.
    pub fn with(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(code) }
    }

    /// A problem with one field.
    pub fn of_field(code: ProblemCode, field: &str, detail: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::with(code, detail) }
    }

    /// A problem that is over after some time.
    pub fn later(code: ProblemCode, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let what = format!("ask again in {seconds} s");
        Self { retry_after_s: Some(seconds), ..Self::with(code, what) }
    }

    /// The status of an answer with it.
    pub fn http_status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is wrong and what to do, for a person at a terminal.
    pub fn sentence(&self) -> String {
        match (&self.field, &self.detail) {
            (Some(field), Some(detail)) => format!("{field}: {detail}"),
            (_, Some(detail)) => detail.clone(),
            _ => self.title.clone(),
        }
    }
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self {
            kind: format!("{TYPE_BASE}{}", code.slug()),
            title: code.what_to_do().to_owned(),
            status: code.http_status(),
            detail: None,
            field: None,
            code,
            instance: None,
            retry_after_s: None,
        }
    }
}

impl From<ContentError> for Problem {
    fn from(error: ContentError) -> Self {
        Self::of_field(ProblemCode::ContentInvalid, error.field, error.what)
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let instance = uuid::Uuid::new_v4();
        tracing::error!(%error, %instance, "a request failed");
        let code = match error.is_permanent() {
            true => ProblemCode::Internal,
            false => ProblemCode::Overloaded,
        };
        Self { instance: Some(format!("urn:uuid:{instance}")), ..Self::from(code) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.http_status();
        let (code, after) = (self.code, self.retry_after_s.unwrap_or(1));
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match code {
            ProblemCode::Overloaded | ProblemCode::Stopping | ProblemCode::RateLimited => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(after));
            }
            ProblemCode::NotEnrolled => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
