//! Templates over HTTP: what there is, and how an admin publishes another version.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office};

/// "On the ferry for 5 minutes: storm", in English and Polish.
fn ferry() -> Value {
    json!({
        "arguments": [
            {"name": "minutes", "holds": "minutes"},
            {"name": "why", "holds": "choice", "options": ["storm", "queue"]},
        ],
        "texts": {
            "en": {
                "label": "On the ferry",
                "text": "On the ferry for { $minutes ->\n[one] a minute\n*[other] { $minutes } minutes\n}: { $why }",
                "options": {"storm": "storm", "queue": "long queue"},
            },
            "pl": {
                "label": "Na promie",
                "text": "Na promie jeszcze { $minutes } min: { $why }",
                "options": {"storm": "sztorm", "queue": "kolejka"},
            },
        },
        "icon": "route",
        "used_by": ["driver"],
        "rank": 5,
        "priority": "urgent",
        "acknowledge_within_minutes": 15,
        "answers": ["understood"],
    })
}

async fn publishes(who: &Caller, template: &str, definition: &Value) -> Answer {
    let path = format!("/v1/templates/{template}");
    who.ask(who.request(Method::PUT, &path).json(definition)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_publishes_a_template_and_a_program_sends_it() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { ines, omar, dana, .. } = &office;
        let built_in = dana.get("/v1/templates").await;
        assert_eq!(built_in.body["templates"].as_array().map(Vec::len), Some(29));
        let late = dana.get("/v1/templates/running-late").await;
        assert_eq!((late.status, &late.body["version"]), (200, &json!(1)));
        let polish = &late.body["definition"]["texts"]["pl"]["text"];
        assert!(polish.as_str().is_some_and(|text| text.contains("[few]")), "{polish}");

        publishes(omar, "ferry", &ferry()).await.is_problem("a dispatcher", 403, "not-allowed");
        let published = publishes(ines, "ferry", &ferry()).await;
        assert_eq!((published.status, &published.body["version"]), (201, &json!(1)));
        assert_eq!(published.headers["ETag"], "\"1\"");
        let again = publishes(ines, "ferry", &ferry()).await;
        assert_eq!((again.status, &again.body["version"]), (201, &json!(1)), "nothing has changed");
        let listed = dana.get("/v1/templates").await;
        let second = &listed.body["templates"][1];
        assert_eq!((&second["template"], &second["definition"]), (&json!("ferry"), &ferry()));

        let chat = format!("/v1/conversations/{}/messages", omar.with(dana));
        let told = json!({"kind": "template", "template": "ferry", "version": 1,
            "arguments": {"minutes": {"minutes": 20}, "why": {"choice": "storm"}}});
        let sent = dana.post(&chat, told.clone()).await;
        assert_eq!(sent.status, 201, "{}", sent.body);
        let read = omar.get(&chat).await;
        assert_eq!(read.body["messages"][0]["content"]["arguments"]["why"]["choice"], "storm");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_template_is_said_before_a_driver_sees_it() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, omar, dana, .. } = &office;
    let mut broken = ferry();
    broken["texts"]["pl"]["text"] = json!("Na promie { $minutes");
    let refused = publishes(ines, "ferry", &broken).await;
    refused.is_problem_with("a broken text", 422, "content-invalid", "texts.pl");
    broken["texts"]["pl"]["text"] = json!("Na promie { $minutes } min");
    let shown = ines.post("/v1/templates/ferry/preview", broken.clone()).await;
    assert_eq!(shown.body["mistakes"][0]["language"], "pl", "{}", shown.body);
    assert_eq!(shown.body["mistakes"][0]["what"], "does not say `{ $why }`");
    let right = ines.post("/v1/templates/ferry/preview", ferry()).await;
    let english = &right.body["previews"][0];
    assert_eq!(english["lines"][1], "On the ferry for a minute: long queue", "{}", right.body);
    omar.post("/v1/templates/ferry/preview", ferry()).await.is_problem("Omar", 403, "not-allowed");

    office.world.adds_reader("jan", "driver", "uk").await;
    let refused = publishes(ines, "ferry", &ferry()).await;
    refused.is_problem_with("Jan reads Ukrainian", 422, "content-invalid", "texts.uk");
    let mut unknown = ferry();
    unknown["texts"]["uk"] = unknown["texts"]["en"].clone();
    unknown["answers"] = json!(["route-changed"]);
    let refused = publishes(ines, "ferry", &unknown).await;
    refused.is_problem_with("an answer that asks", 404, "not-found", "answers");
    publishes(ines, "On%20the%20ferry", &ferry()).await.is_problem("an id", 422, "content-invalid");
    dana.get("/v1/templates/ferry").await.is_problem("it was not published", 404, "not-found");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_do_not_undo_each_other() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, dana, .. } = &office;
    let read = ines.get("/v1/templates/call-me").await;
    let mut mine = read.body["definition"].clone();
    let first = mine.clone();
    mine["texts"]["en"]["text"] = json!("Ring me.");
    let put = |definition: Value, tag: &str| {
        let request = ines.request(Method::PUT, "/v1/templates/call-me");
        ines.ask(request.header("If-Match", tag).json(&definition))
    };
    let published = put(mine.clone(), "\"1\"").await;
    assert_eq!((published.status, &published.body["version"]), (201, &json!(2)));
    let mut theirs = first.clone();
    theirs["rank"] = json!(900);
    put(theirs, "\"1\"").await.is_problem_with("an older one", 412, "outdated", "If-Match");

    // An answer that was lost is given again, whatever happened since.
    let key = crate::office::fact_id().to_string();
    let again = |definition: Value| {
        let request = ines.request(Method::PUT, "/v1/templates/on-the-way");
        ines.ask(request.header("Idempotency-Key", &key).json(&definition))
    };
    let mut way = first.clone();
    way["rank"] = json!(7);
    assert_eq!(again(way.clone()).await.body["version"], json!(1));
    let mut since = way.clone();
    since["rank"] = json!(8);
    assert_eq!(publishes(ines, "on-the-way", &since).await.body["version"], json!(2));
    assert_eq!(again(way).await.body["version"], json!(1));

    let old = dana.get("/v1/templates/call-me?version=1").await;
    assert_eq!(old.body["definition"], first, "old messages are read as they were meant");
    mine["used_by"] = json!([]);
    let withdrawn = put(mine, "\"2\"").await;
    assert_eq!(withdrawn.body["version"], json!(3));
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_fills_a_template_wrongly_is_told_what_it_asks_for() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let chat = format!("/v1/conversations/{}/messages", omar.with(dana));
    let told = |template: &str, version: u16, arguments: Value| {
        let message = json!({"kind": "template", "template": template, "version": version,
            "arguments": arguments});
        dana.post(&chat, message)
    };
    let unknown = told("ferry", 1, json!({})).await;
    unknown.is_problem_with("no such template", 404, "not-found", "template");
    let newer = told("arrived", 3, json!({})).await;
    newer.is_problem_with("no such version", 404, "not-found", "template");
    let everyone = json!({"to": {"everyone": true},
        "message": {"kind": "template", "template": "ferry", "version": 1}});
    let refused = omar.post("/v1/broadcasts", everyone).await;
    refused.is_problem_with("no such template for all", 404, "not-found", "template");
    for wrong in [
        json!({}),
        json!({"minutes": {"text": "soon"}}),
        json!({"minutes": {"minutes": 5}, "why": {"text": "fog"}}),
    ] {
        let refused = told("running-late", 1, wrong).await;
        refused.is_problem_with("other arguments", 422, "content-invalid", "arguments");
    }
    office.closes().await;
}
