//! Takes TCP connections and gives each a task of its own. It never waits for a peer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::{JoinError, JoinSet};

use crate::Refusal;
use crate::admission::{Admitted, admit};
use crate::session::Session;
use crate::shared::Shared;

/// The system may be out of file descriptors: trying again at once would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts until told to stop, then waits for the connections to end.
pub(crate) async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    stopping: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let mut stop = stopping.clone();
    loop {
        tokio::select! {
            () = stopped(&mut stop) => break,
            Some(ended) = connections.join_next() => report(ended),
            accepted = listener.accept() => match accepted {
                Ok((tcp, peer)) => welcome(&shared, tcp, peer, &stopping, &mut connections),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        report(ended);
    }
}

/// A handler that panicked took its own connection along and nothing else.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection ended by a fault of the server");
    }
}

fn welcome(
    shared: &Arc<Shared>,
    tcp: TcpStream,
    peer: SocketAddr,
    stopping: &watch::Receiver<bool>,
    connections: &mut JoinSet<()>,
) {
    match Arc::clone(&shared.places).try_acquire_owned() {
        Ok(place) => {
            connections.spawn(connection(Arc::clone(shared), tcp, peer, stopping.clone(), place));
        }
        Err(_) => shared.tally.refused(Refusal::Full, peer),
    }
}

async fn connection(
    shared: Arc<Shared>,
    tcp: TcpStream,
    peer: SocketAddr,
    mut stopping: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    // In a box of its own: what a handshake needs is freed when it is over.
    let admission = Box::pin(async {
        tokio::select! {
            admitted = admit(&shared, tcp) => admitted,
            () = stopped(&mut stopping) => Err(Refusal::Stopping),
        }
    });
    let admitted = admission.await;
    drop(stopping);
    attend(shared, admitted, peer, place).await;
}

/// Serves whoever was let in to the end, and what they left in flight beyond it.
pub(crate) async fn attend<S: AsyncRead + AsyncWrite>(
    shared: Arc<Shared>,
    admitted: Result<Admitted<S>, Refusal>,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    match admitted {
        Ok(admitted) => {
            let held = Session::new(Arc::clone(&shared), admitted).run().await;
            drop(place);
            held.finish().await;
        }
        Err(refusal) => shared.tally.refused(refusal, peer),
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error says that the edge is gone, which is a stop too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
