//! What goes along with a message that is told to more people than its author named.

use std::collections::BTreeSet;

use waypost_domain::{Actor, Deed, Request, Wanted, edited};
use waypost_protocol::{
    Body, ConversationId, Entry, Header, IncidentCategory, IncidentId, Mention, PersonId, Priority,
    Recipients, Step, kind,
};

use crate::crew::{self, AYO, DANA, INES, NORTH, NOW, OMAR, decided, entry, fact, of, steps_at};

fn gate(header: Header) -> Body {
    Body::Text { text: "Gate 4 is closed".into(), answers: None, header }
}

#[test]
fn who_is_told_by_a_broadcast_learns_when_it_was_said_and_how_long_it_stays() {
    let header = Header { expires_after_s: Some(60), ..Header::default() };
    let to = Recipients { people: vec![DANA], ..Recipients::default() };
    let body = Body::Broadcast { to, message: gate(header).into() };
    let place = ConversationId::Broadcasts(OMAR);
    let said = Entry { number: 0, offset_minutes: 60, skew_ms: Some(-100), ..entry(place, &body) };
    let batch = [Request::Submit { actor: of(OMAR), entries: vec![said] }];
    let decision = decided(&mut crew::known(), &batch);
    let [own, brought] = &decision.facts[..] else { panic!("{decision:?}") };
    for told in [own, brought] {
        assert_eq!((told.offset_minutes, told.skew_ms), (60, Some(-100)));
        assert_eq!(told.expires_at, Some(NOW + 60_000));
    }
    assert_ne!(brought.digest, [0; 32], "a repeat is held against it");
}

#[test]
fn who_reads_a_group_is_not_told_again_and_others_learn_how_urgent_it_is() {
    let mut known = crew::known();
    known.audiences.insert(NORTH, BTreeSet::from([DANA, OMAR]));
    let to = Recipients { people: vec![DANA, AYO], ..Recipients::default() };
    known.chains.insert(4, vec![Step { after_minutes: 0, to, covering: false }]);
    let (acknowledge_by, chain) = (Some(NOW), Some(4));
    let header =
        Header { priority: Priority::Emergency, acknowledge_by, chain, ..Header::default() };
    let said = Entry { number: 0, ..entry(ConversationId::Group(NORTH), &gate(header)) };
    decided(&mut known, &[Request::Submit { actor: of(OMAR), entries: vec![said.clone()] }]);
    let decision = steps_at(&mut known, said.id, NOW);
    let [step, copy] = &decision.facts[..] else { panic!("{decision:?}") };
    let expected = Body::Escalation { message: said.id, step: 0, to: vec![AYO] };
    assert_eq!(step.content.to_body(), Ok(expected));
    assert_eq!(copy.conversation, ConversationId::direct(OMAR, AYO));
    let header =
        Header { priority: Priority::Emergency, escalates: Some(said.id), ..Header::default() };
    assert_eq!(copy.content.to_body(), Ok(gate(header)));
    assert!([step, copy].iter().all(|fact| fact.digest != [0; 32]));
}

#[test]
fn who_is_called_to_an_incident_reads_what_has_happened_and_where() {
    let told = |text: &str, place| {
        let mut known = crew::known();
        let to = Recipients { people: vec![OMAR], ..Recipients::default() };
        known.chains.insert(4, vec![Step { after_minutes: 0, to, covering: false }]);
        let (acknowledge_by, chain) = (Some(NOW), Some(4));
        let header = Header { acknowledge_by, chain, ..Header::default() };
        let (category, text) = (IncidentCategory::Sos, text.to_owned());
        let opening = Body::Incident { category, text, place, person: None, header };
        let incident = ConversationId::Incident(IncidentId(fact(99).0));
        let said = Entry { number: 0, ..entry(incident, &opening) };
        decided(&mut known, &[Request::Submit { actor: of(DANA), entries: vec![said] }]);
        let decision = steps_at(&mut known, fact(99), NOW);
        match decision.facts[1].content.to_body() {
            Ok(Body::Text { text, .. }) => text,
            other => panic!("{other:?}"),
        }
    };
    let here = waypost_protocol::Place::at(52.5, 13.25);
    let depot = waypost_protocol::Place { name: Some("Depot".into()), ..here.clone() };
    assert_eq!(told("", None), "sos");
    assert_eq!(told("I am trapped", Some(here)), "sos\nI am trapped\n(52.5, 13.25)");
    assert_eq!(told("", Some(depot)), "sos\nDepot (52.5, 13.25)");
}

#[test]
fn other_words_are_found_for_what_a_broadcast_brings() {
    let to = Recipients { everyone: true, ..Recipients::default() };
    let broadcast =
        |text: &str| Body::Broadcast { to: to.clone(), message: Body::text(text).into() };
    let now = edited(&broadcast("Gate 4").to_content(), "Gate 5");
    assert_eq!(now, broadcast("Gate 5").to_content());
    let file = waypost_protocol::File::of("a.txt", "text/plain", vec![1]).into();
    let file = Body::File { file, text: "a".into(), answers: None, header: Header::default() };
    assert_eq!(edited(&file.to_content(), "b"), file.to_content(), "a file keeps its words");
    assert_eq!(edited(&Body::text("a").to_content(), "b"), Body::text("b").to_content());
}

#[test]
fn who_no_longer_looks_after_a_group_calls_nobody_in_the_same_commit() {
    let mut known = crew::known();
    let ends = Deed::EndModerator { group: NORTH, person: OMAR };
    let calls = Header { mentions: vec![Mention::Everyone], ..Header::default() };
    let said = Entry { number: 0, ..entry(ConversationId::Group(NORTH), &gate(calls)) };
    let batch = [
        Request::Deed { actor: Actor::OPERATOR, id: fact(5), deed: ends },
        Request::Submit { actor: of(OMAR), entries: vec![said] },
    ];
    let decision = decided(&mut known, &batch);
    assert_eq!((decision.facts.len(), decision.rejections.len()), (1, 1), "{decision:?}");
}

#[test]
fn a_case_wants_its_people_and_what_it_was() {
    let incident = ConversationId::Incident(IncidentId(fact(7).0));
    let says = |place, body: &Body| {
        let said = Entry { number: 0, ..entry(place, body) };
        Wanted::by(&[Request::Submit { actor: of(OMAR), entries: vec![said] }])
    };
    let (category, text, header) = (IncidentCategory::Cargo, String::new(), Header::default());
    let opening = Body::Incident { category, text, place: None, person: Some(AYO), header };
    let wanted = says(incident, &opening);
    assert_eq!((wanted.people, wanted.cases), ([OMAR, AYO].into(), [incident].into()));
    let wanted = says(incident, &Body::Assigned { to: Some(INES), instead_of: None });
    assert_eq!(wanted.people, [OMAR, INES].into());
    assert!(wanted.watches.contains(&fact(7)), "its opening may wait");
    let danas = ConversationId::Dispatch(DANA);
    let wanted = says(danas, &Body::text("Gate 5"));
    assert_eq!((wanted.people, wanted.cases.clone()), ([OMAR, DANA].into(), [danas].into()));
    assert!(wanted.watches.is_empty());
    let again = says(danas, &Body::text("Gate 6")).beyond(&wanted_lasting(danas));
    assert!(again.cases.is_empty(), "it is known");
}

fn wanted_lasting(place: ConversationId) -> Wanted {
    let mut asked = Wanted::default();
    asked.add_lasting(&Wanted { cases: [place].into(), ..Wanted::default() });
    assert_eq!(asked.keys(), 1);
    asked
}

#[test]
fn a_roster_is_looked_up_only_where_it_counts() {
    let told = |to: Recipients| {
        let body = Body::Broadcast { to, message: Body::text("Snow").into() };
        assert_eq!(body.to_content().kind, kind::BROADCAST);
        let said = Entry { number: 0, ..entry(ConversationId::Broadcasts(OMAR), &body) };
        Wanted::by(&[Request::Submit { actor: of(OMAR), entries: vec![said] }]).roster
    };
    let everyone = || Recipients { everyone: true, ..Recipients::default() };
    assert!(!told(everyone()) && told(Recipients { on_shift: true, ..everyone() }));
    assert!(told(Recipients { on_call: true, ..Recipients::default() }));
    let people = |deed| Wanted::by(&[Request::Deed { actor: of(OMAR), id: fact(1), deed }]).people;
    let shift = waypost_protocol::Shift { person: AYO, from: 0, until: 1, on_call: false };
    assert_eq!(people(Deed::PlanShift { shift }), [OMAR, AYO].into());
    let (name, dispatchers, drivers) = ("North".into(), vec![INES], vec![DANA, PersonId(9)]);
    let of = waypost_protocol::Coverage { name, dispatchers, drivers };
    let wanted = people(Deed::SetCoverage { coverage: 1, of });
    assert_eq!(wanted, [OMAR, INES, DANA, PersonId(9)].into());
}
