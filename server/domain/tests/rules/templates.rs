//! Templates are published by admins, one version after the other, for everyone.

use std::collections::HashMap;

use waypost_domain::{Actor, Decision, Deed, Known, Reply, Request, Wanted};
use waypost_protocol::{
    Body, ConversationId, PersonId, ProblemCode, Role, TemplateDefinition, TemplateText,
};

use crate::crew::{self, DANA, OMAR, fact};

/// An admin, who needs no device for this.
const INES: Actor = Actor { person: PersonId(4), enrolment: None, role: Role::Admin };

fn saying(text: &str) -> TemplateDefinition {
    let text = TemplateText { label: "Ferry".into(), text: text.into(), ..TemplateText::default() };
    TemplateDefinition { texts: [("en".to_owned(), text)].into(), ..TemplateDefinition::default() }
}

fn publishes(who: Actor, id: u128, version: u16, definition: TemplateDefinition) -> Request {
    let deed = Deed::PublishTemplate { template: "ferry".into(), version, definition };
    Request::Deed { actor: who, id: fact(id), deed }
}

fn decided(known: &mut Known, request: Request) -> Decision {
    crew::decided(known, &[request])
}

fn refused(known: &mut Known, request: Request) -> ProblemCode {
    match &decided(known, request).replies[0] {
        Reply::Refused(code) => *code,
        other => panic!("it is published: {other:?}"),
    }
}

#[test]
fn what_an_admin_publishes_everyone_hears_of() {
    let mut known = crew::known();
    let decision = decided(&mut known, publishes(INES, 1, 1, saying("On the ferry.")));
    let [published] = &decision.facts[..] else { panic!("{:?}", decision.replies) };
    assert_eq!(published.conversation, Some(ConversationId::Fleet));
    let Ok(Body::TemplatePublished { template, version, .. }) = published.content.to_body() else {
        panic!("a version of a template");
    };
    assert_eq!((template.as_str(), version), ("ferry", 1));
}

#[test]
fn a_version_follows_the_last_one() {
    let mut known = crew::known();
    known.templates = HashMap::from([("ferry".into(), 4), ("arrived".into(), 9)]);
    for version in [1, 4] {
        let request = publishes(INES, version.into(), version, saying("On the ferry."));
        assert_eq!(refused(&mut known, request), ProblemCode::AlreadyDone);
    }
    assert_eq!(decided(&mut known, publishes(INES, 5, 5, saying("Ferry."))).facts.len(), 1);
    let twice = publishes(INES, 6, 5, saying("Other words."));
    assert_eq!(refused(&mut known, twice), ProblemCode::AlreadyDone, "it was just published");
    let repeat = decided(&mut known, publishes(INES, 5, 5, saying("Ferry.")));
    assert!(matches!(repeat.replies[..], [Reply::Done(_)]), "the answer was lost: {repeat:?}");
}

#[test]
fn a_batch_asks_for_the_templates_that_it_publishes() {
    let wanted = Wanted::by(&[publishes(INES, 1, 1, saying("On the ferry."))]);
    assert_eq!(wanted.templates, ["ferry".to_owned()].into());
    assert!(wanted.keys() > Wanted::default().keys());
}

#[test]
fn nobody_else_publishes_and_nothing_broken_is_published() {
    let mut known = crew::known();
    for who in [crew::of(OMAR), crew::of(DANA)] {
        let request = publishes(who, 1, 1, saying("On the ferry."));
        assert_eq!(refused(&mut known, request), ProblemCode::NotAllowed);
    }
    let blank = publishes(INES, 2, 1, saying(" "));
    assert_eq!(refused(&mut known, blank), ProblemCode::ContentInvalid);
    let long = "x".repeat(1_000);
    let texts =
        (0..26).map(|at| (format!("x-{at}"), saying(&"ż".repeat(1_000)).texts["en"].clone()));
    let large = TemplateDefinition { texts: texts.collect(), ..saying(&long) };
    assert_eq!(refused(&mut known, publishes(INES, 3, 1, large)), ProblemCode::TooLarge);
    let said = Body::TemplatePublished {
        template: "ferry".into(),
        version: 1,
        definition: saying("Mine.").into(),
    };
    let place = ConversationId::Direct(DANA, OMAR);
    let said = crew::says(&mut known, OMAR, place, &said);
    assert_eq!(said.map(|it| it.id), Err(ProblemCode::NotAllowed), "it is no message");
}
