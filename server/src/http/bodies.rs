//! Every body is read, also that of a request which is refused: what is left unread cannot be told from the next request
//! on the connection, which would end without a word.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::{HeaderValue, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{Fuse, poll_fn};
use waypost_protocol::{FRAME_BYTES_MAX, ProblemCode};

use super::problem::Problem;
use super::uploads;

/// Longest time for the body of a request, on 2G.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// So much of an upload that was refused is read; for what is larger a new connection costs less.
const REFUSED_BYTES_MAX: usize = 256 * 1024;

/// Longest time for the same.
const REFUSED_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the body before anyone decides; of an upload, where what came counts, afterwards what nobody wanted.
pub async fn read_wholly(request: Request, next: Next) -> Response<Body> {
    match request.uri().path().starts_with(uploads::PATH) {
        true => rest_read(request, next).await,
        false => first_read(request, next).await,
    }
}

async fn first_read(request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, FRAME_BYTES_MAX);
    let problem = match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(bytes)) => return next.run(Request::from_parts(parts, bytes.into())).await,
        Ok(Err(_)) => {
            let what = format!("the body has more than {FRAME_BYTES_MAX} bytes, or was cut");
            Problem::with(ProblemCode::TooLarge, what)
        }
        Err(_) => Problem::with(ProblemCode::Malformed, "the body did not come in time"),
    };
    closing(problem.into_response())
}

async fn rest_read(request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let shared = Shared(Arc::new(Mutex::new(body.into_data_stream().fuse())));
    let lent = shared.clone();
    let lent = Body::from_stream(poll_fn(move |context| lent.poll(context)));
    let answer = next.run(Request::from_parts(parts, lent)).await;
    match tokio::time::timeout(REFUSED_TIMEOUT, shared.is_read_off()).await {
        Ok(true) => answer,
        Ok(false) | Err(_) => closing(answer),
    }
}

fn closing(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// A body that can be read on where its first reader has left it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Fuse<BodyDataStream>>>);

impl Shared {
    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }

    /// Whether all of it is read.
    async fn is_read_off(&self) -> bool {
        let mut rest = poll_fn(|context| self.poll(context));
        let mut bytes = 0;
        while let Some(chunk) = rest.next().await {
            let Ok(chunk) = chunk else { return false };
            bytes += chunk.len();
            if bytes > REFUSED_BYTES_MAX {
                return false;
            }
        }
        true
    }
}
