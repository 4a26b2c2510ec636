//! The door for whoever may enter the data folder: the same HTTP interface on a Unix socket, as
//! the operator of the server. On a stopped server the command line uses the interface in its
//! own process; there is one way in either case.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::middleware;
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::config::Config;
use crate::http;
use crate::running::{Core, StartError};

const SOCKET: &str = "control.sock";

/// Longest wait for an answer to one command.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);

/// Opens the socket, readable for the owner of the data folder alone.
pub(crate) fn listen(
    data: &Path,
    router: Router,
    stop: CancellationToken,
) -> io::Result<JoinHandle<()>> {
    let path = data.join(SOCKET);
    // Left behind by a server that was killed; the lock says that no other one runs.
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let listener = UnixListener::bind(&path)?;
    let router = router.layer(middleware::map_request(http::as_operator));
    Ok(tokio::spawn(async move {
        let stopped = async move { stop.cancelled().await };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the control socket ended");
        }
        let _gone = std::fs::remove_file(path);
    }))
}

/// The HTTP interface as the command line reaches it.
pub enum Reached {
    /// In the running server.
    Running(PathBuf),
    /// In this process: no server runs.
    Stopped(Box<Opened>),
}

/// A record opened by the command line itself.
pub struct Opened {
    core: Core,
    router: Router,
}

/// Reaches the running server, or opens the record if none runs.
pub async fn reach(config: Config) -> Result<Reached, StartError> {
    let socket = config.data.join(SOCKET);
    if UnixStream::connect(&socket).await.is_ok() {
        return Ok(Reached::Running(socket));
    }
    let core = Core::open(config).await?;
    let router =
        http::router(core.waypost.clone()).layer(middleware::map_request(http::as_operator));
    Ok(Reached::Stopped(Box::new(Opened { core, router })))
}

impl Reached {
    /// Sends one request as the operator.
    pub async fn ask(&self, request: Request<Body>) -> io::Result<Response<Body>> {
        match self {
            Self::Running(socket) => {
                let asked = ask_running(socket, request);
                tokio::time::timeout(ANSWER_TIMEOUT, asked).await?
            }
            Self::Stopped(opened) => match opened.router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
        }
    }

    /// Closes the record if this process opened it.
    pub async fn close(self) {
        if let Self::Stopped(opened) = self {
            opened.core.close().await;
        }
    }
}

async fn ask_running(socket: &Path, request: Request<Body>) -> io::Result<Response<Body>> {
    let stream = TokioIo::new(UnixStream::connect(socket).await?);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(stream).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(io::Error::other)?;
    Ok(response.map(Body::new))
}
