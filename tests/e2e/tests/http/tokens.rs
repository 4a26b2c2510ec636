//! Tokens for programs: for less than their person may do, for some time, and gone with the enrolment.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrolment_wanted, text, token_for};

async fn makes(who: &Caller, scopes: Value) -> Answer {
    let wanted = json!({"name": "Nightly report", "scopes": scopes, "days": 30});
    who.post("/v1/me/tokens", wanted).await
}

async fn with_token(who: &Caller, scopes: Value) -> Caller {
    let made = makes(who, scopes).await;
    assert_eq!(made.status, 201, "{}", made.body);
    who.with_credential(&text(&made.body["token"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_its_scopes_alone_until_it_is_ended() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let (ines, dana) = (&office.ines, &office.dana);
        let reads = with_token(ines, json!(["read"])).await;
        let says = with_token(ines, json!(["say"])).await;
        let manages = with_token(ines, json!(["manage", "say"])).await;
        let messages = format!("/v1/conversations/{}/messages", ines.with(dana));
        let hello = json!({"kind": "text", "text": "Hello"});
        let vera = json!({"handle": "vera", "name": "Vera", "role": "driver"});
        let pull = json!({"frame": "pull", "after": {"epoch": 0, "n": 0}, "number": 1, "limit": 1});

        let me = reads.get("/v1/me").await;
        assert_eq!((me.status, &me.body["handle"]), (200, &json!("ines")), "{on:?}");
        let said = says.post(&messages, hello.clone()).await;
        assert_eq!(said.status, 201, "{on:?}: {}", said.body);
        assert_eq!(manages.post("/v1/people", vera.clone()).await.status, 201, "{on:?}");
        assert_eq!(ines.post("/v1/sync", pull.clone()).await.status, 200);
        for (who, what, answer) in [
            (&reads, "says something", reads.post(&messages, hello).await),
            (&reads, "adds someone", reads.post("/v1/people", vera).await),
            (&says, "reads", says.get("/v1/events").await),
            (&says, "speaks for a device", says.post("/v1/sync", pull).await),
            (&manages, "reads", manages.get("/v1/people").await),
            (&reads, "sees tokens", reads.get("/v1/me/tokens").await),
            (&manages, "makes tokens", makes(&manages, json!(["read"])).await),
            (&manages, "hands out a link", {
                manages.post("/v1/enrolment-links", json!({"handle": "dana"})).await
            }),
        ] {
            assert_ne!(who.credential, ines.credential);
            answer.is_problem(what, 403, "not-allowed");
        }

        let listed = ines.get("/v1/me/tokens").await.body;
        let tokens = listed["tokens"].as_array().expect("a list").clone();
        assert_eq!(tokens.len(), 3, "{listed}");
        assert!(!listed.to_string().contains("wpt_"), "the secret is told once: {listed}");
        let id = text(&tokens[0]["id"]);
        let path = format!("/v1/me/tokens/{id}");
        let ends = |who: &Caller| who.request(Method::DELETE, &path);
        dana.ask(ends(dana)).await.is_problem("of someone else", 404, "not-found");
        assert_eq!(ines.ask(ends(ines)).await.status, 204);
        reads.get("/v1/me").await.is_problem("it is ended", 401, "not-enrolled");
        ines.ask(ends(ines)).await.is_problem("it is gone", 404, "not-found");

        let revoke = format!("/v1/enrolments/{}", ines.enrolment);
        assert_eq!(office.omar.ask(office.omar.request(Method::DELETE, &revoke)).await.status, 204);
        let answer = says.post(&messages, json!({"kind": "text", "text": "Hello?"})).await;
        answer.is_problem("the enrolment is gone", 401, "not-enrolled");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_refused_with_its_field() {
    let office = Office::open(On::Sqlite).await;
    let ines = &office.ines;
    for (wanted, field) in [
        (json!({"name": " ", "scopes": ["read"]}), "name"),
        (json!({"name": "x".repeat(81), "scopes": ["read"]}), "name"),
        (json!({"name": "Report", "scopes": []}), "scopes"),
        (json!({"name": "Report", "scopes": ["read"], "days": 0}), "days"),
        (json!({"name": "Report", "scopes": ["read"], "days": 367}), "days"),
    ] {
        let answer = ines.post("/v1/me/tokens", wanted).await;
        answer.is_problem_with(field, 422, "content-invalid", field);
    }
    let token = token_for(&office.world, "dana").await;
    let granted = ines.post("/v1/enrolments", enrolment_wanted(&token)).await;
    assert_eq!(granted.status, 201, "a link needs no credential: {}", granted.body);
    for _ in 0..50 {
        assert_eq!(makes(ines, json!(["read"])).await.status, 201);
    }
    makes(ines, json!(["read"])).await.is_problem("one too many", 413, "too-large");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_its_token() {
    let office = Office::open(On::Sqlite).await;
    let (omar, dana) = (&office.omar, &office.dana);
    let made = makes(omar, json!(["read"])).await;
    let reads = omar.with_credential(&text(&made.body["token"]));
    let request = reads.request(Method::GET, "/v1/events").header("Accept", "text/event-stream");
    let mut stream = reads.response(request).await;
    assert_eq!(stream.status(), 200);
    let path = format!("/v1/me/tokens/{}", text(&made.body["id"]));
    assert_eq!(omar.ask(omar.request(Method::DELETE, &path)).await.status, 204);
    dana.writes(&dana.with(omar), "Not for everyone").await;
    let mut heard = String::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        heard += &String::from_utf8_lossy(&chunk);
    }
    assert!(!heard.contains("Not for everyone"), "whoever has the token still reads: {heard}");
    office.closes().await;
}
