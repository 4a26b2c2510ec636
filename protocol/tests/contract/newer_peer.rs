//! An older device or server meets frames of a newer one: it reads all that it knows, keeps what it
//! does not know, and loses nothing. The newer peer is played by tuples, which are CBOR arrays.

use minicbor::bytes::ByteVec;
use minicbor::{Encode, to_vec};
use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR, dana_and_omar, delivered, fact, person_added};

/// A field that nobody has thought of yet.
fn novel() -> (&'static str, Vec<u8>, Option<u8>) {
    ("weather", vec![1, 2, 3], None)
}

fn content(kind: u16, body: impl Encode<()>) -> (u16, ByteVec) {
    (kind, ByteVec::from(to_vec(body).unwrap()))
}

fn content_of(body: &Body) -> (u16, ByteVec) {
    let Content { kind, bytes } = body.to_content();
    (kind, ByteVec::from(bytes))
}

fn body_of(kind: u16, body: impl Encode<()>) -> Result<Body, ContentError> {
    Content { kind, bytes: to_vec(body).unwrap() }.to_body()
}

#[test]
fn an_older_server_takes_a_submit_with_unknown_fields() {
    let text = Body::text("Gate 4 is closed");
    let (kind, bytes) = content_of(&text);
    let content = (kind, bytes, novel());
    let no_id: Option<FactId> = None;
    let entry = (fact(1), dana_and_omar(), 1, content, 60, 7, no_id, false, novel(), novel());
    let second = (fact(2), dana_and_omar(), 2, content_of(&text));
    let frame = to_vec((1, ((entry, second), novel()), novel())).unwrap();

    let Ok(Uplink::Submit(submit)) = Uplink::from_bytes(&frame) else {
        panic!("Dana's tablet was updated, and her outbox is stuck for ever");
    };
    assert_eq!(submit.entries.len(), 2, "Dana's second message is lost");
    assert_eq!(submit.entries[0].content, text.to_content(), "her words are changed");
    assert_eq!((submit.entries[0].offset_minutes, submit.entries[0].skew_ms), (60, Some(7)));
    assert_eq!(submit.entries[1].id, fact(2), "her second message has another name");
}

#[test]
fn an_older_server_takes_a_pull_with_unknown_fields() {
    let stored = [(9, MORNING, novel())];
    let read = [(dana_and_omar(), 9, MORNING, novel())];
    let frame = to_vec((2, ((0, 9, novel()), 4, 100, stored, read, novel()))).unwrap();

    let Ok(Uplink::Pull(pull)) = Uplink::from_bytes(&frame) else {
        panic!("Dana's tablet was updated and receives nothing any more");
    };
    assert_eq!((pull.after.n, pull.number, pull.limit), (9, 4, 100));
    assert_eq!(pull.stored, [StoredMark { up_to: 9, at: MORNING }], "Omar never sees it delivered");
    assert_eq!(pull.read[0].up_to, 9, "Omar never sees it read");
}

fn events_of(events: impl Encode<()>) -> Events {
    let frame = to_vec((2, events, novel())).unwrap();
    match Downlink::from_bytes(&frame) {
        Ok(Downlink::Events(events)) => events,
        other => panic!("one new thing stops all messages to Dana's older tablet: {other:?}"),
    }
}

#[test]
fn an_older_device_takes_events_with_unknown_fields() {
    let text = Body::text("Use gate 5");
    let content = content_of(&text);
    let event = (41, MORNING, content, fact(3), OMAR, dana_and_omar(), 60, 5, novel());
    let own = [(fact(4), 40, MORNING, 2, novel())];
    let events = events_of((0, 40, 41, [event], true, 8, MORNING, 30, None::<u64>, own, novel()));

    let run = OwnRun { id: fact(4), n: 40, recorded_at: MORNING, before: 2 };
    assert_eq!(events.own, [run], "Dana's own messages stay under a clock");
    assert_eq!((events.next, events.more, events.answers), (41, true, Some(8)));
    assert_eq!(events.safe_up_to, Some(30));
    let event = &events.events[0];
    assert_eq!(event.content.to_body(), Ok(text), "Omar's words are lost");
    assert_eq!((event.id, event.author), (Some(fact(3)), Some(OMAR)));
    assert_eq!(event.conversation, Some(dana_and_omar()));
}

#[test]
fn an_older_device_keeps_facts_of_unknown_kinds_as_they_came() {
    let photo = (4711, ByteVec::from(vec![0x81, 0x18, 0x2a]), novel());
    let of_newer_kind = (41, MORNING, photo, fact(1), OMAR, dana_and_omar(), 0, None::<u8>);
    let plain = (42, MORNING, content_of(&person_added()));
    let events = events_of((0, 40, 42, (of_newer_kind, plain)));

    let [photo, plain] = &events.events[..] else { panic!("an event is lost") };
    assert_eq!(photo.content, Content { kind: 4711, bytes: vec![0x81, 0x18, 0x2a] });
    let body = photo.content.to_body().unwrap();
    assert_eq!(body.to_content(), photo.content, "the photo is lost");
    assert_eq!(plain.content.to_body(), Ok(person_added()), "what follows it is lost");
}

#[test]
fn an_event_of_an_unknown_stream_stops_no_other() {
    let of_newer_stream = (41, MORNING, content(4712, novel()), fact(2), OMAR, -4, 60, 5);
    let of_last_stream = (42, MORNING, content(4712, novel()), fact(3), OMAR, -15, 60, 5);
    let plain = (43, MORNING, content_of(&person_added()));
    let events = events_of((0, 40, 43, (of_newer_stream, of_last_stream, plain)));

    assert_eq!(events.events.len(), 3, "what follows it is lost");
    for stream in &events.events[..2] {
        let rest = (stream.conversation, stream.offset_minutes, stream.skew_ms);
        assert_eq!(rest, (None, 60, Some(5)), "the fields behind the stream are mixed up");
    }
}

#[test]
fn an_older_device_keeps_what_has_an_answer_that_it_does_not_know() {
    let parked = (9, fact(1), "until monday", novel());
    let accepted = (1, fact(2), (0, 41, novel()), MORNING, 0, novel());
    let rejected = (2, fact(3), 60_000, (0, 41), novel());
    let frame = to_vec((1, (parked, accepted, rejected), novel())).unwrap();

    let sequence = Sequence { epoch: 0, n: 41 };
    let expected = vec![
        Answer::Deferred { id: fact(1), code: ProblemCode::UnknownFrame },
        Answer::Accepted { id: fact(2), sequence, recorded_at: MORNING, before: 0 },
        Answer::Rejected { id: fact(3), code: ProblemCode::Other(60_000), at: sequence },
    ];
    assert_eq!(
        Downlink::from_bytes(&frame),
        Ok(Downlink::Answers { answers: expected }),
        "Dana's other messages stay under a clock because of one new answer"
    );
}

#[test]
fn an_older_device_is_refused_for_a_reason_that_it_does_not_know() {
    let frame = to_vec((4, 4711, 1_500, novel())).unwrap();
    let expected =
        Downlink::Refused { code: ProblemCode::Other(4711), retry_after_ms: Some(1_500) };
    assert_eq!(Downlink::from_bytes(&frame), Ok(expected), "Dana's tablet does not back off");

    let json = r#"{"frame":"refused","code":"on-strike","since":3}"#;
    let expected = Downlink::Refused { code: ProblemCode::Other(0), retry_after_ms: None };
    assert_eq!(serde_json::from_str::<Downlink>(json).unwrap(), expected);
}

#[test]
fn frames_of_unknown_types_are_told_from_broken_ones() {
    let newer = to_vec((9, novel())).unwrap();
    assert_eq!(Downlink::from_bytes(&newer), Err(FrameError::UnknownFrame));
    assert_eq!(Uplink::from_bytes(&newer), Err(FrameError::UnknownFrame));
    let of_dana = (DANA, true, MORNING, 0, false, novel());
    let presence = to_vec((3, ([of_dana], [(); 0], novel()), novel())).unwrap();
    assert!(Downlink::from_bytes(&presence).is_ok(), "Omar no longer sees who is online");
    let asleep = to_vec((3, ([(DANA, true, MORNING, 77, false)],), novel())).unwrap();
    let Ok(Downlink::Presence(presence)) = Downlink::from_bytes(&asleep) else {
        panic!("Omar no longer sees who is online");
    };
    assert_eq!(presence.people[0].activity, Activity::Active, "she is here, whatever she is at");
}

#[test]
fn bodies_with_unknown_fields_are_understood() {
    let header = (
        None::<FactId>,
        [0_u8; 0],
        1,
        None::<Millis>,
        None::<u32>,
        None::<FactId>,
        None::<u32>,
        None::<FactId>,
        novel(),
    );
    let text = body_of(kind::TEXT, ("Hello", fact(1), header, novel()));
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    assert_eq!(text, Ok(Body::Text { text: "Hello".into(), answers: Some(fact(1)), header }));

    let person = body_of(kind::PERSON_ADDED, (DANA, "dana", "Dana", 0, "pl", novel()));
    assert_eq!(person, Ok(person_added()), "Dana has no name on older devices");
}

#[test]
fn an_unknown_mention_leaves_the_others_and_an_unknown_priority_is_heard() {
    let mentions = ((0, DANA), (9, novel()), [2]);
    let header = (
        None::<FactId>,
        mentions,
        9,
        MORNING,
        60,
        None::<FactId>,
        None::<u32>,
        None::<FactId>,
        novel(),
    );
    let text = body_of(kind::TEXT, ("Stop!", None::<FactId>, header));
    let header = Header {
        mentions: vec![Mention::Person(DANA), Mention::Everyone],
        priority: Priority::Urgent,
        acknowledge_by: Some(MORNING),
        expires_after_s: Some(60),
        ..Header::default()
    };
    assert_eq!(
        text,
        Ok(Body::Text { text: "Stop!".into(), answers: None, header }),
        "Dana's tablet does not sound"
    );
}

#[test]
fn an_unknown_move_leaves_the_others() {
    let photographed = (OMAR, 7, 41, MORNING);
    let newer_stream = (OMAR, 3, 41, MORNING, -4);
    let known = (OMAR, 2, 41, delivered(41).at, None::<u8>, None::<u8>, novel());
    let moves = body_of(kind::RECEIPTS, ((photographed, newer_stream, known), novel()));
    assert_eq!(
        moves,
        Ok(Body::Receipts { moves: vec![delivered(41)] }),
        "Dana never sees that Omar has her message"
    );
}

#[test]
fn an_unknown_argument_leaves_the_template() {
    let arguments = Arguments::from([("minutes".to_string(), Argument::Minutes(15))]);
    let mut bytes = minicbor::Encoder::new(Vec::new());
    bytes.array(4).unwrap().str("running-late").unwrap().u8(1).unwrap();
    bytes.map(2).unwrap().str("at").unwrap().encode((9, 52.1_f64, 21.0_f64)).unwrap();
    bytes.str("minutes").unwrap().encode((2, 15, novel())).unwrap();
    bytes.encode(fact(1)).unwrap();
    let late = Content { kind: kind::TEMPLATE, bytes: bytes.into_writer() };

    let expected = Body::Template {
        template: "running-late".into(),
        version: 1,
        arguments,
        answers: Some(fact(1)),
        header: Header::default(),
    };
    assert_eq!(late.to_body(), Ok(expected), "Omar does not see that Dana is late");
}

#[test]
fn a_person_of_an_unknown_role_is_kept_unread() {
    let bytes = to_vec((DANA, "dana", "Dana", 9, "pl")).unwrap();
    let auditor = Content { kind: kind::PERSON_ADDED, bytes };
    let Ok(body @ Body::Unknown { .. }) = auditor.to_body() else {
        panic!("a new role is taken for another one, or stops the record");
    };
    assert_eq!(body.to_content(), auditor);
    let json = serde_json::to_string(&auditor).unwrap();
    assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), auditor);
}
