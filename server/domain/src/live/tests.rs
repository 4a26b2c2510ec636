//! Who is believed to have been sent everything.

use waypost_protocol::{Content, EVENTS_MAX, FactId, OwnRun};

use super::*;

const OMAR: PersonId = PersonId(1);
const DANA: PersonId = PersonId(2);

fn tablet_of(person: PersonId) -> Listener {
    let enrolment = EnrolmentId::mint(0, u128::from(person.0));
    Listener { enrolment, person, role: Role::Driver }
}

fn everyone_off() -> Live {
    Live::new(at(0), Vec::new(), RECENT_MAX)
}

/// A message of Omar to Dana.
fn message(n: u64) -> Told {
    Told {
        epoch: 0,
        event: Event {
            n,
            recorded_at: 0,
            content: Content { kind: kind::TEXT, bytes: Vec::new() },
            id: Some(FactId::mint(0, u128::from(n))),
            author: Some(OMAR),
            conversation: ConversationId::direct(OMAR, DANA),
            offset_minutes: 0,
            skew_ms: None,
        },
        receipts_for: Vec::new(),
        from: None,
    }
}

impl Live {
    /// A page up to `n`, with nothing left after it.
    fn live_from(&mut self, enrolment: EnrolmentId, n: u64) -> Vec<Push> {
        self.answered(enrolment, &Events { next: n, ..Events::default() }, 0)
    }

    fn is_level(&self, enrolment: EnrolmentId, cursor: Sequence) -> bool {
        let pull = Pull { after: cursor, ..Pull::default() };
        let answer = self.answer_from_memory(enrolment, &pull, 0, 0);
        answer.is_some_and(|it| it.events.is_empty() && it.next == cursor.n)
    }
}

/// Where the frames for a device begin and end, and how many events each brings.
fn stretches(pushes: &[Push], to: Listener) -> Vec<(u64, u64, usize)> {
    let theirs = pushes.iter().filter(|(enrolment, _)| *enrolment == to.enrolment);
    theirs
        .map(|(_, frame)| match frame {
            Downlink::Events(events) => (events.after, events.next, events.events.len()),
            other => panic!("no events: {other:?}"),
        })
        .collect()
}

fn at(n: u64) -> Sequence {
    Sequence { epoch: 0, n }
}

#[test]
fn a_tablet_whose_page_was_overtaken_by_a_few_messages_is_sent_them() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.tell((1..=10).map(message)).expect("nothing is missing");
    live.live_from(dana.enrolment, 4);
    assert!(live.is_level(dana.enrolment, at(10)), "Dana was sent 5 to 10");
    assert!(!live.is_level(dana.enrolment, at(4)), "her page alone is not everything");
}

#[test]
fn a_tablet_that_missed_a_push_gets_it_without_a_page() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    live.tell((1..=10).map(message)).expect("nothing is missing");
    let pull = |n, limit| Pull { after: at(n), number: 7, limit, ..Pull::default() };
    let answer = live.answer_from_memory(dana.enrolment, &pull(4, 256), 0, 3).expect("remembered");
    let brought: Vec<_> = answer.events.iter().map(|event| event.n).collect();
    assert_eq!(brought, [5, 6, 7, 8, 9, 10]);
    assert_eq!((answer.after, answer.next, answer.answers), (4, 10, Some(7)));
    assert_eq!(live.answer_from_memory(dana.enrolment, &pull(4, 5), 0, 3), None, "she has no room");
    assert_eq!(live.answer_from_memory(dana.enrolment, &pull(11, 256), 0, 3), None, "no such fact");
    let older = Pull { after: Sequence { epoch: 1, n: 4 }, ..pull(4, 256) };
    assert_eq!(live.answer_from_memory(dana.enrolment, &older, 0, 3), None, "another epoch");
}

#[test]
fn a_tablet_whose_page_was_overtaken_by_more_than_is_remembered_must_pull_again() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    let last = RECENT_MAX as u64 + 10;
    live.tell((1..=last).map(message)).expect("nothing is missing");
    live.live_from(dana.enrolment, 4);
    assert!(
        !live.is_level(dana.enrolment, at(4)),
        "Dana would be told that there is nothing new, and miss {} messages",
        last - 4
    );
    live.live_from(dana.enrolment, last);
    assert!(live.is_level(dana.enrolment, at(last)), "after her next page she has everything");
}

#[test]
fn a_commit_larger_than_what_is_remembered_is_pushed_whole() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    let noise = |n| {
        let mut told = message(n);
        told.event.conversation = ConversationId::direct(OMAR, PersonId(3));
        told
    };
    let large = RECENT_MAX as u64 + 10;
    let facts = (1..=large).map(|n| if n == 1 { message(n) } else { noise(n) });
    live.tell(facts).expect("nothing is missing");
    assert!(
        !live.is_level(dana.enrolment, at(0)),
        "Dana is held to have everything without Omar's message, the first of the commit"
    );
}

#[test]
fn facts_of_another_server_are_missed_by_nobody() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    live.tell([message(1)]).expect("nothing is missing");
    assert_eq!(live.tell([message(4)]), None, "2 and 3 were committed by another server");
    assert_eq!(live.position(), at(1), "nothing was told out of order");
    let pushes = live.tell((2..=4).map(message)).expect("nothing is missing now");
    assert_eq!(stretches(&pushes, dana), [(1, 4, 3)], "Dana gets all three, in order");
}

#[test]
fn omars_own_messages_come_back_to_his_desk_as_a_few_bytes_and_to_his_phone_whole() {
    let mut live = everyone_off();
    let (desk, phone) =
        (tablet_of(OMAR), Listener { enrolment: EnrolmentId::mint(0, 9), ..tablet_of(OMAR) });
    for device in [desk, phone, tablet_of(DANA)] {
        live.connected(device, 0);
        live.live_from(device.enrolment, 0);
    }
    let from_desk = |n| Told { from: Some((desk.enrolment, n as u32 + 20)), ..message(n) };
    let another = Told { from: Some((desk.enrolment, 90)), ..message(5) };
    let facts = (1..=3).map(from_desk).chain([message(4), another]);
    let pushes = live.tell(facts).expect("nothing is missing");
    let run = |n, before| {
        let id = FactId::mint(0, u128::from(n));
        OwnRun { id, n, recorded_at: 0, before }
    };
    let of_desk = pushes.iter().find(|(to, _)| *to == desk.enrolment);
    let Some((_, Downlink::Events(events))) = of_desk else { panic!("{of_desk:?}") };
    assert_eq!(events.own, [run(3, 2), run(5, 0)], "the desk has what they say");
    assert_eq!(events.events.len(), 1, "number 4 did not come out of the desk's outbox");
    assert_eq!((events.after, events.next), (0, 5));
    for other in [phone, tablet_of(DANA)] {
        assert_eq!(stretches(&pushes, other), [(0, 5, 5)], "whoever else reads it gets all of it");
    }
}

#[test]
fn ten_thousand_messages_that_go_out_at_once_come_back_in_frames_that_are_read() {
    let mut live = everyone_off();
    let desk = tablet_of(OMAR);
    live.connected(desk, 0);
    live.live_from(desk.enrolment, 0);
    // Every second number: no two are a run.
    let facts = (1..=10_000)
        .map(|n: u64| Told { from: Some((desk.enrolment, 2 * n as u32)), ..message(n) });
    let pushes = live.tell(facts).expect("nothing is missing");
    let mut placed = 0;
    for (_, frame) in &pushes {
        let Ok(Downlink::Events(events)) = Downlink::from_bytes(&frame.to_bytes()) else {
            panic!("the desk cannot read a frame")
        };
        assert_eq!(events.after, placed, "the desk would see a gap");
        placed = events.next;
    }
    assert_eq!(placed, 10_000);
}

#[test]
fn what_was_told_before_is_not_told_again() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    live.tell((1..=3).map(message)).expect("nothing is missing");
    let pushes = live.tell((2..=4).map(message)).expect("nothing is missing");
    assert_eq!(stretches(&pushes, dana), [(3, 4, 1)], "the follower read 2 and 3 once more");
}

#[test]
fn a_heartbeat_comes_once_after_a_push() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    assert!(live.heartbeat().is_empty(), "nothing was pushed that could be lost");
    live.tell([message(1)]).expect("nothing is missing");
    assert_eq!(stretches(&live.heartbeat(), dana), [(1, 1, 0)], "where the record stands");
    assert!(live.heartbeat().is_empty(), "once is enough");
}

#[test]
fn no_more_is_remembered_than_there_is_room_for() {
    let mut live = Live::new(at(0), Vec::new(), 2);
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.tell((1..=5).map(message)).expect("nothing is missing");
    live.live_from(dana.enrolment, 5);
    let answer = |n| {
        let pull = Pull { after: at(n), limit: 256, ..Pull::default() };
        live.answer_from_memory(dana.enrolment, &pull, 0, 0).map(|events| events.events.len())
    };
    assert_eq!(answer(3), Some(2), "4 and 5 are remembered");
    assert_eq!(answer(2), None, "3 is forgotten");
}

#[test]
fn an_answer_from_memory_says_the_time_and_what_is_safe() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    live.tell((1..=3).map(message)).expect("nothing is missing");
    let pull = Pull { after: at(1), limit: 256, ..Pull::default() };
    let answer = live.answer_from_memory(dana.enrolment, &pull, 77, 2).expect("remembered");
    assert_eq!((answer.server_time, answer.safe_up_to), (Some(77), Some(2)));
}

/// Dana pulls at the end of the record, and the server thought that she was further behind.
#[test]
fn whoever_is_at_the_end_needs_no_page() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.tell((1..=3).map(message)).expect("nothing is missing");
    live.live_from(dana.enrolment, 3);
    live.tell((4..=5).map(unheard)).expect("nothing is missing");
    assert!(live.is_level(dana.enrolment, at(5)), "nothing of that was for her");
}

/// A message that is not for Dana.
fn unheard(n: u64) -> Told {
    let mut told = message(n);
    told.event.conversation = ConversationId::direct(OMAR, PersonId(3));
    told
}

#[test]
fn what_a_page_brought_is_not_pushed_again() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    // Her page was read after a commit that is only now told here.
    live.live_from(dana.enrolment, 1);
    let pushes = live.tell((1..=2).map(message)).expect("nothing is missing");
    assert_eq!(stretches(&pushes, dana), [(1, 2, 1)]);
}

#[test]
fn a_heartbeat_says_the_epoch() {
    let mut live = Live::new(Sequence { epoch: 3, n: 0 }, Vec::new(), RECENT_MAX);
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    live.tell([Told { epoch: 3, ..message(1) }]).expect("nothing is missing");
    let beats = live.heartbeat();
    let [(_, Downlink::Events(beat))] = &beats[..] else { panic!("one beat: {beats:?}") };
    assert_eq!((beat.epoch, beat.after, beat.next), (3, 1, 1));
}

#[test]
fn a_long_stretch_comes_in_frames_that_follow_each_other() {
    let mut live = everyone_off();
    let dana = tablet_of(DANA);
    live.connected(dana, 0);
    live.live_from(dana.enrolment, 0);
    let last = EVENTS_MAX as u64 + 5;
    let pushes = live.tell((1..=last).map(message)).expect("nothing is missing");
    let first = EVENTS_MAX as u64;
    assert_eq!(stretches(&pushes, dana), [(0, first, EVENTS_MAX), (first, last, 5)]);
}

#[test]
fn only_what_was_in_a_lane_comes_back_as_a_few_bytes() {
    let said = |number| {
        let Told { event, .. } = message(1);
        Told::from(crate::Recorded {
            sequence: at(1),
            id: FactId::mint(0, 1),
            author: OMAR,
            enrolment: Some(tablet_of(OMAR).enrolment),
            number,
            conversation: event.conversation,
            content: event.content,
            offset_minutes: 0,
            skew_ms: None,
            recorded_at: 0,
            digest: [0; 32],
            salt: [0; 16],
            leaf: Vec::new(),
            receipts_for: Vec::new(),
            expires_at: None,
            broadcast: None,
            deed: None,
        })
    };
    assert_eq!(said(1).from, Some((tablet_of(OMAR).enrolment, 1)));
    assert_eq!(said(0).from, None, "a message over HTTP is in nobody's outbox");
}

/// Dana was away. She has left the group meanwhile, so that she would not hear of the deletion.
#[test]
fn what_was_deleted_is_not_told_from_memory() {
    let north = ConversationId::Group(1);
    let in_north = |n, body: &Body| {
        let mut told = message(n);
        (told.event.conversation, told.event.content) = (Some(north), body.to_content());
        told
    };
    let id = message(1).event.id.expect("an id");
    let edit = Body::Edit { message: id, text: "gate 5".into(), mentions: Vec::new() };
    let left = Body::MemberLeft { group: 1, person: DANA };
    let facts = |deletion: Body| {
        let mut away = message(4);
        let (fleet, left) = (Some(ConversationId::Fleet), left.to_content());
        (away.event.conversation, away.event.content) = (fleet, left);
        let said = in_north(1, &Body::text("gate 4"));
        let other = in_north(3, &Body::text("15 minutes late"));
        [said, in_north(2, &edit), other, away, in_north(5, &deletion)]
    };
    let erased = |deletion| {
        let mut live = Live::new(at(0), vec![(north, DANA), (north, OMAR)], RECENT_MAX);
        let dana = tablet_of(DANA);
        live.connected(dana, 0);
        live.live_from(dana.enrolment, 5);
        live.tell(facts(deletion)).expect("nothing is missing");
        let pull = Pull { after: at(0), limit: 256, ..Pull::default() };
        let answer = live.answer_from_memory(dana.enrolment, &pull, 0, 0).expect("remembered");
        let gone = answer.events.iter().filter(|event| event.content.is_erased());
        gone.map(|event| event.n).collect::<Vec<_>>()
    };
    assert_eq!(erased(Body::Deletion { message: id, author: OMAR }), [1, 2]);
    assert!(erased(Body::Deletion { message: id, author: DANA }).is_empty(), "it is not hers");
}

#[test]
fn whoever_waits_without_a_session_is_told_whether_something_came() {
    let mut live = Live::new(at(0), Vec::new(), 2);
    let (dana, ayo) = (tablet_of(DANA), tablet_of(PersonId(3)));
    assert_eq!(live.quiet_up_to(dana, at(0)), Some(0), "she has all there is");
    live.tell([message(1), message(2)]);
    assert_eq!(live.quiet_up_to(dana, at(0)), None, "both are hers");
    assert_eq!(live.quiet_up_to(dana, at(2)), Some(2));
    assert_eq!(live.quiet_up_to(ayo, at(0)), Some(2), "nothing of it is his");
    live.tell([message(3)]);
    assert_eq!(live.quiet_up_to(ayo, at(0)), None, "what number 1 was is forgotten");
    assert_eq!(live.quiet_up_to(ayo, at(1)), Some(3));
    assert_eq!(live.quiet_up_to(ayo, at(9)), None, "a cursor from elsewhere");
    assert_eq!(live.quiet_up_to(ayo, Sequence { epoch: 1, n: 3 }), None);
}
