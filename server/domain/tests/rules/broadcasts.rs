//! Who speaks to many, whom it reaches, and what becomes of it.

use std::collections::{BTreeSet, HashMap};

use waypost_domain::{
    Actor, Decision, Deed, Known, Reached, Request, Wanted, wanted_by_broadcasts,
};
use waypost_protocol::{
    Answer, BROADCAST_RECIPIENTS_MAX, Body, ConversationId, Entry, FactId, GroupSettings, Header,
    PersonId, ProblemCode, Recipients, kind,
};

use crate::crew::{self, AYO, DANA, NORTH, NOW, OMAR, decided, entry, fact, of};

use ProblemCode::{ContentInvalid, NotAllowed, NotFound, TooLarge};

const OMARS: ConversationId = ConversationId::Broadcasts(OMAR);
const WITH_DANA: ConversationId = ConversationId::Direct(DANA, OMAR);
const WITH_AYO: ConversationId = ConversationId::Direct(OMAR, AYO);

fn known() -> Known {
    let audiences = HashMap::from([(NORTH, BTreeSet::from([DANA, OMAR]))]);
    Known { audiences, ..crew::known() }
}

fn to(people: &[PersonId], groups: &[u32], everyone: bool) -> Recipients {
    Recipients {
        people: people.to_vec(),
        groups: groups.to_vec(),
        everyone,
        ..Recipients::default()
    }
}

fn broadcast(to: Recipients) -> Body {
    Body::Broadcast { to, message: Body::text("Gate 4 is closed").into() }
}

/// What a batch with this one entry of Omar becomes.
fn told(known: &mut Known, id: FactId, body: &Body) -> Decision {
    let entry = Entry { id, number: 0, ..entry(OMARS, body) };
    decided(known, &[Request::Submit { actor: of(OMAR), entries: vec![entry] }])
}

fn places(decision: &Decision) -> Vec<ConversationId> {
    decision.facts.iter().filter_map(|fact| fact.conversation).collect()
}

#[test]
fn each_recipient_is_told_in_their_own_conversation() {
    let all = [WITH_DANA, WITH_AYO];
    for (to, reached) in [
        (to(&[DANA], &[], false), &all[..1]),
        (to(&[AYO, DANA, AYO], &[], false), &all),
        (to(&[DANA, AYO], &[NORTH], false), &all),
        (to(&[], &[NORTH], false), &all[..1]),
        (to(&[], &[], true), &all),
        (to(&[OMAR, DANA], &[], false), &all[..1]),
    ] {
        let decision = told(&mut known(), fact(1), &broadcast(to.clone()));
        let (own, brought) = decision.facts.split_first().expect("it is recorded");
        assert_eq!((own.id, own.conversation, own.broadcast), (fact(1), Some(OMARS), None));
        assert_eq!(places(&decision)[1..], *reached, "{to:?}");
        for message in brought {
            assert_eq!((message.author, message.broadcast), (OMAR, Some(fact(1))));
            assert_eq!((message.enrolment, message.number), (of(OMAR).enrolment, 0));
            assert_eq!(message.id.occurred_at(), fact(1).occurred_at());
            let header = Header { broadcast: Some(fact(1)), ..Header::default() };
            let text = Body::Text { text: "Gate 4 is closed".into(), answers: None, header };
            assert_eq!(message.content.to_body(), Ok(text));
        }
        let ids: BTreeSet<_> = decision.facts.iter().map(|fact| fact.id).collect();
        assert_eq!(ids.len(), decision.facts.len(), "each has an id of its own");
    }
}

#[test]
fn what_is_not_to_be_told_is_refused() {
    let anything = || to(&[DANA], &[], false);
    let header = Header { broadcast: Some(fact(7)), ..Header::default() };
    let claims = Body::Text { text: "from the boss".into(), answers: None, header };
    let acknowledged = Body::Acknowledgement { message: fact(7) };
    for (who, place, body, code, why) in [
        (DANA, ConversationId::Broadcasts(DANA), broadcast(anything()), NotAllowed, "a driver"),
        (OMAR, ConversationId::Broadcasts(DANA), broadcast(anything()), NotFound, "of others"),
        (DANA, OMARS, broadcast(anything()), NotFound, "of others"),
        (OMAR, WITH_DANA, broadcast(anything()), NotAllowed, "elsewhere"),
        (OMAR, OMARS, Body::text("hello"), NotAllowed, "to nobody"),
        (OMAR, OMARS, acknowledged, NotAllowed, "nothing to acknowledge"),
        (OMAR, WITH_DANA, claims, NotAllowed, "the server says what a broadcast has brought"),
        (OMAR, OMARS, broadcast(to(&[], &[], false)), ContentInvalid, "names nobody"),
        (OMAR, OMARS, broadcast(to(&[OMAR], &[], false)), NotFound, "nobody else"),
        (OMAR, OMARS, broadcast(to(&[DANA, PersonId(9)], &[], false)), NotFound, "a stranger"),
        (OMAR, OMARS, broadcast(to(&[DANA], &[NORTH + 1], false)), NotFound, "no group"),
    ] {
        let said = crew::says(&mut known(), who, place, &body);
        assert_eq!(said.map(|fact| fact.id), Err(code), "{why}");
    }
}

#[test]
fn a_fleet_that_is_too_large_is_not_told_at_once() {
    let mut known = known();
    let last = BROADCAST_RECIPIENTS_MAX as u32 + 1;
    let state = known.people[&DANA];
    known.people.extend((1..=last).map(|person| (PersonId(person), state)));
    known.people.insert(OMAR, crew::known().people[&OMAR]);
    known.head.last_person = last;
    let everyone = broadcast(to(&[], &[], true));
    assert_eq!(told(&mut known.clone(), fact(1), &everyone).facts.len(), last as usize);
    known.head.last_person = last + 1;
    let said = crew::says(&mut known, OMAR, OMARS, &everyone);
    assert_eq!(said.map(|fact| fact.id), Err(TooLarge));
}

#[test]
fn many_broadcasts_at_once_wait_for_the_next_commit() {
    let mut known = known();
    let last = BROADCAST_RECIPIENTS_MAX as u32 + 1;
    let state = known.people[&DANA];
    known.people.extend((4..=last).map(|person| (PersonId(person), state)));
    known.head.last_person = last;
    let said = |number| {
        let everyone = broadcast(to(&[], &[], true));
        Entry { id: fact(number), number: number as u32, ..entry(OMARS, &everyone) }
    };
    let text = Entry { id: fact(9), ..entry(WITH_DANA, &Body::text("hello")) };
    let entries = vec![said(1), said(2), said(3), text];
    let mut decision = decided(&mut known, &[Request::Submit { actor: of(OMAR), entries }]);
    let waypost_domain::Reply::Answers(answers) = decision.replies.remove(0) else {
        panic!("a submit has answers")
    };
    assert!(matches!(answers[1], Answer::Accepted { .. }));
    let later = Answer::Deferred { id: fact(3), code: ProblemCode::Overloaded };
    assert_eq!(answers[2], later, "nobody is to wait for fifteen thousand messages");
    assert!(matches!(answers[3], Answer::Accepted { .. }), "and others are not held up");
}

#[test]
fn what_is_given_back_after_a_restore_is_the_same_message() {
    let body = broadcast(to(&[AYO, DANA], &[], false));
    let ids = |decision: Decision| decision.facts.iter().map(|it| it.id).collect::<Vec<_>>();
    let before = ids(told(&mut known(), fact(1), &body));
    assert_eq!(ids(told(&mut known(), fact(1), &body)), before);
    assert_ne!(ids(told(&mut known(), fact(2), &body))[1..], before[1..]);

    let mut known = known();
    let theirs = Entry { id: before[1], ..entry(WITH_DANA, &Body::text("mine")) };
    decided(&mut known, &[Request::Submit { actor: of(DANA), entries: vec![theirs] }]);
    let again = ids(told(&mut known, fact(1), &body));
    assert_ne!(again[1], before[1], "that id was taken by someone");
    assert_eq!(again[2], before[2]);
}

#[test]
fn later_words_about_a_broadcast_reach_everyone_whom_it_has_reached() {
    let mut known = known();
    let first = told(&mut known, fact(1), &broadcast(to(&[], &[], true)));
    let gate_5 = Body::Edit { message: fact(1), text: "gate 5".into(), mentions: vec![] };
    let edited = told(&mut known, fact(2), &gate_5);
    assert_eq!(places(&edited), [OMARS, WITH_DANA, WITH_AYO]);
    for (edit, message) in edited.facts.iter().zip(&first.facts) {
        let said = Body::Edit { message: message.id, text: "gate 5".into(), mentions: vec![] };
        assert_eq!(edit.content.to_body(), Ok(said));
        assert_eq!(edit.broadcast, None);
    }
    let deleted = told(&mut known, fact(3), &Body::Deletion { message: fact(1), author: OMAR });
    assert_eq!(places(&deleted), [OMARS, WITH_DANA, WITH_AYO]);
    let of_nothing = Body::Deletion { message: fact(8), author: OMAR };
    assert_eq!(told(&mut known, fact(4), &of_nothing).facts, [], "nobody knows whom it reached");

    let template = Body::Template {
        template: "delivered".into(),
        version: 1,
        arguments: Default::default(),
        answers: None,
        header: Header::default(),
    };
    let of_template = Body::Broadcast { to: to(&[DANA], &[], false), message: template.into() };
    assert_eq!(told(&mut known, fact(5), &of_template).facts.len(), 2);
    let other_words = Body::Edit { message: fact(5), text: "gate 5".into(), mentions: vec![] };
    assert_eq!(told(&mut known, fact(6), &other_words).facts, [], "a template has no other words");
}

#[test]
fn what_a_broadcast_needs_is_known_before_it_is_decided() {
    let said = |who, place, body: &Body| {
        let entries = vec![Entry { id: fact(1), ..entry(place, body) }];
        vec![Request::Submit { actor: of(who), entries }]
    };
    let body = broadcast(to(&[AYO], &[NORTH], false));
    let batch = said(OMAR, OMARS, &body);
    let wanted = Wanted::by(&batch);
    assert!(wanted.people.contains(&AYO) && wanted.audiences.contains(&NORTH));
    let more = wanted_by_broadcasts(&batch, &known(), NOW);
    assert_eq!(more.people, [DANA, AYO].into());
    let ids = told(&mut known(), fact(1), &body).facts[1..].iter().map(|fact| fact.id).collect();
    assert_eq!(more.facts, ids);
    let theirs = said(DANA, OMARS, &body);
    assert_eq!(Wanted::by(&theirs).audiences, [].into(), "a driver makes nobody look");
    assert_eq!(wanted_by_broadcasts(&theirs, &known(), NOW), Wanted::default());

    let edit = said(OMAR, OMARS, &Body::Deletion { message: fact(7), author: OMAR });
    assert_eq!(Wanted::by(&edit).broadcasts, [fact(7)].into());
    let reached = Reached { messages: [(AYO, fact(8))].into(), kind: kind::TEXT };
    let known = Known { broadcasts: [(fact(7), reached)].into(), ..known() };
    let more = wanted_by_broadcasts(&edit, &known, NOW);
    assert_eq!((more.people, more.watches), ([AYO].into(), [fact(8)].into()));
}

#[test]
fn who_comes_and_goes_in_the_same_batch_is_reckoned_with() {
    let deed = |number, deed| Request::Deed {
        actor: Actor::OPERATOR,
        id: FactId::mint(NOW, number),
        deed,
    };
    let south = Deed::CreateGroup {
        name: "South".into(),
        members: vec![DANA, AYO],
        moderators: vec![],
        settings: GroupSettings::default(),
    };
    let says = Entry { id: fact(1), ..entry(OMARS, &broadcast(to(&[], &[NORTH, 2], false))) };
    let batch = [
        deed(50, Deed::Leave { group: NORTH, person: DANA }),
        deed(51, south),
        deed(52, Deed::Leave { group: 2, person: DANA }),
        deed(53, Deed::Join { group: NORTH, person: AYO }),
        Request::Submit { actor: of(OMAR), entries: vec![says] },
    ];
    let decision = decided(&mut known(), &batch);
    assert_eq!(places(&decision).last(), Some(&WITH_AYO));
    assert!(!places(&decision).contains(&WITH_DANA), "she had left both groups");
}
