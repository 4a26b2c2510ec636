//! What a driver sees, with a store on a real file and no server in reach.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use waypost_engine::Change;
use waypost_protocol::{
    Arguments, Body, Header, OUTBOX_ENTRIES_MAX, ProblemCode, ReceiptState, Sequence,
};

use super::{Client, CommandError, Setup};
use crate::clock::Clock;
use crate::command::Command;
use crate::store::tests::limit_pages;
use crate::testing::{
    Folder, NOON, OMAR, WITH_OMAR, entry, fact, identity, key, person, store_at, text,
};
use crate::view::View;

/// The first view of which this holds.
async fn wait_for(client: &Client, holds: impl FnMut(&View) -> bool) -> Arc<View> {
    let mut views: watch::Receiver<Arc<View>> = client.view();
    let mut holds = holds;
    let wait = views.wait_for(|view| holds(view));
    let found = tokio::time::timeout(Duration::from_secs(10), wait).await;
    found.expect("the screen never shows it").unwrap().clone()
}

async fn running_late(client: &Client) -> Result<super::Sent, CommandError> {
    let template = Command::send(
        WITH_OMAR,
        Body::Template {
            template: "running-late".into(),
            version: 1,
            arguments: Arguments::new(),
            answers: None,
            header: Header::default(),
        },
    );
    client.send(template).await
}

async fn open(path: &Path) -> Client {
    Client::open(path, key()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dana_tapped_offline_is_there_after_the_tablet_died() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    store_at(&path).await.close().await;
    let client = open(&path).await;
    client.send(Command::Open { conversation: Some(WITH_OMAR) }).await.unwrap();
    let sent = running_late(&client).await.unwrap();
    let shows = |view: &View| view.timeline.as_ref().is_some_and(|it| it.messages.len() == 1);
    let view = wait_for(&client, shows).await;
    let message = view.timeline.as_ref().unwrap().messages[0].clone();
    assert_eq!((Some(message.id), message.state), (sent.id, ReceiptState::Queued));
    assert_eq!(view.waiting, 1);
    drop(client); // The battery is empty.

    let client = open(&path).await;
    let view = wait_for(&client, |view| view.waiting == 1).await;
    assert_eq!(view.conversations[0].last.as_ref().map(|last| last.id), sent.id);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_outbox_says_so_and_refuses() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let all = 1..=u32::try_from(OUTBOX_ENTRIES_MAX).unwrap();
    let full: Vec<_> = all.map(|n| Change::Queued(entry(WITH_OMAR, n, &text("hello")))).collect();
    store.apply(&full).await.unwrap();
    store.close().await;
    let client = open(&path).await;
    assert!(client.view().borrow().outbox_full);
    assert_eq!(running_late(&client).await, Err(CommandError::OutboxFull));
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_shown_and_the_tap_is_not_half_kept() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    limit_pages(&store).await;
    let client = Client::start(store, identity(), Setup::default()).await.unwrap();
    let long = Command::text(WITH_OMAR, "long ".repeat(700));
    let mut kept = 0;
    let refused = loop {
        match client.send(long.clone()).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1_000, "the disk is never full");
    };
    assert!(matches!(refused, CommandError::Store(_)), "{refused}");
    wait_for(&client, |view| view.store_trouble.is_some() && view.waiting == kept).await;
    client.close().await;
    let client = open(&path).await;
    let view = wait_for(&client, |view| view.waiting == kept).await;
    assert_eq!(view.store_trouble, None);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wedged_message_can_be_sent_again_or_discarded() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    for n in [1, 2] {
        let said = entry(WITH_OMAR, n, &text("hello"));
        let at = Sequence { epoch: 0, n: 5 };
        let wedged = Change::Rejected { id: said.id, code: ProblemCode::NotAllowed, at };
        store.apply(&[Change::Queued(said), wedged]).await.unwrap();
    }
    store.close().await;
    let client = open(&path).await;
    let view = wait_for(&client, |view| view.wedged.len() == 2).await;
    assert_eq!(view.waiting, 0);
    client.send(Command::Discard { id: view.wedged[0].id }).await.unwrap();
    let again = client.send(Command::SendAgain { id: view.wedged[1].id }).await.unwrap();
    assert_ne!(again.id, Some(view.wedged[1].id), "it is a new fact");
    wait_for(&client, |view| view.wedged.is_empty() && view.waiting == 1).await;
    let twice = client.send(Command::SendAgain { id: view.wedged[1].id }).await;
    assert_eq!(twice, Err(CommandError::NotWedged));
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_reads_and_acknowledges_once() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let turn_left = fact(2, OMAR, Some(WITH_OMAR), &text("turn left"));
    let cursor = Change::Cursor(Sequence { epoch: 0, n: 2 });
    store.apply(&[person(1, OMAR, "Omar"), turn_left, cursor]).await.unwrap();
    store.close().await;
    let client = open(&path).await;
    let view = wait_for(&client, |view| view.conversations.len() == 1).await;
    let conversation = &view.conversations[0];
    assert_eq!((conversation.title.as_str(), conversation.unread), ("Omar", 1));
    let message = conversation.last.as_ref().unwrap().id;

    client.send(Command::MarkRead { conversation: WITH_OMAR, up_to: 2 }).await.unwrap();
    wait_for(&client, |view| view.conversations[0].unread == 0).await;
    assert!(client.send(Command::Acknowledge { message }).await.unwrap().id.is_some());
    assert!(client.send(Command::Acknowledge { message }).await.unwrap().id.is_none());
    let acknowledged =
        |view: &View| view.conversations[0].last.as_ref().unwrap().acknowledged_by_me;
    assert_eq!(wait_for(&client, acknowledged).await.waiting, 1);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_whose_clock_is_two_years_wrong_dates_by_its_own_clock() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    store_at(&path).await.close().await;
    let two_years = 2 * 365 * 24 * 60 * 60 * 1_000;
    let clock = Clock { shift_ms: -two_years, offset_minutes: Some(120) };
    let client =
        Client::open_with(&path, key(), Setup { clock, ..Setup::default() }).await.unwrap();
    let id = running_late(&client).await.unwrap().id.unwrap();
    let real = Clock::default().now();
    let off = real - two_years - id.occurred_at().unwrap();
    assert!((0..60_000).contains(&off), "{off}");
    assert!(real > NOON);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_break_a_rule_are_refused_at_the_tablet() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    store_at(&path).await.close().await;
    let client = open(&path).await;
    let blank = Command::text(WITH_OMAR, "  ");
    assert!(matches!(client.send(blank).await, Err(CommandError::Content(_))));
    client.close().await;
}
