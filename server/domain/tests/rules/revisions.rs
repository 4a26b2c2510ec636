//! Who may find other words for a message, take it off the screens, or call everyone by name.

use std::collections::HashSet;

use waypost_domain::{Past, PastOutcome, Recorded, Request, Wanted};
use waypost_protocol::{
    Body, ConversationId, Header, Mention, PersonId, ProblemCode, Sequence, kind,
};

use crate::crew::{self, DANA, NOW, OMAR, entry, fact, of};

use ProblemCode::{NotAllowed, NotFound};

const CHAT: ConversationId = ConversationId::Direct(DANA, OMAR);
const NORTH: ConversationId = ConversationId::Group(crew::NORTH);

fn said(conversation: ConversationId, kind: u16) -> PastOutcome {
    let (sequence, conversation) = (Sequence { epoch: 0, n: 1 }, Some(conversation));
    PastOutcome::Recorded { sequence, recorded_at: NOW, conversation, kind }
}

/// What is recorded of it, or why it is refused, where this became of some ids before.
fn says(
    past: &[(u128, PersonId, PastOutcome)],
    who: PersonId,
    conversation: ConversationId,
    body: &Body,
) -> Result<Recorded, ProblemCode> {
    let mut known = crew::known();
    let was = |(id, author, outcome): &(u128, PersonId, PastOutcome)| {
        (fact(*id), Past { author: *author, digest: [0; 32], outcome: *outcome })
    };
    known.past.extend(past.iter().map(was));
    crew::says(&mut known, who, conversation, body)
}

fn edit(message: u128) -> Body {
    Body::Edit { message: fact(message), text: "gate 5".into(), mentions: Vec::new() }
}

fn deletion(message: u128, author: PersonId) -> Body {
    Body::Deletion { message: fact(message), author }
}

#[test]
fn who_may_revise_what() {
    let text = said(CHAT, kind::TEXT);
    let refused = PastOutcome::Rejected { code: NotAllowed, at: Sequence::default() };
    let past = [
        (1, DANA, text),
        (2, OMAR, text),
        (3, DANA, said(NORTH, kind::TEXT)),
        (4, DANA, said(CHAT, kind::TEMPLATE)),
        (5, DANA, said(CHAT, kind::ACKNOWLEDGEMENT)),
        (6, DANA, refused),
    ];
    let table = [
        (DANA, CHAT, edit(1), Ok(()), "her own words"),
        (OMAR, CHAT, edit(1), Err(NotFound), "Dana's words are not his"),
        (DANA, CHAT, edit(3), Err(NotFound), "that stands in the group"),
        (DANA, CHAT, edit(4), Err(NotFound), "a template has no words of hers"),
        (DANA, CHAT, edit(5), Err(NotFound), "an acknowledgement has none"),
        (DANA, CHAT, edit(6), Err(NotFound), "it was never said"),
        (DANA, CHAT, edit(7), Ok(()), "a restore may have lost it"),
        (DANA, CHAT, deletion(1, DANA), Ok(()), "her own message"),
        (DANA, CHAT, deletion(4, DANA), Ok(()), "her own template"),
        (DANA, CHAT, deletion(5, DANA), Err(NotFound), "what was acknowledged stays so"),
        (DANA, CHAT, deletion(2, DANA), Err(NotFound), "Omar's, as if it were hers"),
        (DANA, CHAT, deletion(2, OMAR), Err(NotAllowed), "Omar's"),
        (OMAR, CHAT, deletion(1, DANA), Err(NotAllowed), "Dana's, between the two"),
        (DANA, NORTH, deletion(2, OMAR), Err(NotAllowed), "a driver looks after no group"),
        (OMAR, NORTH, deletion(3, DANA), Ok(()), "he looks after the group"),
        (OMAR, NORTH, deletion(1, DANA), Err(NotFound), "that stands elsewhere"),
        (DANA, CHAT, deletion(7, DANA), Ok(()), "a restore may have lost it"),
    ];
    for (who, conversation, body, expected, why) in table {
        let found = says(&past, who, conversation, &body).map(|_| ());
        assert_eq!(found, expected, "{why}");
    }
}

#[test]
fn everyone_is_called_by_who_looks_after_the_group() {
    let call = |mention| {
        let header = Header { mentions: vec![mention], ..Header::default() };
        Body::Text { text: "Look!".into(), answers: None, header }
    };
    let again = Body::Edit {
        message: fact(1),
        text: "Look!".into(),
        mentions: vec![Mention::Person(OMAR), Mention::Everyone],
    };
    let table = [
        (DANA, NORTH, call(Mention::Person(OMAR)), Ok(())),
        (DANA, NORTH, call(Mention::Everyone), Err(NotAllowed)),
        (OMAR, NORTH, call(Mention::Everyone), Ok(())),
        (OMAR, CHAT, call(Mention::Everyone), Err(NotAllowed)),
        (DANA, NORTH, again, Err(NotAllowed)),
    ];
    for (who, conversation, body, expected) in table {
        let found = says(&[], who, conversation, &body).map(|_| ());
        assert_eq!(found, expected, "{body:?} of {who} in {conversation}");
    }
}

#[test]
fn a_message_expires_so_long_after_it_was_recorded() {
    let for_a_minute = Header { expires_after_s: Some(60), ..Header::default() };
    let text = |header| Body::Text { text: "Code 4711".into(), answers: None, header };
    let at = |body: &Body| says(&[], DANA, CHAT, body).map(|fact| fact.expires_at);
    assert_eq!(at(&text(for_a_minute)), Ok(Some(NOW + 60_000)));
    assert_eq!(at(&text(Header::default())), Ok(None));
    assert_eq!(at(&edit(1)), Ok(None), "an edit goes with its message");
}

#[test]
fn what_is_gone_cannot_be_said() {
    let nothing = Body::Erased { number: kind::TEXT };
    let found = says(&[], DANA, CHAT, &nothing).map(|_| ());
    assert_eq!(found, Err(ProblemCode::ContentInvalid));
}

#[test]
fn whoever_revises_wants_to_know_of_the_message() {
    let wants = |body: Body| {
        let entries = vec![entry(CHAT, &body)];
        Wanted::by(&[Request::Submit { actor: of(DANA), entries }]).facts
    };
    assert_eq!(wants(edit(1)), HashSet::from([fact(1), fact(99)]));
    assert_eq!(wants(deletion(1, OMAR)), HashSet::from([fact(1), fact(99)]));
    let answered = wants(Body::text("gate 4"));
    assert_eq!(answered, HashSet::from([fact(99)]));
}
