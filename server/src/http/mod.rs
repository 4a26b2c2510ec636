//! The HTTP interface: one file for each group of resources, one OpenAPI document.

mod caller;
mod conversations;
mod docs;
mod enrolments;
mod extract;
mod health;
mod messages;
mod people;
mod problem;
mod record;
mod sync;

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Response, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use waypost_protocol::{FRAME_BYTES_MAX, ProblemCode};

use crate::waypost::Waypost;

pub use caller::as_operator;
pub use conversations::{ConversationShown, GroupWanted};
pub use enrolments::{EnrolmentShown, EnrolmentsShown, LinkIssued, LinkWanted};
pub use people::{PeopleShown, PersonShown, PersonWanted};
pub use problem::Problem;
pub use record::{BackupDone, BackupWanted, EpochBegun};

/// Longest time for one request. A backup has longer: it is made by its own task.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(600);

/// The whole interface.
pub fn router(waypost: Waypost) -> Router {
    let (router, document) = resources(waypost.clone()).split_for_parts();
    router
        .merge(health::router(waypost))
        .merge(docs::router(docs::finish(document)))
        .fallback(|| async { Problem::from(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(ProblemCode::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(FRAME_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

/// The OpenAPI 3.1 document of the interface.
pub fn document() -> OpenApi {
    docs::finish(resource_routes().into_openapi())
}

fn resources(waypost: Waypost) -> OpenApiRouter {
    resource_routes().with_state(waypost)
}

fn resource_routes() -> OpenApiRouter<Waypost> {
    OpenApiRouter::with_openapi(docs::outline())
        .merge(people::router())
        .merge(conversations::router())
        .merge(messages::router())
        .merge(enrolments::router())
        .merge(sync::router())
        .merge(record::router())
}

fn panicked(_cause: Box<dyn Any + Send>) -> Response<axum::body::Body> {
    use axum::response::IntoResponse as _;
    tracing::error!("a request ended by a panic");
    Problem::from(ProblemCode::Internal).into_response()
}
