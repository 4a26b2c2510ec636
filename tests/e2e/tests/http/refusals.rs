//! Bad input gets a precise problem: which rule, which field, what to do; and never a 5xx.

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use waypost_protocol::FRAME_BYTES_MAX;
use waypost_world::On;

use crate::office::{Office, tls_to};

#[tokio::test(flavor = "multi_thread")]
async fn an_integrator_learns_which_field_is_wrong() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    let mia = json!({"handle": "mia", "name": "Mia", "role": "driver"});
    let with = |field: &str, value: serde_json::Value| {
        let mut person = mia.clone();
        person[field] = value;
        person
    };
    let mut nameless = mia.clone();
    nameless.as_object_mut().expect("an object").remove("name");
    for (body, field) in [
        (with("handle", json!("Mia!")), "handle"),
        (with("handle", json!("")), "handle"),
        (with("handle", json!(7)), "handle"),
        (with("handle", json!(null)), "handle"),
        (with("name", json!(" ")), "name"),
        (with("name", json!("m".repeat(81))), "name"),
        (with("role", json!("boss")), "role"),
        (with("language", json!("")), "language"),
        (with("colour", json!("blue")), "colour"),
        (nameless, "name"),
    ] {
        let answer = ines.post("/v1/people", body.clone()).await;
        answer.is_problem_with(&body.to_string(), 422, "content-invalid", field);
    }
    let taken = ines.post("/v1/people", with("handle", json!("dana"))).await;
    taken.is_problem_with("a handle that Dana has", 409, "handle-taken", "handle");
    let people = ines.get("/v1/people").await;
    assert_eq!(people.body["people"].as_array().map(Vec::len), Some(4), "nobody was added");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_no_message_are_refused() {
    let office = Office::open(On::Sqlite).await;
    let path = format!("/v1/conversations/{}/messages", office.dana.with(&office.omar));
    let id = "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";
    for (body, field) in [
        (json!({"kind": "text", "text": " \n"}), "text"),
        (json!({"kind": "text", "text": "a".repeat(4001)}), "text"),
        (json!({"kind": "acknowledgement", "message": id}), "kind"),
        (json!({"kind": "revoked", "enrolment": id, "person": 1}), "kind"),
        (json!({"kind": "template", "template": "", "version": 1}), "template"),
        (json!({"text": "no kind"}), "kind"),
    ] {
        let answer = office.dana.post(&path, body.clone()).await;
        answer.is_problem_with(&body.to_string(), 422, "content-invalid", field);
    }
    for body in [json!({"kind": "poem"}), json!([]), json!(7), json!({"kind": "text", "text": 7})] {
        let answer = office.dana.post(&path, body.clone()).await;
        answer.is_problem(&body.to_string(), 422, "content-invalid");
    }
    let history = office.omar.get(&path).await;
    assert_eq!(history.body["messages"], json!([]), "Omar was sent nothing");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_refused() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    let json = "application/json";
    for broken in ["", "{", "{\"handle\":", "\u{0}", "handle: mia"] {
        let answer = ines.post_bytes("/v1/people", json, broken.into()).await;
        answer.is_problem(broken, 400, "malformed");
    }
    let not_utf8 = ines.post_bytes("/v1/people", json, b"{\"handle\":\"\xff\"}".to_vec()).await;
    not_utf8.is_problem("a text that is no UTF-8", 400, "malformed");
    for kind in ["text/plain", "application/xml", "application/cbor", "nonsense"] {
        let answer = ines.post_bytes("/v1/people", kind, b"{}".to_vec()).await;
        answer.is_problem(kind, 415, "media-type-unsupported");
    }
    for path in ["/v1/people", "/v1/sync", "/v1/groups", "/v1/enrolments"] {
        let large = ines.post_bytes(path, json, vec![b' '; FRAME_BYTES_MAX + 1]).await;
        let detail = large.is_problem(path, 413, "too-large");
        assert!(detail.contains(&FRAME_BYTES_MAX.to_string()), "the bound is told: {detail}");
    }
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_addresses_and_methods_are_refused() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    for path in ["/v1", "/v2/people", "/v1/people/", "/v1/people/1/2", "/v1/%00", "/v1/persons"] {
        ines.get(path).await.is_problem(path, 404, "not-found");
    }
    for path in [
        "/v1/people/dana",
        "/v1/people/-1",
        "/v1/people/4294967296",
        "/v1/messages/7",
        "/v1/conversations/direct-9-2",
        "/v1/conversations/group-03/messages",
        "/v1/conversations/%F0%9F%9A%9A",
    ] {
        ines.get(path).await.is_problem_with(path, 400, "malformed", "path");
    }
    for (method, path, allow) in [
        (Method::PATCH, "/v1/people", "POST"),
        (Method::DELETE, "/v1/people/1", "GET"),
        (Method::GET, "/v1/sync", "POST"),
    ] {
        let answer = ines.ask(ines.request(method, path)).await;
        answer.is_problem(path, 405, "method-not-allowed");
        let allowed = answer.headers["Allow"].to_str().expect("text");
        assert!(allowed.contains(allow), "{path} allows {allowed}");
    }
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_pages_are_refused_and_good_ones_lead_to_the_end() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("limit=1e2", "limit"),
        ("after=dana", "after"),
        ("after=-1", "after"),
        ("after=99999999999", "after"),
        ("limt=5", "limt"),
    ] {
        let answer = ines.get(&format!("/v1/people?{query}")).await;
        answer.is_problem_with(query, 400, "malformed", field);
    }
    let mut handles = Vec::new();
    let mut path = "/v1/people?limit=3".to_owned();
    loop {
        let page = ines.get(&path).await.body;
        handles
            .extend(page["people"].as_array().expect("a page").iter().map(|p| p["handle"].clone()));
        match page["next"].as_u64() {
            Some(next) => path = format!("/v1/people?limit=3&after={next}"),
            None => break,
        }
    }
    assert_eq!(json!(handles), json!(["ines", "omar", "dana", "ayo"]));
    let beyond = ines.get("/v1/people?after=4294967295").await;
    assert_eq!((beyond.status, &beyond.body), (200, &json!({"people": []})));
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_field_makes_no_emergency_routine() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let path = format!("/v1/conversations/{}/messages", dana.with(omar));
    let accident = json!({"kind": "text", "text": "An accident", "prio": "emergency"});
    omar.post(&path, accident).await.is_problem_with("", 422, "content-invalid", "prio");
    let wrong = json!({"kind": "text", "text": "An accident", "acknowledge_by": "soon"});
    omar.post(&path, wrong).await.is_problem("no time", 422, "content-invalid");
    let accident = json!({"kind": "text", "text": "An accident", "priority": "emergency"});
    assert_eq!(omar.post(&path, accident).await.status, 201);
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_before_all_was_sent_asks_on_by_the_same_connection() {
    let office = Office::open(On::Sqlite).await;
    let mut connection = tls_to(&office).await;
    let credential = &office.dana.credential;
    let head = format!(
        "PATCH /v1/uploads/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {credential}\r\nContent-Length: 5\r\n\r\n"
    );
    // Each time it is the turn of luck whether the server decides before the rest has come.
    for asked in 0..100 {
        let told = format!("the {asked}th request was dropped without a word");
        connection.write_all(head.as_bytes()).await.expect(&told);
        connection.flush().await.expect(&told);
        tokio::task::yield_now().await;
        connection.write_all(b"bytes").await.expect(&told);
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            assert!(connection.read_buf(&mut answer).await.expect(&told) > 0, "{told}");
        }
        assert!(answer.starts_with(b"HTTP/1.1 412"), "{}", String::from_utf8_lossy(&answer));
    }
    office.closes().await;
}
