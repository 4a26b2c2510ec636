//! What consignees say: the server alone says it for them, to whose stop it is, and to whom it goes.

use waypost_domain::{Actor, Decision};
use waypost_protocol::StopState::*;
use waypost_protocol::{
    Argument, Body, ConversationId, FactId, Header, Priority, ProblemCode, STOP_WORDS_MAX,
    TemplateUse,
};

use crate::crew::{AYO, DANA, OMAR};
use crate::trips::{Server, ayos, danas, handed, moved, stop, trip_planned};

fn said(text: &str) -> Body {
    let said = TemplateUse {
        template: "consignee-access".into(),
        version: 1,
        arguments: [("text".to_owned(), Argument::Text(text.into()))].into(),
    };
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    Body::ConsigneeSaid { stop: stop(2), said: said.into(), first: None, header }
}

impl Server {
    fn is_told(&mut self, place: ConversationId, text: &str) -> Result<Decision, ProblemCode> {
        self.says(Actor::OPERATOR.person, place, &said(text))
    }
}

/// What the facts of a decision tell for a consignee, and with which fact it was said first.
fn told(decision: &Decision) -> Vec<(Option<ConversationId>, String, Option<FactId>)> {
    let words = decision.facts.iter().filter_map(|fact| match fact.content.to_body() {
        Ok(Body::ConsigneeSaid { said, first, .. }) => {
            let text = format!("{:?}", said.arguments["text"]);
            Some((fact.conversation, text, first))
        }
        _ => None,
    });
    words.collect()
}

#[test]
fn a_word_about_the_gate_is_heard_by_whose_stop_it_is_alone() {
    let mut server = Server::with_a_trip();
    for who in [DANA, OMAR, AYO] {
        let refused = server.refuses(who, danas(), &said("Gate 4711"));
        let is_refused = matches!(refused, ProblemCode::NotAllowed | ProblemCode::NotFound);
        assert!(is_refused, "nobody speaks for her: {refused:?}");
    }
    assert_eq!(server.is_told(ayos(), "Gate 4711").unwrap_err(), ProblemCode::Outdated);
    assert_eq!(
        server.is_told(ConversationId::Staff, "Gate 4711").unwrap_err(),
        ProblemCode::Outdated
    );
    server.is_told(danas(), "Gate 4711").expect("it is told");
    assert_eq!(server.stop(2).words.len(), 1);
    assert_eq!(server.stop(2).words[0].priority, Priority::Urgent);
    let case = server.known.cases.get(&danas());
    assert!(case.is_none_or(|case| !case.is_open()), "dispatch has nothing to answer: {case:?}");
    server.says(DANA, danas(), &moved(2, Completed)).expect("it is done");
    assert_eq!(server.is_told(danas(), "Late").unwrap_err(), ProblemCode::Outdated);
}

#[test]
fn whoever_takes_over_is_told_again_and_nobody_twice() {
    let mut server = Server::with_a_trip();
    let first = server.is_told(danas(), "Gate 4711").expect("it is told").facts[0].id;
    let text = format!("{:?}", Argument::Text("Gate 4711".into()));
    let decision = server.says(OMAR, danas(), &handed(1, AYO)).expect("he hands it over");
    assert_eq!(told(&decision), [(Some(ayos()), text, Some(first))]);
    let known = server.stop(2).words.clone();
    assert_eq!((known.len(), known[0].first), (1, first), "it was said once");
    assert_ne!(known[0].fact, first, "and told again");
    server.says(OMAR, ayos(), &trip_planned(2)).expect("another trip of his");
    let gives = Body::StopHandedOver { stop: stop(2), to: crate::trips::trip(2) };
    let decision = server.says(OMAR, ayos(), &gives).expect("he moves it there");
    assert_eq!(told(&decision), [], "Ayo has heard it");
    let nobody = Body::TripHandedOver { trip: crate::trips::trip(2), to: None };
    let decision = server.says(OMAR, ayos(), &nobody).expect("nobody has it");
    assert_eq!(told(&decision), []);
    let to_dana = Body::TripHandedOver { trip: crate::trips::trip(2), to: Some(DANA) };
    let decision =
        server.says(OMAR, ConversationId::Staff, &to_dana).expect("it goes back to Dana");
    assert_eq!(told(&decision), [], "she has heard it before him");
    server.is_told(danas(), "Ring twice").expect("it is told");
    let again = Body::TripHandedOver { trip: crate::trips::trip(2), to: Some(AYO) };
    let decision = server.says(OMAR, danas(), &again).expect("and once more to Ayo");
    let news: Vec<_> = told(&decision).into_iter().map(|(_, text, _)| text).collect();
    assert_eq!(news, [format!("{:?}", Argument::Text("Ring twice".into()))], "what is new to him");
}

#[test]
fn a_consignee_has_a_bound() {
    let mut server = Server::with_a_trip();
    for n in 0..STOP_WORDS_MAX {
        server.is_told(danas(), &format!("Word {n}")).expect("there is room");
    }
    assert_eq!(server.is_told(danas(), "One more").unwrap_err(), ProblemCode::TooLarge);
}
