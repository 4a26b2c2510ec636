//! Who hears of what: deeds by the stream in which they are told, groups by their members and the
//! staff, as it happens and from memory.

use waypost_domain::live::{Listener, Live, RECENT_MAX, Told};
use waypost_domain::{Actor, Deed, Request};
use waypost_protocol::{
    Body, ConversationId, Downlink, Event, Events, FactId, GroupSettings, Move, PersonId, Pull,
    ReceiptState, Role, Sequence,
};

use crate::crew::{AYO, DANA, NOW, OMAR, decided, fact, known, of};

const NORTH: u32 = 1;
const ABOUT: ConversationId = ConversationId::About(NORTH);

fn listener(person: PersonId) -> Listener {
    let Actor { enrolment, role, .. } = of(person);
    Listener { enrolment: enrolment.expect("a device"), person, role }
}

fn at(n: u64) -> Sequence {
    Sequence { epoch: 0, n }
}

/// Everyone is online and level, and Dana alone is in North.
fn everyone_on() -> Live {
    let mut live = Live::new(at(0), vec![(ConversationId::Group(NORTH), DANA)], RECENT_MAX);
    for person in [DANA, OMAR, AYO] {
        live.connected(listener(person), NOW);
        live.answered(listener(person).enrolment, &Events::default(), 0);
    }
    live
}

fn about(n: u64, body: &Body) -> Told {
    let event = Event {
        n,
        recorded_at: NOW,
        content: body.to_content(),
        id: Some(fact(u128::from(n))),
        author: Some(OMAR),
        conversation: Some(ABOUT),
        offset_minutes: 0,
        skew_ms: None,
    };
    Told { epoch: 0, event, receipts_for: Vec::new(), from: None }
}

/// Who is pushed this.
fn hear_of(live: &mut Live, told: Told) -> Vec<PersonId> {
    let pushes = live.tell([told]).expect("the next one");
    let heard = |person: &PersonId| {
        pushes.iter().any(|(enrolment, _)| *enrolment == listener(*person).enrolment)
    };
    [DANA, OMAR, AYO].into_iter().filter(heard).collect()
}

#[test]
fn a_group_is_known_to_its_members_and_the_staff() {
    let mut live = everyone_on();
    let renamed = Body::GroupChanged {
        group: NORTH,
        name: "Depot North".into(),
        settings: GroupSettings::default(),
    };
    assert_eq!(hear_of(&mut live, about(1, &renamed)), [DANA, OMAR], "Ayo is not in it");
    let joined = Body::MemberJoined { group: NORTH, person: AYO, history: false };
    assert_eq!(hear_of(&mut live, about(2, &joined)), [DANA, OMAR, AYO], "he learns that he is in");
    let left = Body::MemberLeft { group: NORTH, person: AYO };
    assert_eq!(hear_of(&mut live, about(3, &left)), [DANA, OMAR, AYO], "and that he is out");
    assert_eq!(hear_of(&mut live, about(4, &renamed)), [DANA, OMAR]);
    for (person, quiet) in [(AYO, Some(4)), (DANA, None), (OMAR, None)] {
        assert_eq!(live.quiet_up_to(listener(person), at(3)), quiet, "{person} from memory");
    }
}

/// Receipts differ from author to author.
#[test]
fn an_author_hears_what_became_of_their_own_messages() {
    let mut live = everyone_on();
    let read = |person, up_to| Move {
        person,
        state: ReceiptState::Delivered,
        up_to,
        at: NOW,
        conversation: None,
        enrolment: None,
    };
    let body = Body::Receipts { moves: vec![read(AYO, 1), read(AYO, 2)] };
    let event = Event { conversation: None, author: None, ..about(1, &body).event };
    let receipts_for = vec![(DANA, vec![read(AYO, 1)]), (OMAR, vec![read(AYO, 2)])];
    let told = Told { epoch: 0, event, receipts_for, from: None };
    let pushes = live.tell([told]).expect("the next one");
    for (person, up_to) in [(DANA, 1), (OMAR, 2)] {
        let theirs = pushes.iter().find(|(to, _)| *to == listener(person).enrolment);
        let Some((_, Downlink::Events(events))) = theirs else { panic!("{person} hears nothing") };
        let own = Body::Receipts { moves: vec![read(AYO, up_to)] };
        assert_eq!(events.events[0].content.to_body(), Ok(own));
    }
    assert_eq!(pushes.len(), 2);
}

#[test]
fn what_is_pushed_names_its_epoch() {
    let mut live = Live::new(Sequence { epoch: 7, n: 4 }, Vec::new(), RECENT_MAX);
    let omar = listener(OMAR);
    live.connected(omar, NOW);
    live.answered(omar.enrolment, &Events { epoch: 7, next: 4, ..Events::default() }, 0);
    let joined = Body::MemberJoined { group: NORTH, person: AYO, history: false };
    let pushes = live.tell([Told { epoch: 7, ..about(5, &joined) }]).expect("the next one");
    let [(_, Downlink::Events(events))] = &pushes[..] else { panic!("{pushes:?}") };
    assert_eq!((events.epoch, events.after, events.next), (7, 4, 5));
}

#[test]
fn what_the_server_did_has_no_author() {
    let deed = Deed::Join { group: NORTH, person: AYO };
    let by = |actor| {
        let batch = [Request::Deed { actor, id: FactId::mint(NOW, 10), deed: deed.clone() }];
        decided(&mut known(), &batch).facts[0].to_event().author
    };
    assert_eq!([by(Actor::OPERATOR), by(of(OMAR))], [None, Some(OMAR)]);
}

#[test]
fn a_new_group_is_known_to_who_is_in_it_from_the_first_day() {
    let mut live = everyone_on();
    let south = Body::GroupCreated {
        group: 2,
        name: "South".into(),
        members: vec![AYO],
        moderators: vec![],
        settings: GroupSettings::default(),
    };
    let told = about(1, &south);
    let event = Event { conversation: Some(ConversationId::About(2)), ..told.event.clone() };
    assert_eq!(hear_of(&mut live, Told { event, ..told }), [OMAR, AYO]);
}

#[test]
fn what_is_answered_from_memory_names_its_epoch() {
    let position = Sequence { epoch: 7, n: 4 };
    let mut live = Live::new(position, Vec::new(), RECENT_MAX);
    let dana = listener(DANA);
    live.connected(dana, NOW);
    live.answered(dana.enrolment, &Events { epoch: 7, next: 4, ..Events::default() }, 0);
    let pull = Pull { after: position, number: 9, ..Pull::default() };
    let answer = live.answer_from_memory(dana.enrolment, &pull, NOW, 0).expect("she is level");
    assert_eq!((answer.epoch, answer.next, answer.answers), (7, 4, Some(9)));
}

/// Where a deed of the operator is told.
fn told_in(deed: Deed) -> Option<ConversationId> {
    let batch = [Request::Deed { actor: Actor::OPERATOR, id: FactId::mint(NOW, 10), deed }];
    decided(&mut known(), &batch).facts[0].conversation
}

#[test]
fn people_are_told_to_everyone_groups_to_their_members_and_devices_to_the_staff() {
    let (handle, name, language) = ("mia".into(), "Mia".into(), "de".into());
    let mia = Deed::AddPerson { handle, name, role: Role::Driver, language };
    assert_eq!(told_in(mia), Some(ConversationId::Fleet));
    assert_eq!(told_in(Deed::Join { group: NORTH, person: AYO }), Some(ABOUT));
    let enrolment = of(AYO).enrolment.expect("a device");
    assert_eq!(told_in(Deed::Revoke { enrolment }), Some(ConversationId::Staff));
    assert_eq!(told_in(Deed::BeginEpoch { epoch: 5 }), Some(ConversationId::Staff));
}
