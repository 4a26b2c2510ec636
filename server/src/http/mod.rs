//! The HTTP interface: one file for each group of resources, one OpenAPI document.

mod bodies;
mod broadcasts;
mod caller;
mod cases;
mod certificates;
mod conversations;
mod docs;
mod enrolments;
mod escalations;
mod events;
mod evidence;
mod expiry;
mod extract;
mod files;
mod health;
mod imports;
mod limits;
mod messages;
mod notifications;
mod people;
mod presence;
mod problem;
mod record;
mod reports;
mod responses;
mod revisions;
mod roster;
mod scopes;
mod search;
mod sync;
mod templates;
mod tokens;
mod tracking;
mod trips;
mod uploads;
mod websocket;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, Response, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use waypost_protocol::ProblemCode;

use crate::waypost::Waypost;

pub use caller::as_operator;
pub use conversations::{ConversationShown, GroupWanted};
pub use enrolments::{EnrolmentShown, EnrolmentsShown, LinkIssued, LinkWanted};
pub use imports::{Fate, Imported};
pub use limits::Limits;
pub use people::{PeopleShown, PersonShown, PersonWanted};
pub use problem::Problem;
pub use record::{BackupDone, BackupWanted, CheckpointShown, EpochBegun, FilesCopied};
pub use scopes::Scopes;
pub use templates::{Previews, TemplateShown, Templates};
pub use tokens::TOKEN_BEGINS;
pub use trips::plan_recurring;
pub use uploads::UPLOAD_WAITS_FOR;

/// Longest time for one request. A backup takes as long as it takes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(600);

/// The whole interface.
pub fn router(waypost: Waypost) -> Router {
    let (router, document) = resources(waypost.clone()).split_for_parts();
    let limits = Arc::clone(&waypost.limits);
    router
        .layer(middleware::from_fn(move |request, next| {
            limits::tell(Arc::clone(&limits), request, next)
        }))
        .merge(websocket::router(waypost.clone()))
        .merge(tracking::pages(waypost.clone()))
        .merge(files::pages(waypost.clone()))
        .merge(health::router(waypost))
        .merge(docs::router(docs::finish(document)))
        .fallback(|| async { Problem::from(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(ProblemCode::MethodNotAllowed) })
        .layer(middleware::from_fn(bodies::read_wholly))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(in_time))
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
        .merge(presence::router())
        .merge(notifications::router())
        .merge(imports::router())
        .merge(conversations::router())
        .merge(messages::router())
        .merge(expiry::router())
        .merge(broadcasts::router())
        .merge(cases::router())
        .merge(revisions::router())
        .merge(reports::router())
        .merge(trips::router())
        .merge(evidence::router())
        .merge(files::router())
        .merge(tracking::router())
        .merge(certificates::router())
        .merge(uploads::router())
        .merge(escalations::router())
        .merge(templates::router())
        .merge(search::router())
        .merge(responses::router())
        .merge(roster::router())
        .merge(enrolments::router())
        .merge(tokens::router())
        .merge(sync::router())
        .merge(events::router())
        .merge(record::router())
}

async fn in_time(request: Request, next: Next) -> axum::response::Response {
    if request.uri().path() == record::BACKUPS {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::from(ProblemCode::Overloaded).into_response())
}

fn panicked(_cause: Box<dyn Any + Send>) -> Response<axum::body::Body> {
    tracing::error!("a request ended by a panic");
    Problem::from(ProblemCode::Internal).into_response()
}
