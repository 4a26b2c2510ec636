//! Texts that name something: in URLs, topics, headers, configuration and on the command line. A
//! name that is understood has one spelling.

use waypost_locales::Locale;
use waypost_protocol::{ConversationId, DeviceId, EnrolmentId, FactId, ProblemCode, Role, topic};

use crate::frames::language;
use crate::seeds::Seed;

/// Every parser of a text.
pub fn text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(conversation) = text.parse::<ConversationId>() {
        assert_eq!(conversation.to_string(), text, "one name for one thing");
    }
    if let Ok(role) = text.parse::<Role>() {
        assert_eq!(role.name(), text);
    }
    if let Some(enrolment) = topic::of_down(text) {
        assert_eq!(topic::of_down(&topic::down(enrolment)), Some(enrolment));
    }
    if let Ok(id) = text.parse::<FactId>() {
        let _ = id.occurred_at();
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let _ = (text.parse::<EnrolmentId>(), text.parse::<DeviceId>());
    let texts = language(Locale::of(text));
    let _ = (texts.template_label(text), texts.message(text, &[]));
    let json = serde_json::to_string(text).expect("a text is JSON");
    if let Ok(code) = serde_json::from_str::<ProblemCode>(&json) {
        let _ = texts.problem(code);
    }
}

/// One of each.
pub fn seeds() -> Vec<Seed> {
    let enrolment = FactId::mint(1_772_440_200_000, 7);
    let down = topic::down(EnrolmentId(enrolment.0));
    let up = topic::up(EnrolmentId(enrolment.0));
    let texts = [
        ("direct", "direct-3-7".to_owned()),
        ("group", "group-5".into()),
        ("fleet", "fleet".into()),
        ("staff", "staff".into()),
        ("role", "dispatcher".into()),
        ("id", enrolment.to_string()),
        ("down", down),
        ("up", up),
        ("language", "de-AT".into()),
        ("template", "running-late".into()),
        ("code", "other-4711".into()),
    ];
    texts.into_iter().map(|(name, text)| Seed::new(name, text)).collect()
}
