//! A table of people, as an admin has it from somewhere else.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, text};

async fn imports(who: &Caller, query: &str, table: &str) -> Answer {
    let path = format!("/v1/people/imports{query}");
    let request = who.request(Method::POST, &path).header("Content-Type", "text/csv");
    who.ask(request.body(table.to_owned())).await
}

/// What became of each line.
fn fates(answer: &Answer) -> Vec<(u64, String, String)> {
    let lines = answer.body["lines"].as_array().unwrap_or_else(|| panic!("{}", answer.body));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fate = |line: &Value| {
        (line["line"].as_u64().expect("a number"), text(&line["handle"]), text(&line["fate"]))
    };
    lines.iter().map(fate).collect()
}

const TABLE: &str = "\u{feff}handle;name;role;language\r\n\
    lena;Lena Nowak;driver;pl\r\n\
    \"tarik\";\"Tarik; the second\";;tr\r\n\
    Mia;Mia;driver;en\r\n\
    dana;Somebody else;driver;en\r\n\
    otto;Otto;pilot;de\r\n\
    lena;Lena again;;\r\n\
    cora;;colleague;\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_the_fate_of_each_line_first_and_then_imports() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { ines, omar, .. } = &office;
        let expected: Vec<_> = [
            (2, "lena", "added"),
            (3, "tarik", "added"),
            (4, "Mia", "refused"),
            (5, "dana", "refused"),
            (6, "otto", "refused"),
            (7, "lena", "refused"),
            (8, "cora", "added"),
        ]
        .map(|(line, handle, fate): (u64, &str, &str)| (line, handle.into(), fate.into()))
        .into();
        let tried = imports(ines, "?dry_run=true", TABLE).await;
        assert_eq!(fates(&tried), expected);
        assert!(tried.body["lines"][3]["what"].as_str().is_some_and(|it| it.contains("already")));
        assert!(tried.body["lines"][4]["what"].as_str().is_some_and(|it| it.contains("auditor")));
        let people = ines.get("/v1/people").await;
        assert_eq!(people.body["people"].as_array().map(Vec::len), Some(4), "nobody was added");

        let done = imports(ines, "", TABLE).await;
        assert_eq!(fates(&done), expected);
        assert_eq!((&done.body["added"], &done.body["refused"]), (&json!(3), &json!(4)));
        let again = imports(ines, "", TABLE).await;
        assert_eq!((&again.body["added"], &again.body["unchanged"]), (&json!(0), &json!(3)));
        let people = omar.get("/v1/people").await;
        let tarik = people.body["people"]
            .as_array()
            .and_then(|all| all.iter().find(|it| it["handle"] == "tarik"))
            .expect("he is there");
        assert_eq!(
            (&tarik["name"], &tarik["role"]),
            (&json!("Tarik; the second"), &json!("driver"))
        );
        imports(omar, "", TABLE).await.is_problem("a dispatcher", 403, "not-allowed");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_none_is_refused_as_a_whole() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, .. } = &office;
    for (table, why) in [
        ("", "nothing"),
        ("name,role\nLena,driver\n", "no handles"),
        ("handle,shoe size\nlena,39\n", "a column that is none"),
        ("handle,name\nlena\n", "a line that is too short"),
        ("handle\n\u{0}\u{1}", "an odd name is the fate of its line"),
    ] {
        let answer = imports(ines, "", table).await;
        match why.contains("fate") {
            true => assert_eq!(answer.body["refused"], json!(1), "{why}"),
            false => answer.is_problem_with(why, 400, "malformed", "body"),
        }
    }
    let many: String = (0..2_000).map(|at| format!("driver-{at}\n")).collect();
    let done = imports(ines, "", &format!("handle\n{many}")).await;
    assert_eq!(done.body["added"], json!(2_000), "{}", done.status);
    office.closes().await;
}

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Michał Wiśniewski\r\nNICKNAME:Michał\r\nLANG:pl\r\n\
    TEL:+48 22 110\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nN:Stone;Ann;;;\r\nFN:Ann Stone\r\n\
    EMAIL;TYPE=work:ann.stone@example.com\r\nX-WAYPOST-ROLE:dispatcher\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Іван\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo\r\nX-WAYPOST-HANDLE:jo-7\r\nX-WAYPOST-ROLE:boss\r\nEND:VCARD\r\n";

async fn imports_cards(who: &Caller, query: &str, cards: &str) -> Answer {
    let path = format!("/v1/people/imports{query}");
    who.post_bytes(&path, "text/vcard; charset=utf-8", cards.as_bytes().to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_becomes_people() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    let expected = [
        (1, "michal", "added"),
        (8, "ann.stone", "added"),
        (15, "іван", "refused"),
        (19, "jo-7", "refused"),
    ]
    .map(|(line, handle, fate): (u64, &str, &str)| (line, handle.into(), fate.into()));
    for query in ["?dry_run=true", ""] {
        let done = imports_cards(ines, query, CARDS).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(fates(&done), expected, "{query}: {}", done.body);
        let whats = [2, 3].map(|at| text(&done.body["lines"][at]["what"]));
        assert!(whats[0].contains("handle") && whats[1].contains("boss"), "{whats:?}");
    }
    let people = ines.get("/v1/people").await.body.to_string();
    assert!(
        people.contains("Michał Wiśniewski") && people.contains("\"language\":\"pl\""),
        "{people}"
    );
    assert!(people.contains("Ann Stone") && people.contains("\"role\":\"dispatcher\""), "{people}");
    let again = imports_cards(ines, "", CARDS).await;
    assert_eq!(again.body["unchanged"], json!(2), "{}", again.body);

    for (cards, wrong) in [
        ("", "no vCard"),
        ("handle,name\ndana,Dana\n", "no line of a vCard"),
        ("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo\r\n", "no end"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no vCard"),
    ] {
        let refused = imports_cards(ines, "", cards).await;
        refused.is_problem_with(cards, 400, "malformed", "body");
        let detail = refused.body["detail"].to_string();
        assert!(detail.contains(wrong), "{cards}: {detail}");
    }
    office.closes().await;
}
