//! `docs/mqtt-conformance.md` against the standard's list of statements and the tests that it names.

use std::collections::BTreeSet;

use waypost_tidy::{Source, hold, root, sources};

/// The chapters of MQTT 3.1.1 that number their statements, and how many each has. The standard
/// itself misprints two of them, as 3.1.2.7 and 3-8.3-4.
const CHAPTERS: [(&str, usize); 39] = [
    ("1.5.3", 3),
    ("2.2.2", 2),
    ("2.3.1", 7),
    ("3.1.0", 2),
    ("3.1.2", 24),
    ("3.1.3", 11),
    ("3.1.4", 5),
    ("3.2.0", 1),
    ("3.2.2", 6),
    ("3.3.1", 12),
    ("3.3.2", 3),
    ("3.3.4", 1),
    ("3.3.5", 2),
    ("3.6.1", 1),
    ("3.8.1", 1),
    ("3.8.3", 4),
    ("3.8.4", 6),
    ("3.9.3", 2),
    ("3.10.1", 1),
    ("3.10.3", 2),
    ("3.10.4", 6),
    ("3.12.4", 1),
    ("3.14.1", 1),
    ("3.14.4", 3),
    ("4.1.0", 2),
    ("4.3.1", 1),
    ("4.3.2", 2),
    ("4.3.3", 2),
    ("4.4.0", 1),
    ("4.5.0", 2),
    ("4.6.0", 6),
    ("4.7.1", 3),
    ("4.7.2", 1),
    ("4.7.3", 4),
    ("4.8.0", 2),
    ("6.0.0", 4),
    ("7.0.0", 2),
    ("7.1.1", 1),
    ("7.1.2", 1),
];

struct Row {
    statement: String,
    here: String,
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(root().join("docs/mqtt-conformance.md"));
    let page = page.expect("docs/mqtt-conformance.md is there");
    let rows = page.lines().filter(|line| line.starts_with("| MQTT-")).map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "a row has four cells: {line}");
        let names = cells[4].split('`').skip(1).step_by(2).filter(|word| is_test_name(word));
        Row {
            statement: cells[1].to_owned(),
            here: cells[3].to_owned(),
            tests: names.map(str::to_owned).collect(),
        }
    });
    rows.collect()
}

fn is_test_name(word: &str) -> bool {
    word.matches('_').count() > 1
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_numeric())
}

#[test]
fn each_statement_of_the_standard_is_in_the_table_once() {
    let numbered = |&(chapter, count): &(&'static str, usize)| {
        (1..=count).map(move |number| format!("MQTT-{chapter}-{number}"))
    };
    let listed: Vec<_> = CHAPTERS.iter().flat_map(numbered).collect();
    assert_eq!(listed.len(), 141);
    let here: Vec<_> = rows().into_iter().map(|row| row.statement).collect();
    assert_eq!(here, listed, "docs/mqtt-conformance.md has them all, once, in their order");
}

#[test]
fn each_row_says_what_is_done_and_where_that_is_shown() {
    let code: Vec<Source> = sources(".rs");
    let mut broken = Vec::new();
    for Row { statement, here, tests } in rows() {
        let must_be_shown = match here.as_str() {
            "tested" | "refused" => true,
            "client" | "not applicable" => false,
            other => {
                broken.push(format!("{statement}: `{other}` is none of the four words"));
                continue;
            }
        };
        if must_be_shown && tests.is_empty() {
            broken.push(format!("{statement}: {here}, and no test is named"));
        }
        let gone = tests.iter().filter(|test| !code.iter().any(|file| is_test_of(file, test)));
        broken.extend(gone.map(|test| format!("{statement}: there is no test `{test}`")));
    }
    hold(
        "a row of docs/mqtt-conformance.md names tests that exist",
        "a table that nobody checks tells of a server that was",
        &broken,
    );
}

#[test]
fn each_test_of_a_statement_is_named_in_the_table() {
    let named: BTreeSet<_> = rows().into_iter().flat_map(|row| row.tests).collect();
    let unnamed: Vec<_> = sources(".rs")
        .iter()
        .filter(|file| file.is_in("server/edge/tests/mqtt"))
        .flat_map(tests_of)
        .filter(|test| !named.contains(test))
        .collect();
    hold(
        "a test in server/edge/tests/mqtt holds a statement of docs/mqtt-conformance.md",
        "who reads the table finds the test, and who reads the test the statement",
        &unnamed,
    );
}

fn is_test_of(file: &Source, test: &str) -> bool {
    file.text.contains(&format!("fn {test}(")) && tests_of(file).iter().any(|it| it == test)
}

/// The functions that stand below `#[test]` or its like.
fn tests_of(file: &Source) -> Vec<String> {
    let lines: Vec<_> = file.text.lines().map(str::trim).collect();
    let below = lines
        .windows(2)
        .filter(|pair| pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test"));
    let name = |line: &str| Some(line.split_once("fn ")?.1.split_once('(')?.0.to_owned());
    below.filter_map(|pair| name(pair[1])).collect()
}
