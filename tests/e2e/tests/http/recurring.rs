//! Trips that come again and again: set once, planned day by day, set otherwise, and ended.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrol, text};

const PATH: &str = "/v1/recurring-trips/NIGHT-7";

/// The night run of Dana: goods are fetched in the evening and handed over after midnight.
fn night_run(address: &str) -> Value {
    json!({
        "rule": "FREQ=DAILY", "from": "2026-01-01", "zone": "Europe/Berlin", "days_ahead": 2,
        "name": "Night run", "driver": "dana", "vehicle": "B-WP 1204",
        "stops": [
            {"stop": "S-1", "name": "Mill", "kind": "pickup", "from": "21:30", "until": "22:00"},
            {"stop": "S-2", "name": "Bakery Blum", "address": address,
                "from": "23:30", "until": "00:30", "consignment": "FLOUR", "quantity": 12},
        ],
    })
}

async fn puts(who: &Caller, path: &str, body: &Value) -> Answer {
    who.ask(who.request(Method::PUT, path).json(body)).await
}

/// The list of them, once the server has looked at all.
async fn planned(who: &Caller) -> Value {
    let mut now_and_then = tokio::time::interval(Duration::from_millis(50));
    let looks = async {
        loop {
            let shown = who.get("/v1/recurring-trips").await.body["trips"].clone();
            let all = shown.as_array().expect("a list");
            let is_planned = |it: &Value| {
                let far = it["next"][2].as_str().unwrap_or_default();
                it["planned_until"].as_str().is_some_and(|until| until >= far)
            };
            if all.iter().all(is_planned) {
                return shown;
            }
            now_and_then.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looks).await.expect("the server plans them")
}

async fn trips(who: &Caller) -> Vec<Value> {
    who.get("/v1/trips").await.body["trips"].as_array().expect("a list").clone()
}

fn stop<'a>(trip: &'a Value, reference: &str) -> &'a Value {
    let mut stops = trip["stops"].as_array().expect("stops").iter();
    stops.find(|it| it["plan"]["reference"] == reference).expect("it is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_run_is_planned_days_ahead_once_and_follows_what_is_set() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let (omar, dana) = (office.omar.clone(), office.dana.clone());
        let dry = puts(&omar, &format!("{PATH}?dry_run=true"), &night_run("Yard 1")).await;
        let next: Vec<_> = dry.body["next"].as_array().expect("days").iter().map(text).collect();
        assert_eq!((dry.status, next.len()), (200, 5), "{}", dry.body);
        assert_eq!(
            omar.get("/v1/recurring-trips").await.body["trips"],
            json!([]),
            "nothing is set"
        );

        let set = puts(&omar, PATH, &night_run("Yard 1")).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let shown = planned(&omar).await;
        assert_eq!(shown[0]["planned_until"], json!(next[2]), "{shown}");
        let hers = trips(&dana).await;
        let names: Vec<_> = hers.iter().map(|it| text(&it["plan"]["reference"])).collect();
        let expected: Vec<_> = next[..3].iter().map(|day| format!("NIGHT-7/{day}")).collect();
        assert_eq!(names, expected, "{on:?}");
        let window = |it: &Value, end: &str| it["plan"]["window"][end].as_i64().expect("a time");
        let bakery = stop(&hers[0], "S-2");
        let hour = window(bakery, "until") - window(bakery, "from");
        assert_eq!(hour, 3_600_000, "it ends after midnight: {bakery}");
        assert_eq!(bakery["plan"]["consignments"][0]["quantity"], 12);

        let n = async || omar.get("/v1/events?of=trips&limit=200").await.body["events"].clone();
        let before = n().await;
        assert_eq!(puts(&omar, PATH, &night_run("Yard 1")).await.status, 200);
        office.world.server.kill().await;
        office.world.server.start().await;
        planned(&omar).await;
        assert_eq!(n().await, before, "nothing is planned twice");

        puts(&omar, PATH, &night_run("Yard 2")).await;
        planned(&omar).await;
        let hers = trips(&dana).await;
        assert_eq!(hers.len(), 3);
        for trip in &hers {
            assert_eq!(stop(trip, "S-2")["plan"]["address"], "Yard 2", "{trip}");
        }
        let changed = n().await.as_array().map(Vec::len);
        assert_eq!(changed, before.as_array().map(|it| it.len() + 3), "one stop of each");
        let ended = omar.ask(omar.request(Method::DELETE, PATH)).await;
        assert_eq!(ended.status, 204, "{}", ended.body);
        let ended = omar.ask(omar.request(Method::DELETE, PATH)).await;
        ended.is_problem_with("it is gone", 404, "not-found", "reference");
        assert_eq!(trips(&dana).await.len(), 3, "what is planned stays");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_went_elsewhere_holds_up_no_other_day() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, ayo, dana, .. } = &office;
    puts(omar, PATH, &night_run("Yard 1")).await;
    planned(omar).await;
    let day = json!({"driver": ayo.id, "plan": {"name": "Extra", "day": "2026-03-02"}});
    let extra = omar.post("/v1/trips", day).await;
    let hers = trips(dana).await;
    let gone = text(&stop(&hers[1], "S-2")["id"]);
    let handover = format!("/v1/stops/{gone}/handover");
    let handed = omar.post(&handover, json!({"to": extra.body["trip"]})).await;
    assert_eq!(handed.status, 204, "{}", handed.body);
    puts(omar, PATH, &night_run("Yard 2")).await;
    let shown = planned(omar).await;
    let problem = text(&shown[0]["problem"]);
    let day = text(&hers[1]["plan"]["day"]);
    assert!(problem.starts_with(&day) && problem.contains("handed over"), "{problem}");
    let hers = trips(dana).await;
    assert_eq!(stop(&hers[2], "S-2")["plan"]["address"], "Yard 2", "the day after is planned");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_be_planned_is_refused_at_once() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let with = |field: &str, value: Value| {
        let mut set = night_run("Yard 1");
        set[field] = value;
        set
    };
    let day = json!([{"stop": "S-1", "name": "Mill", "day": "2026-03-02"}]);
    for (field, value) in [
        ("rule", json!("every night")),
        ("rule", json!("FREQ=HOURLY")),
        ("rule", json!("FREQ=DAILY;BYHOUR=8")),
        ("rule", json!("FREQ=DAILY;UNTIL=20260201T000000Z")),
        ("from", json!("tomorrow")),
        ("except", json!(["Christmas"])),
        ("zone", json!("Berlin")),
        ("days_ahead", json!(61)),
        ("stops", json!([])),
        ("stops", day),
        ("stops", json!([{"stop": "S-1", "name": "Mill", "from": "9", "until": "10:00"}])),
    ] {
        let refused = puts(omar, PATH, &with(field, value)).await;
        refused.is_problem_with(field, 422, "content-invalid", field);
    }
    for (why, handle) in [("nobody", "nobody"), ("a dispatcher", "omar")] {
        let refused = puts(omar, PATH, &with("driver", json!(handle))).await;
        refused.is_problem_with(why, 422, "content-invalid", "stops");
    }
    puts(dana, PATH, &night_run("Yard 1")).await.is_problem("a driver", 403, "not-allowed");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_trips_and_evidence_and_changes_nothing() {
    let office = Office::open(On::Sqlite).await;
    office.world.adds("otto", "auditor").await;
    let otto = enrol(&office.world, "otto").await;
    puts(&office.omar, PATH, &night_run("Yard 1")).await;
    let shown = planned(&otto).await;
    let day = text(&shown[0]["next"][0]);
    let board = otto.get(&format!("/v1/board?day={day}")).await.body;
    let bakery = text(&stop(&board["trips"][0], "S-2")["id"]);
    assert_eq!(otto.get(&format!("/v1/stops/{bakery}/evidence")).await.status, 200);
    assert_eq!(otto.get("/v1/events?of=trips").await.status, 200);
    let moves = otto.post(&format!("/v1/stops/{bakery}/moves"), json!({"to": "completed"})).await;
    moves.is_problem("he looks on", 404, "not-found");
    let link = otto.post(&format!("/v1/stops/{bakery}/links"), json!({})).await;
    link.is_problem("nor does he share", 403, "not-allowed");
    office.dana.get("/v1/events?of=trips").await.is_problem("a driver", 403, "not-allowed");
    office.closes().await;
}
