//! Two servers on one record: what one commits, the other tells.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use waypost_domain::{Actor, Deed, Reply, Request};
use waypost_protocol::{FactId, Role};
use waypost_server::{Clock, Fanout, Ingest, Metrics, follow};
use waypost_storage::Db;
use waypost_world::postgres;

/// Long enough for a busy machine; the server looks ten times a second.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn what_one_server_commits_the_other_tells_in_order() {
    let database = postgres::database().await;
    let stop = CancellationToken::new();
    let here = Db::open(&database.url()).await.expect("the record opens");
    let there = Db::open(&database.url()).await.expect("the record opens twice");
    let (ingest_here, fanout_here) = server_on(&here, &stop).await;
    let (ingest_there, fanout_there) = server_on(&there, &stop).await;
    let follower = tokio::spawn({
        let (db, fanout, stop) = (there.clone(), Arc::clone(&fanout_there), stop.clone());
        async move { follow(db, &fanout, stop).await }
    });

    for handle in ["omar", "dana", "ayo"] {
        is_done(&ingest_here.ask(added(handle)).await);
    }
    // Its own commit comes after three that it did not see: it must not be told before them.
    is_done(&ingest_there.ask(added("ines")).await);
    let end = there.head().await.expect("the record is read").sequence();
    tokio::time::timeout(PATIENCE, async {
        while fanout_there.position() != end {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("people on the other server wait for ever for what was said here");

    assert_eq!(end.n, 4, "four people were added");
    assert_eq!(fanout_here.position().n, 3, "nobody follows here");
    stop.cancel();
    follower.await.expect("the follower ends in good order");
}

async fn server_on(db: &Db, stop: &CancellationToken) -> (Ingest, Arc<Fanout>) {
    let position = db.head().await.expect("the record is read").sequence();
    let fanout = Arc::new(Fanout::new(position, Vec::new(), Vec::new()));
    let (db, clock) = (db.clone(), Clock::of_the_machine());
    let metrics = Arc::new(Metrics::default());
    let (ingest, _committer) = Ingest::start(db, Arc::clone(&fanout), metrics, clock, stop.clone());
    (ingest, fanout)
}

fn added(handle: &str) -> Request {
    let id = FactId::mint(0, u128::from_be_bytes(*uuid::Uuid::new_v4().as_bytes()));
    let (name, role, language) = (handle.to_owned(), Role::Driver, "en".to_owned());
    let deed = Deed::AddPerson { handle: handle.to_owned(), name, role, language };
    Request::Deed { actor: Actor::OPERATOR, id, deed }
}

fn is_done(reply: &Reply) {
    assert!(matches!(reply, Reply::Done(_)), "{reply:?}");
}
