//! Edits and deletions over HTTP.

use reqwest::Method;
use serde_json::json;
use waypost_world::On;

use crate::office::{Office, fact_id};

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_shown_in_place_of_the_words_and_kept_beside_them() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let theirs = dana.with(omar);
    let message = omar.writes(&theirs, "Your next stop is Harbour Road").await;
    let path = format!("/v1/messages/{message}");
    let edits = format!("{path}/edits");
    let key = fact_id().to_string();
    let quay = json!({"text": "Your next stop is Quay 3", "mentions": [{"person": dana.id}]});
    let first = omar.post_once(&edits, &key, quay.clone()).await;
    let again = omar.post_once(&edits, &key, quay.clone()).await;
    assert_eq!((first.status, &first.body), (201, &again.body), "the same answer");
    assert_eq!(omar.post(&edits, json!({"text": "Quay 4"})).await.status, 201);

    let shown = dana.get(&path).await;
    assert_eq!(shown.body["content"]["text"], "Your next stop is Harbour Road");
    assert_eq!(shown.body["edited"]["text"], "Quay 4", "{}", shown.body);
    let history = dana.get(&format!("/v1/conversations/{theirs}/messages")).await;
    let listed = history.body["messages"].as_array().expect("a page");
    let listed = listed.iter().find(|it| it["id"] == json!(message)).expect("it is there");
    assert_eq!(listed["edited"]["text"], "Quay 4");
    let kept = dana.get(&edits).await.body["edits"].clone();
    assert_eq!(kept[0]["text"], quay["text"]);
    assert_eq!(kept[0]["mentions"], quay["mentions"]);
    assert_eq!(kept[1]["text"], "Quay 4");

    let ayos = ayo.post(&edits, json!({"text": "Let me in"})).await;
    ayos.is_problem("Ayo edits what he may not read", 404, "not-found");
    ayo.get(&edits).await.is_problem("Ayo reads the edits", 404, "not-found");
    let danas = dana.post(&edits, json!({"text": "No stop"})).await;
    danas.is_problem("Dana edits Omar's words", 403, "not-allowed");
    let blank = omar.post(&edits, json!({"text": "  "})).await;
    blank.is_problem_with("nothing", 422, "content-invalid", "text");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_is_told_to_nobody() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let theirs = dana.with(omar);
    let message = omar.writes(&theirs, "the code is 4711").await;
    let path = format!("/v1/messages/{message}");
    let edits = format!("{path}/edits");
    assert_eq!(omar.post(&edits, json!({"text": "the code is 4712"})).await.status, 201);
    let delete = |who: &crate::office::Caller| who.request(Method::DELETE, &path);
    ayo.ask(delete(ayo)).await.is_problem("Ayo deletes", 404, "not-found");
    dana.ask(delete(dana)).await.is_problem("Dana deletes", 403, "not-allowed");
    assert_eq!(omar.ask(delete(omar)).await.status, 200);

    let shown = dana.get(&path).await;
    assert_eq!(shown.body["content"], json!({"kind": "erased", "number": 1}));
    assert!(shown.body.get("edited").is_none(), "{}", shown.body);
    assert_eq!(dana.get(&edits).await.body["edits"], json!([]));
    let history = dana.get(&format!("/v1/conversations/{theirs}/messages")).await;
    assert!(!history.body.to_string().contains("the code is"), "{}", history.body);
    office.closes().await;
}
