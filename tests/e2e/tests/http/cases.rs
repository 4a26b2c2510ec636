//! Incidents and the shared desk over HTTP: its queue, who takes what, and who may know of it.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrol, fact_id, text};

async fn assigns(who: &Caller, case: &str, to: Value, instead_of: Value) -> Answer {
    let path = format!("/v1/cases/{case}/assignee");
    let wanted = json!({"to": to, "instead_of": instead_of});
    who.ask(who.request(Method::PUT, &path).json(&wanted)).await
}

async fn queue(who: &Caller) -> Vec<String> {
    let cases = who.get("/v1/cases").await;
    assert_eq!(cases.status, 200, "{}", cases.body);
    let cases = cases.body["cases"].as_array().expect("a list").clone();
    cases.iter().map(|case| text(&case["conversation"])).collect()
}

async fn opens(who: &Caller, incident: Value) -> String {
    let opened = who.post("/v1/incidents", incident).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    text(&opened.body["conversation"])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_urgent_comes_first_and_then_what_waits_longest() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { omar, dana, ayo, .. } = &office;
        let (danas, ayos) = (format!("dispatch-{}", dana.id), format!("dispatch-{}", ayo.id));
        dana.writes(&danas, "Which gate?").await;
        ayo.writes(&ayos, "Is the ferry late?").await;
        let tyre = opens(dana, json!({"category": "breakdown", "text": "Flat tyre"})).await;
        let sos = opens(ayo, json!({"category": "sos", "priority": "emergency"})).await;
        let all = [sos.clone(), danas.clone(), ayos.clone(), tyre.clone()];
        assert_eq!(queue(omar).await, all, "{on:?}");
        let mut pages = Vec::new();
        let mut path = "/v1/cases?limit=1".to_owned();
        loop {
            let page = omar.get(&path).await.body;
            let Some(case) = page["cases"].get(0) else { break };
            pages.push(text(&case["conversation"]));
            path = format!("/v1/cases?limit=1&after={}", text(&page["next"]));
        }
        assert_eq!(pages, all, "page by page");

        omar.writes(&danas, "Gate 5").await;
        let path = format!("/v1/cases/{tyre}/resolution");
        let towed = json!({"text": "Towed"});
        let resolved = omar.ask(omar.request(Method::PUT, &path).json(&towed)).await;
        assert_eq!(resolved.status, 204, "{}", resolved.body);
        assert_eq!(queue(omar).await, [sos.clone(), ayos], "{on:?}: what is done is off the desk");
        let shown = dana.get(&format!("/v1/cases/{tyre}")).await;
        assert_eq!(
            (&shown.body["resolved_by"], &shown.body["category"]),
            (&json!(omar.id), &json!("breakdown"))
        );
        for _ in 0..2 {
            let again = omar.ask(omar.request(Method::DELETE, &path)).await;
            assert_eq!(again.status, 204, "open is open: {}", again.body);
        }
        assert!(queue(omar).await.contains(&tyre));
        let found = omar.get("/v1/search?words=flat").await;
        assert_eq!(found.body["messages"][0]["conversation"], json!(tyre), "{}", found.body);
        let found = ayo.get("/v1/search?words=flat").await;
        assert_eq!(found.body["messages"], json!([]), "what does not concern him he does not find");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn omars_desk_shows_his_drivers_and_those_whom_nobody_looks_after() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { ines, omar, dana, ayo, .. } = &office;
        office.world.adds("lena", "driver").await;
        let lena = enrol(&office.world, "lena").await;
        for (number, of, driver) in [(1, omar, dana), (2, ines, ayo)] {
            let path = format!("/v1/coverages/{number}");
            let coverage = json!({"name": "North", "dispatchers": [of.id], "drivers": [driver.id]});
            let set = omar.ask(omar.request(Method::PUT, &path).json(&coverage)).await;
            assert_eq!(set.status, 204, "{}", set.body);
        }
        let desk = |who: &Caller| format!("dispatch-{}", who.id);
        for who in [dana, ayo, &lena] {
            who.writes(&desk(who), "Which gate?").await;
        }
        let mine = |who: &Caller, limit: u32| {
            let who = who.clone();
            async move {
                let page = who.get(&format!("/v1/cases?whose=mine&limit={limit}")).await.body;
                let cases = page["cases"].as_array().expect("a page").clone();
                cases.iter().map(|case| text(&case["conversation"])).collect::<Vec<_>>()
            }
        };
        assert_eq!(mine(omar, 200).await, [desk(dana), desk(&lena)], "{on:?}");
        assert_eq!(mine(omar, 1).await, [desk(dana)], "{on:?}");
        assert_eq!(mine(ines, 1).await, [desk(ayo)], "the first page of all has none of hers");
        assert_eq!(queue(omar).await.len(), 3, "everyone's are there as well");
        let taken = assigns(ines, &desk(dana), json!(ines.id), Value::Null).await;
        assert_eq!(taken.status, 204, "{}", taken.body);
        assert_eq!(mine(omar, 200).await, [desk(&lena)], "she has taken it");
        assert_eq!(mine(ines, 200).await, [desk(dana), desk(ayo), desk(&lena)]);
        let odd = omar.get("/v1/cases?whose=hers").await;
        odd.is_problem("nobody's", 400, "malformed");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_taken_by_one_and_handed_over() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, omar, dana, ayo, .. } = &office;
    let danas = format!("dispatch-{}", dana.id);
    dana.writes(&danas, "Which gate?").await;
    assert_eq!(assigns(omar, &danas, json!(omar.id), Value::Null).await.status, 204);
    assert_eq!(assigns(omar, &danas, json!(omar.id), Value::Null).await.status, 204, "he has it");
    let late = assigns(ines, &danas, json!(ines.id), Value::Null).await;
    late.is_problem("Ines is too late", 412, "outdated");
    let shown = ines.get(&format!("/v1/cases/{danas}")).await;
    assert_eq!(shown.body["assignee"], json!(omar.id));
    assert_eq!(assigns(ines, &danas, json!(ines.id), json!(omar.id)).await.status, 204);
    let driver = assigns(ines, &danas, json!(ayo.id), json!(ines.id)).await;
    driver.is_problem("a driver takes no cases", 404, "not-found");
    assert_eq!(assigns(ines, &danas, Value::Null, json!(ines.id)).await.status, 204);
    let hers = assigns(dana, &danas, json!(dana.id), Value::Null).await;
    hers.is_problem("Dana", 403, "not-allowed");
    let unknown = assigns(ayo, &danas, json!(ayo.id), Value::Null).await;
    unknown.is_problem("Ayo may not know of it", 404, "not-found");
    let direct = assigns(omar, &omar.with(dana), json!(omar.id), Value::Null).await;
    direct.is_problem("nobody shares it", 404, "not-found");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_at_the_desk_knows_of_no_case_but_their_own() {
    let office = Office::open(On::Postgres).await;
    let Office { omar, dana, ayo, .. } = &office;
    let tyre =
        opens(omar, json!({"category": "cargo", "text": "Wet boxes", "person": dana.id})).await;
    let told = dana.writes(&tyre, "Two of them").await;
    let danas = format!("dispatch-{}", dana.id);
    let never = format!("incident-{}", fact_id());
    for place in [tyre.as_str(), &danas, &never] {
        for path in [format!("/v1/cases/{place}"), format!("/v1/conversations/{place}/messages")] {
            ayo.get(&path).await.is_problem(&path, 404, "not-found");
        }
        let path = format!("/v1/conversations/{place}/messages");
        let says = ayo.post(&path, json!({"kind": "text", "text": "Hello"})).await;
        says.is_problem(place, 404, "not-found");
    }
    ayo.get(&format!("/v1/messages/{told}")).await.is_problem("hers", 404, "not-found");
    ayo.get("/v1/cases").await.is_problem("the queue", 403, "not-allowed");
    let listed = dana.get("/v1/conversations").await;
    let listed = listed.body["conversations"].as_array().expect("a list").clone();
    let ids: Vec<_> = listed.iter().map(|it| text(&it["id"])).collect();
    assert_eq!(
        ids,
        std::slice::from_ref(&tyre),
        "what she says to dispatch begins with her first word"
    );
    assert_eq!(dana.get(&format!("/v1/cases/{danas}")).await.body["person"], json!(dana.id));
    assert_eq!(dana.get(&format!("/v1/conversations/{danas}")).await.status, 200);

    let receipts = omar.get(&format!("/v1/messages/{told}/receipts")).await;
    let who: Vec<_> = receipts.body["recipients"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["person"].as_u64().expect("a number"))
        .collect();
    assert_eq!(who, [office.ines.id, omar.id], "everyone at the desk");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_cannot_be_is_told_by_field_and_a_repeat_opens_no_second_one() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let key = fact_id().to_string();
    let tyre = json!({"category": "breakdown", "text": "Flat tyre"});
    let first = dana.post_once("/v1/incidents", &key, tyre.clone()).await;
    let second = dana.post_once("/v1/incidents", &key, tyre).await;
    assert_eq!((first.status, second.status), (201, 201), "{}", second.body);
    assert_eq!(first.body, second.body);
    assert_eq!(queue(omar).await.len(), 1);
    for (incident, status, code) in [
        (json!({"category": "flood"}), 422, "content-invalid"),
        (json!({"category": "sos", "chain": 9, "acknowledge_by": 1}), 404, "not-found"),
        (json!({"category": "sos", "text": "x".repeat(4001)}), 422, "content-invalid"),
        (json!({"category": "sos", "person": ayo.id}), 403, "not-allowed"),
        (json!({"category": "sos", "urgent": true}), 422, "content-invalid"),
        (json!({"text": "no category"}), 422, "content-invalid"),
    ] {
        let refused = dana.post("/v1/incidents", incident.clone()).await;
        refused.is_problem(&incident.to_string(), status, code);
    }
    let nobody = json!({"category": "sos", "person": 4711});
    omar.post("/v1/incidents", nobody).await.is_problem("nobody", 404, "not-found");
    let path = format!("/v1/conversations/incident-{}/messages", fact_id());
    let by_message = json!({"kind": "incident", "category": "sos"});
    let refused = dana.post(&path, by_message).await;
    refused.is_problem_with("by a message", 422, "content-invalid", "kind");
    office.world.adds("otto", "auditor").await;
    let otto = enrol(&office.world, "otto").await;
    let refused = otto.post("/v1/incidents", json!({"category": "sos"})).await;
    refused.is_problem("an auditor", 403, "not-allowed");
    office.closes().await;
}
