//! Broadcasts over HTTP: one request, a message to each, and one table of who has it.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Caller, Office};

fn closed() -> Value {
    json!({"kind": "text", "text": "Gate 4 is closed", "priority": "urgent"})
}

async fn recipients(who: &Caller, broadcast: &str) -> Vec<Value> {
    let shown = who.get(&format!("/v1/messages/{broadcast}/receipts")).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body["recipients"].as_array().expect("a list").clone()
}

/// What stands in a conversation, newest first.
async fn said(who: &Caller, conversation: &str) -> Vec<Value> {
    let shown = who.get(&format!("/v1/conversations/{conversation}/messages")).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body["messages"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn omar_tells_everyone_and_each_answers_him_alone() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, ines, .. } = &office;
    let wanted = json!({"to": {"people": [dana.id, ayo.id]}, "message": closed()});
    let key = crate::office::fact_id().to_string();
    let sent = omar.post_once("/v1/broadcasts", &key, wanted.clone()).await;
    assert_eq!((sent.status, &sent.body["id"]), (201, &json!(key)), "{}", sent.body);
    let again = omar.post_once("/v1/broadcasts", &key, wanted).await;
    assert_eq!(again.body, sent.body, "told once, however often it is sent");

    let [message] = &said(dana, &dana.with(omar)).await[..] else { panic!("one message") };
    assert_eq!(message["content"]["text"], "Gate 4 is closed");
    assert_eq!(message["content"]["broadcast"], json!(key));
    let theirs = message["id"].as_str().expect("an id");
    let answer = json!({"kind": "text", "text": "I take gate 5", "answers": theirs});
    let to_omar = format!("/v1/conversations/{}/messages", dana.with(omar));
    assert_eq!(dana.post(&to_omar, answer).await.status, 201);
    let acknowledgement = format!("/v1/messages/{theirs}/acknowledgement");
    assert_eq!(dana.post(&acknowledgement, json!({})).await.status, 201);
    ayo.post(&acknowledgement, json!({})).await.is_problem("Dana's message", 404, "not-found");

    let rows = recipients(omar, &key).await;
    let of = |who: &Caller| rows.iter().find(|row| row["person"] == json!(who.id)).expect("a row");
    assert_eq!(rows.len(), 2);
    assert_eq!(of(dana)["message"], json!(theirs));
    assert!(of(dana)["acknowledged_at"].is_i64() && of(ayo)["acknowledged_at"].is_null());
    let table = format!("/v1/messages/{key}/receipts");
    for other in [dana, ayo, ines] {
        other.get(&table).await.is_problem("who has it is for Omar", 404, "not-found");
    }

    let broadcasts = format!("broadcasts-{}", omar.id);
    let [listed] = &said(omar, &broadcasts).await[..] else { panic!("one broadcast") };
    assert_eq!(listed["content"]["message"]["text"], "Gate 4 is closed");
    dana.get(&format!("/v1/conversations/{broadcasts}/messages")).await.is_problem(
        "his list",
        404,
        "not-found",
    );

    let edits = format!("/v1/messages/{key}/edits");
    let edited = omar.post(&edits, json!({"text": "Gates 4 and 5 are closed"})).await;
    assert_eq!(edited.status, 201, "{}", edited.body);
    let shown = dana.get(&format!("/v1/messages/{theirs}")).await;
    assert_eq!(shown.body["edited"]["text"], "Gates 4 and 5 are closed");
    let gone = omar.ask(omar.request(Method::DELETE, &format!("/v1/messages/{key}"))).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    let shown = ayo.get(&format!("/v1/conversations/{}/messages", ayo.with(omar))).await;
    let kinds: Vec<_> = shown.body["messages"].as_array().expect("a list").iter().collect();
    assert!(kinds.iter().all(|it| !it.to_string().contains("Gate")), "{}", shown.body);
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_to_many_is_refused_by_field() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let told = |to: Value, message: Value| json!({"to": to, "message": message});
    let to_dana = json!({"people": [dana.id]});
    let sent = dana.post("/v1/broadcasts", told(json!({"everyone": true}), closed())).await;
    sent.is_problem("a driver", 403, "not-allowed");
    for (body, status, code, field) in [
        (told(json!({}), closed()), 422, "content-invalid", "to"),
        (
            told(to_dana.clone(), json!({"kind": "text", "text": " "})),
            422,
            "content-invalid",
            "text",
        ),
        (
            told(
                to_dana.clone(),
                json!({"kind": "deletion", "message": crate::office::fact_id(), "author": 1}),
            ),
            422,
            "content-invalid",
            "kind",
        ),
        (
            told(to_dana.clone(), json!({"kind": "text", "text": "hi", "prority": "urgent"})),
            422,
            "content-invalid",
            "prority",
        ),
        (json!({"to": to_dana, "mesage": closed()}), 422, "content-invalid", "mesage"),
    ] {
        let refused = omar.post("/v1/broadcasts", body.clone()).await;
        refused.is_problem_with(&body.to_string(), status, code, field);
    }
    for to in [json!({"people": [4711]}), json!({"groups": [7]}), json!({"people": [omar.id]})] {
        let refused = omar.post("/v1/broadcasts", told(to.clone(), closed())).await;
        refused.is_problem(&to.to_string(), 404, "not-found");
    }
    let many: Vec<u64> = (1..=5001).collect();
    let refused = omar.post("/v1/broadcasts", told(json!({"people": many}), closed())).await;
    refused.is_problem_with("too many", 422, "content-invalid", "to");
    let claims = json!({"kind": "text", "text": "hi", "broadcast": crate::office::fact_id()});
    let path = format!("/v1/conversations/{}/messages", omar.with(dana));
    omar.post(&path, claims).await.is_problem_with(
        "it says so itself",
        422,
        "content-invalid",
        "broadcast",
    );
    office.closes().await;
}
