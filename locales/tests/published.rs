//! What an admin publishes is read by each in their own language, exactly, or not published at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use expect_test::{Expect, expect};
use waypost_locales::{Catalogue, Locale, Template, Texts, preview};
use waypost_protocol::{
    Argument, ArgumentType, Arguments, Place, Role, TemplateArgument, TemplateDefinition,
    TemplateText,
};

fn argument(name: &str, holds: ArgumentType, options: &[&str]) -> TemplateArgument {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    TemplateArgument { name: name.into(), holds, options }
}

fn text(label: &str, text: &str, options: &[(&str, &str)]) -> TemplateText {
    let options = options.iter().map(|(key, name)| ((*key).into(), (*name).into())).collect();
    TemplateText { label: label.into(), text: text.into(), options }
}

/// "The ferry is 5 minutes late: storm", in English and Polish.
fn ferry() -> TemplateDefinition {
    let english = "The ferry is { $minutes ->\n[one] one minute\n*[other] { $minutes } minutes\n} late: \
                   { $why }";
    let polish = "Prom ma { $minutes ->\n  [one] minutę\n  [few] { $minutes } minuty\n \
                  *[other] { $minutes } minut\n} spóźnienia: { $why }";
    TemplateDefinition {
        arguments: vec![
            argument("minutes", ArgumentType::Minutes, &[]),
            argument("why", ArgumentType::Choice, &["storm", "queue"]),
        ],
        texts: [
            ("en".into(), text("Ferry", english, &[("storm", "storm"), ("queue", "queue")])),
            ("pl".into(), text("Prom", polish, &[("storm", "sztorm"), ("queue", "kolejka")])),
        ]
        .into(),
        icon: "ferry".into(),
        used_by: vec![Role::Driver],
        rank: 15,
        ..TemplateDefinition::default()
    }
}

fn template(id: &str, version: u16, definition: TemplateDefinition) -> Template {
    Template { id: id.into(), version, definition }
}

fn late(minutes: u32) -> Arguments {
    let why = Argument::Choice("storm".into());
    [("minutes".into(), Argument::Minutes(minutes)), ("why".into(), why)].into()
}

fn spoken(tags: &[&'static str]) -> BTreeSet<&'static str> {
    tags.iter().copied().collect()
}

fn readers(published: &[Template]) -> impl Fn(Locale) -> Texts {
    let catalogue = Arc::new(Catalogue::with(published.iter().cloned()));
    move |locale| Texts::with(locale, catalogue.clone())
}

#[test]
fn a_published_template_is_read_in_each_language_and_in_english_where_it_has_none() {
    let ferries = [template("ferry", 1, ferry())];
    let texts = readers(&ferries);
    let read = |locale| texts(locale).render_template("ferry", 1, &late(2));
    assert_eq!(read(Locale::En), "The ferry is 2 minutes late: storm");
    assert_eq!(read(Locale::Pl), "Prom ma 2 minuty spóźnienia: sztorm");
    assert_eq!(read(Locale::De), "The ferry is 2 minutes late: storm");
    assert_eq!(texts(Locale::Pl).template_label("ferry"), "Prom");
}

#[test]
fn an_old_message_is_read_as_it_was_meant_and_the_newest_version_is_sent() {
    let mut newer = ferry();
    newer.texts = [("en".into(), text("Ferry 2", "Late: { $minutes }, { $why }", &[]))].into();
    let ferries = [template("ferry", 1, ferry()), template("ferry", 2, newer)];
    let texts = readers(&ferries)(Locale::En);
    let read = |version| texts.render_template("ferry", version, &late(1));
    assert_eq!(read(1), "The ferry is one minute late: storm");
    assert_eq!(read(2), "Late: 1, storm", "an option without a name is shown by its key");
    assert_eq!(read(3), "Ferry 2: 1, storm", "a version that has not come is shown plainly");
    assert_eq!(texts.catalogue().current("ferry").map(|it| it.version), Some(2));
}

#[test]
fn a_fleet_words_a_built_in_template_anew_puts_its_own_between_and_withdraws_one() {
    let sooner = TemplateDefinition {
        texts: [("en".into(), text("Here", "I am here.", &[]))].into(),
        ..Catalogue::built_in().current("arrived").expect("it is built in").definition.clone()
    };
    let withdrawn = TemplateDefinition {
        used_by: Vec::new(),
        ..Catalogue::built_in().current("delivered").expect("it is built in").definition.clone()
    };
    let published = [
        template("arrived", 2, sooner),
        template("delivered", 2, withdrawn),
        template("ferry", 1, ferry()),
    ];
    let texts = readers(&published)(Locale::En);
    let buttons: Vec<_> = texts.catalogue().for_role(Role::Driver).map(|it| &it.id).collect();
    assert_eq!(buttons[..4], ["arrived", "ferry", "running-late", "customer-absent"]);
    assert_eq!(texts.render_template("arrived", 1, &Arguments::new()), "I have arrived.");
    assert_eq!(texts.render_template("arrived", 2, &Arguments::new()), "I am here.");
    assert_eq!(texts.render_template("delivered", 1, &Arguments::new()), "Delivered.");
}

#[test]
fn every_type_of_argument_is_shown() {
    let asks = [
        ("a", ArgumentType::Text),
        ("b", ArgumentType::Number),
        ("c", ArgumentType::TimeOfDay),
        ("d", ArgumentType::Place),
        ("e", ArgumentType::Stop),
    ];
    let all = TemplateDefinition {
        arguments: asks.map(|(name, holds)| argument(name, holds, &[])).to_vec(),
        texts: [("en".into(), text("All", "{ $a } { $b } { $c } { $d } { $e }", &[]))].into(),
        ..TemplateDefinition::default()
    };
    let all = [template("all", 1, all)];
    let texts = readers(&all)(Locale::En);
    let stop = Argument::Stop { stop: "12".into(), name: "Bakery".into() };
    let told = [
        ("a", Argument::Text("A4".into())),
        ("b", Argument::Number(-7)),
        ("c", Argument::TimeOfDay(9 * 60 + 5)),
        ("d", Argument::Place(Place::at(52.52, -13.405))),
        ("e", stop),
    ];
    let told = told.map(|(name, argument)| (name.to_owned(), argument)).into();
    let shown = texts.render_template("all", 1, &told);
    assert_eq!(shown, "A4 -7 09:05 52.52000, -13.40500 Bakery");
}

#[test]
fn who_publishes_sees_each_form_first() {
    let previews = preview(&ferry(), &spoken(&["en", "pl"])).expect("it is right");
    let lines: Vec<_> = previews.into_iter().flat_map(|it| it.lines).collect();
    let expected = expect![[r#"
        The ferry is 0 minutes late: storm
        The ferry is one minute late: queue
        The ferry is 2 minutes late: storm
        The ferry is 3 minutes late: queue
        The ferry is 5 minutes late: storm
        The ferry is 11 minutes late: queue
        The ferry is 21 minutes late: storm
        The ferry is 100 minutes late: queue
        Prom ma 0 minut spóźnienia: sztorm
        Prom ma minutę spóźnienia: kolejka
        Prom ma 2 minuty spóźnienia: sztorm
        Prom ma 3 minuty spóźnienia: kolejka
        Prom ma 5 minut spóźnienia: sztorm
        Prom ma 11 minut spóźnienia: kolejka
        Prom ma 21 minut spóźnienia: sztorm
        Prom ma 100 minut spóźnienia: kolejka"#]];
    expected.assert_eq(&lines.join("\n"));
}

/// What an admin is told of a template with this English text, which asks for minutes.
fn refused(pattern: &str, expected: Expect) {
    let definition = TemplateDefinition {
        arguments: vec![argument("minutes", ArgumentType::Minutes, &[])],
        texts: [("en".into(), text("Late", pattern, &[]))].into(),
        ..TemplateDefinition::default()
    };
    let mistakes = preview(&definition, &spoken(&["en"])).expect_err("this would reach drivers");
    let lines: Vec<_> = mistakes.iter().map(|it| format!("{}: {}", it.language, it.what)).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_text_that_cannot_be_read_or_says_something_else_is_not_published() {
    refused("Late by { $minutes", expect!["en: Expected a token starting with \"}\""]);
    refused("Late.", expect!["en: does not say `{ $minutes }`"]);
    refused(
        "{ $minutes } minutes, { $text }",
        expect!["en: names `$text`, for which the template does not ask"],
    );
    let called = "en: calls a function, a message or a term; only arguments stand in it";
    for calling in
        ["{ $minutes } { template-arrived }", "{ NUMBER($minutes) }", "{ $minutes } { -brand }"]
    {
        let definition = TemplateDefinition {
            arguments: vec![argument("minutes", ArgumentType::Minutes, &[])],
            texts: [("en".into(), text("Late", calling, &[]))].into(),
            ..TemplateDefinition::default()
        };
        let mistakes =
            preview(&definition, &spoken(&["en"])).expect_err("this would reach drivers");
        assert_eq!(format!("{}: {}", mistakes[0].language, mistakes[0].what), called);
    }
    refused(
        "Late by { $minutes }\n.label = Other",
        expect!["en: a line begins with `.`; put a word before it"],
    );
}

#[test]
fn a_line_that_looks_like_another_message_is_a_line_of_this_one() {
    let definition = TemplateDefinition {
        texts: [("en".into(), text("Two", "First\nscreen-title = Second", &[]))].into(),
        ..TemplateDefinition::default()
    };
    let previews = preview(&definition, &spoken(&["en"])).expect("it is right");
    assert_eq!(previews[0].lines, ["First\nscreen-title = Second"]);
}

#[test]
fn a_template_says_something_in_each_language_of_the_fleet_and_in_no_unknown_one() {
    let mut dutch = ferry();
    dutch.texts.insert("nl".into(), ferry().texts["en"].clone());
    let mistakes = preview(&dutch, &spoken(&["en", "pl", "uk"])).expect_err("Ukrainian is missing");
    let languages: Vec<_> = mistakes.iter().map(|it| it.language.as_str()).collect();
    assert_eq!(languages, ["uk", "nl"]);
}

#[test]
fn texts_that_nest_as_deep_as_they_can_hurt_nobody() {
    let deep = format!("{}\"a\"{}", "{".repeat(498), "}".repeat(498));
    let definition = TemplateDefinition {
        texts: [("en".into(), text("Deep", &deep, &[]))].into(),
        ..TemplateDefinition::default()
    };
    if let Ok(previews) = preview(&definition, &spoken(&["en"])) {
        assert!(!previews[0].lines[0].is_empty());
    }
}
