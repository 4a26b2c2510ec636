//! What the documents say exists.

use std::path::Path;

use waypost_tidy::{Source, hold, root, sources};

#[test]
fn links_in_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for document in sources(".md") {
        let folder = root().join(&document.path);
        let folder = folder.parent().expect("a file lies in a folder");
        for target in links(&document.text) {
            if !folder.join(&target).exists() {
                broken.push(format!("{}: {target}", document.path));
            }
        }
    }
    hold("relative links in documents resolve", "a dead link costs its reader's trust", &broken);
}

#[test]
fn commands_in_documents_exist() {
    let mut broken = Vec::new();
    for document in sources(".md") {
        for command in words(&document.text).filter(|word| word.starts_with("scripts/")) {
            if !root().join(command).exists() {
                broken.push(format!("{}: {command}", document.path));
            }
        }
    }
    hold(
        "a command that a document names is in scripts/",
        "the first two commands are all that a newcomer tries",
        &broken,
    );
}

#[test]
fn nothing_depends_on_one_machines_folders() {
    let places = ["/work/", "/root/", "/home/", "/tmp/"];
    let mut broken = Vec::new();
    for source in [".md", ".toml"].iter().flat_map(|ending| sources(ending)) {
        for (n, line) in source.text.lines().enumerate() {
            let named = |place: &&str| words(line).any(|word| word.starts_with(*place));
            if places.iter().any(named) {
                broken.push(source.at(n + 1, line));
            }
        }
    }
    hold("no path of one machine in documents", "it is wrong on every other", &broken);
}

/// The table of invariants names a holder for each; a holder that is gone holds nothing.
#[test]
fn invariants_are_held_by_tests_that_exist() {
    let code: Vec<Source> = sources(".rs");
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md"));
    let architecture = architecture.expect("ARCHITECTURE.md lies in the root");
    let holders: Vec<&str> = architecture
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|row| row.trim_end_matches('|').rsplit('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| is_test_name(name))
        .collect();
    assert!(holders.len() > 5, "the table of invariants was not found: {holders:?}");
    let defined = |name: &&str| code.iter().any(|file| file.text.contains(&format!("fn {name}(")));
    let gone = holders.into_iter().filter(|name| !defined(name)).map(str::to_owned);
    hold(
        "each invariant in ARCHITECTURE.md names a test that exists",
        "a promise without a test is a memory",
        &gone.collect::<Vec<_>>(),
    );
}

fn is_test_name(word: &str) -> bool {
    word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_numeric())
}

/// The targets of `[text](target)` that are files, without their `#anchor`.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .filter(|target| !target.starts_with("mailto:") && !Path::new(target).is_absolute())
        .map(str::to_owned)
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| c.is_whitespace() || "`'\"()[]<>,;:|*".contains(c);
    text.split(outside).map(|word| word.trim_start_matches("./").trim_end_matches('.'))
}
