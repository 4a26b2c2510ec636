//! For those who watch the server: is it alive, can it work, what does it count.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::waypost::Waypost;

pub fn router(waypost: Waypost) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(waypost)
}

/// Ready when the database answers and the queue of the record has room.
async fn ready(State(waypost): State<Waypost>) -> (StatusCode, &'static str) {
    match waypost.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn metrics(State(waypost): State<Waypost>) -> impl IntoResponse {
    let size = waypost.db.head().await.map_or(0, |head| head.tree.size());
    let edge = waypost.edge.get().map(|edge| edge.counters());
    let text = waypost.metrics.render(waypost.ingest.waiting(), size, edge.as_ref());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text)
}
