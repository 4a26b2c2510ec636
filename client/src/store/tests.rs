//! The store on real files, and against the reference that says what each change means.

use std::path::Path;

use waypost_engine::Change;
use waypost_engine::reference::ReferenceStore;
use waypost_protocol::{
    Body, Content, ConversationId, FactId, GroupSettings, Move, PersonId, ProblemCode, ReadMark,
    ReceiptState, Sequence, StoredMark,
};

use super::{OpenError, Store, StoreKey};
use crate::testing::{
    AYO, DANA, Folder, NOON, NORTH, OMAR, WITH_OMAR, entry, fact, key, person, store_at, text,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_dana_wrote_cannot_be_read_from_a_stolen_file() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let secret = "the spare key is under the mat";
    store.apply(&[Change::Queued(entry(WITH_OMAR, 1, &text(secret)))]).await.unwrap();
    let found = |needle: &[u8]| {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        contents.into_iter().any(|bytes| bytes.windows(needle.len()).any(|it| it == needle))
    };
    assert!(!found(secret.as_bytes()), "the text is readable while the app runs");
    store.close().await;
    assert!(!found(secret.as_bytes()), "the text is readable after the app was closed");
    assert!(!found(b"SQLite format 3"), "the file is a plain database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_told_from_a_missing_store() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    store_at(&path).await.close().await;
    let wrong = StoreKey::new([43; 32]);
    assert!(matches!(Store::open(&path, &wrong).await, Err(OpenError::WrongKey)));
    let elsewhere = folder.path().join("ayo.db");
    assert!(matches!(Store::open(&elsewhere, &key()).await, Err(OpenError::Missing)));
    assert!(Store::open(&path, &key()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 1)",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    store.close().await;
    assert!(matches!(Store::open(&path, &key()).await, Err(OpenError::Newer)));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_means_what_the_reference_says() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let mut reference = ReferenceStore::default();
    for changes in a_long_day() {
        store.apply(&changes).await.unwrap();
        reference.apply(&changes);
        let mut saved = store.reading().saved().await.unwrap();
        saved.waiting.sort_by_key(|entry| entry.id);
        assert_eq!(saved, reference.saved(), "after {changes:?}");
    }
}

const ABOUT_NORTH: ConversationId = ConversationId::About(3);

fn open(conversation: ConversationId, before: Option<u64>) -> Change {
    let before = before.map(|n| Sequence { epoch: 0, n });
    Change::Opening { conversation, before }
}

/// A fact from before Dana came.
fn earlier(n: u64, conversation: ConversationId, body: &Body) -> Change {
    match fact(n, OMAR, Some(conversation), body) {
        Change::Recorded { epoch, event } => Change::Earlier { epoch, event },
        other => other,
    }
}

fn a_long_day() -> Vec<Vec<Change>> {
    let said: Vec<_> = (1..=6).map(|n| entry(WITH_OMAR, n, &text("hello"))).collect();
    let place = |n| Sequence { epoch: 0, n };
    let accepted =
        |at: usize, n| Change::Accepted { id: said[at].id, sequence: place(n), recorded_at: NOON };
    let rejected = |at: usize, n| Change::Rejected {
        id: said[at].id,
        code: ProblemCode::NotAllowed,
        at: place(n),
    };
    let mark = StoredMark { up_to: 4, at: NOON };
    let read = ReadMark { conversation: WITH_OMAR, up_to: 4, at: NOON };
    vec![
        said.iter().cloned().map(Change::Queued).collect(),
        vec![Change::Skew(-250), accepted(0, 3), rejected(1, 3)],
        vec![fact(4, OMAR, Some(WITH_OMAR), &text("turn left")), Change::Cursor(place(4))],
        vec![Change::StoredMarks(vec![mark]), Change::ReadMarks(vec![read])],
        vec![
            Change::ReadUpTo { conversation: WITH_OMAR, up_to: 4 },
            accepted(2, 5),
            rejected(3, 5),
        ],
        vec![Change::Discarded { id: said[1].id }, Change::Discarded { id: said[4].id }],
        vec![Change::Safe { up_to: 4 }],
        vec![Change::StoredMarks(vec![]), Change::ReadMarks(vec![])],
        vec![Change::Cut { epoch: 1, after: 4 }, Change::Cursor(Sequence { epoch: 1, n: 4 })],
        vec![Change::ReadUpTo { conversation: WITH_OMAR, up_to: 2 }],
        vec![open(NORTH, Some(9)), open(ABOUT_NORTH, Some(9))],
        vec![earlier(7, NORTH, &text("Gate 4 is closed")), open(NORTH, Some(7))],
        vec![open(ABOUT_NORTH, None)],
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_keeps_nothing_by_half() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let queued = |n| Change::Queued(entry(WITH_OMAR, n, &text(&"long ".repeat(700))));
    store.apply(&[queued(1)]).await.unwrap();
    limit_pages(&store).await;
    let many: Vec<_> = (2..200).map(queued).collect();
    let error = store.apply(&many).await.unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    let saved = store.reading().saved().await.unwrap();
    assert_eq!((saved.waiting.len(), saved.lanes[&WITH_OMAR]), (1, 1));
}

/// The battery is empty in the middle of a write: SQLite's log ends anywhere, or ends in rubbish.
#[tokio::test(flavor = "multi_thread")]
async fn a_torn_log_holds_each_tap_whole_or_not_at_all() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let log_of = |path: &Path| path.with_extension("db-wal");
    let mut ends = vec![std::fs::metadata(log_of(&path)).unwrap().len()];
    for n in 1..=4 {
        let tap = Change::Queued(entry(WITH_OMAR, n, &text("I am at the gate")));
        store.apply(&[tap]).await.unwrap();
        ends.push(std::fs::metadata(log_of(&path)).unwrap().len());
    }
    let (file, log) = (std::fs::read(&path).unwrap(), std::fs::read(log_of(&path)).unwrap());
    let torn = folder.path().join("torn.db");
    for at in (ends[0]..ends[4]).step_by(1999) {
        let whole = ends[1..].iter().filter(|end| **end <= at).count();
        for rubbish in [0, 5000] {
            std::fs::write(&torn, &file).unwrap();
            let left = [&log[..at as usize], &vec![0x5a; rubbish]].concat();
            std::fs::write(log_of(&torn), left).unwrap();
            let (store, _) = Store::open(&torn, &key()).await.expect("it opens");
            let saved = store.reading().saved().await.unwrap();
            let last = saved.lanes.get(&WITH_OMAR).copied().unwrap_or(0);
            assert_eq!((saved.waiting.len(), last as usize), (whole, whole), "torn at {at}");
            store.close().await;
            let _none = std::fs::remove_file(torn.with_extension("db-shm"));
        }
    }
}

/// The disk has no room beyond what the file has now.
pub(crate) async fn limit_pages(store: &Store) {
    let (pages,): (i64,) =
        sqlx::query_as("PRAGMA page_count").fetch_one(&store.pool).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&store.pool).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_kept_for_each_person_and_the_first_time_wins() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let group = Body::GroupCreated {
        group: 3,
        name: "North".into(),
        members: vec![DANA, OMAR],
        moderators: vec![OMAR],
        settings: GroupSettings::default(),
    };
    let joined = Body::MemberJoined { group: 3, person: AYO, history: false };
    let to_group = |number| entry(NORTH, number, &text("hello"));
    let accepted = |number, n| Change::Accepted {
        id: to_group(number).id,
        sequence: Sequence { epoch: 0, n },
        recorded_at: NOON,
    };
    store.apply(&[person(1, OMAR, "Omar"), fact(2, PersonId::SERVER, None, &group)]).await.unwrap();
    store.apply(&[Change::Queued(to_group(1)), accepted(1, 3)]).await.unwrap();
    store.apply(&[fact(4, PersonId::SERVER, None, &joined)]).await.unwrap();
    store.apply(&[Change::Queued(to_group(2)), accepted(2, 5)]).await.unwrap();
    for (n, person, up_to, at) in
        [(6, OMAR, 3, 10), (7, OMAR, 5, 20), (8, AYO, 5, 30), (9, OMAR, 5, 40)]
    {
        let state = ReceiptState::Delivered;
        let step = Move { person, state, up_to, at, conversation: None, enrolment: None };
        let body = Body::Receipts { moves: vec![step] };
        store.apply(&[fact(n, PersonId::SERVER, None, &body)]).await.unwrap();
    }
    let receipts = store.reading().receipts(NORTH, 0).await.unwrap();
    let times: Vec<_> = receipts.iter().map(|((_, who), it)| (who.0, it.delivered_at)).collect();
    // Ayo came after message 1; the screen shows receipts of those alone who were there.
    assert_eq!(times, [(2, Some(10)), (8, Some(30)), (2, Some(20)), (8, Some(30))]);
}

/// SQLite then ends the transaction by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_full_takes_messages_again_as_soon_as_it_has_room() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let pages = |most: u32| {
        let pragma = format!("PRAGMA max_page_count = {most}");
        sqlx::query(sqlx::AssertSqlSafe(pragma)).execute(&store.pool)
    };
    let say = |number| Change::Queued(entry(WITH_OMAR, number, &text(&"long ".repeat(800))));
    pages(1).await.unwrap();
    let mut number = 1;
    while store.apply(&[say(number)]).await.is_ok() {
        number += 1;
    }
    store.apply(&[say(number)]).await.expect_err("it is still full");
    pages(u32::MAX - 1).await.unwrap();
    store.apply(&[say(number)]).await.expect("it has room");
    assert_eq!(store.reading().saved().await.unwrap().waiting.len(), number as usize);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_new_is_kept_and_understood_after_an_update() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    store.apply(&[person(1, OMAR, "Omar")]).await.unwrap();
    // As an older version would have left it.
    for statement in ["UPDATE facts SET understood = 0", "DELETE FROM people"] {
        sqlx::query(statement).execute(&store.pool).await.unwrap();
    }
    store.close().await;
    let (store, _) = Store::open(&path, &key()).await.unwrap();
    assert_eq!(store.reading().people().await.unwrap()[0].name, "Omar");
}

/// What an older version has stored goes with its conversation, and what was removed is not shown.
#[tokio::test(flavor = "multi_thread")]
async fn an_updated_app_keeps_nothing_longer_than_others() {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let store = store_at(&path).await;
    let minute = Body::ExpirySet { after_s: Some(60) };
    let removed = fact(4, OMAR, Some(WITH_OMAR), &text("rude"));
    let Change::Recorded { event, .. } = &removed else { panic!("it is in the record") };
    let (message, author) = (event.id.unwrap(), OMAR);
    let deletion = Body::Deletion { message, author };
    let day = [
        fact(2, OMAR, Some(WITH_OMAR), &minute),
        fact(3, OMAR, Some(WITH_OMAR), &text("after they said so")),
        removed,
        fact(5, PersonId::SERVER, Some(WITH_OMAR), &deletion),
    ];
    store.apply(&day).await.unwrap();
    let migration = include_str!("migrations/0010_lifetimes.sql");
    let updates = &migration[migration.find("UPDATE").unwrap()..];
    let before = "DELETE FROM lifetimes; DELETE FROM deletions;
        UPDATE facts SET fleeting = NULL, lifetime_s = NULL, understood = (kind <> 116);";
    for statement in [before, updates] {
        sqlx::raw_sql(statement).execute(&store.pool).await.unwrap();
    }
    store.close().await;
    let (store, _) = Store::open(&path, &key()).await.unwrap();
    let gone = async || {
        let shown = store.reading().messages(WITH_OMAR, 10).await.unwrap();
        shown.iter().map(|it| it.content.is_erased()).collect::<Vec<_>>()
    };
    assert_eq!(gone().await, [false, true], "an admin had removed it");
    let (at, lifetimes) = store.reading().next_expiry().await.unwrap();
    assert!(lifetimes);
    store.expire(at.expect("it goes")).await.unwrap();
    assert_eq!(gone().await, [true, true]);
}

#[test]
fn the_statements_know_which_kinds_are_messages() {
    let messages: Vec<u16> =
        (0..1_000).filter(|kind| Content { kind: *kind, bytes: vec![] }.is_message()).collect();
    assert_eq!(
        messages,
        [1, 2, 6, 8, 9, 100, 101, 123, 127],
        "`kind IN (1, 2, 6, 8, 9, 100, 101, 123, 127)` stands in store/read.rs and store/messages.rs"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_restore_lost_has_no_number_until_it_is_given_back() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let said = fact(40, OMAR, Some(WITH_OMAR), &text("Gate 4 is closed"));
    store.apply(&[person(1, OMAR, "Omar"), said.clone()]).await.unwrap();
    store.apply(&[Change::Cut { epoch: 1, after: 4 }]).await.unwrap();
    let shown = store.reading().messages(WITH_OMAR, 10).await.unwrap();
    assert_eq!(shown.len(), 1, "Dana still sees what Omar said");
    assert_eq!(shown[0].n, None, "reading it would count for what is number 40 by then");
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().messages, 0, "it is not unread");
    let Change::Recorded { event, .. } = said else { panic!("a fact") };
    let event = waypost_protocol::Event { n: 9, ..event };
    store.apply(&[Change::Recorded { epoch: 1, event }]).await.unwrap();
    let shown = store.reading().messages(WITH_OMAR, 10).await.unwrap();
    assert_eq!(shown[0].n, Some(9), "Omar has given it back");
}

/// What is still in the file of a message.
pub(crate) async fn bytes_of(store: &Store, id: FactId) -> Vec<u8> {
    sqlx::query_scalar("SELECT content FROM facts WHERE id = ?")
        .bind(id.as_bytes().to_vec())
        .fetch_one(&store.pool)
        .await
        .unwrap()
}

/// From its end to its beginning, in pages, while more happens.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_about_a_group_is_understood_in_its_order() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let joined = |person, history| Body::MemberJoined { group: 3, person, history };
    let left = |person| Body::MemberLeft { group: 3, person };
    let (name, settings) = ("North".to_owned(), GroupSettings::default());
    let (members, moderators) = (vec![OMAR, AYO], vec![OMAR]);
    let created = Body::GroupCreated { group: 3, name, members, moderators, settings };
    let renamed = Body::GroupChanged { group: 3, name: "Depot North".into(), settings };
    let says = |n, words| earlier(n, NORTH, &text(words));

    let in_at_nine = fact(9, OMAR, Some(ABOUT_NORTH), &joined(DANA, true));
    store.apply(&[in_at_nine, open(ABOUT_NORTH, Some(9)), open(NORTH, Some(9))]).await.unwrap();
    assert!(store.reading().groups().await.unwrap().is_empty(), "it has no name yet");
    let newest =
        [earlier(6, ABOUT_NORTH, &left(AYO)), earlier(8, ABOUT_NORTH, &joined(AYO, false))];
    store.apply(&newest).await.unwrap();
    store.apply(&[fact(10, OMAR, Some(ABOUT_NORTH), &renamed)]).await.unwrap();
    let oldest = [earlier(2, ABOUT_NORTH, &created), open(ABOUT_NORTH, None)];
    store.apply(&oldest).await.unwrap();
    store.apply(&[says(3, "hello"), says(7, "Gate 4 is closed"), open(NORTH, None)]).await.unwrap();

    let groups = store.reading().groups().await.unwrap();
    let north = &groups[&3];
    let mut stays: Vec<_> =
        north.members.iter().map(|it| (it.person, it.since, it.until, it.moderates)).collect();
    stays.sort_unstable();
    let expected = [
        (OMAR, 2, None, true),
        (DANA, 9, None, false),
        (AYO, 2, Some(6), false),
        (AYO, 8, None, false),
    ];
    assert_eq!((north.name.as_str(), &stays[..]), ("Depot North", &expected[..]));
    assert_eq!(store.reading().messages(NORTH, 10).await.unwrap().len(), 2);
    assert_eq!(store.reading().unread(NORTH).await.unwrap().messages, 0, "it was there before her");
    store.apply(&[fact(11, OMAR, Some(NORTH), &text("Welcome"))]).await.unwrap();
    assert_eq!(store.reading().unread(NORTH).await.unwrap().messages, 1);

    // A restore forgets that she was taken in, and the new name.
    store.apply(&[Change::Cut { epoch: 1, after: 8 }]).await.unwrap();
    let north = &store.reading().groups().await.unwrap()[&3];
    assert!(north.members.iter().all(|it| it.person != DANA), "nobody took her in");
    assert_eq!(north.name, "North");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_author_took_back_waits_for_nobody() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let said = fact(3, OMAR, Some(WITH_OMAR), &text("where is my coffee"));
    let Change::Recorded { event, .. } = &said else { panic!("a fact") };
    let message = event.id.unwrap();
    store.apply(&[person(1, OMAR, "Omar"), said.clone()]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().messages, 1);
    let by_ayo = Body::Deletion { message, author: AYO };
    store.apply(&[fact(4, AYO, Some(WITH_OMAR), &by_ayo)]).await.unwrap();
    assert_eq!(
        store.reading().unread(WITH_OMAR).await.unwrap().messages,
        1,
        "Ayo did not write it"
    );
    let gone = Body::Deletion { message, author: OMAR };
    store.apply(&[fact(5, OMAR, Some(WITH_OMAR), &gone)]).await.unwrap();
    assert_eq!(store.reading().unread(WITH_OMAR).await.unwrap().messages, 0);
}
