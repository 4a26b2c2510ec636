//! What the screen shows of messages that were edited or deleted, or have expired.

use waypost_engine::Change;
use waypost_protocol::{
    Body, Event, FactId, Header, Mention, PersonId, ProblemCode, Sequence, kind,
};

use super::tests::{model, shell};
use crate::store::Store;
use crate::store::tests::bytes_of;
use crate::testing::{
    DANA, Folder, NOON, OMAR, WITH_OMAR, entry, fact, key, person, store_at, text,
};
use crate::view::MessageView;

fn edit(message: FactId, text: &str) -> Body {
    Body::Edit { message, text: text.into(), mentions: vec![Mention::Person(OMAR)] }
}

fn id_of(change: &Change) -> FactId {
    match change {
        Change::Recorded { event, .. } => event.id.unwrap(),
        other => panic!("it is in no record: {other:?}"),
    }
}

fn accepted(id: FactId, n: u64) -> Change {
    Change::Accepted { id, sequence: Sequence { epoch: 0, n }, recorded_at: NOON }
}

/// The messages on Dana's screen.
async fn shown(store: &Store) -> Vec<MessageView> {
    let mut model = model();
    model.refresh(&store.reading()).await.unwrap();
    let timeline = model.view(shell()).timeline.unwrap();
    timeline.messages.iter().map(|message| (**message).clone()).collect()
}

async fn words(store: &Store) -> Vec<String> {
    let text = |it: MessageView| match it.body {
        Body::Text { text, .. } => text,
        Body::Erased { .. } => "gone".into(),
        other => panic!("it has no words: {other:?}"),
    };
    shown(store).await.into_iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn better_words_are_shown_from_the_tap_on() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let gate = entry(WITH_OMAR, 1, &text("gate 4"));
    let better = entry(WITH_OMAR, 2, &edit(gate.id, "gate 5"));
    store.apply(&[Change::Queued(gate.clone()), accepted(gate.id, 1)]).await.unwrap();
    store.apply(&[Change::Queued(better.clone())]).await.unwrap();
    let message = shown(&store).await.remove(0);
    let expected = Header { mentions: vec![Mention::Person(OMAR)], ..Header::default() };
    assert_eq!(message.body.header(), Some(&expected));
    assert_eq!(message.edited_at, better.id.occurred_at());
    assert_eq!(words(&store).await, ["gate 5"]);

    let code = ProblemCode::NotFound;
    let refused = Change::Rejected { id: better.id, code, at: Sequence { epoch: 0, n: 1 } };
    store.apply(&[refused]).await.unwrap();
    assert_eq!(words(&store).await, ["gate 4"], "the server refused it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_edit_of_the_record_counts_and_nobody_elses() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let gate = fact(1, OMAR, Some(WITH_OMAR), &text("gate 4"));
    let id = id_of(&gate);
    let later = fact(3, OMAR, Some(WITH_OMAR), &edit(id, "gate 6"));
    let earlier = fact(2, OMAR, Some(WITH_OMAR), &edit(id, "gate 5"));
    let danas = fact(4, DANA, Some(WITH_OMAR), &edit(id, "gate 7"));
    store.apply(&[later, gate, earlier, danas]).await.unwrap();
    assert_eq!(words(&store).await, ["gate 6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_leaves_a_mark_and_no_bytes() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let gate = fact(1, OMAR, Some(WITH_OMAR), &text("gate 4"));
    let id = id_of(&gate);
    let better = fact(2, OMAR, Some(WITH_OMAR), &edit(id, "gate 5"));
    let others =
        fact(3, PersonId(9), Some(WITH_OMAR), &Body::Deletion { message: id, author: PersonId(9) });
    store.apply(&[gate, better.clone(), others]).await.unwrap();
    assert_eq!(words(&store).await, ["gate 5"], "a deletion that names someone else");

    let deletion = Body::Deletion { message: id, author: OMAR };
    store.apply(&[fact(4, OMAR, Some(WITH_OMAR), &deletion)]).await.unwrap();
    assert_eq!(words(&store).await, ["gone"]);
    store.apply(&[Change::Safe { up_to: 4 }]).await.unwrap();
    assert_eq!(bytes_of(&store, id).await, [0xf6]);
    assert_eq!(bytes_of(&store, id_of(&better)).await, [0xf6], "its edit still says it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_may_come_before_its_message() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let gate = fact(2, OMAR, Some(WITH_OMAR), &text("gate 4"));
    let deletion = Body::Deletion { message: id_of(&gate), author: OMAR };
    store.apply(&[fact(1, OMAR, Some(WITH_OMAR), &deletion), gate]).await.unwrap();
    assert_eq!(words(&store).await, ["gone"]);
}

/// A restored server may have to be given back what Dana deleted.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_safe_yet_is_hidden_and_kept() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let gate = entry(WITH_OMAR, 1, &text("gate 4"));
    let gone = entry(WITH_OMAR, 2, &Body::Deletion { message: gate.id, author: DANA });
    store.apply(&[Change::Queued(gate.clone()), accepted(gate.id, 1)]).await.unwrap();
    store.apply(&[Change::Queued(gone.clone())]).await.unwrap();
    assert_eq!(words(&store).await, ["gone"], "from the tap on");
    store.apply(&[accepted(gone.id, 2)]).await.unwrap();
    assert_eq!(bytes_of(&store, gate.id).await, gate.content.bytes);

    store.apply(&[Change::Cut { epoch: 1, after: 0 }]).await.unwrap();
    let waiting = store.reading().saved().await.unwrap().waiting;
    assert_eq!(waiting.len(), 2);
    assert!(waiting.contains(&gate), "the server does not get it back as it was");
    let again = |n| Sequence { epoch: 1, n };
    let accepted = |id, n| Change::Accepted { id, sequence: again(n), recorded_at: NOON };
    store.apply(&[accepted(gate.id, 1), accepted(gone.id, 2)]).await.unwrap();
    store.apply(&[Change::Safe { up_to: 2 }]).await.unwrap();
    assert_eq!(bytes_of(&store, gate.id).await, [0xf6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expires_is_gone_in_time_and_not_before() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let for_a_minute = Header { expires_after_s: Some(60), ..Header::default() };
    let code = Body::Text { text: "code 4711".into(), answers: None, header: for_a_minute };
    let omars = fact(1, OMAR, Some(WITH_OMAR), &code);
    let danas = entry(WITH_OMAR, 1, &code);
    store.apply(&[person(9, OMAR, "Omar"), omars.clone()]).await.unwrap();
    store.apply(&[Change::Queued(danas.clone())]).await.unwrap();
    let Change::Recorded { event, .. } = &omars else { panic!("it is in the record") };
    let at = event.recorded_at + 60_000;
    assert_eq!(store.reading().next_expiry().await.unwrap().0, Some(at));

    store.expire(at - 1).await.unwrap();
    assert_eq!(words(&store).await, ["code 4711", "code 4711"]);
    let touched = store.expire(at).await.unwrap();
    assert!(!touched.is_empty(), "the screen does not change");
    assert_eq!(words(&store).await, ["gone", "code 4711"], "what waits has no time yet");
    assert_eq!(bytes_of(&store, id_of(&omars)).await, [0xf6]);
    assert_eq!(store.reading().next_expiry().await.unwrap().0, None);
    let unread = store.reading().unread(WITH_OMAR).await.unwrap();
    assert_eq!((unread.up_to, unread.messages), (0, 0), "nobody can read it any more");

    store.apply(&[accepted(danas.id, 2)]).await.unwrap();
    assert_eq!(store.reading().next_expiry().await.unwrap().0, Some(NOON + 60_000));
    store.expire(NOON + 60_000).await.unwrap();
    assert_eq!(words(&store).await, ["gone", "gone"]);
    assert_eq!(bytes_of(&store, danas.id).await, danas.content.bytes, "it may be asked for again");
    store.close().await;
    let (store, _) = Store::open(&path, &key()).await.unwrap();
    store.apply(&[Change::Safe { up_to: 2 }]).await.unwrap();
    assert_eq!(bytes_of(&store, danas.id).await, [0xf6]);
    assert!(matches!(shown(&store).await[0].body, Body::Erased { number: kind::TEXT }));
}

fn stays(n: u64, after_s: Option<u32>) -> Change {
    fact(n, OMAR, Some(WITH_OMAR), &Body::ExpirySet { after_s })
}

fn time_of(change: &Change) -> i64 {
    match change {
        Change::Recorded { event, .. } => event.recorded_at,
        other => panic!("it is in no record: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_after_they_said_so_goes_whoever_hears_of_it_first() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let before = fact(1, OMAR, Some(WITH_OMAR), &text("before"));
    let after = fact(4, OMAR, Some(WITH_OMAR), &text("after"));
    let header = Header { broadcast: Some(id_of(&before)), ..Header::default() };
    let told = Body::Text { text: "to many".into(), answers: None, header };
    let told = fact(5, OMAR, Some(WITH_OMAR), &told);
    let mine = entry(WITH_OMAR, 1, &text("mine"));
    // Her own message is accepted before she hears what was said in the meantime.
    store.apply(&[before, Change::Queued(mine.clone()), accepted(mine.id, 3)]).await.unwrap();
    assert_eq!(store.reading().next_expiry().await.unwrap(), (None, false));
    store.apply(&[stays(2, Some(60)), after.clone(), told, stays(6, None)]).await.unwrap();
    store.apply(&[fact(7, OMAR, Some(WITH_OMAR), &text("for ever"))]).await.unwrap();
    let at = time_of(&after).max(NOON) + 60_000;
    assert!(store.reading().next_expiry().await.unwrap().1);
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().expires_after_s, None);
    store.expire(at).await.unwrap();
    assert_eq!(words(&store).await, ["before", "gone", "gone", "to many", "for ever"]);
    assert_eq!(store.reading().next_expiry().await.unwrap().0, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dana_says_of_it_herself_counts_once_it_is_recorded() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let says = entry(WITH_OMAR, 1, &Body::ExpirySet { after_s: Some(60) });
    store.apply(&[Change::Queued(says.clone())]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().expires_after_s, None);
    store.apply(&[accepted(says.id, 2)]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().expires_after_s, Some(60));
    let after = fact(3, OMAR, Some(WITH_OMAR), &text("after"));
    store.apply(std::slice::from_ref(&after)).await.unwrap();
    assert_eq!(store.reading().next_expiry().await.unwrap().0, Some(time_of(&after) + 60_000));

    // A restore has lost it, and brings it back elsewhere.
    store.apply(&[Change::Cut { epoch: 1, after: 1 }]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().expires_after_s, None);
    let sequence = Sequence { epoch: 1, n: 5 };
    let again = Change::Accepted { id: says.id, sequence, recorded_at: NOON };
    store.apply(&[again]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().expires_after_s, Some(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restore_has_lost_is_given_back_and_goes_by_its_new_place() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let lost = fact(5, OMAR, Some(WITH_OMAR), &text("from his tablet"));
    store.apply(&[lost.clone(), Change::Cut { epoch: 1, after: 1 }]).await.unwrap();
    // His phone is back first, and says something at a number that is lower than that of what was lost.
    let Change::Recorded { event, .. } = stays(2, Some(60)) else { unreachable!() };
    store.apply(&[Change::Recorded { epoch: 1, event }]).await.unwrap();
    store.expire(time_of(&lost) + 1_000_000_000).await.unwrap();
    assert_eq!(words(&store).await, ["from his tablet"], "it goes before it is given back");
    let Change::Recorded { event, .. } = lost.clone() else { unreachable!() };
    let later = time_of(&lost) + 5_000_000;
    let again = Event { n: 3, recorded_at: later, ..event };
    store.apply(&[Change::Recorded { epoch: 1, event: again }]).await.unwrap();
    assert_eq!(store.reading().next_expiry().await.unwrap().0, Some(later + 60_000));
    store.expire(later + 60_000).await.unwrap();
    assert_eq!(words(&store).await, ["gone"]);
}
