//! What follows when nobody acknowledges: when, whom it reaches, and what ends it.

use waypost_domain::{
    Actor, Clockwork, Decision, Deed, Known, Request, Watching, decide, wanted_by_steps,
};
use waypost_protocol::{
    Body, ConversationId, Entry, FactId, Header, Millis, PersonId, ProblemCode, Recipients, Step,
};

use crate::crew::{self, AYO, DANA, INES, MAREK, NORTH, NOW, OMAR, VERA, decided, entry, fact, of};

const CHAT: ConversationId = ConversationId::Direct(DANA, OMAR);
const MINUTE: Millis = 60_000;
const BY: Millis = NOW + 10 * MINUTE;

fn wanted(chain: Option<u32>) -> Body {
    let header = Header { acknowledge_by: Some(BY), chain, ..Header::default() };
    Body::Text { text: "Gate 4 is closed".into(), answers: None, header }
}

fn step(after_minutes: u16, people: &[PersonId]) -> Step {
    let to = Recipients { people: people.to_vec(), ..Recipients::default() };
    Step { after_minutes, to, covering: false }
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
    looks_after(known, now, Vec::new())
}

/// The same in one commit with something before it.
fn looks_after(known: &mut Known, now: Millis, before: Vec<Request>) -> Decision {
    let mut next = 900;
    let mut random = || {
        next += 1;
        next
    };
    let look = Request::Escalate { messages: vec![fact(1)] };
    let batch: Vec<_> = before.into_iter().chain([look]).collect();
    wanted_by_steps(&batch, known, now);
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

fn sets(steps: Vec<Step>) -> Request {
    let deed = Deed::SetChain { chain: 4, name: "Night shift".into(), steps };
    Request::Deed { actor: Actor::OPERATOR, id: fact(50), deed }
}

#[test]
fn a_chain_that_is_changed_holds_nothing_up() {
    let goes = |step, due_at| vec![Watching::Goes { message: fact(1), step, due_at }];
    let changed = Watching::Changed { chain: 4 };
    for (steps, then, why) in [
        (vec![step(0, &[])], vec![Watching::Ends { message: fact(1) }], "no step is left"),
        (vec![step(0, &[]), step(60, &[])], goes(1, BY + 60 * MINUTE), "the next is due later"),
    ] {
        let mut known = told(Some(4));
        assert_eq!(steps_taken(&looks(&mut known, BY)), 1);
        let set = looks_after(&mut known, BY + 5 * MINUTE, vec![sets(steps)]);
        assert_eq!((steps_taken(&set), &set.watching[..]), (0, &[changed.clone()][..]), "{why}");
        let next = looks(&mut known, BY + 5 * MINUTE);
        assert_eq!((steps_taken(&next), next.watching), (0, then), "{why}");
    }
}

fn steps_taken(decision: &Decision) -> usize {
    steps(decision).len()
}

#[test]
fn who_is_told_further_is_told_the_last_words() {
    let mut known = told(Some(4));
    let gate_5 = Body::Edit { message: fact(1), text: "Gate 5".into(), mentions: vec![] };
    says(&mut known, OMAR, CHAT, fact(2), &gate_5);
    let decision = looks(&mut known, BY + 5 * MINUTE);
    let copy = decision.facts[1].content.to_body();
    assert!(matches!(copy, Ok(Body::Text { text, .. }) if text == "Gate 5"));
}

#[test]
fn what_is_about_to_go_is_told_to_nobody_and_the_rest_no_longer_than_it_stays() {
    let expiring = |after_s| {
        let mut known = told(None);
        let header = Header {
            acknowledge_by: Some(BY),
            chain: Some(4),
            expires_after_s: Some(after_s),
            ..Header::default()
        };
        let text = Body::Text { text: "The code is 4711".into(), answers: None, header };
        known.watches.clear();
        known.past.remove(&fact(1));
        says(&mut known, OMAR, CHAT, fact(1), &text);
        looks(&mut known, BY + 5 * MINUTE)
    };
    let decision = expiring(15 * 60 + 30);
    let copy = decision.facts[1].content.to_body().expect("a message");
    assert_eq!(copy.header().and_then(|header| header.expires_after_s), Some(30));
    assert_eq!(decision.facts[1].expires_at, Some(BY + 5 * MINUTE + 30_000));
    let gone = expiring(15 * 60 + 4);
    assert_eq!((gone.facts, gone.watching), (vec![], vec![Watching::Ends { message: fact(1) }]));
}

#[test]
fn a_time_at_the_end_of_all_times_stops_nobody() {
    for by in [i64::MAX, i64::MIN] {
        let header = Header { acknowledge_by: Some(by), chain: Some(4), ..Header::default() };
        let text = Body::Text { text: "hello".into(), answers: None, header };
        let mut known = told(None);
        says(&mut known, DANA, CHAT, fact(7), &text);
        assert!((NOW..=NOW + 400 * 24 * 60 * MINUTE).contains(&known.watches[&fact(7)].due_at));
    }
}

#[test]
fn a_look_that_reaches_too_many_goes_on_at_the_next() {
    let mut known = told(Some(4));
    let everyone = Recipients { everyone: true, ..Recipients::default() };
    known.chains.insert(4, vec![Step { after_minutes: 0, to: everyone, covering: false }]);
    known.head.last_person = 11_000;
    let other = known.watches[&fact(1)].clone();
    known.watches.insert(fact(2), other);
    let batch = [Request::Escalate { messages: vec![fact(1), fact(2)] }];
    wanted_by_steps(&batch, &mut known, BY);
    assert_eq!(known.ready, [fact(1)].into());
}

#[test]
fn whoever_has_blocked_its_author_is_not_told_further() {
    let mut known = crew::with(crew::known(), &[VERA, MAREK, INES]);
    known.chains.insert(4, vec![step(0, &[MAREK]), step(5, &[MAREK, INES])]);
    let block = Body::Blocked { person: VERA };
    says(&mut known, MAREK, ConversationId::Own(MAREK), fact(7), &block);
    let with_omar = ConversationId::Direct(OMAR, VERA);
    says(&mut known, VERA, with_omar, fact(1), &wanted(Some(4)));
    let look = [Request::Escalate { messages: vec![fact(1)] }];
    let needs = wanted_by_steps(&look, &mut known.clone(), BY);
    assert!(needs.chosen.contains(&MAREK), "what he has chosen is to be known: {needs:?}");
    assert_eq!(steps(&looks(&mut known, BY)), [(0, vec![])], "he hears nothing of her");
    assert_eq!(steps(&looks(&mut known, BY + 5 * MINUTE)), [(1, vec![INES])], "others do");
}
