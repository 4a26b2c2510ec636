//! The record on both databases: what is committed is there once, in order, for whom it concerns.

mod broadcasts;
mod desk;
mod groups;
mod history;
mod revisions;
mod servers;

use desk::{Desk, NOW};
use waypost_domain::audit::{Tree, leaf_hash};
use waypost_domain::{Deed, Reply, Request};
use waypost_protocol::{
    Answer, Body, ConversationId, DeviceId, EnrolmentId, Entry, PersonId, ProblemCode, ReadMark,
    ReceiptState, Sequence, StoredMark,
};
use waypost_storage::{Db, StorageError};
use waypost_world::postgres;

/// Runs a story on both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().expect("folder");
                let url = format!("sqlite://{}", folder.path().join("waypost.db").display());
                super::$name(super::Desk::open(&url).await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                let database = super::postgres::database().await;
                super::$name(super::Desk::open(&database.url()).await).await;
            })*
        }
    };
}

on_both! {
    a_message_is_recorded_once_and_read_by_whom_it_concerns
    a_lane_is_decided_in_order
    the_same_id_with_other_content_is_refused_for_ever
    receipts_reach_the_author_and_move_once
    a_group_is_read_from_joining_to_leaving
    a_token_enrols_one_device
    a_revoked_enrolment_is_refused
    every_fact_is_a_leaf_of_the_audit_tree
    a_restored_record_goes_on_in_a_new_epoch
    what_is_old_enough_may_be_forgotten_by_devices
    a_lane_goes_on_where_another_server_left_it
    who_was_revoked_by_another_server_writes_no_more
    what_a_failed_commit_knew_is_forgotten
    an_author_finds_better_words_and_nobody_else_does
    what_is_deleted_is_told_to_nobody_and_stays_in_the_record
    a_deletion_waits_for_its_message
    what_expires_is_erased_in_time_and_not_before
    what_was_said_after_they_said_so_is_erased_in_time
    a_broadcast_is_told_to_each_and_answered_in_private
    later_words_reach_all_whom_a_broadcast_has_reached
    a_group_of_hundreds_is_told_in_one_commit
    a_group_is_run_as_its_moderators_want
    a_stranger_does_not_know_that_there_is_a_group
    what_was_said_before_is_open_where_the_group_says_so
    what_was_said_before_is_closed_where_it_does_not
}

use broadcasts::{
    a_broadcast_is_told_to_each_and_answered_in_private, a_group_of_hundreds_is_told_in_one_commit,
    later_words_reach_all_whom_a_broadcast_has_reached,
};
use groups::a_group_is_run_as_its_moderators_want;
use history::{
    a_stranger_does_not_know_that_there_is_a_group,
    what_was_said_before_is_closed_where_it_does_not,
    what_was_said_before_is_open_where_the_group_says_so,
};
use revisions::{
    a_deletion_waits_for_its_message, an_author_finds_better_words_and_nobody_else_does,
    what_expires_is_erased_in_time_and_not_before,
    what_is_deleted_is_told_to_nobody_and_stays_in_the_record,
    what_was_said_after_they_said_so_is_erased_in_time,
};

use servers::{
    a_lane_goes_on_where_another_server_left_it, what_a_failed_commit_knew_is_forgotten,
    who_was_revoked_by_another_server_writes_no_more,
};

async fn a_message_is_recorded_once_and_read_by_whom_it_concerns(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    let before = desk.db.head().await.expect("head").sequence();
    let late = desk.text(dana, omar, 1, "running late");
    let first = desk.submit(dana, vec![late.clone()]).await;
    let again = desk.submit(dana, vec![late.clone(), late.clone()]).await;
    assert!(matches!(first[0], Answer::Accepted { .. }), "{first:?}");
    assert_eq!(again, [first[0].clone(), first[0].clone()], "a repeat gets the same answer");

    let page = desk.pull(omar, before).await;
    assert_eq!(page.events.len(), 1, "Omar sees it once");
    assert_eq!(page.events[0].content, late.content);
    assert_eq!(page.events[0].author, Some(dana.person));
    assert_eq!(page.events[0].skew_ms, Some(-5));
    assert_eq!((page.next, page.more), (before.n + 1, false));
    assert!(desk.pull(ayo, before).await.events.is_empty(), "Ayo is not concerned");
}

async fn a_lane_is_decided_in_order(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let one = desk.text(dana, omar, 1, "one");
    let two = desk.text(dana, omar, 2, "two");
    let early = desk.submit(dana, vec![two.clone()]).await;
    assert_eq!(early, [Answer::OutOfOrder { id: two.id, expected: 1 }]);
    let both = desk.submit(dana, vec![one, two.clone()]).await;
    assert!(both.iter().all(|answer| matches!(answer, Answer::Accepted { .. })), "{both:?}");
    let mut after_a_gap = desk.text(dana, omar, 9, "nine");
    after_a_gap.gap = true;
    let answers = desk.submit(dana, vec![after_a_gap]).await;
    assert!(matches!(answers[0], Answer::Accepted { .. }), "{answers:?}");
}

async fn the_same_id_with_other_content_is_refused_for_ever(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    let one = desk.text(dana, omar, 1, "one");
    desk.submit(dana, vec![one.clone()]).await;
    let mut forged = desk.text(ayo, omar, 1, "two");
    forged.id = one.id;
    let answer = desk.submit(ayo, vec![forged]).await;
    assert!(matches!(answer[0], Answer::Rejected { code: ProblemCode::IdReused, .. }));

    let to_nobody = Entry {
        conversation: ConversationId::Direct(dana.person, PersonId(77)),
        ..desk.text(dana, omar, 1, "hello?")
    };
    let first = desk.submit(dana, vec![to_nobody.clone()]).await;
    assert!(matches!(first[0], Answer::Rejected { code: ProblemCode::NotFound, .. }));
    assert_eq!(desk.submit(dana, vec![to_nobody]).await, first, "a refusal is remembered");
}

async fn receipts_reach_the_author_and_move_once(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    let late = desk.text(dana, omar, 1, "running late");
    let conversation = late.conversation;
    desk.submit(dana, vec![late.clone()]).await;
    let n = desk.size().await;
    let marks = |at| Request::Marks {
        actor: omar,
        epoch: 0,
        stored: vec![StoredMark { up_to: n, at }],
        read: vec![ReadMark { conversation, up_to: n, at: at + 1 }],
    };
    let decision = desk.commit(&[marks(NOW + 100), marks(NOW + 900)]).await;
    assert_eq!(decision.facts.len(), 1, "all moves of one commit are one fact");
    assert!(desk.commit(&[marks(NOW + 5000)]).await.facts.is_empty(), "nothing new, no fact");
    let nothing_of_others = Request::Marks {
        actor: ayo,
        epoch: 0,
        stored: vec![StoredMark { up_to: n, at: NOW }],
        read: vec![],
    };
    assert!(desk.commit(&[nothing_of_others]).await.facts.is_empty());

    let page = desk.pull(dana, Sequence { epoch: 0, n }).await;
    let Ok(Body::Receipts { moves }) = page.events[0].content.to_body() else {
        panic!("Dana gets {page:?}")
    };
    let states: Vec<_> = moves.iter().map(|step| (step.state, step.at, step.enrolment)).collect();
    assert_eq!(
        states,
        [(ReceiptState::Delivered, NOW + 100, None), (ReceiptState::Read, NOW + 101, None)]
    );
    let of = desk.db.receipts_of(late.id, n, dana.person, conversation).await.expect("receipts");
    assert_eq!(of.len(), 1);
    assert_eq!((of[0].delivered_at, of[0].read_at), (Some(NOW + 100), Some(NOW + 101)));

    let acknowledged = Entry {
        content: Body::Acknowledgement { message: late.id }.to_content(),
        ..desk.text(omar, dana, 1, "-")
    };
    desk.submit(omar, vec![acknowledged.clone()]).await;
    let of = desk.db.receipts_of(late.id, n, dana.person, conversation).await.expect("receipts");
    assert_eq!(of[0].acknowledged_at, acknowledged.id.occurred_at());
    let beyond = Request::Marks {
        actor: omar,
        epoch: 0,
        stored: vec![StoredMark { up_to: n + 100, at: NOW }],
        read: vec![],
    };
    let refused = desk.commit(&[beyond]).await.replies;
    assert_eq!(refused, [Reply::Refused(ProblemCode::MarkBeyondRecord)]);
}

async fn a_group_is_read_from_joining_to_leaving(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    let members = vec![omar.person, dana.person];
    desk.opens("North", members).await;
    let write = |desk: &mut Desk, number, text: &str| Entry {
        conversation: ConversationId::Group(1),
        ..desk.text(omar, dana, number, text)
    };
    let start = desk.db.head().await.expect("head").sequence();
    let one = write(&mut desk, 1, "before Ayo");
    desk.submit(omar, vec![one]).await;
    desk.deed(Deed::Join { group: 1, person: ayo.person }).await;
    let two = write(&mut desk, 2, "with Ayo");
    desk.submit(omar, vec![two.clone()]).await;
    desk.deed(Deed::Leave { group: 1, person: ayo.person }).await;
    let three = write(&mut desk, 3, "after Ayo");
    desk.submit(omar, vec![three]).await;

    let texts: Vec<_> = desk
        .pull(ayo, start)
        .await
        .events
        .into_iter()
        .filter(|event| event.content.is_message())
        .map(|event| event.content)
        .collect();
    assert_eq!(texts, [two.content]);
    let intruder =
        Entry { conversation: ConversationId::Group(1), ..desk.text(ayo, omar, 1, "still here?") };
    let answer = desk.submit(ayo, vec![intruder]).await;
    assert!(matches!(answer[0], Answer::Rejected { code: ProblemCode::NotFound, .. }));
}

async fn a_token_enrols_one_device(mut desk: Desk) {
    let token_hash = [42; 32];
    let dana = desk.dana.person;
    desk.db.issue_token(token_hash, dana, PersonId::SERVER, NOW * 2).await.expect("token");
    let enrol = |tag: u8| Deed::Enrol {
        token_hash,
        enrolment: EnrolmentId::mint(NOW, u128::from(tag)),
        device: DeviceId::mint(NOW, u128::from(tag)),
        device_name: "second tablet".into(),
        credential_hash: [tag; 32],
        public_key: [tag; 32],
    };
    assert!(matches!(desk.deed(enrol(1)).await, Reply::Done(_)));
    assert_eq!(desk.deed(enrol(2)).await, Reply::Refused(ProblemCode::TokenSpent));
    let proved = desk.db.prove([1; 32]).await.expect("read").expect("the credential counts");
    assert_eq!(proved.person, dana);
    assert!(desk.db.prove([2; 32]).await.expect("read").is_none());
    assert_eq!(desk.db.enrolments(Some(dana), 10).await.expect("read").len(), 2);
}

async fn a_revoked_enrolment_is_refused(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let enrolment = dana.enrolment.expect("enrolled");
    desk.deed(Deed::Revoke { enrolment }).await;
    let entry = desk.text(dana, omar, 1, "from a stolen tablet");
    let decision = desk.commit(&[Request::Submit { actor: dana, entries: vec![entry] }]).await;
    assert_eq!(decision.replies, [Reply::Refused(ProblemCode::NotEnrolled)]);
    assert!(decision.facts.is_empty());
}

async fn every_fact_is_a_leaf_of_the_audit_tree(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let entries = (1..=40).map(|i| desk.text(dana, omar, i, "stop done")).collect();
    desk.submit(dana, entries).await;
    let leaves = desk.db.leaves(0, 1000).await.expect("leaves");
    let mut tree = Tree::default();
    for leaf in &leaves {
        tree.append(leaf_hash(&leaf.leaf));
    }
    assert_eq!(leaves.len() as u64, desk.size().await);
    assert_eq!(tree, desk.db.head().await.expect("head").tree);
}

async fn a_restored_record_goes_on_in_a_new_epoch(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let lost = Sequence { epoch: 0, n: desk.size().await + 5 };
    let cut = desk.size().await;
    desk.deed(Deed::BeginEpoch { epoch: 1 }).await;
    assert_eq!(
        desk.deed(Deed::BeginEpoch { epoch: 1 }).await,
        Reply::Refused(ProblemCode::AlreadyDone),
        "an epoch begins once"
    );
    let page = desk.pull(dana, lost).await;
    assert_eq!((page.epoch, page.after, page.cut_after), (1, cut, Some(cut)));
    let given_back = desk.text(dana, omar, 1, "given back");
    let answers = desk.submit(dana, vec![given_back]).await;
    assert!(
        matches!(answers[0], Answer::Accepted { sequence: Sequence { epoch: 1, .. }, .. }),
        "{answers:?}"
    );
    let level = desk.pull(dana, Sequence { epoch: 1, n: cut }).await;
    assert_eq!(level.cut_after, None, "a cursor of this epoch is not cut");
}

async fn what_is_old_enough_may_be_forgotten_by_devices(desk: Desk) {
    // Every deed of the beginning was committed a millisecond after the one before.
    let old = |moment, after| desk.db.recorded_before(moment, after);
    assert_eq!(old(NOW, 0).await.expect("read"), 0, "nothing is older than the record");
    assert_eq!(old(NOW + 3, 0).await.expect("read"), 2);
    assert_eq!(old(NOW + 3, 2).await.expect("read"), 2, "it never goes back");
    assert_eq!(old(NOW + 1000, 2).await.expect("read"), desk.size().await);
}

#[tokio::test]
async fn a_backup_of_a_running_record_opens_and_holds_it() {
    let folder = tempfile::tempdir().expect("folder");
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let desk = Desk::open(&url("waypost.db")).await;
    let covered = desk.db.backup(&folder.path().join("copy.db")).await.expect("backup");
    desk.db.is_backed_up(covered).await.expect("noted");
    assert_eq!(desk.db.backed_up_to().await.expect("read"), covered);
    let copy = Db::open(&url("copy.db")).await.expect("the copy opens");
    assert_eq!(copy.head().await.expect("head"), desk.db.head().await.expect("head"));
    assert!(matches!(
        desk.db.backup(&folder.path().join("copy.db")).await,
        Err(StorageError::Backup(_))
    ));
}
