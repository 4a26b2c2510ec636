//! What the staff share: incidents, and what is said to dispatch.

use waypost_protocol::*;

use crate::richer::{header, named_depot};
use crate::samples::{DANA, MORNING, OMAR};

const AYO: PersonId = PersonId(4);

/// One of each kind, and their optional parts.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let assigned = |to, instead_of| Body::Assigned { to, instead_of };
    vec![
        ("incident", breakdown(Header::default())),
        ("incident with everything", {
            let (category, place, person) =
                (IncidentCategory::Accident, Some(named_depot()), Some(DANA));
            Body::Incident {
                category,
                text: "Ramp 3".into(),
                place,
                person,
                header: Header { expires_after_s: None, ..header() },
            }
        }),
        ("assigned", assigned(Some(OMAR), None)),
        ("assigned, handed over", assigned(Some(OMAR), Some(AYO))),
        ("assigned, given back", assigned(None, Some(AYO))),
        ("resolved", Body::Resolved { text: String::new() }),
        ("resolved with words", Body::Resolved { text: "Towed".into() }),
        ("reopened", Body::Reopened {}),
        ("coverage set", {
            let (name, dispatchers, drivers) = ("North".into(), vec![OMAR], vec![AYO, DANA]);
            Body::CoverageSet { coverage: 2, of: Coverage { name, dispatchers, drivers } }
        }),
        ("shift planned", Body::ShiftPlanned { shift: shift(false) }),
        ("shift planned, on call", Body::ShiftPlanned { shift: shift(true) }),
        ("shift cancelled", {
            Body::ShiftCancelled { shift: crate::samples::fact(4), person: DANA }
        }),
        ("broadcast to the roster", {
            let to = Recipients {
                coverages: vec![2],
                on_call: true,
                on_shift: true,
                ..Recipients::default()
            };
            Body::Broadcast { to, message: Box::new(Body::text("Gate 4 is closed")) }
        }),
        ("chain to who covers them", {
            let to = Recipients { on_shift: true, ..Recipients::default() };
            let step = Step { after_minutes: 5, to, covering: true };
            Body::ChainSet { chain: 4, name: "Night shift".into(), steps: vec![step] }
        }),
    ]
}

fn breakdown(header: Header) -> Body {
    let (category, text) = (IncidentCategory::Breakdown, "Flat tyre".into());
    Body::Incident { category, text, place: None, person: None, header }
}

fn shift(on_call: bool) -> Shift {
    Shift { person: DANA, from: MORNING, until: MORNING + 8 * 60 * 60 * 1000, on_call }
}

#[test]
fn a_shift_has_an_end_within_a_week() {
    let refused = |long: i64| {
        let shift = Shift { until: MORNING.saturating_add(long), ..shift(false) };
        Body::ShiftPlanned { shift }.check().map_err(|error| error.field)
    };
    let week = 7 * 24 * 60 * 60 * 1000;
    assert_eq!((refused(1), refused(week)), (Ok(()), Ok(())));
    for wrong in [0, -1, week + 1, i64::MIN, i64::MAX] {
        assert_eq!(refused(wrong), Err("until"), "{wrong}");
    }
    let shift = shift(false);
    let covers =
        [shift.from - 1, shift.from, shift.until - 1, shift.until].map(|at| shift.covers(at));
    assert_eq!(covers, [false, true, true, false]);
}

#[test]
fn recipients_on_shift_alone_are_nobody() {
    let nobody = Recipients { on_shift: true, ..Recipients::default() };
    assert!(nobody.is_empty() && nobody.ask_the_roster());
    let on_call = Recipients { on_call: true, ..Recipients::default() };
    assert!(!on_call.is_empty() && on_call.ask_the_roster());
    let step = |covering| {
        let to = Recipients { on_shift: true, ..Recipients::default() };
        let steps = vec![Step { after_minutes: 0, to, covering }];
        let chain = Body::ChainSet { chain: 1, name: "Night".into(), steps };
        chain.check().map_err(|error| error.field)
    };
    assert_eq!((step(true), step(false)), (Ok(()), Err("steps")));
    assert!(!Recipients { everyone: true, ..Recipients::default() }.ask_the_roster());
    let coverages = (0..=BROADCAST_COVERAGES_MAX as u32).collect();
    let many = Recipients { coverages, ..Recipients::default() };
    let broadcast = Body::Broadcast { to: many, message: Box::new(Body::text("hello")) };
    assert_eq!(broadcast.check().map_err(|error| error.field), Err("to"));
}

#[test]
fn a_coverage_has_a_name_and_bounds() {
    let of = |name: &str, dispatchers: usize, drivers: usize| {
        let people = |count| vec![DANA; count];
        let (dispatchers, drivers) = (people(dispatchers), people(drivers));
        let of = Coverage { name: name.into(), dispatchers, drivers };
        Body::CoverageSet { coverage: 1, of }.check().map_err(|error| error.field)
    };
    assert_eq!(of("North", COVERAGE_DISPATCHERS_MAX, COVERAGE_DRIVERS_MAX), Ok(()));
    assert_eq!(of(" ", 0, 0), Err("name"));
    assert_eq!(of("North", COVERAGE_DISPATCHERS_MAX + 1, 0), Err("dispatchers"));
    assert_eq!(of("North", 0, COVERAGE_DRIVERS_MAX + 1), Err("drivers"));
}

/// A day at dispatch: each word a minute after the one before.
fn told(conversation: ConversationId, words: &[(PersonId, Body)]) -> Case {
    let mut case = Case::of(conversation).expect("the staff share it");
    for (minute, (author, body)) in (0..).zip(words) {
        let (is_staff, at) = (*author != DANA, MORNING + minute * 60_000);
        let id = FactId::mint(at, 0);
        case.hears(Word { id, author: *author, is_staff, at, body });
    }
    case
}

fn minute(minute: i64) -> Option<Millis> {
    Some(MORNING + minute * 60_000)
}

const DANAS: ConversationId = ConversationId::Dispatch(DANA);

fn incident() -> ConversationId {
    ConversationId::Incident(IncidentId::mint(MORNING, 0x1C))
}

fn urgent(text: &str) -> Body {
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    Body::Text { text: text.into(), answers: None, header }
}

#[test]
fn who_waits_longest_is_seen_by_her_first_message_that_nobody_answered() {
    let said =
        told(DANAS, &[(DANA, Body::text("Which gate?")), (DANA, urgent("I block the road"))]);
    assert_eq!((said.waiting_since, said.priority), (minute(0), Priority::Urgent));
    assert_eq!((said.is_open(), said.open_since()), (true, minute(0)));
}

#[test]
fn any_word_of_the_staff_answers_and_her_next_one_waits_anew() {
    let asked = (DANA, urgent("Which gate?"));
    let acknowledged = Body::Acknowledgement { message: FactId::mint(MORNING, 0) };
    for answer in [Body::text("Gate 5"), acknowledged] {
        let said = told(DANAS, &[asked.clone(), (OMAR, answer.clone())]);
        assert_eq!((said.waiting_since, said.answered_by), (None, Some(OMAR)), "{answer:?}");
        assert_eq!((said.answered_at, said.priority), (minute(1), Priority::Routine));
        assert!(!said.is_open(), "nothing is left to do");
        let thanks = (DANA, Body::text("And now?"));
        let said = told(DANAS, &[asked.clone(), (OMAR, answer), thanks]);
        assert_eq!((said.waiting_since, said.priority), (minute(2), Priority::Routine));
    }
}

#[test]
fn who_acknowledges_what_was_said_before_has_answered_nothing() {
    let before = Body::Acknowledgement { message: FactId::mint(MORNING - 60_000, 0) };
    let said = told(DANAS, &[(DANA, Body::text("Which gate?")), (OMAR, before)]);
    assert_eq!((said.waiting_since, said.answered_by), (minute(0), None));
    let own = Body::Acknowledgement { message: FactId::mint(MORNING, 0) };
    let said = told(DANAS, &[(DANA, Body::text("Which gate?")), (DANA, own)]);
    assert_eq!(said.waiting_since, minute(0), "she cannot answer herself");
}

#[test]
fn a_question_that_is_gone_still_waits() {
    let gone = Body::Erased { number: kind::TEXT };
    assert_eq!(told(DANAS, &[(DANA, gone)]).waiting_since, minute(0));
    let gone = Body::Erased { number: kind::EDIT };
    assert_eq!(told(DANAS, &[(DANA, gone)]).waiting_since, None);
}

#[test]
fn what_the_staff_gave_back_before_an_opening_counts() {
    let words = [
        (OMAR, Body::Assigned { to: Some(OMAR), instead_of: None }),
        (OMAR, Body::text("A tow truck comes")),
        (AYO, Body::Resolved { text: String::new() }),
    ];
    let case = told(incident(), &words);
    assert!(!case.has_begun() && !case.is_open());
    let opened = [&words[..], &[(DANA, breakdown(Header::default()))]].concat();
    let case = told(incident(), &opened);
    assert_eq!(
        (case.assignee, case.resolved_by, case.waiting_since),
        (Some(OMAR), Some(AYO), None)
    );
    assert!(!case.is_open(), "it was over already");
}

#[test]
fn an_incident_neither_expires_nor_nests() {
    let header = Header { expires_after_s: Some(60), ..Header::default() };
    let refused = breakdown(header).check().map_err(|error| error.field);
    assert_eq!(refused, Err("expires_after_s"));
    let to = Recipients { everyone: true, ..Recipients::default() };
    let many = Body::Broadcast { to, message: Box::new(breakdown(Header::default())) };
    assert_eq!(many.check().map_err(|error| error.field), Err("message"));
}

#[test]
fn what_is_taken_stays_open_until_it_is_off_the_desk() {
    let taken = Body::Assigned { to: Some(OMAR), instead_of: None };
    let answered = [(DANA, Body::text("Which gate?")), (OMAR, taken), (OMAR, Body::text("5"))];
    let said = told(DANAS, &answered);
    assert_eq!((said.assignee, said.is_open(), said.waiting_since), (Some(OMAR), true, None));
    assert_eq!(said.open_since(), minute(1), "since he has it");
    let done = [&answered[..], &[(OMAR, Body::Resolved { text: String::new() })]].concat();
    let said = told(DANAS, &done);
    assert_eq!((said.assignee, said.is_open()), (None, false));
    let again = [&done[..], &[(DANA, Body::text("Gate 5 is closed"))]].concat();
    assert!(told(DANAS, &again).is_open(), "what is said to dispatch goes on");
}

#[test]
fn an_incident_is_open_until_someone_has_resolved_it() {
    let opened = [(DANA, breakdown(Header::default()))];
    let case = told(incident(), &opened);
    assert_eq!(case.category, Some(IncidentCategory::Breakdown));
    assert_eq!(
        (case.person, case.opened_at, case.waiting_since),
        (Some(DANA), minute(0), minute(0))
    );
    let answered = [&opened[..], &[(OMAR, Body::text("A tow truck comes"))]].concat();
    let case = told(incident(), &answered);
    assert_eq!((case.waiting_since, case.is_open()), (None, true), "answered is not resolved");
    assert_eq!(case.open_since(), minute(0), "it counts from its beginning");
    let resolved = [&answered[..], &[(AYO, Body::Resolved { text: "Towed".into() })]].concat();
    let case = told(incident(), &resolved);
    assert_eq!((case.resolved_by, case.resolved_at, case.is_open()), (Some(AYO), minute(2), false));
    assert_eq!(case.open_since(), None);
    let says = [&resolved[..], &[(DANA, Body::text("It is flat again"))]].concat();
    let case = told(incident(), &says);
    assert_eq!((case.is_open(), case.resolved_by), (true, Some(AYO)), "she waits for a word");
    let reopened = [&resolved[..], &[(OMAR, Body::Reopened {})]].concat();
    let case = told(incident(), &reopened);
    assert_eq!((case.resolved_by, case.resolved_at, case.is_open()), (None, None, true));
}

#[test]
fn an_incident_stays_as_urgent_as_it_was() {
    let emergency = Header { priority: Priority::Emergency, ..Header::default() };
    let words = [(DANA, breakdown(emergency)), (OMAR, Body::text("On my way"))];
    assert_eq!(told(incident(), &words).priority, Priority::Emergency);
}

#[test]
fn whom_an_incident_concerns_its_author_says_only_if_he_is_of_the_staff() {
    let body = |person| Body::Incident {
        category: IncidentCategory::Cargo,
        text: "Two boxes are wet".into(),
        place: None,
        person,
        header: Header::default(),
    };
    assert_eq!(told(incident(), &[(DANA, body(Some(AYO)))]).person, Some(DANA));
    let of_the_staff = told(incident(), &[(OMAR, body(Some(DANA)))]);
    assert_eq!((of_the_staff.person, of_the_staff.waiting_since), (Some(DANA), None));
    assert_eq!(told(incident(), &[(OMAR, body(None))]).person, None);
}

#[test]
fn a_category_of_a_newer_version_is_taken_for_another_one() {
    let newer = minicbor::to_vec((77_u32, "The ferry burns")).expect("it is written");
    let content = Content { kind: kind::INCIDENT, bytes: newer };
    let body = content.to_body().expect("it is read");
    assert!(matches!(body, Body::Incident { category: IncidentCategory::Other, .. }), "{body:?}");
}

#[test]
fn each_category_has_its_name() {
    for category in IncidentCategory::ALL {
        assert_eq!(serde_json::to_value(category).expect("it is written"), category.name());
    }
}

#[test]
fn what_the_staff_share_has_one_name() {
    let id = "incident-019caf5f-e7c0-7000-8000-00000000001c";
    let text = incident().to_string();
    assert_eq!(text.len(), id.len());
    assert_eq!(text.parse(), Ok(incident()));
    assert_eq!("dispatch-7".parse(), Ok(DANAS));
    for other in ["dispatch-07", "dispatch-", "incident-", "incident", "incident-7"] {
        assert!(other.parse::<ConversationId>().is_err(), "{other}");
    }
    assert!(text.to_uppercase().replace("INCIDENT", "incident").parse::<ConversationId>().is_err());
    for place in [DANAS, incident()] {
        let bytes = minicbor::to_vec(place).expect("it is written");
        assert_eq!(minicbor::decode::<ConversationId>(&bytes).expect("it is read"), place);
        assert!(place.is_shared());
    }
    assert_eq!(Case::of(ConversationId::Group(1)), None);
}
