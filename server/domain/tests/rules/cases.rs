//! What the staff share: who says what to dispatch, who opens incidents, and who has a case.

use waypost_domain::Known;
use waypost_protocol::{
    Body, Case, ConversationId, Header, IncidentCategory, IncidentId, PersonId, ProblemCode,
};

use crate::crew::{AYO, DANA, INES, NOW, OMAR, OTTO, says, with_office};

const DANAS: ConversationId = ConversationId::Dispatch(DANA);

fn incident(n: u128) -> ConversationId {
    ConversationId::Incident(IncidentId::mint(NOW, n))
}

fn flat_tyre(person: Option<PersonId>) -> Body {
    let (category, text, place) = (IncidentCategory::Breakdown, "Flat tyre".into(), None);
    Body::Incident { category, text, place, person, header: Header::default() }
}

fn taken(to: Option<PersonId>, instead_of: Option<PersonId>) -> Body {
    Body::Assigned { to, instead_of }
}

/// Each with an id of its own.
fn all_say(
    known: &mut Known,
    words: &[(PersonId, ConversationId, Body)],
) -> Vec<Option<ProblemCode>> {
    let said = words.iter().map(|(who, place, body)| {
        known.past.clear();
        known.lanes.clear();
        says(known, *who, *place, body).err()
    });
    said.collect()
}

fn case(known: &Known, place: ConversationId) -> Case {
    known.cases.get(&place).cloned().expect("something was said there")
}

#[test]
fn what_dana_says_to_dispatch_waits_until_someone_answers() {
    let mut known = with_office();
    let asked = says(&mut known, DANA, DANAS, &Body::text("Which gate?")).expect("she may");
    assert_eq!(asked.conversation, Some(DANAS));
    assert_eq!(case(&known, DANAS).waiting_since, Some(NOW));
    let said = all_say(
        &mut known,
        &[
            (OMAR, DANAS, Body::text("Gate 5")),
            (AYO, DANAS, Body::text("Me too")),
            (OTTO, DANAS, Body::text("Which one?")),
            (OMAR, ConversationId::Dispatch(INES), Body::text("Coffee?")),
            (INES, ConversationId::Dispatch(INES), Body::text("Coffee!")),
            (OMAR, ConversationId::Dispatch(OTTO), Body::text("Hello")),
            (OMAR, ConversationId::Dispatch(PersonId(99)), Body::text("Hello")),
        ],
    );
    let unknown = Some(ProblemCode::NotFound);
    assert_eq!(said, [None, unknown, unknown, unknown, unknown, unknown, unknown]);
    let case = case(&known, DANAS);
    assert_eq!((case.waiting_since, case.answered_by), (None, Some(OMAR)));
}

#[test]
fn of_two_who_take_a_case_one_learns_that_the_other_has_it() {
    let mut known = with_office();
    let said = all_say(
        &mut known,
        &[
            (DANA, DANAS, Body::text("Which gate?")),
            (OMAR, DANAS, taken(Some(OMAR), None)),
            (INES, DANAS, taken(Some(INES), None)),
            (OMAR, DANAS, taken(Some(OMAR), None)),
            (INES, DANAS, taken(Some(DANA), Some(OMAR))),
            (DANA, DANAS, taken(None, Some(OMAR))),
            (OMAR, DANAS, taken(Some(INES), Some(OMAR))),
            (INES, DANAS, taken(None, Some(INES))),
        ],
    );
    let outdated = Some(ProblemCode::Outdated);
    let (unknown, forbidden) = (Some(ProblemCode::NotFound), Some(ProblemCode::NotAllowed));
    assert_eq!(said, [None, None, outdated, None, unknown, forbidden, None, None]);
    assert_eq!(case(&known, DANAS).assignee, None);
    assert_eq!(
        all_say(
            &mut known,
            &[(OMAR, ConversationId::direct(DANA, OMAR).expect("two"), taken(Some(OMAR), None))]
        ),
        [forbidden],
        "nobody shares what two say to each other"
    );
}

#[test]
fn an_incident_is_opened_once_and_only_where_incidents_are() {
    let mut known = with_office();
    let said = all_say(
        &mut known,
        &[
            (DANA, incident(1), Body::text("Help")),
            (DANA, incident(1), flat_tyre(None)),
            (DANA, incident(1), flat_tyre(None)),
            (OMAR, incident(1), flat_tyre(None)),
            (AYO, incident(1), Body::text("What is it?")),
            (AYO, incident(1), flat_tyre(None)),
            (DANA, DANAS, flat_tyre(None)),
            (OTTO, incident(2), flat_tyre(None)),
            (DANA, incident(1), Body::text("On the A2")),
            (OMAR, incident(1), Body::Resolved { text: "Towed".into() }),
            (DANA, incident(1), Body::Reopened {}),
            (OMAR, incident(1), Body::Reopened {}),
            (OMAR, incident(1), Body::Reopened {}),
        ],
    );
    let (done, unknown) = (Some(ProblemCode::AlreadyDone), Some(ProblemCode::NotFound));
    let forbidden = Some(ProblemCode::NotAllowed);
    let until_open = [unknown, None, done, done, unknown, unknown, forbidden, unknown];
    assert_eq!(said[..8], until_open);
    assert_eq!(said[8..], [None, None, forbidden, None, done]);
    let case = case(&known, incident(1));
    assert_eq!((case.person, case.resolved_by, case.is_open()), (Some(DANA), None, true));
}

#[test]
fn whom_an_incident_concerns_the_staff_say() {
    let mut known = with_office();
    let said = all_say(
        &mut known,
        &[
            (DANA, incident(1), flat_tyre(Some(AYO))),
            (DANA, incident(2), flat_tyre(Some(DANA))),
            (OMAR, incident(3), flat_tyre(Some(DANA))),
            (DANA, incident(3), Body::text("It is nothing")),
            (AYO, incident(3), Body::text("What is it?")),
            (OMAR, incident(4), flat_tyre(Some(INES))),
            (OMAR, incident(4), flat_tyre(Some(OTTO))),
            (OMAR, incident(4), flat_tyre(Some(PersonId(99)))),
            (OMAR, incident(4), flat_tyre(None)),
        ],
    );
    let (unknown, forbidden) = (Some(ProblemCode::NotFound), Some(ProblemCode::NotAllowed));
    let expected = [forbidden, None, None, None, unknown, forbidden, forbidden, unknown, None];
    assert_eq!(said, expected);
    assert_eq!(case(&known, incident(3)).person, Some(DANA));
    assert_eq!(case(&known, incident(4)).person, None);
}

#[test]
fn the_staff_may_speak_of_an_incident_that_a_restore_has_lost() {
    let mut known = with_office();
    let said = all_say(
        &mut known,
        &[
            (OMAR, incident(1), Body::text("A tow truck comes")),
            (OMAR, incident(1), taken(Some(OMAR), None)),
            (DANA, incident(1), Body::text("Thanks")),
            (DANA, incident(1), flat_tyre(None)),
            (DANA, incident(1), Body::text("Thanks")),
        ],
    );
    assert_eq!(said, [None, None, Some(ProblemCode::NotFound), None, None]);
    let case = case(&known, incident(1));
    assert_eq!((case.person, case.assignee), (Some(DANA), Some(OMAR)));
}
