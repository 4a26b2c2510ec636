//! What an engine does about its link, and what it makes of what comes over it.

use waypost_engine::{
    ACTIVE_FOR_MS, ANSWER_WAIT_MS, Change, Down, Effect, Input, LinkPath, LinkState,
    POLL_ACTIVE_MS, POLL_IDLE_MS, Wish,
};
use waypost_protocol::{Body, Content, Events, FactId, Move, ReceiptState, Sequence, kind};

use crate::hand::{DANA, OMAR, START, Tablet, WITH_OMAR, changes, event, lost, pull_of, pushed};

#[test]
fn the_time_of_the_server_is_known_from_its_answers() {
    let mut tablet = Tablet::new();
    tablet.input(Input::Started);
    assert_eq!(tablet.engine.server_time(tablet.now), START, "nothing better is known");
    let pull = tablet.pulls(Input::LinkUp { path: LinkPath::Mqtt }).expect("it asks at once");
    let server_time = Some(START + 5_000);
    tablet.answered(&pull, Events { server_time, ..Events::default() });
    assert_eq!(tablet.engine.server_time(tablet.now), START + 5_000);
}

#[test]
fn a_refused_credential_ends_it_unless_the_other_way_works() {
    let refused = |path| Input::LinkDown { path, why: Down::NotEnrolled };
    let mut tablet = Tablet::level(LinkPath::Https);
    tablet.input(refused(LinkPath::Mqtt));
    let up = LinkState::Up { path: LinkPath::Https, catching_up: false };
    assert_eq!(tablet.state(), up, "an old broker refuses, and HTTPS works");
    tablet.input(refused(LinkPath::Https));
    assert_eq!(tablet.state(), LinkState::Revoked);
    let mut tablet = Tablet::new();
    tablet.input(Input::Started);
    tablet.input(refused(LinkPath::Mqtt));
    assert_eq!(tablet.state(), LinkState::Revoked, "at the first try");
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(Input::LinkDown { path: LinkPath::Mqtt, why: Down::Lost });
    assert!(matches!(tablet.state(), LinkState::Waiting { .. }), "{:?}", tablet.state());
}

#[test]
fn over_https_it_asks_often_while_something_goes_on_and_seldom_after() {
    let mut tablet = Tablet::level(LinkPath::Https);
    let body = Body::text("Gate 4 is closed");
    tablet.input(Input::Tapped(Wish::Say { conversation: WITH_OMAR, body }));
    let tapped_at = tablet.now.tick;
    let mut asked_at = tapped_at;
    let mut gaps = Vec::new();
    while asked_at <= tapped_at + ACTIVE_FOR_MS + POLL_IDLE_MS {
        let effects = tablet.passes(500);
        if let Some(pull) = pull_of(&effects) {
            gaps.push((tablet.now.tick - asked_at, asked_at - tapped_at));
            asked_at = tablet.now.tick;
            tablet.answered(&pull, Events { after: 5, next: 5, ..Events::default() });
        }
    }
    let (gap, began) = gaps[gaps.len() - 1];
    assert!(began >= ACTIVE_FOR_MS && gap == POLL_IDLE_MS, "{gaps:?}");
    let busy = gaps.iter().filter(|(_, began)| *began < ACTIVE_FOR_MS);
    assert!(busy.clone().count() > 50, "{gaps:?}");
    assert!(busy.clone().all(|(gap, _)| *gap == POLL_ACTIVE_MS), "{gaps:?}");
}

#[test]
fn a_clock_that_is_put_right_changes_the_time_of_the_next_try_on_the_screen() {
    let shows = |jump: i64| {
        let mut tablet = Tablet::new();
        tablet.input(Input::Started);
        tablet.input(Input::LinkDown { path: LinkPath::Mqtt, why: Down::Lost });
        tablet.now.at += jump;
        tablet.input(Input::TimerFired).contains(&Effect::ShowLink)
    };
    assert!(!shows(0) && !shows(999), "the same second");
    assert!(shows(1_000) && shows(3_600_000));
}

#[test]
fn an_answer_that_does_not_come_is_asked_for_again() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let missed = pushed(9, vec![event(10, OMAR, &Body::text("turn left"))]);
    let pull = pull_of(&tablet.hears(missed)).expect("6 to 9 are missing");
    assert_eq!(pull.after, Sequence { epoch: 0, n: 5 });
    assert_eq!(pull_of(&tablet.passes(ANSWER_WAIT_MS - 1)), None);
    let again = pull_of(&tablet.passes(1)).expect("it asks again");
    assert_ne!(again.number, pull.number);
}

#[test]
fn where_there_is_more_it_asks_on_and_is_catching_up_until_the_end() {
    let mut tablet = Tablet::new();
    tablet.input(Input::Started);
    let pull = tablet.pulls(Input::LinkUp { path: LinkPath::Mqtt }).expect("it asks at once");
    let first = Events { next: 5, more: true, ..Events::default() };
    let on = pull_of(&tablet.answered(&pull, first)).expect("there is more");
    assert_eq!(on.after, Sequence { epoch: 0, n: 5 });
    assert_eq!(tablet.state(), LinkState::Up { path: LinkPath::Mqtt, catching_up: true });
    let last = Events { after: 5, next: 9, ..Events::default() };
    assert_eq!(pull_of(&tablet.answered(&on, last)), None);
    assert_eq!(tablet.state(), LinkState::Up { path: LinkPath::Mqtt, catching_up: false });
}

#[test]
fn what_is_no_message_of_others_is_not_confirmed_at_once() {
    let text = Body::text("turn left");
    let silent = [
        Body::Acknowledgement { message: FactId::mint(START, 1) },
        Body::Edit { message: FactId::mint(START, 1), text: "right".into(), mentions: vec![] },
        Body::Deletion { message: FactId::mint(START, 1), author: OMAR },
    ];
    let confirms = |author, body: &Body| {
        let mut tablet = Tablet::level(LinkPath::Mqtt);
        let effects = tablet.hears(pushed(5, vec![event(6, author, body)]));
        pull_of(&effects).is_some_and(|pull| pull.stored.len() == 1)
    };
    assert!(confirms(OMAR, &text), "Omar waits for his tick");
    assert!(!confirms(DANA, &text), "her own, from another device");
    for body in silent {
        assert!(!confirms(OMAR, &body), "{body:?}");
    }
    let mut newer = event(6, OMAR, &text);
    newer.content = Content { kind: 999, bytes: vec![0x80] };
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    assert!(pull_of(&tablet.hears(pushed(5, vec![newer]))).is_some(), "it may be a message");
}

#[test]
fn what_she_read_on_her_phone_is_read_on_her_tablet() {
    let reads = |person, state, conversation| {
        let step = Move { person, state, up_to: 4, at: START, conversation, enrolment: None };
        let body = Body::Receipts { moves: vec![step] };
        assert_eq!(body.to_content().kind, kind::RECEIPTS);
        let mut receipts = event(6, OMAR, &body);
        (receipts.id, receipts.author, receipts.conversation) = (None, None, None);
        let effects = Tablet::level(LinkPath::Mqtt).hears(pushed(5, vec![receipts]));
        changes(&effects).iter().any(|change| matches!(change, Change::ReadUpTo { up_to: 4, .. }))
    };
    assert!(reads(DANA, ReceiptState::Read, Some(WITH_OMAR)));
    assert!(!reads(OMAR, ReceiptState::Read, Some(WITH_OMAR)), "that was Omar");
    assert!(!reads(DANA, ReceiptState::Delivered, None), "it only came there");
}

#[test]
fn what_comes_twice_is_stored_once() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let both = |from: u64| {
        pushed(from - 1, (from..from + 2).map(|n| event(n, OMAR, &Body::text("left"))).collect())
    };
    let stored = |effects: Vec<Effect>| -> Vec<u64> {
        let recorded = changes(&effects).into_iter().filter_map(|change| match change {
            Change::Recorded { event, .. } => Some(event.n),
            _ => None,
        });
        recorded.collect()
    };
    assert_eq!(stored(tablet.hears(both(5))), [6], "5 was known");
    assert_eq!(stored(tablet.hears(both(6))), [7]);
    assert!(stored(tablet.hears(both(6))).is_empty(), "both were known");
}

/// What the tablet tries to connect by, if it tries now.
fn tries(effects: &[Effect]) -> Option<LinkPath> {
    effects.iter().find_map(|effect| match effect {
        Effect::Connect(path) => Some(*path),
        _ => None,
    })
}

#[test]
fn a_link_that_nobody_asked_for_is_given_up() {
    let mut tablet = Tablet::new();
    assert_eq!(tries(&tablet.input(Input::Started)), Some(LinkPath::Mqtt));
    let effects = tablet.input(Input::LinkUp { path: LinkPath::Https });
    assert!(effects.contains(&Effect::Disconnect(LinkPath::Https)));
    assert_eq!(tablet.state(), LinkState::Connecting);
    tablet.input(lost(LinkPath::Https));
    assert_eq!(tablet.state(), LinkState::Connecting, "the other one is still tried");
    tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    tablet.input(lost(LinkPath::Https));
    assert!(matches!(tablet.state(), LinkState::Up { path: LinkPath::Mqtt, .. }));
}

#[test]
fn https_comes_after_two_failures_of_mqtt_in_a_row() {
    let mut tablet = Tablet::new();
    tablet.input(Input::Started);
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tries(&tablet.passes(60_000)), Some(LinkPath::Mqtt));
    tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tries(&tablet.passes(60_000)), Some(LinkPath::Mqtt), "it had worked");
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tries(&tablet.passes(60_000)), Some(LinkPath::Https));
    tablet.input(lost(LinkPath::Https));
    assert_eq!(tries(&tablet.passes(60_000)), Some(LinkPath::Mqtt), "one try");
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tries(&tablet.passes(60_000)), Some(LinkPath::Https));
}

#[test]
fn over_https_mqtt_is_tried_every_five_minutes() {
    let mut tablet = Tablet::level(LinkPath::Https);
    for _ in 0..3 {
        assert_eq!(tries(&tablet.passes(299_999)), None);
        assert_eq!(tries(&tablet.passes(1)), Some(LinkPath::Mqtt));
        tablet.input(lost(LinkPath::Mqtt));
        assert!(matches!(tablet.state(), LinkState::Up { path: LinkPath::Https, .. }));
    }
}

#[test]
fn after_a_good_link_the_next_try_comes_soon() {
    let waits = |up_for: u64, random| {
        let mut tablet = Tablet::new();
        tablet.random = random;
        tablet.input(Input::Started);
        for _ in 0..8 {
            tablet.input(lost(LinkPath::Mqtt));
            tablet.input(lost(LinkPath::Https));
            tablet.passes(60_000);
        }
        tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
        tablet.input(Input::LinkUp { path: LinkPath::Https });
        tablet.passes(up_for);
        tablet.input(lost(LinkPath::Mqtt));
        tablet.input(lost(LinkPath::Https));
        match tablet.state() {
            LinkState::Waiting { retry_at } => retry_at - tablet.now.at,
            other => panic!("{other:?}"),
        }
    };
    let all = |up_for| (1..20).map(|n| waits(up_for, n * 1000)).collect::<Vec<_>>();
    assert!(all(10_000).iter().all(|wait| *wait <= 500), "{:?}", all(10_000));
    assert!(all(9_999).iter().any(|wait| *wait > 5_000), "{:?}", all(9_999));
}
