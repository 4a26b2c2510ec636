//! Who is believed to have been sent everything.

use waypost_protocol::{Content, FactId, Role};

use super::*;

const OMAR: PersonId = PersonId(1);
const DANA: PersonId = PersonId(2);

fn tablet_of(person: PersonId) -> Identity {
    let enrolment = EnrolmentId::mint(0, u128::from(person.0));
    Identity { enrolment, person, role: Role::Driver }
}

/// A message of Omar to Dana.
fn message(n: u64) -> Recorded {
    Recorded {
        sequence: Sequence { epoch: 0, n },
        id: FactId::mint(0, u128::from(n)),
        author: OMAR,
        enrolment: None,
        conversation: ConversationId::direct(OMAR, DANA),
        content: Content { kind: kind::TEXT, bytes: Vec::new() },
        offset_minutes: 0,
        skew_ms: None,
        recorded_at: 0,
        digest: [0; 32],
        salt: [0; 16],
        leaf: Vec::new(),
        receipts_for: Vec::new(),
        deed: None,
    }
}

fn at(n: u64) -> Sequence {
    Sequence { epoch: 0, n }
}

#[test]
fn a_tablet_whose_page_was_overtaken_by_a_few_messages_is_sent_them() {
    let fanout = Fanout::new(at(0), Vec::new());
    let dana = tablet_of(DANA);
    fanout.connected(dana);
    fanout.committed((1..=10).map(message).collect());
    fanout.live_from(dana.enrolment, 4);
    assert!(fanout.is_level(dana.enrolment, at(10)), "Dana was sent 5 to 10");
    assert!(!fanout.is_level(dana.enrolment, at(4)), "her page alone is not everything");
}

#[test]
fn a_tablet_whose_page_was_overtaken_by_more_than_is_remembered_must_pull_again() {
    let fanout = Fanout::new(at(0), Vec::new());
    let dana = tablet_of(DANA);
    fanout.connected(dana);
    let last = RECENT_MAX as u64 + 10;
    fanout.committed((1..=last).map(message).collect());
    fanout.live_from(dana.enrolment, 4);
    assert!(
        !fanout.is_level(dana.enrolment, at(4)),
        "Dana would be told that there is nothing new, and miss {} messages",
        last - 4
    );
    fanout.live_from(dana.enrolment, last);
    assert!(fanout.is_level(dana.enrolment, at(last)), "after her next page she has everything");
}

#[test]
fn a_commit_larger_than_what_is_remembered_is_pushed_whole() {
    let fanout = Fanout::new(at(0), Vec::new());
    let dana = tablet_of(DANA);
    fanout.connected(dana);
    fanout.live_from(dana.enrolment, 0);
    let noise =
        |n| Recorded { conversation: ConversationId::direct(OMAR, PersonId(3)), ..message(n) };
    let large = RECENT_MAX as u64 + 10;
    let facts = (1..=large).map(|n| if n == 1 { message(n) } else { noise(n) });
    fanout.committed(facts.collect());
    assert!(
        !fanout.is_level(dana.enrolment, at(0)),
        "Dana is held to have everything without Omar's message, the first of the commit"
    );
}
