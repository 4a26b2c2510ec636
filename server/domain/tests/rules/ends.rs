//! Numbers come to an end. A hostile tablet can get there at once, a damaged record too.

use std::collections::HashMap;

use waypost_domain::{
    Actor, Clockwork, Deed, EnrolmentState, Head, Known, PersonState, Reply, Request, decide,
};
use waypost_protocol::{
    Answer, Body, ConversationId, EnrolmentId, Entry, FactId, GroupSettings, PersonId, ProblemCode,
    Role,
};

const DANA: PersonId = PersonId(1);
const OMAR: PersonId = PersonId(2);
const NOW: i64 = 1_772_440_200_000;

fn replies(head: Head, batch: &[Request]) -> Vec<Reply> {
    let tablet = EnrolmentState { person: DANA, revoked: false, stored_up_to: 0 };
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let mut known = Known {
        head,
        enrolments: HashMap::from([(EnrolmentId::mint(NOW, 1), tablet)]),
        people: HashMap::from([(DANA, person(Role::Driver)), (OMAR, person(Role::Dispatcher))]),
        ..Known::default()
    };
    decide(&mut known, batch, Clockwork { now: NOW, random: &mut || 7 }).replies
}

fn opens(name: &str, members: Vec<PersonId>) -> Deed {
    let (moderators, settings) = (Vec::new(), GroupSettings::default());
    Deed::CreateGroup { name: name.into(), members, moderators, settings }
}

#[test]
fn after_the_last_number_of_a_lane_dana_can_still_be_answered() {
    let entry = |id: u128| Entry {
        id: FactId::mint(NOW, id),
        conversation: ConversationId::Direct(DANA, OMAR),
        number: u32::MAX,
        content: Body::text("Gate 4 is closed").to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: id == 1,
    };
    let dana =
        Actor { person: DANA, enrolment: Some(EnrolmentId::mint(NOW, 1)), role: Role::Driver };
    let submit = Request::Submit { actor: dana, entries: vec![entry(1), entry(2)] };
    let Reply::Answers(answers) = &replies(Head::default(), &[submit])[0] else {
        panic!("a submit has answers");
    };
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted { .. })), "{answers:?}");
}

#[test]
fn when_there_are_no_numbers_left_nobody_becomes_the_server() {
    let head = Head { last_person: u32::MAX, last_group: u32::MAX, ..Head::default() };
    let deed =
        |id: u128, deed| Request::Deed { actor: Actor::OPERATOR, id: FactId::mint(NOW, id), deed };
    let ayo = Deed::AddPerson {
        handle: "ayo".into(),
        name: "Ayo".into(),
        role: Role::Driver,
        language: "en".into(),
    };
    let north = opens("North", vec![DANA]);
    let refused = Reply::Refused(ProblemCode::Internal);
    assert_eq!(replies(head, &[deed(1, ayo), deed(2, north)]), [refused.clone(), refused]);
}
