//! The last steps on each side of a rule: what is just enough, just too much, or the same once more.

use waypost_engine::reference::{Fate, ReferenceStore};
use waypost_engine::{
    ANSWER_WAIT_MS, Change, Effect, Input, LinkPath, Refusal, SUBMIT_CONTENT_BYTES_MAX, Wish,
};
use waypost_protocol::{
    Answer, Argument, Arguments, Body, CONTENT_BYTES_MAX, ConversationId, Downlink, Entry, Events,
    FactId, Header, ProblemCode, Sequence,
};

use crate::hand::{
    OMAR, START, Tablet, WITH_OMAR, changes, event, lost, pull_of, pushed, queued, submits,
};

const NORTH: ConversationId = ConversationId::Group(3);

fn says_in(tablet: &mut Tablet, conversation: ConversationId, body: Body) -> Vec<Effect> {
    tablet.input(Input::Tapped(Wish::Say { conversation, body }))
}

fn says(tablet: &mut Tablet, text: &str) -> Entry {
    queued(&says_in(tablet, WITH_OMAR, Body::text(text)))
}

fn answers(tablet: &mut Tablet, answers: Vec<Answer>) -> Vec<Effect> {
    tablet.input(Input::FrameReceived(Downlink::Answers { answers }))
}

fn accepted(id: FactId, n: u64) -> Answer {
    Answer::Accepted { id, sequence: Sequence { epoch: 0, n }, recorded_at: START, before: 0 }
}

/// Out of signal, with a link that will come.
fn without_signal() -> Tablet {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    tablet
}

fn signal(tablet: &mut Tablet) -> Vec<Effect> {
    tablet.passes(60_000);
    tablet.input(Input::LinkUp { path: LinkPath::Mqtt })
}

/// A body whose content has exactly so many bytes.
fn of_bytes(bytes: usize) -> Body {
    let of = |filler: usize| {
        let text = |chars: usize| Argument::Text("€".repeat(chars / 3) + &"x".repeat(chars % 3));
        let arguments: Arguments = (0..8)
            .map(|at| (format!("a{at}"), text(filler / 8)))
            .chain([("rest".to_owned(), text(filler % 8))])
            .collect();
        let (template, header) = ("note".to_owned(), Header::default());
        Body::Template { template, version: 1, arguments, answers: None, header }
    };
    let size = |filler: usize| of(filler).to_content().bytes.len();
    let close = (0..=bytes).rev().find(|filler| size(*filler) == bytes);
    of(close.expect("some filler has that size"))
}

#[test]
fn what_was_tapped_first_goes_first_in_whichever_conversation() {
    let mut tablet = without_signal();
    let north = queued(&says_in(&mut tablet, NORTH, Body::text("Depot closes at six")));
    let omar = says(&mut tablet, "I am late");
    let again = queued(&says_in(&mut tablet, NORTH, Body::text("At six sharp")));
    let sent = submits(&signal(&mut tablet)).remove(0);
    let ids: Vec<_> = sent.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [north.id, omar.id, again.id]);
}

#[test]
fn a_frame_may_be_exactly_as_large_as_its_bound() {
    let mut tablet = without_signal();
    let body = of_bytes(SUBMIT_CONTENT_BYTES_MAX / 4);
    (0..5).for_each(|_| drop(says_in(&mut tablet, WITH_OMAR, body.clone())));
    let sizes: Vec<_> =
        submits(&signal(&mut tablet)).iter().map(|submit| submit.entries.len()).collect();
    assert_eq!(sizes, [4, 1]);
}

#[test]
fn an_answer_waits_for_what_it_answers_in_another_conversation() {
    let mut tablet = without_signal();
    let first = says(&mut tablet, "Gate 4 is closed");
    let answer = |text: &str| Body::Text {
        text: text.into(),
        answers: Some(first.id),
        header: Header::default(),
    };
    let elsewhere = queued(&says_in(&mut tablet, NORTH, answer("See what I told Omar")));
    let here = queued(&says_in(&mut tablet, WITH_OMAR, answer("And gate 5 too")));
    let sent = submits(&signal(&mut tablet));
    let ids: Vec<_> = sent[0].entries.iter().map(|entry| entry.id).collect();
    assert_eq!((sent.len(), ids), (1, vec![first.id, here.id]), "its lane keeps the order anyway");
    let next = submits(&answers(&mut tablet, vec![accepted(first.id, 6)]));
    assert_eq!(next[0].entries[0].id, elsewhere.id);
}

#[test]
fn what_was_accepted_makes_as_much_room_as_it_took() {
    let mut tablet = without_signal();
    let large = of_bytes(CONTENT_BYTES_MAX);
    while !tablet.engine.outbox_full() {
        says_in(&mut tablet, WITH_OMAR, large.clone());
    }
    let sent = submits(&signal(&mut tablet)).remove(0);
    let all = (6..).zip(&sent.entries).map(|(n, entry)| accepted(entry.id, n)).collect();
    answers(&mut tablet, all);
    let mut room = 0;
    while !tablet.engine.outbox_full() && room < 10 {
        says_in(&mut tablet, WITH_OMAR, large.clone());
        room += 1;
    }
    assert_eq!(room, sent.entries.len());
}

#[test]
fn a_server_that_puts_off_again_and_again_is_left_in_peace() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let id = says(&mut tablet, "Gate 4 is closed").id;
    let mut longest = 0;
    for _ in 0..12 {
        let put_off = Answer::Deferred { id, code: ProblemCode::Overloaded };
        let mut waited = 0;
        let mut sent = submits(&answers(&mut tablet, vec![put_off]));
        while sent.is_empty() {
            waited += 1;
            sent = submits(&tablet.passes(100));
        }
        longest = longest.max(waited);
    }
    assert!(longest > 30, "{longest} tenths of a second at most, after twelve times");
}

#[test]
fn a_new_link_does_not_wait_for_what_the_old_one_was_told() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let id = says(&mut tablet, "Gate 4 is closed").id;
    for _ in 0..12 {
        answers(&mut tablet, vec![Answer::Deferred { id, code: ProblemCode::Overloaded }]);
        while submits(&tablet.passes(1_000)).is_empty() {}
    }
    let rests = answers(&mut tablet, vec![Answer::Deferred { id, code: ProblemCode::Overloaded }]);
    assert_eq!(submits(&rests), []);
    tablet.input(lost(LinkPath::Mqtt));
    while !tablet.passes(10).contains(&Effect::Connect(LinkPath::Mqtt)) {}
    let up = tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    assert_eq!(submits(&up).len(), 1, "it goes at once");
}

/// The server expects something else, and then answers a pull as ever.
fn expects(tablet: &mut Tablet, id: FactId, expected: u32) -> Entry {
    let told = answers(tablet, vec![Answer::OutOfOrder { id, expected }]);
    let mut pull = pull_of(&told);
    let mut again = submits(&told);
    for _ in 0..600 {
        if let Some(pull) = pull.take() {
            let after = pull.after.n;
            let answered =
                tablet.answered(&pull, Events { after, next: after, ..Events::default() });
            again.extend(submits(&answered));
        }
        if let Some(submit) = again.pop() {
            return submit.entries[0].clone();
        }
        let passed = tablet.passes(100);
        pull = pull_of(&passed);
        again.extend(submits(&passed));
    }
    panic!("it is not sent again");
}

#[test]
fn a_gap_is_claimed_only_for_what_is_not_here() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let first = says(&mut tablet, "Gate 4 is closed");
    assert!(!expects(&mut tablet, first.id, first.number).gap, "the very first is here");

    answers(&mut tablet, vec![accepted(first.id, 6)]);
    let second = says(&mut tablet, "and gate 5");
    assert!(expects(&mut tablet, second.id, 1).gap, "the first is gone from here");
    let corrected = expects(&mut tablet, second.id, 2);
    assert!(!corrected.gap, "it expects what is here after all");
}

#[test]
fn an_empty_message_is_not_kept() {
    let mut tablet = Tablet::new();
    let refused = says_in(&mut tablet, WITH_OMAR, Body::text("  "));
    assert!(matches!(refused[0], Effect::Refuse(Refusal::Content(_))), "{refused:?}");
}

#[test]
fn a_message_may_be_exactly_as_large_as_its_bound() {
    let mut tablet = Tablet::new();
    let fits = says_in(&mut tablet, WITH_OMAR, of_bytes(CONTENT_BYTES_MAX));
    assert_eq!(queued(&fits).content.bytes.len(), CONTENT_BYTES_MAX);
    let refused = says_in(&mut tablet, WITH_OMAR, of_bytes(CONTENT_BYTES_MAX + 1));
    assert!(matches!(refused[0], Effect::Refuse(Refusal::Content(_))), "{refused:?}");
}

#[test]
fn what_is_known_already_earns_no_second_delivery() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.hears(pushed(5, vec![event(6, OMAR, &Body::text("turn left"))]));
    let acknowledged = Body::Acknowledgement { message: FactId::mint(START, 6) };
    let overlapping = vec![event(6, OMAR, &Body::text("turn left")), event(7, OMAR, &acknowledged)];
    let stored = changes(&tablet.hears(pushed(5, overlapping)));
    assert!(stored.iter().any(|it| matches!(it, Change::Recorded { event, .. } if event.n == 7)));
    assert!(!stored.iter().any(|it| matches!(it, Change::StoredMarks(_))), "{stored:?}");
}

#[test]
fn what_is_safe_is_noted_when_it_grows() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let mut noted = |up_to| {
        let events = Events { after: 5, next: 5, safe_up_to: Some(up_to), ..Events::default() };
        let changes = changes(&tablet.hears(events));
        changes.iter().any(|it| matches!(it, Change::Safe { up_to: noted } if *noted == up_to))
    };
    assert_eq!([3, 3, 2, 5].map(&mut noted), [true, false, false, true]);
}

#[test]
fn a_server_that_refuses_everything_is_asked_less_and_less() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let refused = || Downlink::Refused { code: ProblemCode::Overloaded, retry_after_ms: None };
    let mut longest = 0;
    for _ in 0..12 {
        tablet.input(Input::FrameReceived(refused()));
        says(&mut tablet, "Gate 4 is closed");
        let mut waited = 0;
        while submits(&tablet.passes(100)).is_empty() {
            waited += 1;
        }
        longest = longest.max(waited);
    }
    assert!(longest > 30, "{longest} tenths of a second at most, after twelve times");
}

#[test]
fn the_quickest_answer_tells_the_time_until_it_is_old() {
    let mut tablet = Tablet::new();
    tablet.input(Input::Started);
    // An answer that took so long, and says that this clock is so much behind.
    let told = |tablet: &mut Tablet, took: u64, behind: i64| {
        let pull = loop {
            if let Some(pull) = pull_of(&tablet.passes(1_000)) {
                break pull;
            }
        };
        tablet.now.tick += took;
        tablet.now.at += took as i64;
        let server_time = Some(tablet.now.at + behind - (took / 2) as i64);
        let after = pull.after.n;
        tablet.answered(&pull, Events { after, next: after, server_time, ..Events::default() });
        tablet.engine.server_time(tablet.now) - tablet.now.at
    };
    let pull = tablet.pulls(Input::LinkUp { path: LinkPath::Mqtt }).expect("it asks at once");
    tablet.now.tick += 100;
    tablet.now.at += 100;
    let server_time = Some(tablet.now.at + 5_000 - 50);
    tablet.answered(&pull, Events { server_time, ..Events::default() });
    assert_eq!(told(&mut tablet, 300, 9_000), 5_000, "a slow answer says less");
    assert_eq!(told(&mut tablet, 100, 7_000), 7_000, "one as quick as the best counts");
    tablet.input(lost(LinkPath::Mqtt));
    tablet.passes(60_000);
    tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    tablet.passes(ANSWER_WAIT_MS);
    assert_eq!(told(&mut tablet, 300, 9_000), 9_000, "after a new link the first one counts");
}

/// What a store keeps of own facts, and what a restored server is given back.
#[test]
fn a_store_keeps_and_gives_back_what_the_contract_says() {
    let own = |number: u32| Entry {
        id: FactId::mint(START, u128::from(number)),
        conversation: WITH_OMAR,
        number,
        content: Body::text("hello").to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    };
    let at = |epoch, n| Sequence { epoch, n };
    let day = || {
        let mut store = ReferenceStore::default();
        let accept = |number, epoch, n| Change::Accepted {
            id: own(number).id,
            sequence: at(epoch, n),
            recorded_at: START,
        };
        let reject = |number, epoch, n| Change::Rejected {
            id: own(number).id,
            code: ProblemCode::NotAllowed,
            at: at(epoch, n),
        };
        store.apply(&(1..=7).map(|number| Change::Queued(own(number))).collect::<Vec<_>>());
        store.apply(&[accept(1, 0, 4), accept(2, 0, 5), accept(3, 1, 5)]);
        store.apply(&[reject(4, 0, 3), reject(5, 0, 4), reject(6, 1, 4)]);
        store
    };
    let waiting = |store: &ReferenceStore| -> Vec<u32> {
        let waits = store.own.values().filter(|(_, fate)| *fate == Fate::Waiting);
        waits.map(|(entry, _)| entry.number).collect()
    };
    let mut cut = day();
    cut.apply(&[Change::Cut { epoch: 1, after: 4 }]);
    assert_eq!(waiting(&cut), [2, 5, 7], "what is of the new epoch, or before the cut, stays");

    let left = |store: &ReferenceStore| -> Vec<u32> {
        store.own.values().map(|(entry, _)| entry.number).collect()
    };
    let mut safe = day();
    safe.apply(&[4, 5].map(|number| Change::Discarded { id: own(number).id }));
    safe.apply(&[Change::Safe { up_to: 4 }]);
    assert_eq!(left(&safe), [2, 3, 5, 6, 7], "what is wedged stays until somebody discards it");
    safe.apply(&[Change::Safe { up_to: 5 }]);
    assert_eq!(left(&safe), [6, 7]);
}
