//! What is patched looks like what is read anew.

use waypost_engine::Change;
use waypost_protocol::{Body, GroupSettings, Move, PersonId, ReceiptState, Sequence};

use super::*;
use crate::store::Store;
use crate::testing::{
    DANA, Folder, NOON, NORTH, OMAR, WITH_OMAR, entry, fact, identity, person, store_at, text,
};
use crate::view::{GroupView, LinkView};

/// Three of eight steps bring a message: more than the window of these tests holds.
const STEPS: u64 = 300;
const WINDOW_MAX: usize = 60;
/// How often the patched view is compared with a fresh one.
const COMPARED_EVERY: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_day_looks_the_same_patched_as_read_anew() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let mut patched = model();
    patched.touch(store.apply(&[person(1, OMAR, "Omar"), person(2, DANA, "Dana")]).await.unwrap());
    for step in 0..STEPS {
        patched.touch(store.apply(&busy(step)).await.unwrap());
        patched.refresh(&store.reading()).await.unwrap();
        if step % COMPARED_EVERY == 0 || step == STEPS - 1 {
            same(&patched, &store, step).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_changed_is_made_anew() {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let mut model = model();
    for step in 0..40 {
        model.touch(store.apply(&busy(step)).await.unwrap());
    }
    model.refresh(&store.reading()).await.unwrap();
    let before = model.timeline().unwrap().messages;
    model.touch(store.apply(&busy(40)).await.unwrap());
    model.refresh(&store.reading()).await.unwrap();
    let after = model.timeline().unwrap().messages;
    let kept = after.iter().filter(|new| before.iter().any(|old| Arc::ptr_eq(old, new))).count();
    assert!(kept >= before.len() - 3, "{kept} of {} messages kept their pointer", before.len());
}

pub(super) fn model() -> ReadModel {
    let mut model = ReadModel::new(&identity());
    model.window_max = WINDOW_MAX;
    model.open(Some(WITH_OMAR));
    model
}

async fn same(patched: &ReadModel, store: &Store, step: u64) {
    let mut fresh = model();
    fresh.refresh(&store.reading()).await.unwrap();
    let (patched, fresh) = (patched.view(shell()), fresh.view(shell()));
    let shown = |view: &View| view.timeline.as_ref().map(|it| it.messages.len());
    assert_eq!(shown(&patched), shown(&fresh), "after step {step}");
    assert!(patched == fresh, "after step {step} the screen is not what the store holds");
}

pub(super) fn shell() -> ShellPart {
    let link = LinkView::Offline { retry_at: None };
    ShellPart {
        link,
        uploads: Default::default(),
        fetches: Default::default(),
        waiting: 0,
        outbox_full: false,
        store_trouble: None,
    }
}

/// One step of a busy day, in which number 10 + step is given: Dana and Omar write in turn, and
/// receipts, acknowledgements and reading come now and then.
fn busy(step: u64) -> Vec<Change> {
    let n = 10 + step;
    let mine = |step: u64| entry(WITH_OMAR, step as u32 + 1, &text("under way"));
    let moved = |state, up_to| {
        let conversation = (state == ReceiptState::Read).then_some(WITH_OMAR);
        let step =
            Move { person: OMAR, state, up_to, at: NOON + n as i64, conversation, enrolment: None };
        fact(n, PersonId::SERVER, None, &Body::Receipts { moves: vec![step] })
    };
    let accepted = |step: u64, n| {
        let sequence = Sequence { epoch: 0, n };
        Change::Accepted { id: mine(step).id, sequence, recorded_at: NOON }
    };
    match step % 8 {
        // Two wait, and the record takes both later.
        0 | 1 => vec![Change::Queued(mine(step))],
        2 => vec![accepted(step - 2, n)],
        3 => vec![accepted(step - 2, n)],
        4 => vec![fact(n, OMAR, Some(WITH_OMAR), &text("take the second ramp"))],
        5 => vec![moved(ReceiptState::Delivered, n - 1)],
        6 => vec![
            moved(ReceiptState::Read, n - 3),
            Change::ReadUpTo { conversation: WITH_OMAR, up_to: n - 2 },
        ],
        7 if step % 16 == 15 => {
            // Omar finds other words, and Dana takes one of hers away.
            let Change::Recorded { event, .. } = fact(n - 3, OMAR, Some(WITH_OMAR), &text(""))
            else {
                return Vec::new();
            };
            let message = event.id.unwrap();
            let mentions = Vec::new();
            let other = Body::Edit { message, text: "the third ramp".into(), mentions };
            let away = Body::Deletion { message: mine(step - 7).id, author: DANA };
            vec![
                fact(n, OMAR, Some(WITH_OMAR), &other),
                Change::Queued(entry(WITH_OMAR, step as u32 + 1, &away)),
            ]
        }
        _ => {
            let Change::Recorded { event, .. } = fact(n - 3, OMAR, Some(WITH_OMAR), &text(""))
            else {
                return Vec::new();
            };
            let message = event.id.unwrap();
            let ack = Body::Acknowledgement { message };
            vec![Change::Queued(entry(WITH_OMAR, step as u32 + 1, &ack))]
        }
    }
}

fn north(moderators: Vec<PersonId>, settings: GroupSettings) -> Body {
    Body::GroupCreated {
        group: 3,
        name: "North".into(),
        members: vec![DANA, OMAR],
        moderators,
        settings,
    }
}

/// What Dana's screen says of the group after these facts.
async fn group_after(facts: &[Body]) -> Option<GroupView> {
    let folder = Folder::new();
    let store = store_at(&folder.path().join("dana.db")).await;
    let people = [person(1, OMAR, "Omar"), person(2, DANA, "Dana")];
    let fleet = Some(ConversationId::Fleet);
    let told = facts.iter().zip(3..).map(|(body, n)| fact(n, PersonId::SERVER, fleet, body));
    store.apply(&people.into_iter().chain(told).collect::<Vec<_>>()).await.unwrap();
    let mut model = ReadModel::new(&identity());
    model.refresh(&store.reading()).await.unwrap();
    let conversations = model.view(shell()).conversations;
    conversations.into_iter().find(|it| it.id == NORTH).and_then(|it| it.group)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_says_who_looks_after_a_group_and_who_may_write_there() {
    let (settings, group) = (GroupSettings::default(), 3);
    let quiet = GroupSettings { announcements: true, leaving: true, ..GroupSettings::default() };
    let view = |moderators: &[PersonId], settings, moderates, may_write| {
        let moderators = moderators.to_vec();
        Some(GroupView { settings, moderators, moderates, may_write })
    };
    let created = north(vec![OMAR], settings);
    let changed = Body::GroupChanged { group, name: "Depot North".into(), settings: quiet };
    let named = Body::ModeratorNamed { group, person: DANA };
    let ended = Body::ModeratorEnded { group, person: DANA };
    let left = Body::MemberLeft { group, person: DANA };
    let back = Body::MemberJoined { group, person: DANA, history: false };
    let facts = [created, changed, named, ended, left, back];
    let expected = [
        view(&[OMAR], settings, false, true),
        view(&[OMAR], quiet, false, false),
        view(&[OMAR, DANA], quiet, true, true),
        view(&[OMAR], quiet, false, false),
        None,
        view(&[OMAR], quiet, false, false),
    ];
    for (told, expected) in expected.into_iter().enumerate() {
        assert_eq!(group_after(&facts[..=told]).await, expected, "after {:?}", facts[told]);
    }
}
