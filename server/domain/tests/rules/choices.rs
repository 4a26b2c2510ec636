//! What people choose to hear of, each for themselves, and whom they want to hear nothing of.

use waypost_domain::{Known, Recorded};
use waypost_protocol::{
    BLOCKED_MAX, Body, ConversationId, Hear, Hearing, PersonId, ProblemCode, QuietHours,
};

use crate::crew::{AYO, DANA, MAREK, OMAR, OTTO, VERA, says, with, with_office};

/// With two colleagues, who write to each other.
fn colleagues() -> Known {
    with(with_office(), &[VERA, MAREK])
}

/// As someone says who may have said something before.
fn said(
    known: &mut Known,
    who: PersonId,
    place: ConversationId,
    body: &Body,
) -> Result<Recorded, ProblemCode> {
    known.past.clear();
    known.lanes.clear();
    says(known, who, place, body)
}

fn chooses(known: &mut Known, who: PersonId, body: &Body) -> Result<Recorded, ProblemCode> {
    said(known, who, ConversationId::Own(who), body)
}

fn muted() -> Body {
    let hearing = Some(Hearing { hear: Hear::Nothing, until: None });
    Body::Notify { conversation: Some(ConversationId::Group(1)), hearing }
}

#[test]
fn dana_chooses_for_herself_in_a_stream_of_her_own() {
    let mut known = colleagues();
    let chosen = chooses(&mut known, DANA, &muted()).expect("she may");
    assert_eq!(chosen.conversation, Some(ConversationId::Own(DANA)));
    assert_eq!(known.chosen[&DANA].conversations.len(), 1);
    let quiet = QuietHours { from_minute: 1_320, until_minute: 360, days: Vec::new() };
    let quiet = Body::QuietHours { hours: Some(quiet), breaks_through: Default::default() };
    chooses(&mut known, DANA, &quiet).expect("she may");
    assert!(known.chosen[&DANA].quiet_hours.is_some() && known.chosen.len() == 1);

    use ProblemCode::{NotAllowed, NotFound};
    let own = ConversationId::Own;
    let group = ConversationId::Group(1);
    let direct = ConversationId::direct(DANA, OMAR).expect("two people");
    for (who, place, body, code) in [
        (OMAR, own(DANA), muted(), NotFound),
        (OTTO, own(OTTO), muted(), NotAllowed),
        (DANA, group, muted(), NotAllowed),
        (DANA, direct, Body::Unblocked { person: OMAR }, NotAllowed),
        (DANA, own(DANA), Body::text("to myself"), NotAllowed),
        (DANA, own(DANA), Body::Resolved { text: String::new() }, NotAllowed),
    ] {
        let refused = said(&mut known, who, place, &body).expect_err("it may not be said");
        assert_eq!(refused, code, "{who} in {place}: {body:?}");
    }
    let early = QuietHours { from_minute: 1_440, until_minute: 360, days: Vec::new() };
    let early = Body::QuietHours { hours: Some(early), breaks_through: Default::default() };
    assert_eq!(chooses(&mut known, DANA, &early).err(), Some(ProblemCode::ContentInvalid));
}

#[test]
fn marek_is_not_heard_by_vera_who_has_blocked_him() {
    let mut known = colleagues();
    let talk = ConversationId::direct(VERA, MAREK).expect("two people");
    let hello = said(&mut known, MAREK, talk, &Body::text("Hello")).expect("not yet");
    chooses(&mut known, VERA, &Body::Blocked { person: MAREK }).expect("she may");
    let again = said(&mut known, MAREK, talk, &Body::text("Hello?"));
    assert_eq!(again.err(), Some(ProblemCode::Blocked));
    let rather = Body::Edit { message: hello.id, text: "Hello?".into(), mentions: Vec::new() };
    let edited = said(&mut known, MAREK, talk, &rather);
    assert_eq!(edited.err(), Some(ProblemCode::Blocked), "nor by other words");
    said(&mut known, VERA, talk, &Body::text("Leave me alone")).expect("she may say so");
    let read = Body::Acknowledgement { message: hello.id };
    said(&mut known, MAREK, talk, &read).expect("that is no message");
    let with_dana = ConversationId::direct(OMAR, MAREK).expect("two people");
    said(&mut known, MAREK, with_dana, &Body::text("Hello")).expect("others hear him");

    chooses(&mut known, VERA, &Body::Unblocked { person: MAREK }).expect("she may");
    said(&mut known, MAREK, talk, &Body::text("Thank you")).expect("she hears him");
}

#[test]
fn whoever_has_to_reach_everyone_is_blocked_by_nobody() {
    let mut known = colleagues();
    let blocks =
        |known: &mut Known, who, person| chooses(known, who, &Body::Blocked { person }).err();
    use ProblemCode::{NotAllowed, NotFound};
    assert_eq!(blocks(&mut known, DANA, AYO), None, "in groups");
    assert_eq!(blocks(&mut known, DANA, OMAR), Some(NotAllowed), "he dispatches");
    assert_eq!(blocks(&mut known, OMAR, DANA), Some(NotAllowed), "she may need him");
    assert_eq!(blocks(&mut known, DANA, DANA), Some(NotAllowed), "herself");
    assert_eq!(blocks(&mut known, DANA, PersonId(99)), Some(NotFound));
}

#[test]
fn there_is_a_bound_on_whom_one_blocks() {
    let mut known = colleagues();
    let mut chosen = waypost_protocol::NotificationSettings::default();
    chosen.blocked.extend((100..).map(PersonId).take(BLOCKED_MAX));
    known.chosen.insert(VERA, chosen);
    let one_more = chooses(&mut known, VERA, &Body::Blocked { person: MAREK });
    assert_eq!(one_more.err(), Some(ProblemCode::TooLarge));
    chooses(&mut known, VERA, &Body::Unblocked { person: PersonId(100) }).expect("there is room");
    chooses(&mut known, VERA, &Body::Blocked { person: MAREK }).expect("there is");
}
