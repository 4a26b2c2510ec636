//! What an engine does about its link, and what it makes of what comes over it.

use waypost_engine::{
    ACTIVE_FOR_MS, ANSWER_WAIT_MS, Change, Down, Effect, Engine, Input, LinkPath, LinkState, Now,
    OUTBOX_BYTES_MAX, POLL_ACTIVE_MS, POLL_IDLE_MS, Saved, Wish,
};
use waypost_protocol::{
    Body, Content, ConversationId, Downlink, Event, Events, FactId, Header, Move, PersonId, Pull,
    ReceiptState, Sequence, Uplink, kind,
};

const DANA: PersonId = PersonId(7);
const OMAR: PersonId = PersonId(2);
const WITH_OMAR: ConversationId = ConversationId::Direct(OMAR, DANA);
const START: i64 = 1_700_000_000_000;

/// Dana's tablet, with a hand on its clock and its link.
struct Tablet {
    engine: Engine,
    now: Now,
    random: u128,
}

impl Tablet {
    fn new() -> Self {
        let now = Now { at: START, tick: 0, offset_minutes: 60 };
        Self { engine: Engine::load(Saved::default(), DANA, 1), now, random: 1 }
    }

    /// One whose cursor is at number 5, and which is level over this path.
    fn level(path: LinkPath) -> Self {
        let mut tablet = Self::new();
        let saved = Saved { cursor: Sequence { epoch: 0, n: 5 }, ..Saved::default() };
        tablet.engine = Engine::load(saved, DANA, 1);
        tablet.input(Input::Started);
        if path == LinkPath::Https {
            tablet.falls_back();
        }
        let pull = tablet.pulls(Input::LinkUp { path }).expect("it asks at once");
        tablet.answered(&pull, Events { after: 5, next: 5, ..Events::default() });
        tablet
    }

    /// MQTT fails twice, and HTTPS is tried.
    fn falls_back(&mut self) {
        for _ in 0..2 {
            self.input(Input::LinkDown { path: LinkPath::Mqtt, why: Down::Lost });
            self.passes(60_000);
        }
    }

    fn input(&mut self, input: Input) -> Vec<Effect> {
        self.random += 1;
        self.engine.handle(input, self.now, self.random | self.random << 64)
    }

    fn passes(&mut self, ms: u64) -> Vec<Effect> {
        self.now.tick += ms;
        self.now.at += ms as i64;
        self.input(Input::TimerFired)
    }

    fn pulls(&mut self, input: Input) -> Option<Pull> {
        pull_of(&self.input(input))
    }

    fn hears(&mut self, events: Events) -> Vec<Effect> {
        self.input(Input::FrameReceived(Downlink::Events(events)))
    }

    fn answered(&mut self, pull: &Pull, events: Events) -> Vec<Effect> {
        self.hears(Events { answers: Some(pull.number), ..events })
    }

    fn state(&self) -> LinkState {
        self.engine.link(self.now)
    }
}

fn pull_of(effects: &[Effect]) -> Option<Pull> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(_, Uplink::Pull(pull)) => Some(pull.clone()),
        _ => None,
    })
}

fn changes(effects: &[Effect]) -> Vec<Change> {
    match effects.first() {
        Some(Effect::Store(changes)) => changes.clone(),
        _ => Vec::new(),
    }
}

fn event(n: u64, author: PersonId, body: &Body) -> Event {
    Event {
        n,
        recorded_at: START,
        content: body.to_content(),
        id: Some(FactId::mint(START, u128::from(n))),
        author: Some(author),
        conversation: Some(WITH_OMAR),
        offset_minutes: 0,
        skew_ms: None,
    }
}

fn pushed(after: u64, events: Vec<Event>) -> Events {
    let next = events.last().map_or(after, |event| event.n);
    Events { after, next, events, ..Events::default() }
}

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
fn a_full_outbox_is_seen() {
    let mut tablet = Tablet::new();
    tablet.engine = Engine::load(Saved::default(), DANA, 1).with_room_for(1);
    assert!(!tablet.engine.outbox_full());
    let body = Body::text("Gate 4 is closed");
    tablet.input(Input::Tapped(Wish::Say { conversation: WITH_OMAR, body }));
    assert!(tablet.engine.outbox_full());
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

fn lost(path: LinkPath) -> Input {
    Input::LinkDown { path, why: Down::Lost }
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

fn says(tablet: &mut Tablet, body: Body) -> Vec<Effect> {
    tablet.input(Input::Tapped(Wish::Say { conversation: WITH_OMAR, body }))
}

fn queued(effects: &[Effect]) -> waypost_protocol::Entry {
    match &changes(effects)[..] {
        [Change::Queued(entry), ..] => entry.clone(),
        other => panic!("nothing was queued: {other:?}"),
    }
}

#[test]
fn an_answer_to_what_still_waits_needs_it_and_to_others_does_not() {
    let mut tablet = Tablet::new();
    let answer =
        |to| Body::Text { text: "Yes".into(), answers: Some(to), header: Header::default() };
    let first = queued(&says(&mut tablet, Body::text("Gate 4 is closed")));
    let own = queued(&says(&mut tablet, answer(first.id)));
    assert_eq!(own.needs, Some(first.id));
    let omars = queued(&says(&mut tablet, answer(FactId::mint(START, 4711))));
    assert_eq!(omars.needs, None);
}

/// A message of sixteen thousand bytes.
fn large() -> Body {
    Body::text("\u{1f69a}".repeat(4_000))
}

#[test]
fn an_outbox_is_full_by_its_bytes_too() {
    let mut tablet = Tablet::new();
    let mut count = 0;
    while !tablet.engine.outbox_full() {
        says(&mut tablet, large());
        count += 1;
    }
    assert_eq!(count, OUTBOX_BYTES_MAX.div_ceil(large().to_content().bytes.len()));
    let refused = says(&mut tablet, Body::text("one more"));
    assert!(matches!(refused[..], [Effect::Refuse(_), ..]), "{refused:?}");
}

#[test]
fn a_frame_takes_as_many_bytes_as_it_may() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    (0..6).for_each(|_| drop(says(&mut tablet, large())));
    tablet.passes(60_000);
    let effects = tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    let submits: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(_, Uplink::Submit(submit)) => Some(submit.entries.len()),
            _ => None,
        })
        .collect();
    assert_eq!(submits, [4, 2]);
}
