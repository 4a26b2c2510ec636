//! Searching over HTTP: what was said is found by those who may read it, and by nobody else.

use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Caller, Office, text};

/// What someone finds: the texts, newest first.
async fn finds(who: &Caller, query: &str) -> Vec<String> {
    let found = who.get(&format!("/v1/search?{query}")).await;
    assert_eq!(found.status, 200, "{query}: {}", found.body);
    assert_eq!(found.body["behind"], false);
    let messages = found.body["messages"].as_array().expect("a list");
    messages.iter().map(shown).collect()
}

fn shown(message: &Value) -> String {
    let content = &message["content"];
    let edited = &message["edited"]["text"];
    match content["kind"].as_str() {
        _ if edited.is_string() => text(edited),
        Some("text") => text(&content["text"]),
        Some("template") => text(&content["template"]),
        Some("file") => text(&content["file"]["name"]),
        Some("broadcast") => format!("to many: {}", text(&content["message"]["text"])),
        _ => content.to_string(),
    }
}

async fn says(who: &Caller, place: &str, body: Value) -> String {
    let sent = who.post(&format!("/v1/conversations/{place}/messages"), body).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    text(&sent.body["id"])
}

async fn story(on: On) {
    let office = Office::open(on).await;
    let Office { omar, dana, ayo, ines, .. } = &office;
    let (danas, ayos) = (omar.with(dana), omar.with(ayo));
    let gate = omar.writes(&danas, "Gate 4 is closed, use the Straße behind").await;
    omar.writes(&ayos, "The gate of the bakery is open").await;
    dana.writes(&danas, "Zażółć: brama otwarta").await;
    let late = json!({"kind": "template", "template": "running-late", "version": 1,
        "arguments": {"minutes": {"minutes": 10}}});
    says(dana, &danas, late).await;
    let route = json!({"kind": "template", "template": "route-changed", "version": 1,
        "arguments": {"text": {"text": "A4 westbound"}}});
    says(omar, &danas, route).await;
    let group = json!({"name": "North", "members": [omar.id, dana.id]});
    assert_eq!(ines.post("/v1/groups", group).await.status, 201);
    omar.writes("group-1", "Night shift at the gate").await;

    // Each finds what they may read, by beginnings, without regard to case and accents.
    let gates = ["Night shift at the gate", "Gate 4 is closed, use the Straße behind"];
    assert_eq!(finds(dana, "words=GATE").await, gates);
    assert_eq!(finds(ayo, "words=gate").await, ["The gate of the bakery is open"]);
    assert_eq!(finds(ines, "words=gate").await, [""; 0], "an admin reads no talk of others");
    assert_eq!(finds(omar, "words=ga%20clo").await, [gates[1]]);
    assert_eq!(finds(omar, "words=strasse").await, [gates[1]]);
    assert_eq!(finds(omar, "words=zazolc").await, ["Zażółć: brama otwarta"]);
    // A template is found by what any reader sees, and by what it was told.
    assert_eq!(finds(omar, "words=minut").await, ["running-late"]);
    assert_eq!(finds(dana, "words=versp%C3%A4te").await, ["running-late"]);
    assert_eq!(finds(dana, "words=west%20route").await, ["route-changed"]);
    assert_eq!(finds(ayo, "words=minut").await, [""; 0]);
    // By author, place, kind and time.
    assert_eq!(finds(omar, &format!("words=gate&conversation={ayos}")).await.len(), 1);
    assert_eq!(finds(dana, &format!("words=gate&conversation={ayos}")).await, [""; 0]);
    let by_dana = finds(omar, &format!("author={}", dana.id)).await;
    assert_eq!(by_dana, ["running-late", "Zażółć: brama otwarta"]);
    assert_eq!(finds(omar, "kind=template").await, ["route-changed", "running-late"]);
    assert_eq!(finds(omar, "words=gate&until=1000").await, [""; 0]);
    assert_eq!(finds(omar, "words=gate&from=1000").await.len(), 3);
    // Page by page.
    let first = omar.get("/v1/search?words=gate&limit=2").await;
    let next = first.body["next"].as_u64().expect("there is more");
    let rest = finds(omar, &format!("words=gate&limit=2&before={next}")).await;
    assert_eq!((first.body["messages"].as_array().map(Vec::len), rest.len()), (Some(2), 1));

    later_words(&office, &gate).await;
    broadcasts(&office, &ayos).await;
    who_left(&office).await;
    office.closes().await;
}

/// What was said otherwise since is found by its last words; what is gone by none.
async fn later_words(office: &Office, gate: &str) {
    let Office { omar, dana, .. } = office;
    let edit = json!({"text": "Ramp 7 is closed"});
    let edits = format!("/v1/messages/{gate}/edits");
    assert_eq!(omar.post(&edits, edit).await.status, 201);
    assert_eq!(finds(dana, "words=straße").await, [""; 0]);
    assert_eq!(finds(dana, "words=ramp").await, ["Ramp 7 is closed"]);
    let gone = omar.request(reqwest::Method::DELETE, &format!("/v1/messages/{gate}"));
    assert_eq!(omar.ask(gone).await.status, 200);
    assert_eq!(finds(dana, "words=ramp").await, [""; 0]);
    assert_eq!(finds(omar, "words=ramp").await, [""; 0]);
}

/// A broadcast is found once by its author, and by each whom it has reached; by its last words.
async fn broadcasts(office: &Office, ayos: &str) {
    let Office { omar, dana, ayo, .. } = office;
    let to_all = json!({"to": {"everyone": true},
        "message": {"kind": "text", "text": "Snow on the pass"}});
    assert_eq!(omar.post("/v1/broadcasts", to_all).await.status, 201);
    assert_eq!(finds(omar, "words=snow").await, ["to many: Snow on the pass"]);
    assert_eq!(finds(ayo, "words=snow").await, ["Snow on the pass"]);
    assert_eq!(finds(omar, &format!("words=snow&conversation={ayos}")).await, ["Snow on the pass"]);

    let broadcast = omar.get("/v1/search?words=snow&kind=broadcast").await;
    let broadcast = text(&broadcast.body["messages"][0]["id"]);
    let other = json!({"text": "Ice on the pass"});
    assert_eq!(omar.post(&format!("/v1/messages/{broadcast}/edits"), other).await.status, 201);
    assert_eq!(finds(omar, "words=ice").await, ["Ice on the pass"]);
    assert_eq!(finds(dana, "words=ice").await, ["Ice on the pass"]);
    assert_eq!(finds(omar, "words=snow").await, [""; 0]);
}

/// Who has left a group finds what was said until then; who comes later, what is said since.
async fn who_left(office: &Office) {
    let Office { omar, dana, ayo, ines, .. } = office;
    let leaves =
        ines.request(reqwest::Method::DELETE, &format!("/v1/groups/1/members/{}", dana.id));
    assert_eq!(ines.ask(leaves).await.status, 204);
    let joins = ines.request(reqwest::Method::PUT, &format!("/v1/groups/1/members/{}", ayo.id));
    assert_eq!(ines.ask(joins).await.status, 204);
    omar.writes("group-1", "Day shift at the gate").await;
    assert_eq!(finds(dana, "words=shift").await, ["Night shift at the gate"]);
    assert_eq!(finds(ayo, "words=shift").await, ["Day shift at the gate"]);
    // What is corrected after someone has left is not theirs to read.
    let last = omar.writes("group-1", "The key is under the mat").await;
    let leaves = ines.request(reqwest::Method::DELETE, &format!("/v1/groups/1/members/{}", ayo.id));
    assert_eq!(ines.ask(leaves).await.status, 204);
    assert_eq!(finds(ayo, "words=key").await, ["The key is under the mat"]);
    let other = json!({"text": "The key is with Mia"});
    assert_eq!(omar.post(&format!("/v1/messages/{last}/edits"), other).await.status, 201);
    assert_eq!(finds(omar, "words=mia").await, ["The key is with Mia"]);
    for words in ["mia", "mat", "key"] {
        assert_eq!(finds(ayo, &format!("words={words}")).await, [""; 0], "{words}");
    }
    let read = ayo.get(&format!("/v1/messages/{last}")).await;
    assert_eq!(read.body["content"]["text"], "The key is under the mat");
    assert!(read.body["edited"].is_null(), "{}", read.body);
    let edits = ayo.get(&format!("/v1/messages/{last}/edits")).await;
    assert_eq!(edits.body["edits"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_found_by_who_may_read_it_on_sqlite() {
    story(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_found_by_who_may_read_it_on_postgres() {
    story(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_nothing_says_what_it_needs() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, .. } = &office;
    for query in ["", "?limit=5", "?words=%20-%20", "?words="] {
        let refused = omar.get(&format!("/v1/search{query}")).await;
        refused.is_problem_with(query, 400, "malformed", "words");
    }
    let refused = omar.get("/v1/search?words=a+b+c+d+e+f+g+h+i").await;
    refused.is_problem_with("nine words", 400, "malformed", "words");
    let refused = omar.get("/v1/search?words=gate&limit=900").await;
    refused.is_problem_with("a page too large", 400, "malformed", "limit");
    omar.get("/v1/search?kind=parcel").await.is_problem("no such kind", 400, "malformed");
    // What means something to the index means nothing in a search.
    for odd in [
        "%22",
        "a%22%20OR%20b",
        "gate%27",
        "NEAR(a%20b)",
        "a:*",
        "%EE%80%80p1",
        "(",
        "*",
        "%F0%9F%85%B1c",
    ] {
        let found = omar.get(&format!("/v1/search?words=x{odd}")).await;
        assert_eq!(found.status, 200, "{odd}: {}", found.body);
    }
    office.nobody().get("/v1/search?words=a").await.is_problem("nobody", 401, "not-enrolled");
    office.closes().await;
}
