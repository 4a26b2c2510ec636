//! One request for a piece of a file that a message brings. It decides nothing: no retry, no order.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, RANGE};
use reqwest::{Response, StatusCode};
use waypost_engine::FetchStep;
use waypost_protocol::ProblemCode;

use super::Peer;
use super::tus::{Refused, refused};

/// A piece takes about a second; the first one on a slow link takes longer.
const PIECE_MAX: Duration = Duration::from_secs(60);

/// What came.
pub(crate) enum Came {
    /// These bytes, perhaps fewer than were asked for.
    Bytes(Vec<u8>),
    /// The server does not have it yet, or is busy; in how many milliseconds to ask again, if it says so.
    NotNow(Option<u64>),
    /// The server does not give it.
    Refused(ProblemCode),
    /// Nothing.
    Nothing,
}

/// Asks for a piece.
pub(crate) async fn piece(http: &reqwest::Client, peer: &Peer, step: FetchStep) -> Came {
    let (message, from) = (step.file.message, step.file.got);
    let request = http
        .get(format!("https://{}:{}/v1/messages/{message}/file", peer.host, peer.https_port))
        .header(AUTHORIZATION, format!("Bearer {}", peer.credential))
        .header(RANGE, format!("bytes={from}-{}", from + step.length - 1))
        .timeout(PIECE_MAX);
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!(%error, "a piece of a file did not come");
            return Came::Nothing;
        }
    };
    match response.status() {
        StatusCode::PARTIAL_CONTENT => Came::Bytes(as_far_as_it_came(response, step.length).await),
        status if status.is_success() => Came::Nothing,
        _ => refused(response).await.map_or(Came::Nothing, refusal),
    }
}

fn refusal(Refused { code, field, after_ms }: Refused) -> Came {
    match code {
        // Its sender has not brought it yet.
        ProblemCode::NotFound if field.as_deref() == Some("sha256") => Came::NotNow(after_ms),
        ProblemCode::NotFound | ProblemCode::NotAllowed | ProblemCode::RangeBeyond => {
            Came::Refused(code)
        }
        _ => Came::NotNow(after_ms),
    }
}

/// What came before a cut stays.
async fn as_far_as_it_came(mut response: Response, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 >= most {
            bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            break;
        }
    }
    bytes
}
