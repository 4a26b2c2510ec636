//! Who looks after whom, who works when, and whom that makes a broadcast and a chain reach.

use waypost_domain::{Actor, Decision, Deed, Known, Reply, Request, wanted_by_broadcasts};
use waypost_protocol::{
    Body, ConversationId, Coverage, Entry, FactId, Header, PersonId, ProblemCode, Recipients,
    Shift, Step,
};

use crate::crew::{
    AYO, DANA, INES, NOW, OMAR, OTTO, decided, entry, fact, of, steps_at, with_office,
};

const HOUR: i64 = 60 * 60 * 1000;

fn does(known: &mut Known, who: Actor, n: u128, deed: Deed) -> Result<Decision, ProblemCode> {
    let decision = decided(known, &[Request::Deed { actor: who, id: fact(n), deed }]);
    match decision.replies[0] {
        Reply::Done(_) => Ok(decision),
        Reply::Refused(code) => Err(code),
        ref other => panic!("{other:?}"),
    }
}

fn covers(dispatchers: &[PersonId], drivers: &[PersonId]) -> Deed {
    let (dispatchers, drivers) = (dispatchers.to_vec(), drivers.to_vec());
    Deed::SetCoverage { coverage: 1, of: Coverage { name: "North".into(), dispatchers, drivers } }
}

fn works(person: PersonId, from: i64, hours: i64, on_call: bool) -> Deed {
    let shift =
        Shift { person, from: NOW + from * HOUR, until: NOW + (from + hours) * HOUR, on_call };
    Deed::PlanShift { shift }
}

/// Whom Omar's broadcast to these reaches.
fn reached(known: &mut Known, to: Recipients) -> Result<Vec<PersonId>, ProblemCode> {
    let body = Body::Broadcast { to, message: Body::text("Snow").into() };
    let place = ConversationId::Broadcasts(OMAR);
    let id = FactId::mint(NOW, 500 + known.past.len() as u128);
    let told = Entry { id, number: 0, ..entry(place, &body) };
    let batch = [Request::Submit { actor: of(OMAR), entries: vec![told] }];
    wanted_by_broadcasts(&batch, known, NOW);
    let decision = decided(known, &batch);
    if let Some(rejection) = decision.rejections.first() {
        return Err(rejection.code);
    }
    let to = |fact: &waypost_domain::Recorded| fact.conversation?.partner_of(OMAR);
    Ok(decision.facts.iter().filter_map(to).collect())
}

#[test]
fn the_staff_say_who_looks_after_whom() {
    let mut known = with_office();
    let drivers = does(&mut known, of(DANA), 1, covers(&[OMAR], &[DANA]));
    assert_eq!(drivers.err(), Some(ProblemCode::NotAllowed));
    for (dispatchers, drivers) in [
        (vec![DANA], vec![]),
        (vec![], vec![INES]),
        (vec![OTTO], vec![]),
        (vec![PersonId(99)], vec![]),
    ] {
        let wrong = does(&mut known, of(OMAR), 2, covers(&dispatchers, &drivers));
        assert_eq!(wrong.err(), Some(ProblemCode::NotFound), "{dispatchers:?} for {drivers:?}");
    }
    let done = does(&mut known, of(OMAR), 3, covers(&[OMAR, INES], &[DANA])).expect("he may");
    assert_eq!(done.facts[0].conversation, Some(ConversationId::Staff));
    let north = Recipients { coverages: vec![1], ..Recipients::default() };
    assert_eq!(reached(&mut known, north), Ok(vec![DANA]));
    let nowhere = Recipients { coverages: vec![2], ..Recipients::default() };
    assert_eq!(reached(&mut known, nowhere), Err(ProblemCode::NotFound));
}

#[test]
fn a_shift_is_told_to_whose_it_is_and_to_the_staff() {
    let mut known = with_office();
    let wrong = does(&mut known, of(AYO), 1, works(AYO, 0, 8, false));
    assert_eq!(wrong.err(), Some(ProblemCode::NotAllowed), "drivers plan no shifts");
    let nobody = does(&mut known, of(OMAR), 1, works(PersonId(99), 0, 8, false));
    assert_eq!(nobody.err(), Some(ProblemCode::NotFound));
    let auditor = does(&mut known, of(OMAR), 1, works(OTTO, 0, 8, false));
    assert_eq!(auditor.err(), Some(ProblemCode::NotFound));
    let endless = does(&mut known, of(OMAR), 1, works(DANA, 0, 24 * 8, false));
    assert_eq!(endless.err(), Some(ProblemCode::ContentInvalid));
    let danas = does(&mut known, of(OMAR), 2, works(DANA, 0, 8, false)).expect("he may");
    assert_eq!(danas.facts[0].conversation, Some(ConversationId::Dispatch(DANA)));
    let omars = does(&mut known, of(OMAR), 3, works(OMAR, 0, 8, false)).expect("he may");
    assert_eq!(omars.facts[0].conversation, Some(ConversationId::Staff));
}

#[test]
fn who_is_on_shift_is_told_and_nobody_else() {
    let mut known = with_office();
    does(&mut known, of(OMAR), 1, works(DANA, -1, 2, false)).expect("he may");
    does(&mut known, of(OMAR), 2, works(AYO, 1, 8, false)).expect("he may");
    does(&mut known, of(OMAR), 3, works(INES, -1, 2, true)).expect("he may");
    let all = |on_shift| Recipients { everyone: true, on_shift, ..Recipients::default() };
    assert_eq!(reached(&mut known, all(false)), Ok(vec![DANA, AYO, INES]));
    assert_eq!(reached(&mut known, all(true)), Ok(vec![DANA, INES]));
    let ayo = Recipients { people: vec![AYO], on_shift: true, ..Recipients::default() };
    assert_eq!(reached(&mut known, ayo), Err(ProblemCode::NotFound), "nobody is left");
    let on_call = Recipients { on_call: true, ..Recipients::default() };
    assert_eq!(reached(&mut known, on_call), Ok(vec![INES]));

    let cancel = |n| Deed::CancelShift { shift: fact(n) };
    does(&mut known, of(OMAR), 4, cancel(1)).expect("he may");
    assert_eq!(reached(&mut known, all(true)), Ok(vec![INES]));
    let again = does(&mut known, of(OMAR), 5, cancel(1));
    assert_eq!(again.err(), Some(ProblemCode::AlreadyDone));
    let unknown = does(&mut known, of(OMAR), 6, cancel(99));
    assert_eq!(unknown.err(), Some(ProblemCode::NotFound));
}

#[test]
fn a_chain_goes_to_who_looks_after_dana_and_to_who_is_on_call() {
    let mut known = with_office();
    does(&mut known, of(OMAR), 1, covers(&[INES], &[DANA])).expect("he may");
    does(&mut known, of(OMAR), 2, works(AYO, -1, 2, true)).expect("he may");
    let on_call = Recipients { on_call: true, ..Recipients::default() };
    let steps = vec![
        Step { after_minutes: 0, to: Recipients::default(), covering: true },
        Step { after_minutes: 5, to: on_call, covering: false },
    ];
    known.chains.insert(4, steps);
    let header = Header { acknowledge_by: Some(NOW), chain: Some(4), ..Header::default() };
    let asks = Body::Text { text: "Which gate?".into(), answers: None, header };
    let chat = ConversationId::direct(DANA, OMAR).expect("two");
    let told = Entry { id: fact(9), number: 0, ..entry(chat, &asks) };
    decided(&mut known, &[Request::Submit { actor: of(DANA), entries: vec![told] }]);
    let decision = steps_at(&mut known, fact(9), NOW + HOUR);
    let steps = decision.facts.iter().filter_map(|fact| match fact.content.to_body() {
        Ok(Body::Escalation { step, to, .. }) => Some((step, to)),
        _ => None,
    });
    let steps: Vec<_> = steps.collect();
    assert_eq!(
        steps,
        [(0, vec![INES]), (1, vec![])],
        "Ayo's shift is over by then, and he is a driver"
    );
}

#[test]
fn who_takes_an_incident_has_it_in_hand() {
    let mut known = with_office();
    let incident = ConversationId::Incident(waypost_protocol::IncidentId(fact(7).0));
    let header = Header { acknowledge_by: Some(NOW), ..Header::default() };
    let (category, text) = (waypost_protocol::IncidentCategory::Sos, String::new());
    let opening = Body::Incident { category, text, place: None, person: None, header };
    let say = |known: &mut Known, who, n, body: &Body| {
        let entry = Entry { id: fact(n), number: 0, ..entry(incident, body) };
        decided(known, &[Request::Submit { actor: of(who), entries: vec![entry] }])
    };
    say(&mut known, DANA, 7, &opening);
    assert!(known.watches.contains_key(&fact(7)));
    say(&mut known, OMAR, 8, &Body::text("Who is nearby?"));
    assert!(known.watches.contains_key(&fact(7)), "nobody has it yet");
    let header = Header { acknowledge_by: Some(NOW), ..Header::default() };
    let stop = Body::Text { text: "Stay in the cab".into(), answers: None, header };
    say(&mut known, OMAR, 9, &stop);
    say(&mut known, INES, 10, &Body::Acknowledgement { message: fact(9) });
    assert!(known.watches.contains_key(&fact(9)), "Dana has not said that she has understood");
    known.copies.insert(fact(20), fact(9));
    let mut further = known.clone();
    let called = ConversationId::direct(OMAR, INES).expect("two");
    let copy = Entry { id: fact(20), number: 0, ..entry(called, &Body::text("Stay in the cab")) };
    decided(&mut further, &[Request::Submit { actor: of(OMAR), entries: vec![copy] }]);
    let heard = Body::Acknowledgement { message: fact(20) };
    let heard = Entry { id: fact(21), number: 0, ..entry(called, &heard) };
    decided(&mut further, &[Request::Submit { actor: of(INES), entries: vec![heard] }]);
    assert!(!further.watches.contains_key(&fact(9)), "whom a chain calls ends it");
    say(&mut known, DANA, 11, &Body::Acknowledgement { message: fact(9) });
    assert!(!known.watches.contains_key(&fact(9)));
    say(&mut known, OMAR, 12, &Body::Assigned { to: Some(OMAR), instead_of: None });
    assert!(!known.watches.contains_key(&fact(7)));
}
