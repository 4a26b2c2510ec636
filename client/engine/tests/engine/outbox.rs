//! What waits, how much of it, and in which order it goes.

use waypost_engine::{Effect, Engine, Input, LinkPath, OUTBOX_BYTES_MAX, Saved, Wish};
use waypost_protocol::{
    Answer, Body, ConversationId, Downlink, Entry, FactId, Header, Priority, Sequence,
};

use crate::hand::{DANA, START, Tablet, WITH_OMAR, lost, queued, submits};

fn says(tablet: &mut Tablet, body: Body) -> Vec<Effect> {
    tablet.input(Input::Tapped(Wish::Say { conversation: WITH_OMAR, body }))
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
    let sizes: Vec<_> = submits(&effects).iter().map(|submit| submit.entries.len()).collect();
    assert_eq!(sizes, [4, 2]);
}

#[test]
fn what_was_accepted_makes_room_for_more() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    while !tablet.engine.outbox_full() {
        says(&mut tablet, large());
    }
    tablet.passes(60_000);
    let sent = submits(&tablet.input(Input::LinkUp { path: LinkPath::Mqtt })).remove(0);
    let accept = |(n, entry): (u64, &Entry)| Answer::Accepted {
        id: entry.id,
        sequence: Sequence { epoch: 0, n },
        recorded_at: START,
        before: 0,
    };
    let answers = (6..).zip(&sent.entries).map(accept).collect();
    tablet.input(Input::FrameReceived(Downlink::Answers { answers }));
    assert!(!tablet.engine.outbox_full());
}

#[test]
fn an_acknowledgement_goes_before_what_was_said_earlier_elsewhere() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    says(&mut tablet, Body::text("Gate 4 is closed"));
    let body = Body::Acknowledgement { message: FactId::mint(START, 4711) };
    let conversation = ConversationId::Group(3);
    let acknowledged = queued(&tablet.input(Input::Tapped(Wish::Say { conversation, body })));
    tablet.passes(60_000);
    let sent = submits(&tablet.input(Input::LinkUp { path: LinkPath::Mqtt })).remove(0);
    assert_eq!(sent.entries[0].id, acknowledged.id);
    assert_eq!(sent.entries.len(), 2);
}

#[test]
fn an_emergency_goes_before_everything_with_what_stands_before_it() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    let mut say = |conversation, body| {
        queued(&tablet.input(Input::Tapped(Wish::Say { conversation, body }))).id
    };
    let (depot, north) = (ConversationId::Group(3), ConversationId::Group(4));
    let routine = say(WITH_OMAR, Body::text("Gate 4 is closed"));
    let answer = say(depot, Body::Acknowledgement { message: FactId::mint(START, 4711) });
    let before = say(north, Body::text("I turn into Harbour Road"));
    let header = Header { priority: Priority::Emergency, ..Header::default() };
    let accident = Body::Text { text: "There was an accident".into(), answers: None, header };
    let emergency = say(north, accident);
    tablet.passes(60_000);
    let sent = submits(&tablet.input(Input::LinkUp { path: LinkPath::Mqtt })).remove(0);
    let ids: Vec<_> = sent.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [before, emergency, answer, routine]);
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
