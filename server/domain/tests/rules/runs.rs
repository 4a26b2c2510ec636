//! What goes out of a lane together is answered together, and nothing else is.

use std::collections::HashMap;

use waypost_domain::{
    Actor, Clockwork, EnrolmentState, Known, PersonState, Reply, Request, decide,
};
use waypost_protocol::{
    Answer, Body, ConversationId, EnrolmentId, Entry, FactId, PersonId, ProblemCode, Role, Sequence,
};

const DANA: PersonId = PersonId(1);
const OMAR: PersonId = PersonId(2);
const AYO: PersonId = PersonId(3);
const NOW: i64 = 1_772_440_200_000;

fn entry(id: u128, to: PersonId, number: u32) -> Entry {
    Entry {
        id: FactId::mint(NOW, id),
        conversation: ConversationId::direct(DANA, to).expect("two people"),
        number,
        content: Body::text("Gate 4 is closed").to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

fn answers(entries: Vec<Entry>) -> Vec<Answer> {
    let tablet = EnrolmentState { person: DANA, revoked: false, stored_up_to: 0 };
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let staff = [OMAR, AYO].map(|who| (who, person(Role::Dispatcher)));
    let mut known = Known {
        enrolments: HashMap::from([(EnrolmentId::mint(NOW, 1), tablet)]),
        people: staff.into_iter().chain([(DANA, person(Role::Driver))]).collect(),
        ..Known::default()
    };
    let dana =
        Actor { person: DANA, enrolment: Some(EnrolmentId::mint(NOW, 1)), role: Role::Driver };
    let submit = Request::Submit { actor: dana, entries };
    let replies = decide(&mut known, &[submit], Clockwork { now: NOW, random: &mut || 7 }).replies;
    match replies.into_iter().next() {
        Some(Reply::Answers(answers)) => answers,
        other => panic!("a submit has answers: {other:?}"),
    }
}

fn accepted(id: u128, n: u64, before: u32) -> Answer {
    let sequence = Sequence { epoch: 0, n };
    Answer::Accepted { id: FactId::mint(NOW, id), sequence, recorded_at: NOW, before }
}

#[test]
fn a_day_without_signal_is_answered_with_one_word() {
    let day = (1..=60).map(|n| entry(n, OMAR, n as u32)).collect();
    assert_eq!(answers(day), [accepted(60, 60, 59)]);
}

#[test]
fn each_conversation_has_its_own_answer() {
    let entries = vec![entry(1, OMAR, 1), entry(2, AYO, 1), entry(3, OMAR, 2), entry(4, OMAR, 3)];
    let expected = [accepted(1, 1, 0), accepted(2, 2, 0), accepted(4, 4, 1)];
    assert_eq!(answers(entries), expected, "number 2 of the record is not of Omar's lane");
}

#[test]
fn what_is_refused_stands_between_two_runs() {
    let mut blank = entry(3, OMAR, 3);
    blank.content = Body::text(" ").to_content();
    let entries = vec![entry(1, OMAR, 1), entry(2, OMAR, 2), blank, entry(4, OMAR, 4)];
    let at = Sequence { epoch: 0, n: 2 };
    let code = ProblemCode::ContentInvalid;
    let refused = Answer::Rejected { id: FactId::mint(NOW, 3), code, at };
    assert_eq!(answers(entries), [accepted(2, 2, 1), refused, accepted(4, 3, 0)]);
}

#[test]
fn what_is_outside_of_lanes_is_in_no_run_and_a_repeat_breaks_none() {
    let entries = vec![entry(1, OMAR, 0), entry(2, OMAR, 1), entry(2, OMAR, 1), entry(3, OMAR, 2)];
    let expected = [accepted(1, 1, 0), accepted(2, 2, 0), accepted(3, 3, 1)];
    assert_eq!(answers(entries), expected);
}
