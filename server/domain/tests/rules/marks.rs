//! What "stored up to" and "read up to" become: for whom, once, and only where they pass something.

use std::collections::HashMap;

use waypost_domain::{
    Actor, Clockwork, Decision, Deed, EnrolmentState, Known, MarkRange, PersonState, Reply,
    Request, StoredUpTo, Wanted, decide, ranges,
};
use waypost_protocol::{
    Body, ConversationId, EnrolmentId, FactId, Move, PersonId, ProblemCode, ReadMark, ReceiptState,
    Role, StoredMark,
};

const DANA: PersonId = PersonId(1);
const OMAR: PersonId = PersonId(2);
const CHAT: ConversationId = ConversationId::Direct(DANA, OMAR);
const NOW: i64 = 1_772_440_200_000;
/// How many facts the record holds.
const END: u64 = 10;

fn desk() -> EnrolmentId {
    EnrolmentId::mint(NOW, 2)
}

fn omar() -> Actor {
    Actor { person: OMAR, enrolment: Some(desk()), role: Role::Dispatcher }
}

/// Omar has all up to 3, and has read Dana up to 2.
fn known() -> Known {
    let person = |role, delivered_up_to| PersonState { role, pseudonym: [1; 16], delivered_up_to };
    let mut known = Known {
        enrolments: HashMap::from([(
            desk(),
            EnrolmentState { person: OMAR, revoked: false, stored_up_to: 3 },
        )]),
        people: HashMap::from([
            (DANA, person(Role::Driver, 0)),
            (OMAR, person(Role::Dispatcher, 3)),
        ]),
        read: HashMap::from([((OMAR, CHAT), 2)]),
        ..Known::default()
    };
    (0..END).for_each(|n| known.head.tree.append([n as u8; 32]));
    known
}

/// Every stretch holds a message of Dana.
fn where_dana_spoke(batch: &[Request]) -> Known {
    let mut known = known();
    known.authors = ranges(batch, &known).into_iter().map(|range| (range, vec![DANA])).collect();
    known
}

fn marks(epoch: u32, stored: &[(u64, i64)], read: &[(u64, i64)]) -> Request {
    let stored = stored.iter().map(|(up_to, at)| StoredMark { up_to: *up_to, at: *at }).collect();
    let read =
        read.iter().map(|(up_to, at)| ReadMark { conversation: CHAT, up_to: *up_to, at: *at });
    Request::Marks { actor: omar(), epoch, stored, read: read.collect() }
}

fn decided(known: &mut Known, batch: &[Request]) -> Decision {
    decide(known, batch, Clockwork { now: NOW, random: &mut || 7 })
}

fn moved(state: ReceiptState, up_to: u64, at: i64) -> Move {
    let conversation = (state == ReceiptState::Read).then_some(CHAT);
    Move { person: OMAR, state, up_to, at, conversation, enrolment: None }
}

#[test]
fn all_that_is_delivered_and_read_in_one_batch_is_one_fact_for_its_authors() {
    use ReceiptState::{Delivered, Read};
    let batch = [marks(0, &[(5, 51), (8, 81)], &[(8, 82)]), marks(0, &[(9, 91)], &[])];
    let mut known = where_dana_spoke(&batch);
    let decision = decided(&mut known, &batch);
    assert_eq!(decision.replies, [Reply::MarksKept, Reply::MarksKept]);
    assert_eq!(decision.facts.len(), 1);
    let fact = &decision.facts[0];
    let steps = vec![
        moved(Delivered, 5, 51),
        moved(Delivered, 8, 81),
        moved(Read, 8, 82),
        moved(Delivered, 9, 91),
    ];
    let by_desk = |step: &Move| Move { enrolment: Some(desk()), ..*step };
    let all = Body::Receipts { moves: steps.iter().map(by_desk).collect() };
    assert_eq!(fact.content, all.to_content());
    assert_eq!(
        (fact.conversation, fact.author, fact.id),
        (None, PersonId::SERVER, FactId::mint(NOW, 7))
    );
    let expected = [(DANA, steps), (OMAR, vec![moved(Read, 8, 82)])];
    assert_eq!(fact.receipts_for, expected, "his other devices learn what he has read");
    let up_to = |up_to| StoredUpTo { enrolment: desk(), person: OMAR, up_to };
    assert_eq!(decision.stored, [up_to(8), up_to(9)]);
    assert_eq!(decision.read, [(OMAR, ReadMark { conversation: CHAT, up_to: 8, at: 82 })]);

    let (stored, read) = (known.enrolments[&desk()].stored_up_to, known.read[&(OMAR, CHAT)]);
    assert_eq!((stored, known.people[&OMAR].delivered_up_to, read), (9, 9, 8), "it is known now");
    let again = [marks(0, &[(9, 99)], &[(8, 99)])];
    known.authors = ranges(&again, &known).into_iter().map(|range| (range, vec![DANA])).collect();
    assert!(decided(&mut known, &again).is_empty(), "what passes nothing new writes nothing");
}

#[test]
fn the_stretches_that_marks_pass_begin_where_the_last_ones_ended() {
    let batch =
        [marks(0, &[(2, 0), (5, 0), (8, 0)], &[(2, 0), (7, 0)]), marks(0, &[(8, 0)], &[(9, 0)])];
    let stretch = |conversation, from, to| MarkRange { person: OMAR, conversation, from, to };
    let expected = [
        stretch(None, 3, 5),
        stretch(None, 5, 8),
        stretch(Some(CHAT), 2, 7),
        stretch(Some(CHAT), 7, 9),
    ];
    assert_eq!(ranges(&batch, &known()), expected);
}

#[test]
fn marks_over_nobodys_message_move_the_cursor_alone() {
    let batch = [marks(0, &[(5, 51)], &[(5, 52)])];
    let mut known = known();
    known.authors = ranges(&batch, &known).into_iter().map(|range| (range, vec![])).collect();
    let decision = decided(&mut known, &batch);
    assert!(decision.facts.is_empty());
    assert!(decision.read.is_empty());
    assert_eq!(decision.stored, [StoredUpTo { enrolment: desk(), person: OMAR, up_to: 5 }]);
}

#[test]
fn marks_whose_stretch_has_changed_within_the_batch_are_asked_for_again() {
    let phone = EnrolmentId::mint(NOW, 3);
    let by_phone = Actor { enrolment: Some(phone), ..omar() };
    let revoked = Deed::Revoke { enrolment: phone };
    let revoke = Request::Deed { actor: Actor::OPERATOR, id: FactId::mint(NOW, 20), deed: revoked };
    let stored = vec![StoredMark { up_to: 5, at: 51 }];
    let phones = Request::Marks { actor: by_phone, epoch: 0, stored, read: Vec::new() };
    let mut known = known();
    let state = EnrolmentState { person: OMAR, revoked: false, stored_up_to: 0 };
    known.enrolments.insert(phone, state);
    let batch = [revoke, phones.clone(), marks(0, &[(8, 81)], &[])];
    known.authors = ranges(&batch, &known).into_iter().map(|range| (range, vec![DANA])).collect();
    let decision = decided(&mut known, &batch);
    let refused = |code| Reply::Refused(code);
    let expected = [refused(ProblemCode::NotEnrolled), refused(ProblemCode::Overloaded)];
    assert_eq!(decision.replies[1..], expected, "nobody was asked who spoke from 3 to 8");
    assert!(decision.stored.is_empty(), "the cursor waits for that too");
    let stretch = MarkRange { person: OMAR, conversation: None, from: 3, to: 8 };
    let later = [phones, marks(0, &[(8, 81)], &[])];
    assert_eq!(ranges(&later, &known), [stretch], "a phone that is gone counts no more");
}

#[test]
fn nobody_reads_between_two_others() {
    let others = ConversationId::Direct(DANA, PersonId(7));
    let read = vec![ReadMark { conversation: others, up_to: 5, at: 0 }];
    let batch = [Request::Marks { actor: omar(), epoch: 0, stored: Vec::new(), read }];
    assert_eq!(ranges(&batch, &known()), []);
    let mut known = known();
    assert!(decided(&mut known, &batch).is_empty());
    assert_eq!(known.read.len(), 1, "nothing is kept of it");
    assert!(Wanted::by(&batch).read.is_empty());
}

#[test]
fn marks_about_another_record_say_nothing() {
    let replies = |batch: &[Request]| {
        let decision = decided(&mut where_dana_spoke(batch), batch);
        (decision.replies.clone(), decision.is_empty())
    };
    let beyond = vec![Reply::Refused(ProblemCode::MarkBeyondRecord)];
    assert_eq!(replies(&[marks(0, &[(END + 1, 0)], &[])]), (beyond.clone(), true));
    assert_eq!(replies(&[marks(0, &[], &[(END + 1, 0)])]), (beyond.clone(), true));
    assert_eq!(replies(&[marks(0, &[(5, 0)], &[(END + 1, 0)])]), (beyond, true), "none of them");
    assert_eq!(replies(&[marks(0, &[(END, 0)], &[(END, 0)])]), (vec![Reply::MarksKept], false));
    assert_eq!(replies(&[marks(4, &[(5, 0)], &[])]), (vec![Reply::MarksKept], true));
    assert_eq!(ranges(&[marks(4, &[(5, 0)], &[])], &known()), []);
    assert_eq!(ranges(&[marks(0, &[(5, 0)], &[(END + 1, 0)])], &known()), []);
}
