//! What Dana, Ayo and Omar read, each in their own language.

use expect_test::{Expect, expect};
use waypost_locales::{Catalogue, Locale, Texts};
use waypost_protocol::{Argument, Arguments, Header, Priority, ProblemCode, Role};

fn late(minutes: u32) -> Arguments {
    Arguments::from([("minutes".into(), Argument::Minutes(minutes))])
}

fn check(locale: Locale, lines: impl Fn(&Texts) -> Vec<String>, expected: Expect) {
    expected.assert_eq(&lines(&Texts::of(locale)).join("\n"));
}

#[test]
fn a_polish_reader_finds_the_right_form_for_every_number() {
    let lines = |texts: &Texts| {
        [1, 2, 5, 12, 22, 25, 60]
            .map(|minutes| texts.render_template("running-late", 1, &late(minutes)))
            .to_vec()
    };
    check(
        Locale::Pl,
        lines,
        expect![[r#"
        Spóźnię się 1 minutę.
        Spóźnię się 2 minuty.
        Spóźnię się 5 minut.
        Spóźnię się 12 minut.
        Spóźnię się 22 minuty.
        Spóźnię się 25 minut.
        Spóźnię się 60 minut."#]],
    );
    let waiting = |texts: &Texts| {
        [1, 2, 5, 22]
            .map(|count| texts.message("link-waiting", &[("count", count.into())]))
            .to_vec()
    };
    check(
        Locale::Pl,
        waiting,
        expect![[r#"
        1 wiadomość czeka
        2 wiadomości czekają
        5 wiadomości czeka
        22 wiadomości czekają"#]],
    );
}

#[test]
fn danas_tap_is_read_by_each_in_their_own_language() {
    let lines = |texts: &Texts| vec![texts.render_template("running-late", 1, &late(15))];
    check(Locale::En, lines, expect!["I am running 15 minutes late."]);
    check(Locale::De, lines, expect!["Ich verspäte mich um 15 Minuten."]);
    check(Locale::Pl, lines, expect!["Spóźnię się 15 minut."]);
}

#[test]
fn what_omar_typed_into_a_template_is_shown_as_he_typed_it() {
    let told = Arguments::from([("text".into(), Argument::Text("A4 { $gate } <b>".into()))]);
    let texts = Texts::of(Locale::En);
    let shown = texts.render_template("route-changed", 1, &told);
    assert_eq!(shown, "Your route has changed: A4 { $gate } <b>");
}

#[test]
fn a_template_of_a_newer_version_is_still_a_message_that_one_can_act_on() {
    let texts = Texts::of(Locale::En);
    let gate = Arguments::from([
        ("dock".into(), Argument::Number(3)),
        ("gate".into(), Argument::Text("4471#".into())),
    ]);
    assert_eq!(texts.render_template("gate-code", 1, &gate), "gate-code: 3, 4471#");
    assert_eq!(texts.render_template("gate-code", 1, &Arguments::new()), "gate-code");
    assert_eq!(texts.render_template("running-late", 2, &late(5)), "Running late: 5");
}

#[test]
fn missing_or_wrong_arguments_never_break_a_screen() {
    for locale in Locale::ALL {
        let texts = Texts::of(locale);
        for template in Catalogue::built_in().all_current() {
            let shown = texts.render_template(&template.id, 1, &Arguments::new());
            assert!(!shown.is_empty() && !shown.contains('$'), "{}: {shown}", template.id);
            let wrong = Arguments::from([("minutes".into(), Argument::Text("soon".into()))]);
            assert!(!texts.render_template(&template.id, 1, &wrong).contains('$'));
        }
        assert!(texts.message("link-waiting", &[]).contains("count"));
        assert_eq!(texts.message("no-such-key", &[]), "no-such-key");
    }
}

#[test]
fn every_refusal_says_what_happened_and_what_to_do() {
    for locale in Locale::ALL {
        let texts = Texts::of(locale);
        for code in ProblemCode::ALL {
            let problem = texts.problem(*code);
            assert!(problem.happened.ends_with('.') && problem.remedy.ends_with('.'), "{code:?}");
        }
    }
}

#[test]
fn a_tag_finds_the_language_that_serves_it_best() {
    assert_eq!(Locale::of("de-AT"), Locale::De);
    assert_eq!(Locale::of("PL"), Locale::Pl);
    assert_eq!(Locale::of("uk-UA"), Locale::Uk);
    assert_eq!(Locale::of("nl"), Locale::En);
    assert_eq!(Locale::of(""), Locale::En);
}

#[test]
fn drivers_and_dispatchers_are_each_offered_their_own_templates() {
    let catalogue = Catalogue::built_in();
    let ids = |role| catalogue.for_role(role).map(|it| it.id.as_str()).collect::<Vec<_>>();
    assert_eq!(
        ids(Role::Driver),
        [
            "arrived",
            "delivered",
            "running-late",
            "customer-absent",
            "breakdown",
            "call-me",
            "on-my-way",
            "picked-up",
            "refused",
            "damaged",
            "wrong-address",
            "road-blocked",
            "waiting",
            "accident",
            "on-break",
            "understood"
        ]
    );
    assert_eq!(
        ids(Role::Admin),
        [
            "route-changed",
            "slot-changed",
            "please-confirm",
            "call-in",
            "stop-added",
            "stop-cancelled",
            "where-are-you",
            "return-to-depot"
        ]
    );
}

#[test]
fn what_cannot_wait_says_so() {
    let catalogue = Catalogue::built_in();
    let template = |id| catalogue.current(id).expect("a template");
    let header = |id| template(id).definition.header(1_000_000);
    assert_eq!(header("delivered"), Header::default());
    assert_eq!(header("breakdown"), Header { priority: Priority::Urgent, ..Header::default() });
    let accident = header("accident");
    assert_eq!(accident.priority, Priority::Emergency);
    assert_eq!(accident.acknowledge_by, Some(1_000_000 + 5 * 60_000), "within five minutes");
}

/// Words of another direction inside a sentence must not be drawn into it.
#[test]
fn what_omar_typed_in_english_stands_apart_in_an_arabic_sentence() {
    let told = Arguments::from([("text".into(), Argument::Text("take the A4.".into()))]);
    let shown = Texts::of(Locale::Ar).render_template("route-changed", 1, &told);
    assert!(shown.contains("\u{2068}take the A4.\u{2069}"), "{shown:?}");
}
