//! Frames over `POST /v1/sync`, one request after another.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use tokio::sync::mpsc;
use waypost_engine::Down;
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, ProblemCode, Pull, Uplink};

use super::{Peer, Reporter, What};

const CONNECT_MAX: Duration = Duration::from_secs(20);
const REQUEST_MAX: Duration = Duration::from_secs(60);
/// An answer holds a few frames.
const ANSWER_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;
const CBOR: &str = "application/cbor";

/// Runs until a request fails or there is nobody to send for.
pub(super) async fn run(
    peer: &Peer,
    mut uplinks: mpsc::Receiver<Uplink>,
    reporter: &Reporter,
) -> Down {
    let Ok(client) = client(&peer.tls) else {
        return Down::Lost;
    };
    // An empty pull shows that this way works and that the credential is good.
    if let Err(why) = ask(&client, peer, &Uplink::Pull(Pull::default())).await {
        return why;
    }
    reporter.report(What::Up).await;
    while let Some(frame) = uplinks.recv().await {
        match ask(&client, peer, &frame).await {
            Ok(frames) => {
                for frame in frames {
                    reporter.report(What::Heard(frame)).await;
                }
            }
            Err(why) => return why,
        }
    }
    Down::Lost
}

/// An HTTPS client that trusts what this configuration trusts and follows no redirects.
pub(crate) fn client(tls: &rustls::ClientConfig) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_MAX)
        .timeout(REQUEST_MAX)
        .build()
}

async fn ask(client: &reqwest::Client, peer: &Peer, frame: &Uplink) -> Result<Vec<Downlink>, Down> {
    let lost = |error: reqwest::Error| {
        tracing::debug!(%error, "the HTTPS link is down");
        Down::Lost
    };
    let response = client
        .post(format!("https://{}:{}/v1/sync", peer.host, peer.https_port))
        .header(AUTHORIZATION, format!("Bearer {}", peer.credential))
        .header(CONTENT_TYPE, CBOR)
        .header(reqwest::header::ACCEPT, CBOR)
        .body(frame.to_bytes())
        .send()
        .await
        .map_err(lost)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = bounded(response).await.map_err(lost)?;
    match status {
        StatusCode::OK => minicbor::decode(&body).map_err(|error| {
            tracing::warn!(%error, "an answer of the server cannot be read");
            Down::Lost
        }),
        StatusCode::UNAUTHORIZED => Err(Down::NotEnrolled),
        _ => refusal(&headers, &body).map(|frame| vec![frame]).ok_or(Down::Lost),
    }
}

/// The body, cut where it exceeds what the server would send.
async fn bounded(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(body)
}

#[derive(Deserialize)]
struct Problem {
    code: ProblemCode,
}

/// What the same refusal is over MQTT. Anything else comes from something between here and there.
fn refusal(headers: &HeaderMap, body: &[u8]) -> Option<Downlink> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let retry_after_ms = seconds.map(|seconds: u32| seconds.saturating_mul(1_000));
    Some(Downlink::Refused { code: problem.code, retry_after_ms })
}
