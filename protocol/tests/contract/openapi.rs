//! How the types look in the OpenAPI document where they do not look as Rust has them.

use utoipa::{PartialSchema as _, ToSchema as _};
use waypost_protocol::{Body, Content, ConversationId, ProblemCode};

fn json(schema: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(schema).expect("a schema is JSON")
}

#[test]
fn a_conversation_is_a_text_of_its_form() {
    let schema = json(&ConversationId::schema());
    assert_eq!(schema["type"], "string");
    let pattern = schema["pattern"].as_str().expect("a pattern");
    for form in ["direct-", "group", "about", "fleet", "staff"] {
        assert!(pattern.contains(form), "{pattern} lacks {form}");
    }
}

#[test]
fn a_problem_code_is_one_of_its_slugs() {
    let schema = json(&ProblemCode::schema());
    let slugs: Vec<_> = ProblemCode::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!((&schema["type"], &schema["enum"]), (&"string".into(), &slugs.into()));
}

#[test]
fn a_content_is_shown_as_what_it_says() {
    assert_eq!(json(&Content::schema()), json(&Body::schema()));
    assert_eq!(Content::name(), Body::name());
    let (mut of_content, mut of_body) = (Vec::new(), Vec::new());
    Content::schemas(&mut of_content);
    Body::schemas(&mut of_body);
    let names = |all: &[(String, _)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert!(!of_body.is_empty());
    assert_eq!(names(&of_content), names(&of_body));
}
