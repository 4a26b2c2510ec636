//! One request of an upload, by tus 1.0 (tus.io). It decides nothing: no retry, no order.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use waypost_engine::UploadAnswer;
use waypost_protocol::{ProblemCode, Sha256Hash};

use super::{Peer, https};

/// A piece takes about a second; on a link that has just become slow it takes longer.
const PIECE_MAX: Duration = Duration::from_secs(60);

const BYTES: &str = "application/offset+octet-stream";

/// How much of a piece one record of TLS holds. What was cut within a record is lost with all of it; whole ones count.
const RECORD_BYTES: usize = 2 * 1024;

/// A client for uploads.
pub(crate) fn client(tls: &rustls::ClientConfig) -> Option<reqwest::Client> {
    let mut tls = tls.clone();
    tls.max_fragment_size = Some(RECORD_BYTES);
    https::client(&tls).ok()
}

/// Begins an upload of these bytes, or goes on with the one that there is.
pub(crate) async fn begin(
    http: &reqwest::Client,
    peer: &Peer,
    sha256: Sha256Hash,
    size: u64,
) -> UploadAnswer {
    let metadata = format!("sha256 {},resume", BASE64.encode(sha256.to_string()));
    let request = http
        .post(format!("https://{}:{}/v1/uploads", peer.host, peer.https_port))
        .header("Upload-Length", size)
        .header("Upload-Metadata", metadata);
    answer(request, peer).await
}

/// Sends a piece.
pub(crate) async fn send(
    http: &reqwest::Client,
    peer: &Peer,
    at: &str,
    from: u64,
    piece: Vec<u8>,
) -> UploadAnswer {
    let request = http
        .patch(format!("https://{}:{}{at}", peer.host, peer.https_port))
        .header(CONTENT_TYPE, BYTES)
        .header("Upload-Offset", from)
        .body(piece);
    answer(request, peer).await
}

async fn answer(request: RequestBuilder, peer: &Peer) -> UploadAnswer {
    let request = request
        .header(AUTHORIZATION, format!("Bearer {}", peer.credential))
        .header("Tus-Resumable", "1.0.0")
        .timeout(PIECE_MAX);
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!(%error, "a piece of an upload is lost");
            return UploadAnswer::Lost;
        }
    };
    if !response.status().is_success() {
        return refusal(response).await;
    }
    let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    // Where the server says nothing of what it has, something between here and there has answered.
    match text("Upload-Offset").and_then(|offset| offset.parse().ok()) {
        Some(offset) => {
            let at = text(LOCATION.as_str()).and_then(path);
            let record = text("Waypost-Record").and_then(|record| record.parse().ok());
            UploadAnswer::Has { at, offset, record }
        }
        None => UploadAnswer::Lost,
    }
}

/// Where an upload goes on, at this server and no other.
fn path(location: &str) -> Option<String> {
    location.starts_with("/v1/uploads/").then(|| location.to_owned())
}

/// What the server says when it does not do what it is asked for.
#[derive(Deserialize)]
pub(super) struct Refused {
    pub(super) code: ProblemCode,
    #[serde(default)]
    pub(super) field: Option<String>,
    /// In how many milliseconds to ask again, if it says so.
    #[serde(skip)]
    pub(super) after_ms: Option<u64>,
}

/// What a server says; nothing if something between here and there has answered.
pub(super) async fn refused(response: Response) -> Option<Refused> {
    let after_ms = retry_after_ms(response.headers());
    let body = response.bytes().await.ok()?;
    let refused: Refused = serde_json::from_slice(&body).ok()?;
    Some(Refused { after_ms, ..refused })
}

async fn refusal(response: Response) -> UploadAnswer {
    let Some(Refused { code, after_ms, .. }) = refused(response).await else {
        return UploadAnswer::Lost;
    };
    match code {
        // The server has lost it, or someone else has brought more of it in the meantime.
        ProblemCode::UploadOffset => UploadAnswer::Lost,
        ProblemCode::ChecksumMismatch => UploadAnswer::Another,
        ProblemCode::ContentInvalid | ProblemCode::TooLarge => UploadAnswer::Refused(code),
        _ => UploadAnswer::NotNow { code, after_ms },
    }
}

fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse::<u64>().ok()?;
    Some(seconds.saturating_mul(1_000))
}
