//! A request whose answer was lost is sent again: it changes nothing and gets the same answer.

use reqwest::Method;
use serde_json::json;
use waypost_world::On;

use crate::office::{Office, fact_id};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_message_is_there_once_on_sqlite() {
    a_repeated_message_is_there_once(Office::open(On::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_message_is_there_once_on_postgres() {
    a_repeated_message_is_there_once(Office::open(On::Postgres).await).await;
}

async fn a_repeated_message_is_there_once(office: Office) {
    let path = format!("/v1/conversations/{}/messages", office.dana.with(&office.omar));
    let key = fact_id().to_string();
    let late = json!({"kind": "text", "text": "15 minutes late"});
    let first = office.omar.post_once(&path, &key, late.clone()).await;
    let again = office.omar.post_once(&path, &key, late.clone()).await;
    assert_eq!((first.status, &first.body["id"]), (201, &json!(key)));
    assert_eq!((again.status, &again.body), (201, &first.body), "the same answer");
    let other = json!({"kind": "text", "text": "30 minutes late"});
    let reused = office.omar.post_once(&path, &key, other).await;
    reused.is_problem("another text under the same key", 409, "id-reused");
    let history = office.dana.get(&path).await;
    assert_eq!(history.body["messages"].as_array().map(Vec::len), Some(1), "Dana has it once");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_people_and_groups_are_there_once() {
    let office = Office::open(On::Sqlite).await;
    let mia = json!({"handle": "mia", "name": "Mia", "role": "driver"});
    let north = json!({"name": "Depot North", "members": [office.dana.id, office.omar.id]});
    for (path, body) in [("/v1/people", mia), ("/v1/groups", north)] {
        let key = fact_id().to_string();
        let first = office.ines.post_once(path, &key, body.clone()).await;
        let again = office.ines.post_once(path, &key, body.clone()).await;
        assert_eq!(first.status, 201, "{}", first.body);
        assert_eq!((again.status, &again.body), (201, &first.body), "{path}: the same answer");
        let mut other = body;
        other["name"] = json!("Another");
        let reused = office.ines.post_once(path, &key, other).await;
        reused.is_problem(path, 409, "id-reused");
    }
    let groups = office.dana.get("/v1/conversations").await;
    let groups = groups.body["conversations"].as_array().expect("a page").clone();
    let north = groups.iter().filter(|group| group["title"] == "Depot North");
    assert_eq!(north.count(), 1, "one Depot North: {groups:?}");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_uuid_of_version_7_is_refused() {
    let office = Office::open(On::Sqlite).await;
    let message = office.omar.writes(&office.dana.with(&office.omar), "Gate 4 is closed").await;
    let paths = [
        (Method::POST, "/v1/people".to_owned()),
        (Method::POST, "/v1/groups".to_owned()),
        (Method::POST, format!("/v1/conversations/{}/messages", office.ines.with(&office.omar))),
        (Method::POST, format!("/v1/messages/{message}/acknowledgement")),
        (Method::PUT, format!("/v1/groups/1/members/{}", office.dana.id)),
        (Method::DELETE, format!("/v1/enrolments/{}", office.ayo.enrolment)),
    ];
    for (method, path) in paths {
        for key in ["", "1", "order-4711", "9b2d1c1e-0f3b-4a55-9c53-7a4f0b1f3b11"] {
            let request = office.ines.request(method.clone(), &path).header("Idempotency-Key", key);
            let answer = office.ines.ask(request.json(&json!({}))).await;
            answer.is_problem_with(&path, 422, "id-malformed", "Idempotency-Key");
        }
    }
    office.closes().await;
}
