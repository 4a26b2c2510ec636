//! Small rooms, plain names, and tests that neither wait by the clock nor sit out.

use std::collections::BTreeSet;
use std::fs;

use waypost_tidy::{Exception, Source, hold, is_excepted, root, sources};

const RUST_LINES: usize = 400;
const SLINT_LINES: usize = 120;
const LONG: [Exception; 2] = [
    (
        "client/engine/tests/engine/stories.rs",
        "one list of stories with their expectations: each is read on its own",
    ),
    (
        "protocol/src/body.rs",
        "one list of all that a fact can say: who looks for a kind looks nowhere else",
    ),
];

/// Files that may sleep: between two looks at a condition, within a bound.
const POLLING: [Exception; 0] = [];

const VAGUE: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "manager", "misc"];

#[test]
fn files_are_small_rooms() {
    let too_long = |ending, bound| {
        let long = move |source: &Source| {
            let n = source.text.lines().count();
            (n > bound && !is_excepted(source, &LONG))
                .then(|| format!("{}: {n} lines, at most {bound}", source.path))
        };
        sources(ending).iter().filter_map(long).collect::<Vec<_>>()
    };
    hold(
        "a .rs file has at most 400 lines, a .slint file at most 120",
        "a room that cannot be seen at one glance gets a second purpose; split it by purpose",
        &[too_long(".rs", RUST_LINES), too_long(".slint", SLINT_LINES)].concat(),
    );
}

#[test]
fn every_module_says_what_it_is() {
    let silent = sources(".rs")
        .iter()
        .filter(|source| !source.text.starts_with("//!") && !has_head_elsewhere(source))
        .map(|source| source.path.clone())
        .collect::<Vec<_>>();
    hold(
        "a .rs file begins with `//!`: what it is, and what it refuses to do",
        "who reads the code first meets files, not functions",
        &silent,
    );
}

#[test]
fn names_say_what_a_file_holds() {
    let vague = [".rs", ".slint"].iter().flat_map(|ending| sources(ending));
    let vague = vague
        .filter(|source| {
            let stem = source.path.rsplit('/').next().unwrap_or_default();
            let stem = stem.split('.').next().unwrap_or_default();
            stem.split(['_', '-']).any(|word| VAGUE.contains(&word))
        })
        .map(|source| source.path)
        .collect::<Vec<_>>();
    hold(
        "no file is called utils, common, helpers or manager",
        "such a room takes in everything; name it by what a dispatcher would call it",
        &vague,
    );
}

#[test]
fn tests_wait_for_conditions() {
    hold(
        "no sleep in tests",
        "a sleep is too short on a loaded machine and too long on every other: wait for the \
         condition, or pause the clock",
        &in_tests(|line| line.contains("sleep(") && !line.contains("fn sleep("), &POLLING),
    );
}

#[test]
fn no_test_sits_out() {
    hold(
        "no test is ignored",
        "a test that does not run holds nothing; mend it, or delete it with its promise",
        &in_tests(|line| line.trim_start().starts_with("#[ignore"), &[]),
    );
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = root().join("server/storage/migrations").join(folder);
        let entries = fs::read_dir(&folder).expect("a folder of migrations").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty(), "no migrations are found, so this test compares nothing");
    let lonely: Vec<String> = sqlite.symmetric_difference(&postgres).cloned().collect();
    hold(
        "server/storage/migrations/sqlite and /postgres hold files of the same names",
        "a step that one database lacks is found by a customer",
        &lonely,
    );
}

#[test]
fn exceptions_are_still_needed() {
    let all = sources(".rs");
    let find = |path: &str| all.iter().find(|source| source.path == path);
    let stale_long = LONG.iter().filter(|(path, _)| {
        find(path).is_none_or(|source| source.text.lines().count() <= RUST_LINES)
    });
    let stale_polling = POLLING
        .iter()
        .filter(|(path, _)| find(path).is_none_or(|source| !source.text.contains("sleep(")));
    let stale = stale_long.chain(stale_polling).map(|(path, _)| (*path).to_owned());
    hold(
        "an exception leaves tests/tidy when its file needs it no more",
        "lists of exceptions that only grow are no rules",
        &stale.collect::<Vec<_>>(),
    );
}

/// A module that only holds tests of the file above it may leave the words to that file.
fn has_head_elsewhere(source: &Source) -> bool {
    source.path.ends_with("/tests.rs") || source.path.ends_with("_tests.rs")
}

fn in_tests(is_broken: impl Fn(&str) -> bool, exceptions: &[Exception]) -> Vec<String> {
    let mut broken = Vec::new();
    // This file names what it looks for.
    for source in sources(".rs").iter().filter(|source| !source.is_in("tests/tidy")) {
        if !is_excepted(source, exceptions) {
            let found = source.tests().into_iter().filter(|(_, line)| is_broken(line));
            broken.extend(found.map(|(n, line)| source.at(n, line)));
        }
    }
    broken
}
