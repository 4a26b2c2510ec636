//! Who is told that someone is writing.

use std::collections::BTreeSet;

use waypost_domain::live::{Listener, Live, RECENT_MAX, Told};
use waypost_protocol::{
    Activity, Body, ConversationId, Downlink, EnrolmentId, Event, Events, FactId, Here, PersonId,
    Role, Sequence, Shift, TypingIn,
};

const OMAR: PersonId = PersonId(1);
const DANA: PersonId = PersonId(2);
const MAREK: PersonId = PersonId(3);
const NORTH: ConversationId = ConversationId::Group(1);

fn device(person: PersonId) -> Listener {
    let role = if person == OMAR { Role::Dispatcher } else { Role::Driver };
    Listener { enrolment: EnrolmentId::mint(0, u128::from(person.0)), person, role }
}

/// These people are in the group, and they and Omar, Dana and Marek are here.
fn in_the_group(members: &[PersonId]) -> Live {
    let listed = members.iter().map(|member| (NORTH, *member)).collect();
    let mut live = Live::new(Sequence::default(), listed, RECENT_MAX);
    let here: BTreeSet<_> = members.iter().copied().chain([OMAR, DANA, MAREK]).collect();
    for person in here {
        live.connected(device(person), 0);
        live.answered(device(person).enrolment, &Events::default(), 0);
    }
    live.presence(0);
    live
}

/// Who is told that this person is writing there.
fn told(live: &mut Live, person: PersonId, conversation: ConversationId) -> Vec<PersonId> {
    let here = Here { activity: Activity::Active, typing: Some(conversation) };
    live.is_at(device(person), &here);
    let pushes = live.presence(10);
    for (_, frame) in &pushes {
        let Downlink::Presence(presence) = frame else { panic!("no presence: {frame:?}") };
        assert_eq!(presence.typing, [TypingIn { person, conversation }]);
        assert!(presence.people.is_empty(), "nobody came or went");
    }
    let whose = |to: &EnrolmentId| (0..200).map(PersonId).find(|it| device(*it).enrolment == *to);
    pushes.iter().filter_map(|(to, _)| whose(to)).collect()
}

#[test]
fn whoever_reads_a_conversation_sees_that_someone_writes_there() {
    let mut live = in_the_group(&[DANA, MAREK]);
    let direct = ConversationId::direct(DANA, OMAR).expect("two people");
    assert_eq!(told(&mut live, DANA, direct), [OMAR]);
    assert_eq!(told(&mut live, OMAR, direct), [DANA]);
    assert_eq!(told(&mut live, DANA, NORTH), [MAREK]);
    assert_eq!(told(&mut live, DANA, ConversationId::Dispatch(DANA)), [OMAR]);
    assert_eq!(told(&mut live, OMAR, ConversationId::Dispatch(DANA)), [DANA]);
    assert_eq!(live.presence(20), [], "once for each time that it is said");
}

#[test]
fn nobody_else_does() {
    let mut live = in_the_group(&[MAREK]);
    let theirs = ConversationId::direct(MAREK, OMAR).expect("two people");
    let drivers = ConversationId::direct(DANA, MAREK).expect("two people");
    for place in [theirs, drivers, NORTH, ConversationId::Dispatch(MAREK)] {
        assert_eq!(told(&mut live, DANA, place), [], "she cannot write in {place}");
    }
    for stream in [ConversationId::Fleet, ConversationId::Staff, ConversationId::Broadcasts(OMAR)] {
        assert_eq!(told(&mut live, OMAR, stream), [], "nobody converses in {stream}");
    }
}

#[test]
fn a_large_group_is_not_told_who_writes() {
    let crowd: Vec<_> = (100..150).map(PersonId).collect();
    assert_eq!(told(&mut in_the_group(&crowd), crowd[0], NORTH).len(), 49);
    let one_more: Vec<_> = (100..151).map(PersonId).collect();
    assert_eq!(told(&mut in_the_group(&one_more), one_more[0], NORTH), []);
}

#[test]
fn off_shift_nobody_sees_dana_write() {
    let mut live = in_the_group(&[DANA, MAREK]);
    let shift = Shift { person: DANA, from: 1_000, until: 2_000, on_call: false };
    live.know_shifts([(FactId::mint(0, 1), shift)]);
    live.presence(5);
    assert_eq!(told(&mut live, DANA, NORTH), []);
}

#[test]
fn someone_who_writes_everywhere_at_once_is_told_of_once() {
    let mut live = in_the_group(&[DANA, MAREK]);
    for person in [DANA, MAREK] {
        let typing = ConversationId::direct(person, OMAR);
        live.is_at(device(OMAR), &Here { activity: Activity::Active, typing });
    }
    assert_eq!(live.presence(10).len(), 1);
}

#[test]
fn whoever_has_said_it_writes_it_no_longer() {
    let mut live = in_the_group(&[DANA, MAREK]);
    let here = Here { activity: Activity::Active, typing: Some(NORTH) };
    let says = |live: &mut Live, n: u64, conversation| {
        let event = Event {
            n,
            recorded_at: 0,
            content: Body::text("At gate 4").to_content(),
            id: Some(FactId::mint(0, u128::from(n))),
            author: Some(DANA),
            conversation: Some(conversation),
            offset_minutes: 0,
            skew_ms: None,
        };
        let told = Told { epoch: 0, event, receipts_for: Vec::new(), from: None };
        live.tell([told]).expect("nothing is missing");
    };
    live.is_at(device(DANA), &here);
    says(&mut live, 1, ConversationId::Dispatch(DANA));
    assert_eq!(live.presence(10).len(), 1, "she writes somewhere else");
    live.is_at(device(DANA), &here);
    says(&mut live, 2, NORTH);
    assert_eq!(live.presence(20), [], "it is said, and nobody waits for more");
}
