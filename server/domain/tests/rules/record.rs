//! What a decision leaves in the record, and what is said of the record to the world.

use waypost_domain::audit::{Checkpoint, Tree, root_of_empty};
use waypost_domain::{Decision, LaneMoved, Rejection, StoredUpTo};
use waypost_protocol::{
    ConversationId, EnrolmentId, FactId, PersonId, ProblemCode, ReadMark, Sequence,
};

const DANA: PersonId = PersonId(1);
const CHAT: ConversationId = ConversationId::Direct(DANA, PersonId(2));

/// A refusal, a lane or a mark alone must be written too: whoever asks again gets the same answer.
#[test]
fn whatever_a_decision_says_has_to_be_written() {
    let enrolment = EnrolmentId::mint(0, 1);
    let at = Sequence::default();
    let (id, code) = (FactId::mint(0, 1), ProblemCode::NotAllowed);
    let rejection = Rejection { author: DANA, id, digest: [0; 32], code, at };
    let lane = LaneMoved { enrolment, conversation: CHAT, last: 1 };
    let stored = StoredUpTo { enrolment, person: DANA, up_to: 1 };
    let read = ReadMark { conversation: CHAT, up_to: 1, at: 0 };
    let decisions = [
        Decision { rejections: vec![rejection], ..Decision::default() },
        Decision { lanes: vec![lane], ..Decision::default() },
        Decision { stored: vec![stored], ..Decision::default() },
        Decision { read: vec![(DANA, read)], ..Decision::default() },
    ];
    for decision in &decisions {
        assert!(!decision.is_empty(), "{decision:?}");
    }
    assert!(Decision::default().is_empty());
}

/// C2SP tlog-checkpoint: origin, size and root in base64, a line each.
#[test]
fn a_checkpoint_says_what_others_can_check() {
    let checkpoint = Checkpoint { origin: "waypost/north".into(), size: 7, root: [0xff; 32] };
    let root = "//////////////////////////////////////////8=";
    assert_eq!(checkpoint.body(), format!("waypost/north\n7\n{root}\n"));
}

/// RFC 6962 section 2.1: the hash of the empty string.
#[test]
fn the_empty_tree_has_the_root_of_the_standard() {
    let hex: String = root_of_empty().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Tree::default().root(), root_of_empty());
}
