//! Every language says everything, and nothing is said that no screen shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use waypost_locales::{Catalogue, Locale};
use waypost_protocol::ProblemCode;

const FILES: [&str; 4] = ["screen.ftl", "templates.ftl", "problems.ftl", "pages.ftl"];

/// The rooms whose sources may name a key.
const ROOMS: [&str; 6] = [
    "field-app",
    "dispatch-console",
    "ui-kit",
    "locales/src",
    "server/src/certificate",
    "server/src/http/tracking",
];

#[test]
fn every_file_can_be_read_without_a_mistake() {
    for locale in Locale::ALL {
        for file in FILES {
            let source = read(&folder(locale).join(file));
            let parsed = fluent_bundle::FluentResource::try_new(source);
            assert!(parsed.is_ok(), "{}/{file}: {:?}", locale.tag(), parsed.err().map(|e| e.1));
        }
    }
}

#[test]
fn no_reader_misses_a_text_or_a_value_in_it() {
    let english = entries(Locale::En);
    for locale in Locale::ALL {
        let theirs = entries(locale);
        for (key, values) in &english {
            assert_eq!(theirs.get(key), Some(values), "{} lacks `{key}` or a value", locale.tag());
        }
        for key in theirs.keys() {
            assert!(english.contains_key(key), "{} has `{key}` alone", locale.tag());
        }
    }
}

#[test]
fn every_template_and_every_refusal_has_its_words() {
    let mut wanted = BTreeSet::new();
    let catalogue = Catalogue::built_in();
    let ids =
        catalogue.all_current().into_iter().map(|template| format!("template-{}", template.id));
    wanted.extend(ids);
    wanted.extend(ProblemCode::ALL.iter().map(|code| format!("problem-{}", code.slug())));
    let there: BTreeSet<String> = entries(Locale::En)
        .into_keys()
        .filter(|key| key.starts_with("template-") || key.starts_with("problem-"))
        .filter(|key| !screen_keys().contains(key) && !key.contains('.'))
        .collect();
    assert_eq!(wanted, there);
}

#[test]
fn no_screen_asks_for_a_text_that_does_not_exist_and_no_text_is_left_unused() {
    let keys = screen_keys();
    let sources: String = ROOMS.iter().map(|room| sources_under(&root().join(room))).collect();
    for call in ["Words.t(\"", ".message(\""] {
        for rest in sources.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            let template = key.starts_with("template-");
            assert!(template || keys.contains(key), "a screen asks for `{key}`");
        }
    }
    for key in keys {
        assert!(sources.contains(&format!("\"{key}\"")), "no screen shows `{key}`");
    }
}

/// The keys of screens and pages.
fn screen_keys() -> BTreeSet<String> {
    let source = |file| read(&folder(Locale::En).join(file));
    let both = [source("screen.ftl"), source("pages.ftl")].concat();
    both.lines().filter_map(key_of).map(str::to_owned).collect()
}

/// Every key of a language (an attribute as `key.attribute`), with the values that it uses.
fn entries(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries = BTreeMap::new();
    for file in FILES {
        let (mut message, mut current) = (String::new(), String::new());
        for line in read(&folder(locale).join(file)).lines() {
            if let Some(key) = key_of(line) {
                assert!(!entries.contains_key(key), "`{key}` is there twice in {}", locale.tag());
                (message, current) = (key.to_owned(), key.to_owned());
            } else if let Some(attribute) = line.trim_start().strip_prefix('.') {
                current = format!("{message}.{}", attribute.split(' ').next().unwrap_or_default());
            }
            if !current.is_empty() && !line.starts_with('#') {
                entries
                    .entry(current.clone())
                    .or_insert_with(BTreeSet::new)
                    .extend(values_in(line));
            }
        }
    }
    entries
}

fn key_of(line: &str) -> Option<&str> {
    let key = line.split(" =").next()?;
    let named = line.starts_with(|c: char| c.is_ascii_lowercase());
    (named && key.len() < line.len()).then_some(key)
}

fn values_in(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
}

fn sources_under(folder: &Path) -> String {
    let mut text = String::new();
    let entries = std::fs::read_dir(folder).expect("a room of the workspace");
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            text += &sources_under(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "slint") {
            text += &read(&path);
        }
    }
    text
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder(locale: Locale) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(locale.tag())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
