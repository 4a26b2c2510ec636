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
            Body::Incident { category, text: "Ramp 3".into(), place, person, header: header() }
        }),
        ("assigned", assigned(Some(OMAR), None)),
        ("assigned, handed over", assigned(Some(OMAR), Some(AYO))),
        ("assigned, given back", assigned(None, Some(AYO))),
        ("resolved", Body::Resolved { text: String::new() }),
        ("resolved with words", Body::Resolved { text: "Towed".into() }),
        ("reopened", Body::Reopened {}),
    ]
}

fn breakdown(header: Header) -> Body {
    let (category, text) = (IncidentCategory::Breakdown, "Flat tyre".into());
    Body::Incident { category, text, place: None, person: None, header }
}

/// A day at dispatch: each word a minute after the one before.
fn told(conversation: ConversationId, words: &[(PersonId, Body)]) -> Case {
    let mut case = Case::of(conversation).expect("the staff share it");
    for (minute, (author, body)) in (0..).zip(words) {
        let (is_staff, at) = (*author != DANA, MORNING + minute * 60_000);
        case.hears(Word { author: *author, is_staff, at, body });
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
    let acknowledged = Body::Acknowledgement { message: crate::samples::fact(1) };
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
fn what_is_taken_stays_open_until_it_is_off_the_desk() {
    let taken = Body::Assigned { to: Some(OMAR), instead_of: None };
    let answered = [(DANA, Body::text("Which gate?")), (OMAR, taken), (OMAR, Body::text("5"))];
    let said = told(DANAS, &answered);
    assert_eq!((said.assignee, said.is_open(), said.waiting_since), (Some(OMAR), true, None));
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
