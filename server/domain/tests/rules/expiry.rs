//! How long messages stay where their conversation says so.

use waypost_domain::{Decision, Known, Request};
use waypost_protocol::{
    Body, ConversationId, Entry, GroupSettings, Header, Millis, PersonId, ProblemCode, Recipients,
};

use crate::crew::{
    DANA, MAREK, NORTH, NOW, OMAR, VERA, decided, entry, fact, known, of, says, with, with_office,
};

fn direct() -> ConversationId {
    ConversationId::direct(DANA, OMAR).expect("two people")
}

fn stays(seconds: Millis) -> Option<Millis> {
    Some(NOW + seconds * 1_000)
}

fn text(expires_after_s: Option<u32>) -> Body {
    let header = Header { expires_after_s, ..Header::default() };
    Body::Text { text: "Gate 4".into(), answers: None, header }
}

/// One after the other, in one batch.
fn say(known: &mut Known, who: PersonId, place: ConversationId, bodies: &[Body]) -> Decision {
    known.lanes.clear();
    known.past.clear();
    let entries = bodies.iter().zip(1..).map(|(body, number)| Entry {
        id: fact(u128::from(number)),
        number,
        ..entry(place, body)
    });
    decided(known, &[Request::Submit { actor: of(who), entries: entries.collect() }])
}

#[test]
fn what_dana_and_omar_say_goes_after_a_day_from_then_on() {
    let mut known = known();
    let day = Body::ExpirySet { after_s: Some(86_400) };
    let said = [text(None), day, text(None), text(Some(60)), text(Some(1_000_000))];
    let decision = say(&mut known, DANA, direct(), &said);
    let ends: Vec<_> = decision.facts.iter().map(|fact| fact.expires_at).collect();
    assert_eq!(ends, [None, None, stays(86_400), stays(60), stays(86_400)], "the sooner counts");
    assert_eq!(decision.expiries[&direct()], Some(86_400));

    let of_omar = say(&mut known, OMAR, direct(), &[text(None)]);
    assert_eq!(of_omar.facts[0].expires_at, stays(86_400), "it holds for both");
    let for_ever = Body::ExpirySet { after_s: None };
    let decision = say(&mut known, OMAR, direct(), &[for_ever, text(None), text(Some(60))]);
    assert_eq!(decision.expiries[&direct()], None);
    assert_eq!((decision.facts[1].expires_at, decision.facts[2].expires_at), (None, stays(60)));
}

#[test]
fn what_a_group_says_goes_as_its_settings_have_it() {
    let mut known = known();
    let settings = GroupSettings { expires_after_s: Some(600), ..GroupSettings::default() };
    known.groups.get_mut(&NORTH).expect("it is there").settings = settings;
    let group = ConversationId::Group(NORTH);
    let ack = Body::Acknowledgement { message: fact(1) };
    let decision = say(&mut known, DANA, group, &[text(None), ack]);
    assert_eq!(decision.facts[0].expires_at, stays(600));
    assert_eq!(decision.facts[1].expires_at, None, "that is no message");
    let refused = says(&mut known, OMAR, group, &Body::ExpirySet { after_s: Some(60) }).err();
    assert_eq!(refused, Some(ProblemCode::NotAllowed), "its settings say so");
}

#[test]
fn a_broadcast_stays_as_long_as_it_says() {
    let mut known = known();
    say(&mut known, DANA, direct(), &[Body::ExpirySet { after_s: Some(600) }]);
    let to = Recipients { people: vec![DANA], ..Recipients::default() };
    let broadcast = |told: Body| Body::Broadcast { to: to.clone(), message: Box::new(told) };
    let place = ConversationId::Broadcasts(OMAR);
    let decision = say(&mut known, OMAR, place, &[broadcast(text(None))]);
    let copies: Vec<_> =
        decision.facts.iter().filter(|it| it.conversation == Some(direct())).collect();
    assert_eq!((copies.len(), copies[0].expires_at), (1, None));
    let decision = say(&mut known, OMAR, place, &[broadcast(text(Some(60)))]);
    assert_eq!(decision.facts[1].expires_at, stays(60));
}

#[test]
fn who_may_not_write_says_nothing_of_how_long_it_stays() {
    let mut known = with(with_office(), &[VERA, MAREK]);
    let talk = ConversationId::direct(VERA, MAREK).expect("two people");
    let soon = Body::ExpirySet { after_s: Some(5) };
    use ProblemCode::{Blocked, ContentInvalid, NotAllowed, NotFound};
    let block = Body::Blocked { person: MAREK };
    says(&mut known, VERA, ConversationId::Own(VERA), &block).expect("she may");
    let at_once = Body::ExpirySet { after_s: Some(1) };
    for (who, place, body, code) in [
        (MAREK, talk, &soon, Blocked),
        (DANA, talk, &soon, NotFound),
        (DANA, ConversationId::Dispatch(DANA), &soon, NotAllowed),
        (OMAR, ConversationId::Dispatch(DANA), &soon, NotAllowed),
        (DANA, ConversationId::Own(DANA), &soon, NotAllowed),
        (DANA, direct(), &at_once, ContentInvalid),
    ] {
        known.past.clear();
        known.lanes.clear();
        assert_eq!(says(&mut known, who, place, body).err(), Some(code), "{who} in {place}");
    }
}

#[test]
fn a_chain_ends_when_its_message_has_gone_with_its_conversation() {
    let mut known = known();
    say(&mut known, DANA, direct(), &[Body::ExpirySet { after_s: Some(600) }]);
    let header = Header { acknowledge_by: Some(NOW + 60_000), ..Header::default() };
    let asks = Body::Text { text: "Where are you?".into(), answers: None, header };
    say(&mut known, OMAR, direct(), &[asks]);
    assert_eq!(known.watches[&fact(1)].expires_at, stays(600));
}
