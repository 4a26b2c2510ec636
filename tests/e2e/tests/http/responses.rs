//! Who has answered what, and how fast.

use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Caller, Office, text};

async fn says(who: &Caller, place: &str, body: Value) -> String {
    let sent = who.post(&format!("/v1/conversations/{place}/messages"), body).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    text(&sent.body["id"])
}

fn answer_to(message: &str) -> Value {
    json!({"kind": "template", "template": "understood", "version": 1, "answers": message})
}

/// How long people took, by something.
async fn times(who: &Caller, by: &str) -> Value {
    let told = who.get(&format!("/v1/response-times?by={by}")).await;
    assert_eq!(told.status, 200, "{}", told.body);
    told.body["rows"].clone()
}

async fn story(on: On) {
    let office = Office::open(on).await;
    let Office { omar, dana, ayo, ines, .. } = &office;
    let group = json!({"name": "North", "members": [omar.id, dana.id, ayo.id]});
    assert_eq!(ines.post("/v1/groups", group).await.status, 201);
    let message = omar.writes("group-1", "Who can take the bakery?").await;
    let unanswered = omar.writes("group-1", "And who the mill?").await;
    let first = says(dana, "group-1", answer_to(&message)).await;
    says(dana, "group-1", answer_to(&message)).await;
    let acknowledgement = format!("/v1/messages/{message}/acknowledgement");
    assert_eq!(ayo.post(&acknowledgement, json!({})).await.status, 201);
    // Nobody answers themselves, and nobody from elsewhere.
    says(omar, "group-1", answer_to(&message)).await;
    says(ayo, &ayo.with(omar), answer_to(&unanswered)).await;

    let receipts = omar.get(&format!("/v1/messages/{message}/receipts")).await;
    let of = |who: &Caller| {
        let rows = receipts.body["recipients"].as_array().expect("a list");
        rows.iter().find(|row| row["person"] == who.id).expect("a row").clone()
    };
    assert_eq!(of(dana)["answer"], json!(first), "her first answer");
    assert!(of(dana)["answered_at"].is_i64() && of(dana)["acknowledged_at"].is_null());
    assert!(of(ayo)["answered_at"].is_null() && of(ayo)["acknowledged_at"].is_i64());
    let receipts = omar.get(&format!("/v1/messages/{unanswered}/receipts")).await;
    assert!(receipts.body["recipients"][0]["answer"].is_null(), "{}", receipts.body);

    // Of a broadcast each answers their own message.
    let to_both = json!({"to": {"people": [dana.id, ayo.id]},
        "message": {"kind": "text", "text": "Snow on the pass"}});
    let broadcast = text(&omar.post("/v1/broadcasts", to_both).await.body["id"]);
    let table = format!("/v1/messages/{broadcast}/receipts");
    let told = omar.get(&table).await;
    let danas = text(&told.body["recipients"][0]["message"]);
    let answer = says(dana, &dana.with(omar), answer_to(&danas)).await;
    let told = omar.get(&table).await;
    assert_eq!(told.body["recipients"][0]["answer"], json!(answer));
    assert!(told.body["recipients"][1]["answer"].is_null(), "{}", told.body);

    let people = times(omar, "person").await;
    let row = |at: usize| (people[at]["person"].clone(), people[at]["responses"].clone());
    assert_eq!(row(0), (json!(dana.id), json!(2)), "{people}");
    assert_eq!(row(1), (json!(ayo.id), json!(1)), "{people}");
    assert!(people[0]["median_s"].as_i64().is_some_and(|it| (0..60).contains(&it)), "{people}");
    let groups = times(omar, "group").await;
    assert_eq!(
        (&groups[0]["conversation"], &groups[0]["responses"]),
        (&json!("group-1"), &json!(2))
    );
    let days = times(omar, "day").await;
    let all: i64 =
        days.as_array().expect("rows").iter().filter_map(|it| it["responses"].as_i64()).sum();
    assert_eq!(all, 3, "{days}");
    let before = omar.get("/v1/response-times?by=person&until=1000").await;
    assert_eq!(before.body["rows"], json!([]));
    dana.get("/v1/response-times?by=day").await.is_problem("a driver", 403, "not-allowed");
    omar.get("/v1/response-times?by=moon").await.is_problem("by what?", 400, "malformed");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_seen_who_has_answered_and_how_fast_on_sqlite() {
    story(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_seen_who_has_answered_and_how_fast_on_postgres() {
    story(On::Postgres).await;
}
