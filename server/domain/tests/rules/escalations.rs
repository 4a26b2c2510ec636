//! What follows when nobody acknowledges: when, whom it reaches, and what ends it.

use waypost_domain::{Clockwork, Decision, Known, Request, Watching, decide};
use waypost_protocol::{
    Body, ConversationId, Entry, FactId, Header, Millis, PersonId, ProblemCode, Recipients, Step,
};

use crate::crew::{self, AYO, DANA, NORTH, NOW, OMAR, decided, entry, fact, of};

const CHAT: ConversationId = ConversationId::Direct(DANA, OMAR);
const MINUTE: Millis = 60_000;
const BY: Millis = NOW + 10 * MINUTE;

fn wanted(chain: Option<u32>) -> Body {
    let header = Header { acknowledge_by: Some(BY), chain, ..Header::default() };
    Body::Text { text: "Gate 4 is closed".into(), answers: None, header }
}

fn step(after_minutes: u16, people: &[PersonId]) -> Step {
    let to = Recipients { people: people.to_vec(), ..Recipients::default() };
    Step { after_minutes, to }
}

fn says(
    known: &mut Known,
    who: PersonId,
    place: ConversationId,
    id: FactId,
    body: &Body,
) -> Decision {
    let entry = Entry { id, number: 0, ..entry(place, body) };
    decided(known, &[Request::Submit { actor: of(who), entries: vec![entry] }])
}

/// The steps that the server takes of the message 1 at that time.
fn looks(known: &mut Known, now: Millis) -> Decision {
    let mut next = 900;
    let mut random = || {
        next += 1;
        next
    };
    let batch = [Request::Escalate { messages: vec![fact(1)] }];
    decide(known, &batch, Clockwork { now, random: &mut random })
}

fn steps(decision: &Decision) -> Vec<(u16, Vec<PersonId>)> {
    let bodies = decision.facts.iter().filter_map(|fact| fact.content.to_body().ok());
    let steps = bodies.filter_map(|body| match body {
        Body::Escalation { step, to, .. } => Some((step, to)),
        _ => None,
    });
    steps.collect()
}

/// Omar has told Dana something that she is to acknowledge in ten minutes.
fn told(chain: Option<u32>) -> Known {
    let mut known = crew::known();
    let night = vec![step(0, &[]), step(5, &[AYO, DANA]), step(5, &[]), step(20, &[])];
    known.chains.insert(4, night);
    says(&mut known, OMAR, CHAT, fact(1), &wanted(chain));
    known
}

#[test]
fn who_does_not_answer_is_reminded_for_an_hour() {
    let mut known = told(None);
    assert_eq!(looks(&mut known, BY - 1).facts, [], "there is time left");
    let decision = looks(&mut known, BY);
    assert_eq!(steps(&decision), [(0, vec![])]);
    let reminder = &decision.facts[0];
    assert_eq!((reminder.author, reminder.conversation), (PersonId::SERVER, Some(CHAT)));
    assert_eq!(looks(&mut known, BY).facts, [], "once");
    assert_eq!(looks(&mut known, BY + 5 * MINUTE - 1).facts, []);
    assert_eq!(steps(&looks(&mut known, BY + 5 * MINUTE)), [(1, vec![])]);
    assert_eq!(steps(&looks(&mut known, BY + 16 * MINUTE)), [(2, vec![])]);
    let last = looks(&mut known, BY + 24 * 60 * MINUTE);
    assert_eq!(steps(&last), [(4, vec![])], "who is reminded late is reminded once");
    assert_eq!(last.watching, [Watching::Ends { message: fact(1) }]);
}

#[test]
fn along_its_chain_a_message_goes_further() {
    let mut known = told(Some(4));
    assert_eq!(steps(&looks(&mut known, BY)), [(0, vec![])]);
    let decision = looks(&mut known, BY + 5 * MINUTE);
    assert_eq!(steps(&decision), [(1, vec![AYO]), (2, vec![])], "Dana was told it already");
    let copy = &decision.facts[1];
    let with_ayo = ConversationId::Direct(OMAR, AYO);
    assert_eq!((copy.author, copy.enrolment, copy.conversation), (OMAR, None, Some(with_ayo)));
    let header = Header { escalates: Some(fact(1)), ..Header::default() };
    let text = Body::Text { text: "Gate 4 is closed".into(), answers: None, header };
    assert_eq!(copy.content.to_body(), Ok(text));

    // Ayo has it in hand, and says so where he was told.
    says(&mut known, AYO, with_ayo, fact(2), &Body::Acknowledgement { message: copy.id });
    assert_eq!(looks(&mut known, BY + 60 * MINUTE).facts, []);
}

#[test]
fn drivers_are_not_told_what_drivers_say() {
    let mut known = crew::known();
    known.chains.insert(4, vec![step(0, &[AYO, OMAR])]);
    let group = ConversationId::Group(NORTH);
    known.audiences.insert(NORTH, [DANA].into());
    says(&mut known, DANA, group, fact(1), &wanted(Some(4)));
    assert_eq!(steps(&looks(&mut known, BY)), [(0, vec![OMAR])]);
}

#[test]
fn what_ends_it_and_what_does_not() {
    let acknowledged = || Body::Acknowledgement { message: fact(1) };
    let stopped = || Body::EscalationStopped { message: fact(1) };
    let deleted = || Body::Deletion { message: fact(1), author: OMAR };
    let elsewhere = ConversationId::Direct(OMAR, AYO);
    for (who, place, body, ends, why) in [
        (DANA, CHAT, acknowledged(), true, "she has answered"),
        (OMAR, CHAT, acknowledged(), false, "he cannot answer himself"),
        (AYO, elsewhere, acknowledged(), false, "he was not told it"),
        (OMAR, CHAT, stopped(), true, "its author says that it is enough"),
        (DANA, CHAT, stopped(), true, "she says so"),
        (AYO, elsewhere, stopped(), false, "he was not told it"),
        (OMAR, CHAT, deleted(), true, "it is gone"),
        (DANA, CHAT, Body::text("I saw it"), false, "words are no acknowledgement"),
    ] {
        let mut known = told(None);
        says(&mut known, who, place, fact(2), &body);
        assert_eq!(looks(&mut known, BY).facts.is_empty(), ends, "{why}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    use ProblemCode::{ContentInvalid, NotAllowed, NotFound};
    let alone = Header { chain: Some(4), ..Header::default() };
    let claims = Header { escalates: Some(fact(7)), ..Header::default() };
    let with = |header| Body::Text { text: "Stop!".into(), answers: None, header };
    let other = Body::EscalationStopped { message: fact(1) };
    let step = Body::Escalation { message: fact(1), step: 0, to: vec![AYO] };
    let chain = Body::ChainSet { chain: 4, name: "Mine".into(), steps: vec![step_of_none()] };
    for (who, place, body, code, why) in [
        (OMAR, CHAT, wanted(Some(5)), NotFound, "there is no such chain"),
        (OMAR, CHAT, with(alone), ContentInvalid, "a chain without a time"),
        (OMAR, CHAT, with(claims), NotAllowed, "the server says what goes further"),
        (OMAR, ConversationId::Direct(OMAR, AYO), other, NotFound, "it stands elsewhere"),
        (OMAR, CHAT, step, NotAllowed, "the server takes the steps"),
        (OMAR, CHAT, chain, NotAllowed, "a chain is set by a deed"),
    ] {
        let said = crew::says(&mut told(None), who, place, &body);
        assert_eq!(said.map(|fact| fact.id), Err(code), "{why}");
    }
}

fn step_of_none() -> Step {
    step(0, &[])
}

#[test]
fn what_came_too_late_is_reminded_of_from_its_coming_on() {
    let mut known = crew::known();
    let header = Header { acknowledge_by: Some(NOW - 60 * MINUTE), ..Header::default() };
    let late = Body::Text { text: "from the tunnel".into(), answers: None, header };
    let decision = says(&mut known, DANA, CHAT, fact(1), &late);
    let Watching::Begins { from, due_at, .. } = decision.watching[0] else { panic!("watched") };
    assert_eq!((from, due_at), (NOW, NOW), "Omar could not answer before he had it");
}
