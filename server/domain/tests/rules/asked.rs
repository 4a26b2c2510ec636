//! What a frame asks, and with what a commit is answered.

use waypost_domain::uplink::{Asked, Page, answer_to, refused};
use waypost_domain::{Actor, DeedDone, Reply, Request};
use waypost_protocol::{
    Answer, ConversationId, Downlink, EnrolmentId, FactId, PersonId, ProblemCode, Pull, ReadMark,
    Role, Sequence, StoredMark, Submit, Uplink,
};

fn dana() -> Actor {
    Actor { person: PersonId(1), enrolment: Some(EnrolmentId::mint(0, 1)), role: Role::Driver }
}

#[test]
fn marks_are_committed_before_the_page_that_answers() {
    let after = Sequence { epoch: 3, n: 5 };
    let stored = vec![StoredMark { up_to: 5, at: 1 }];
    let conversation = ConversationId::Group(1);
    let read = vec![ReadMark { conversation, up_to: 5, at: 2 }];
    let plain = Pull { after, number: 9, limit: 10, ..Pull::default() };
    let asked = |stored: &[StoredMark], read: &[ReadMark]| {
        let pull = Pull { stored: stored.to_vec(), read: read.to_vec(), ..plain.clone() };
        Asked::by(dana(), Uplink::Pull(pull))
    };
    let expected = |stored: &[StoredMark], read: &[ReadMark]| {
        let (stored, read) = (stored.to_vec(), read.to_vec());
        Some(Request::Marks { actor: dana(), epoch: 3, stored, read })
    };
    assert_eq!(asked(&[], &[]), Asked { request: None, page: Some(Page::Next(plain.clone())) });
    for (stored, read) in [(&stored[..], &read[..]), (&stored, &[]), (&[], &read)] {
        let request = expected(stored, read);
        assert_eq!(asked(stored, read), Asked { request, page: Some(Page::Next(plain.clone())) });
    }
}

#[test]
fn facts_are_committed_and_no_page_is_read() {
    let asked = Asked::by(dana(), Uplink::Submit(Submit { entries: Vec::new() }));
    let request = Some(Request::Submit { actor: dana(), entries: Vec::new() });
    assert_eq!(asked, Asked { request, page: None });
}

#[test]
fn a_commit_is_answered_with_what_it_came_to() {
    let answers = vec![Answer::Deferred { id: FactId::mint(0, 1), code: ProblemCode::Overloaded }];
    let frame = Downlink::Answers { answers: answers.clone() };
    assert_eq!(answer_to(Reply::Answers(answers)), Some(frame));
    assert_eq!(answer_to(Reply::MarksKept), None, "the page answers");
    let done = DeedDone { sequence: Sequence::default(), recorded_at: 0 };
    assert_eq!(answer_to(Reply::Done(done)), Some(refused(ProblemCode::Internal)));
    let refusal = |code, retry_after_ms| Downlink::Refused { code, retry_after_ms };
    for (code, wait) in [
        (ProblemCode::Overloaded, Some(1_000)),
        (ProblemCode::Stopping, Some(1_000)),
        (ProblemCode::NotEnrolled, None),
        (ProblemCode::MarkBeyondRecord, None),
    ] {
        assert_eq!(answer_to(Reply::Refused(code)), Some(refusal(code, wait)));
    }
}
