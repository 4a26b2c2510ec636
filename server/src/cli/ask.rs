//! One question to the server, running or not.

use anyhow::Context as _;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use waypost_server::Reached;
use waypost_server::http::Problem;

/// Sends JSON and reads JSON; a problem becomes an error in its own words.
pub async fn ask<T: DeserializeOwned>(
    server: &Reached,
    method: Method,
    path: &str,
    body: &impl Serialize,
) -> anyhow::Result<T> {
    let bytes = send(server, method, path, "application/json", serde_json::to_vec(body)?).await?;
    serde_json::from_slice(&bytes).context("the server's answer cannot be read")
}

/// Posts bytes of a media type and reads JSON.
pub async fn ask_with<T: DeserializeOwned>(
    server: &Reached,
    path: &str,
    media_type: &str,
    body: Vec<u8>,
) -> anyhow::Result<T> {
    let bytes = send(server, Method::POST, path, media_type, body).await?;
    serde_json::from_slice(&bytes).context("the server's answer cannot be read")
}

/// Sends JSON and expects no content.
pub async fn tell(server: &Reached, method: Method, path: &str) -> anyhow::Result<()> {
    send(server, method, path, "application/json", Vec::new()).await.map(|_| ())
}

/// Reads whatever there is.
pub async fn get(server: &Reached, path: &str) -> anyhow::Result<Bytes> {
    send(server, Method::GET, path, "application/json", Vec::new()).await
}

async fn send(
    server: &Reached,
    method: Method,
    path: &str,
    media_type: &str,
    body: Vec<u8>,
) -> anyhow::Result<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body))?;
    let response = server.ask(request).await.context("the server cannot be reached")?;
    let status: StatusCode = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    if status.is_success() {
        return Ok(bytes);
    }
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => anyhow::bail!("{}", problem.sentence()),
        Err(_) => anyhow::bail!("the server answered {status}"),
    }
}
