//! What people report, what becomes of it, and what the server flags by itself.

use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR, dana_and_omar, fact};

const ADA: PersonId = PersonId(1);
const MAREK: PersonId = PersonId(9);
const NORTH: ConversationId = ConversationId::Group(3);

/// One of each kind, and their optional parts.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let edit = Body::Edit { message: fact(1), text: "Idiots".into(), mentions: Vec::new() };
    let edited = Quote { said: edit.to_content(), edit: Some(fact(2)), ..quote("") };
    let rules = vec![
        FlagRule { name: "Links".into(), links: true, ..FlagRule::default() },
        FlagRule {
            name: "Tone".into(),
            words: vec!["idiot".into(), "shut up".into()],
            links: false,
            direct: true,
        },
    ];
    vec![
        (
            "group whose messages go",
            Body::GroupChanged {
                group: 3,
                name: "Depot North".into(),
                settings: GroupSettings {
                    expires_after_s: Some(86_400),
                    ..GroupSettings::default()
                },
            },
        ),
        ("expiry set, none", Body::ExpirySet { after_s: None }),
        ("expiry set", Body::ExpirySet { after_s: Some(86_400) }),
        ("reported", reported("Idiot", ReportReason::Other, "")),
        ("reported, with words", reported("Idiot", ReportReason::Harassment, "Every day")),
        ("flagged", flagged(quote("Idiot"), "Tone")),
        ("flagged edit", flagged(edited, "Tone")),
        ("judged", judged(Verdict::Kept, "")),
        ("judged, removed", judged(Verdict::Removed, "House rules")),
        ("flag rules, none", Body::FlagRulesSet { rules: Vec::new() }),
        ("flag rules", Body::FlagRulesSet { rules }),
    ]
}

fn quote(text: &str) -> Quote {
    let said = Body::text(text).to_content();
    Quote { message: fact(1), author: DANA, conversation: NORTH, said, edit: None }
}

fn reported(text: &str, reason: ReportReason, why: &str) -> Body {
    Body::Reported { quote: Box::new(quote(text)), reason, text: why.into() }
}

fn flagged(quote: Quote, rule: &str) -> Body {
    Body::Flagged { quote: Box::new(quote), rules: vec![rule.into()] }
}

fn judged(verdict: Verdict, text: &str) -> Body {
    Body::Judged { message: fact(1), verdict, text: text.into() }
}

#[test]
fn a_report_quotes_a_message_or_an_edit_of_it_and_nothing_else() {
    let check = |quote: Quote| flagged(quote, "Tone").check().map_err(|error| error.field);
    assert_eq!(check(quote("Idiot")), Ok(()));
    assert_eq!(check(quote(" ")), Err("text"), "nobody could have said that");
    let edit = |message| Body::Edit { message, text: "x".into(), mentions: Vec::new() };
    let of = |body: &Body, edit| check(Quote { said: body.to_content(), edit, ..quote("") });
    assert_eq!(of(&edit(fact(1)), Some(fact(2))), Ok(()));
    assert_eq!(of(&edit(fact(1)), None), Err("said"), "which edit is it?");
    assert_eq!(of(&edit(fact(3)), Some(fact(2))), Err("said"), "it is of another message");
    assert_eq!(of(&Body::text("x"), Some(fact(2))), Err("said"));
    assert_eq!(of(&Body::Reopened {}, None), Err("said"));
    let erased = Quote { said: Content::erased(kind::TEXT), ..quote("") };
    assert_eq!(check(erased), Err("said"));
    let long = "x".repeat(REPORT_CHARS_MAX + 1);
    assert!(reported("Idiot", ReportReason::Other, &long).check().is_err());
    assert!(judged(Verdict::Kept, &long).check().is_err());
}

#[test]
fn a_report_inside_of_a_report_is_not_read() {
    let inner = reported("Idiot", ReportReason::Other, "").to_content();
    let outer = flagged(Quote { said: inner, ..quote("") }, "Tone").to_content();
    assert!(
        matches!(outer.to_body(), Ok(Body::Unknown { .. })),
        "reports could be stacked for ever"
    );
}

#[test]
fn rules_have_names_of_their_own_and_something_to_look_for() {
    let rule = |name: &str, word: &str| {
        let words = Some(word.to_owned()).filter(|it| !it.is_empty()).into_iter().collect();
        FlagRule { name: name.into(), words, ..FlagRule::default() }
    };
    let check =
        |rules: Vec<FlagRule>| Body::FlagRulesSet { rules }.check().map_err(|error| error.field);
    assert_eq!(check(vec![rule("Tone", "idiot"), rule("Links", "www")]), Ok(()));
    assert_eq!(check(vec![rule("Tone", "idiot"), rule("Tone", "www")]), Err("rules"));
    assert_eq!(check(vec![rule("Tone", "")]), Err("words"), "it would flag nothing");
    assert_eq!(check(vec![rule("Tone", "?!")]), Err("words"), "no text has such a word");
    assert_eq!(check(vec![rule(" ", "idiot")]), Err("name"));
    let many = |count: usize| (0..count).map(|it| rule(&it.to_string(), "x")).collect();
    assert_eq!(
        (check(many(FLAG_RULES_MAX)), check(many(FLAG_RULES_MAX + 1))),
        (Ok(()), Err("rules"))
    );
    let wordy = |count| FlagRule { words: vec!["x".into(); count], ..rule("Tone", "x") };
    assert_eq!(check(vec![wordy(FLAG_WORDS_MAX)]), Ok(()));
    assert_eq!(check(vec![wordy(FLAG_WORDS_MAX + 1)]), Err("words"));
}

#[test]
fn a_rule_looks_at_groups_and_at_two_people_only_if_it_says_so() {
    let rule = |name: &str, direct| {
        let words = vec!["Übel".into(), "so nicht".into()];
        FlagRule { name: name.into(), words, links: false, direct }
    };
    let flags = Flags::new(&[rule("Groups", false), rule("All", true)]);
    let said = Body::text("So ÜBEL war das");
    assert_eq!(flags.on(NORTH, &said), ["Groups", "All"]);
    assert_eq!(flags.on(dana_and_omar(), &said), ["All"], "that is between the two of them");
    assert!(flags.on(ConversationId::Dispatch(DANA), &said).is_empty(), "the staff read it anyway");
    let words = |text: &str| flags.on(NORTH, &Body::text(text)).len();
    assert_eq!((words("übelst"), words("nicht so"), words("Halt! So, nicht?")), (0, 0, 2));
    let edit = Body::Edit { message: fact(1), text: "übel".into(), mentions: Vec::new() };
    assert_eq!(flags.on(NORTH, &edit).len(), 2, "an edit would be a way around every rule");
}

#[test]
fn a_rule_for_links_knows_them_in_capitals_and_without_a_protocol() {
    let rule = FlagRule { name: "Links".into(), links: true, ..FlagRule::default() };
    let flags = Flags::new(&[rule]);
    let flags = |text: &str| !flags.on(NORTH, &Body::text(text)).is_empty();
    assert!(
        flags("see HTTPS://example.org") && flags("see http://a.b") && flags("WWW.example.org")
    );
    assert!(!flags("the gate at www road") && !flags("ramp 4"));
}

fn told(facts: &[(PersonId, Millis, Body)]) -> ReportedMessage {
    let mut reported = ReportedMessage::of(&facts[0].2).unwrap();
    facts.iter().for_each(|(author, at, body)| reported.hears(*author, *at, body));
    reported
}

#[test]
fn a_message_waits_from_its_first_report_until_it_is_judged() {
    let by = |person, at, why| (person, at, reported("Idiot", ReportReason::Harassment, why));
    let mut facts =
        vec![by(OMAR, MORNING, "a"), by(MAREK, MORNING + 5, "b"), by(OMAR, MORNING + 9, "c")];
    let waiting = told(&facts);
    assert_eq!(waiting.open_since(), Some(MORNING), "the first waits longest");
    let said: Vec<_> = waiting.reports.iter().map(|it| (it.person, it.text.as_str())).collect();
    assert_eq!(said, [(OMAR, "c"), (MAREK, "b")], "who reports twice has found other words");
    facts.push((ADA, MORNING + 10, judged(Verdict::Kept, "It was a joke")));
    let kept = told(&facts);
    assert_eq!((kept.open_since(), kept.verdict), (None, Some(Verdict::Kept)));
    assert_eq!((kept.judged_by, kept.verdict_text.as_str()), (Some(ADA), "It was a joke"));
    facts.push(by(OMAR, MORNING + 11, "again"));
    assert_eq!(told(&facts).open_since(), None, "one person cannot ask for ever");
    facts.push(by(DANA, MORNING + 12, ""));
    assert_eq!(told(&facts).open_since(), Some(MORNING + 12), "someone else was not heard yet");
    facts.push((ADA, MORNING + 13, judged(Verdict::Removed, "")));
    facts.push(by(PersonId(11), MORNING + 14, ""));
    assert_eq!(told(&facts).open_since(), None, "it is gone");
    assert_eq!(told(&facts).reports.len(), 4);
}

#[test]
fn other_words_for_what_was_kept_wait_again() {
    let edit = Body::Edit { message: fact(1), text: "Idiots".into(), mentions: Vec::new() };
    let edited = Quote { said: edit.to_content(), edit: Some(fact(2)), ..quote("") };
    let mut facts = vec![
        (PersonId::SERVER, MORNING, flagged(quote("Idiot"), "Tone")),
        (ADA, MORNING + 1, judged(Verdict::Kept, "")),
        (PersonId::SERVER, MORNING + 2, flagged(quote("Idiot"), "Tone")),
    ];
    assert_eq!(told(&facts).open_since(), None, "the same rule found the same");
    facts.push((PersonId::SERVER, MORNING + 3, flagged(edited.clone(), "Tone")));
    let again = told(&facts);
    assert_eq!((again.open_since(), &again.quote), (Some(MORNING + 3), &edited));
    assert_eq!(again.flags, ["Tone"]);
}

#[test]
fn there_is_a_bound_on_the_reports_that_are_kept() {
    let report = |person| (PersonId(person), MORNING, reported("Idiot", ReportReason::Spam, ""));
    let facts: Vec<_> = (1..=REPORTS_KEPT_MAX as u32 + 2).map(report).collect();
    let many = told(&facts);
    assert_eq!((many.reports.len(), many.more), (REPORTS_KEPT_MAX, 2));
    let mut kept = facts;
    kept.push((ADA, MORNING + 1, judged(Verdict::Kept, "")));
    kept.push(report(REPORTS_KEPT_MAX as u32 + 1));
    assert_eq!(told(&kept).open_since(), None, "one of thousands cannot undo it for ever");
}

#[test]
fn what_was_reported_keeps_in_json() {
    let all = told(&[
        (OMAR, MORNING, reported("Idiot", ReportReason::Threat, "x")),
        (PersonId::SERVER, MORNING, flagged(quote("Idiot"), "Tone")),
        (ADA, MORNING, judged(Verdict::Removed, "y")),
    ]);
    let json = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<ReportedMessage>(&json).unwrap(), all);
}

#[test]
fn a_lifetime_of_a_conversation_has_the_bounds_of_a_message() {
    let set = |after_s| Body::ExpirySet { after_s }.check().map_err(|error| error.field);
    assert_eq!((set(None), set(Some(EXPIRES_AFTER_S_MIN))), (Ok(()), Ok(())));
    assert_eq!(set(Some(EXPIRES_AFTER_S_MAX + 1)), Err("after_s"));
    let settings = GroupSettings { expires_after_s: Some(1), ..GroupSettings::default() };
    let (group, name) = (3, "Depot".to_owned());
    let changed = Body::GroupChanged { group, name: name.clone(), settings };
    assert_eq!(changed.check().map_err(|error| error.field), Err("expires_after_s"));
    let (members, moderators) = (Vec::new(), Vec::new());
    let created = Body::GroupCreated { group, name, members, moderators, settings };
    assert_eq!(created.check().map_err(|error| error.field), Err("expires_after_s"));
}
