//! A client of tus 1.0, as plain as it can be: one connection that is kept, one request after the other. It is the
//! same for every server.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use hyper::http::request::Builder;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Longest wait for an answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

/// Where a server takes uploads.
#[derive(Clone)]
pub(super) struct Door {
    /// On loopback.
    pub(super) port: u16,
    /// What trusts this server and no other.
    pub(super) tls: Arc<rustls::ClientConfig>,
    /// Where uploads begin.
    pub(super) path: &'static str,
    /// What is shown to be let in, if that is asked for.
    pub(super) bearer: Option<String>,
}

/// A connection.
pub(super) struct Line {
    requests: SendRequest<Full<Bytes>>,
    door: Door,
}

impl Line {
    pub(super) async fn open(door: &Door) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", door.port)).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("127.0.0.1")?;
        let stream = TlsConnector::from(Arc::clone(&door.tls)).connect(name, stream).await?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the line; if it ends before, the next request says so.
        tokio::spawn(connection);
        Ok(Self { requests, door: door.clone() })
    }

    /// Begins an upload of so many bytes; where it goes on.
    pub(super) async fn begin(&mut self, size: usize, sha256: &str) -> anyhow::Result<String> {
        let metadata = format!("sha256 {}", BASE64.encode(sha256));
        let request = Request::post(self.door.path)
            .header("Upload-Length", size)
            .header("Upload-Metadata", metadata);
        let headers = self.ask(request, Bytes::new()).await?;
        let place = headers.get(LOCATION).context("a Location")?.to_str()?;
        // Some tell the whole address, some only the path.
        let place = place.split_once("://").map_or(place, |(_, rest)| rest);
        Ok(place[place.find('/').context("a path")?..].to_owned())
    }

    /// Adds bytes; how many are there now.
    pub(super) async fn add(
        &mut self,
        place: &str,
        offset: usize,
        bytes: Bytes,
    ) -> anyhow::Result<usize> {
        let request = Request::patch(place)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header("Upload-Offset", offset);
        offset_in(&self.ask(request, bytes).await?)
    }

    /// How many bytes are there.
    pub(super) async fn look(&mut self, place: &str) -> anyhow::Result<usize> {
        offset_in(&self.ask(Request::head(place), Bytes::new()).await?)
    }

    /// Says something that is no part of tus.
    pub(super) async fn say(&mut self, path: &str, json: Vec<u8>) -> anyhow::Result<()> {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json");
        self.ask(request, json.into()).await.map(drop)
    }

    async fn ask(&mut self, request: Builder, body: Bytes) -> anyhow::Result<HeaderMap> {
        let host = format!("127.0.0.1:{}", self.door.port);
        let mut request = request.header(HOST, host).header("Tus-Resumable", "1.0.0");
        if let Some(bearer) = &self.door.bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let request = request.body(Full::new(body))?;
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = async {
            self.requests.ready().await?;
            let (parts, body) = self.requests.send_request(request).await?.into_parts();
            hyper::Result::Ok((parts, body.collect().await?.to_bytes()))
        };
        let answer = timeout(ANSWERS_WITHIN, answer).await;
        let (parts, body) = answer.context("no answer").and_then(|it| Ok(it?)).context(asked)?;
        let said = || String::from_utf8_lossy(&body).into_owned();
        anyhow::ensure!(parts.status.is_success(), "{}: {}", parts.status, said());
        Ok(parts.headers)
    }
}

fn offset_in(headers: &HeaderMap) -> anyhow::Result<usize> {
    let offset = headers.get("Upload-Offset").context("an Upload-Offset")?;
    Ok(offset.to_str()?.parse()?)
}
