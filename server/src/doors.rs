//! What stands behind the MQTT and the HTTPS door.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;
use waypost_edge::{Handlers, Identity, Unavailable};

use crate::waypost::Waypost;

/// Longest time in which a client must send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// What the edge asks of this server.
pub fn handlers(waypost: &Waypost) -> Handlers {
    let (prove, uplink) = (waypost.clone(), waypost.clone());
    let (come, gone) = (Arc::clone(&waypost.fanout), Arc::clone(&waypost.fanout));
    Handlers {
        authenticate: Arc::new(move |_client_id, password| {
            let waypost = prove.clone();
            Box::pin(async move { authenticate(&waypost, &password).await })
        }),
        uplink: Arc::new(move |who, frame| {
            let waypost = uplink.clone();
            Box::pin(async move { waypost.uplink(who, frame).await.into_iter().collect() })
        }),
        connected: Arc::new(move |who| come.connected(who)),
        disconnected: Arc::new(move |who| gone.disconnected(who)),
    }
}

async fn authenticate(
    waypost: &Waypost,
    credential: &str,
) -> Result<Option<Identity>, Unavailable> {
    waypost.prove(credential).await.map_err(|error| {
        tracing::error!(%error, "a credential could not be looked up");
        Unavailable
    })
}

/// Serves HTTPS until the handle stops it.
pub fn https(
    listener: TcpListener,
    tls: RustlsConfig,
    handle: Handle<SocketAddr>,
    router: Router,
) -> std::io::Result<JoinHandle<()>> {
    let mut server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    server.http_builder().http2().timer(TokioTimer::new());
    Ok(tokio::spawn(async move {
        if let Err(error) =
            server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await
        {
            tracing::error!(%error, "HTTPS ended");
        }
    }))
}
