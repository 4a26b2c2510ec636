//! Who looks after whom and who works when, over HTTP, and whom a broadcast reaches by that.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, fact_id, now, text};

const HOUR: i64 = 60 * 60 * 1000;

async fn covers(who: &Caller, coverage: &str, of: Value) -> Answer {
    who.ask(who.request(Method::PUT, &format!("/v1/coverages/{coverage}")).json(&of)).await
}

async fn plans(who: &Caller, person: u64, from: i64, hours: i64, on_call: bool) -> Answer {
    let (from, until) = (now() + from * HOUR, now() + (from + hours) * HOUR);
    let shift = json!({"person": person, "from": from, "until": until, "on_call": on_call});
    who.post("/v1/shifts", shift).await
}

/// Whom a broadcast reaches.
async fn reached(who: &Caller, to: Value) -> Vec<u64> {
    let told = json!({"to": to, "message": {"kind": "text", "text": "Snow"}});
    let sent = who.post("/v1/broadcasts", told).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    let path = format!("/v1/messages/{}/receipts", text(&sent.body["id"]));
    let receipts = who.get(&path).await.body["recipients"].as_array().expect("a list").clone();
    receipts.iter().map(|it| it["person"].as_u64().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_goes_to_those_of_a_coverage_who_are_on_shift() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let (ines, omar) = (&office.ines.clone(), &office.omar.clone());
        let (dana, ayo) = (&office.dana.clone(), &office.ayo.clone());
        let north =
            json!({"name": "North", "dispatchers": [omar.id], "drivers": [dana.id, ayo.id]});
        assert_eq!(covers(omar, "3", north.clone()).await.status, 204);
        let listed = ines.get("/v1/coverages").await.body["coverages"][0].clone();
        assert_eq!(
            (&listed["coverage"], &listed["drivers"]),
            (&json!(3), &json!([dana.id, ayo.id]))
        );
        assert_eq!(reached(omar, json!({"coverages": [3]})).await, [dana.id, ayo.id], "{on:?}");

        let hers = plans(omar, dana.id, -1, 8, false).await;
        assert_eq!(hers.status, 201, "{}", hers.body);
        assert_eq!(plans(omar, ayo.id, 2, 8, false).await.status, 201);
        assert_eq!(plans(omar, ines.id, -1, 8, true).await.status, 201);
        let to = json!({"coverages": [3], "on_shift": true});
        assert_eq!(reached(omar, to.clone()).await, [dana.id], "{on:?}");
        assert_eq!(reached(omar, json!({"on_call": true})).await, [ines.id], "{on:?}");

        let mine = dana.get("/v1/shifts").await.body["shifts"].clone();
        assert_eq!((mine.as_array().map(Vec::len), &mine[0]["id"]), (Some(1), &hers.body["id"]));
        let all = omar.get("/v1/shifts").await.body["shifts"].as_array().map(Vec::len);
        assert_eq!(all, Some(3));
        let events = dana.get("/v1/events").await.body["events"].clone();
        let told = events
            .as_array()
            .expect("a list")
            .iter()
            .any(|it| it["type"] == "waypost.shift-planned");
        assert!(told, "she hears of it");

        let page = omar.get("/v1/shifts?limit=1").await.body;
        let next =
            omar.get(&format!("/v1/shifts?limit=2&after={}", text(&page["next"]))).await.body;
        let rest = next["shifts"].as_array().expect("a list");
        assert_eq!(rest.len(), 2, "page by page: {next}");
        assert!(rest.iter().all(|shift| shift["id"] != page["shifts"][0]["id"]), "{next}");

        // A server that has just started knows nobody by heart.
        office.world.server.kill().await;
        office.world.server.start().await;
        let path = format!("/v1/shifts/{}", text(&hers.body["id"]));
        for _ in 0..2 {
            assert_eq!(omar.ask(omar.request(Method::DELETE, &path)).await.status, 204);
        }
        assert_eq!(dana.get("/v1/shifts").await.body["shifts"], json!([]));
        let events = dana.get("/v1/events?limit=200").await.body["events"].clone();
        let events = events.as_array().expect("a list").clone();
        assert!(events.iter().any(|it| it["type"] == "waypost.shift-cancelled"), "she hears of it");
        let sent = json!({"to": to, "message": {"kind": "text", "text": "Snow"}});
        omar.post("/v1/broadcasts", sent).await.is_problem("nobody is left", 404, "not-found");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_on_a_roster_is_told_by_field() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let wrong = json!({"name": "North", "drivers": [omar.id]});
    covers(omar, "1", wrong).await.is_problem("a dispatcher is not covered", 404, "not-found");
    let blank = covers(omar, "1", json!({"name": " "})).await;
    blank.is_problem_with("a blank name", 422, "content-invalid", "name");
    covers(dana, "1", json!({"name": "Mine"})).await.is_problem("a driver", 403, "not-allowed");
    let backwards = plans(omar, dana.id, 4, -2, false).await;
    backwards.is_problem_with("it ends before it begins", 422, "content-invalid", "until");
    let nobody = plans(omar, 4711, 0, 8, false).await;
    nobody.is_problem_with("nobody", 404, "not-found", "person");
    plans(dana, dana.id, 0, 8, false).await.is_problem("her own", 403, "not-allowed");
    let others = dana.get(&format!("/v1/shifts?person={}", ayo.id)).await;
    others.is_problem("Ayo's shifts", 403, "not-allowed");
    let path = format!("/v1/shifts/{}", fact_id());
    let unknown = omar.ask(omar.request(Method::DELETE, &path)).await;
    unknown.is_problem("no such shift", 404, "not-found");
    let message = omar.writes(&omar.with(dana), "Hello").await;
    let path = format!("/v1/shifts/{message}");
    let no_shift = omar.ask(omar.request(Method::DELETE, &path)).await;
    no_shift.is_problem("a message is no shift", 404, "not-found");
    office.closes().await;
}
