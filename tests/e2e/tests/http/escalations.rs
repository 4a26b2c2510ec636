//! Chains over HTTP: what follows when nobody acknowledges, and how it is stopped.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office};

async fn sets(who: &Caller, chain: &str, steps: Value) -> Answer {
    let wanted = json!({"name": "Night shift", "steps": steps});
    who.ask(who.request(Method::PUT, &format!("/v1/chains/{chain}")).json(&wanted)).await
}

/// Waits until a question is answered as expected, by what is new for who asks.
async fn until(who: &Caller, path: &str, expected: impl Fn(&Value) -> bool) -> Value {
    let mut after = "0.0".to_owned();
    for _ in 0..20 {
        let answer = who.get(path).await;
        if expected(&answer.body) {
            return answer.body;
        }
        let news = who.get(&format!("/v1/events?after={after}&wait=10")).await;
        after = news.body["next"].as_str().expect("a cursor").to_owned();
    }
    panic!("{path} is never as expected: {}", who.get(path).await.body)
}

/// Omar tells Dana something that should have been acknowledged by now.
async fn told(omar: &Caller, dana: &Caller, chain: Value) -> String {
    let text = json!({"kind": "text", "text": "Gate 4 is closed", "priority": "emergency",
        "acknowledge_by": 1_772_440_200_000_i64, "chain": chain});
    let path = format!("/v1/conversations/{}/messages", omar.with(dana));
    let sent = omar.post(&path, text).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    sent.body["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_acknowledges_goes_along_its_chain() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, ines, .. } = &office;
    let steps = json!([{"after_minutes": 0, "to": {"people": [ayo.id]}}, {"after_minutes": 60}]);
    assert_eq!(sets(omar, "4", steps.clone()).await.status, 204);
    let listed = ines.get("/v1/chains").await;
    assert_eq!(listed.body["chains"][0]["name"], "Night shift");
    dana.get("/v1/chains").await.is_problem("a driver", 403, "not-allowed");
    sets(dana, "4", steps).await.is_problem("a driver", 403, "not-allowed");

    let message = told(omar, dana, json!(4)).await;
    let ayos = format!("/v1/conversations/{}/messages", ayo.with(omar));
    let shown = until(ayo, &ayos, |body| body["messages"][0]["content"]["text"].is_string()).await;
    let copy = &shown["messages"][0];
    assert_eq!(copy["content"]["escalates"], json!(message));
    assert_eq!(
        (&copy["content"]["priority"], &copy["author"]),
        (&json!("emergency"), &json!(omar.id))
    );
    let escalation = format!("/v1/messages/{message}/escalation");
    let shown = omar.get(&escalation).await;
    assert_eq!((&shown.body["watched"], &shown.body["steps_taken"]), (&json!(true), &json!(1)));
    ayo.get(&escalation).await.is_problem("Dana's message", 404, "not-found");

    let acknowledgement =
        format!("/v1/messages/{}/acknowledgement", copy["id"].as_str().expect("an id"));
    assert_eq!(ayo.post(&acknowledgement, json!({})).await.status, 201);
    let shown = omar.get(&escalation).await;
    assert_eq!(shown.body, json!({"watched": false}), "he has it in hand");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_reminded_can_say_that_it_is_enough() {
    let office = Office::open(On::Postgres).await;
    let Office { omar, dana, ayo, .. } = &office;
    let message = told(omar, dana, Value::Null).await;
    let theirs = format!("/v1/conversations/{}/messages", dana.with(omar));
    until(dana, &theirs, |body| body["messages"][0]["content"]["kind"] == "escalation").await;
    let escalation = format!("/v1/messages/{message}/escalation");
    let stop = |who: &Caller| who.request(Method::DELETE, &escalation);
    ayo.ask(stop(ayo)).await.is_problem("a stranger", 404, "not-found");
    assert_eq!(dana.ask(stop(dana)).await.status, 200);
    assert_eq!(omar.get(&escalation).await.body, json!({"watched": false}));
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_cannot_be_is_told_by_field() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let step = |after: u64| json!({"after_minutes": after});
    for steps in
        [json!([]), json!([step(5), step(4)]), json!([step(10_081)]), json!(vec![step(1); 17])]
    {
        let refused = sets(omar, "4", steps.clone()).await;
        refused.is_problem_with(&steps.to_string(), 422, "content-invalid", "steps");
    }
    let path = format!("/v1/conversations/{}/messages", omar.with(dana));
    let alone = json!({"kind": "text", "text": "hi", "chain": 4});
    omar.post(&path, alone).await.is_problem_with("no time", 422, "content-invalid", "chain");
    let nowhere = json!({"kind": "text", "text": "hi", "chain": 9, "acknowledge_by": 1});
    omar.post(&path, nowhere).await.is_problem_with("no such chain", 404, "not-found", "chain");
    office.closes().await;
}
