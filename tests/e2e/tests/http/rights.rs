//! Who may what, and what those learn who may not: as little as possible.

use reqwest::Method;
use serde_json::json;
use waypost_domain::access::may_talk;
use waypost_domain::rights::{Right, may};
use waypost_protocol::Role;
use waypost_world::On;

use crate::office::{Caller, Office, enrol, fact_id};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credential_nothing_is_told() {
    let office = Office::open(On::Sqlite).await;
    let nobody = office.nobody();
    for path in
        ["/v1/me", "/v1/people", "/v1/conversations", "/v1/enrolments", "/v1/audit/checkpoint"]
    {
        let answer = nobody.get(path).await;
        answer.is_problem_with(path, 401, "not-enrolled", "Authorization");
        assert_eq!(answer.headers["WWW-Authenticate"], "Bearer");
    }
    let credential = &office.dana.credential;
    let cut = &credential[1..];
    for wrong in [
        format!("Bearer {cut}"),
        format!("Bearer {credential}x"),
        "Bearer ".to_owned(),
        credential.clone(),
        format!("Basic {credential}"),
        "Bearer ' OR 1=1 --".to_owned(),
    ] {
        let request = nobody.request(Method::GET, "/v1/me").header("Authorization", &wrong);
        nobody.ask(request).await.is_problem(&wrong, 401, "not-enrolled");
    }
    // The name of a scheme has no case (RFC 9110).
    let request = nobody.request(Method::GET, "/v1/me");
    let lower = nobody.ask(request.header("Authorization", format!("bearer {credential}"))).await;
    assert_eq!((lower.status, &lower.body["handle"]), (200, &json!("dana")));
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ayo_may_not_know_what_dana_and_omar_say() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let theirs = dana.with(omar);
    let message = omar.writes(&theirs, "Your next stop is Harbour Road").await;
    let unknown = fact_id();
    for path in [
        format!("/v1/messages/{message}"),
        format!("/v1/messages/{message}/receipts"),
        format!("/v1/conversations/{theirs}"),
        format!("/v1/conversations/{theirs}/messages"),
        "/v1/conversations/staff".to_owned(),
        "/v1/conversations/staff/messages".to_owned(),
    ] {
        ayo.get(&path).await.is_problem(&path, 404, "not-found");
    }
    let answer = ayo.get(&format!("/v1/messages/{message}")).await;
    let nothing = ayo.get(&format!("/v1/messages/{unknown}")).await;
    assert_eq!(answer.body, nothing.body, "another's message looks like none at all");
    let acknowledged =
        ayo.post(&format!("/v1/messages/{message}/acknowledgement"), json!({})).await;
    acknowledged.is_problem("Ayo acknowledges Dana's message", 404, "not-found");
    let text = json!({"kind": "text", "text": "Let me in"});
    let written = ayo.post(&format!("/v1/conversations/{theirs}/messages"), text.clone()).await;
    written.is_problem("Ayo writes where he is not", 404, "not-found");
    let to_dana = format!("/v1/conversations/{}/messages", ayo.with(dana));
    ayo.post(&to_dana, text).await.is_problem("driver to driver", 403, "not-allowed");
    let own = omar.post(&format!("/v1/messages/{message}/acknowledgement"), json!({})).await;
    own.is_problem("Omar acknowledges his own message", 403, "not-allowed");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drivers_administer_nothing_and_dispatchers_a_little() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, omar, dana, .. } = &office;
    let mia = json!({"handle": "mia", "name": "Mia", "role": "driver"});
    let north = json!({"name": "Depot North", "members": [dana.id]});
    for (path, body) in [
        ("/v1/people", mia.clone()),
        ("/v1/groups", north.clone()),
        ("/v1/enrolment-links", json!({"handle": "dana"})),
    ] {
        dana.post(path, body).await.is_problem(path, 403, "not-allowed");
    }
    for path in ["/v1/enrolments", "/v1/audit/checkpoint", "/v1/audit/verification"] {
        dana.get(path).await.is_problem(path, 403, "not-allowed");
    }
    let ending = format!("/v1/enrolments/{}", omar.enrolment);
    let ended = dana.ask(dana.request(Method::DELETE, &ending)).await;
    ended.is_problem("Dana revokes Omar", 403, "not-allowed");

    omar.post("/v1/people", mia).await.is_problem("Omar adds Mia", 403, "not-allowed");
    for (handle, status) in [("dana", 201), ("omar", 403), ("ines", 403)] {
        let link = omar.post("/v1/enrolment-links", json!({"handle": handle})).await;
        assert_eq!(link.status, status, "Omar enrols {handle}: {}", link.body);
    }
    let unknown = omar.post("/v1/enrolment-links", json!({"handle": "mia"})).await;
    unknown.is_problem_with("a link for nobody", 404, "not-found", "handle");
    assert_eq!(omar.post("/v1/groups", north).await.status, 201, "Omar opens a group");
    for path in ["/v1/backups", "/v1/epochs"] {
        let body = json!({"file": "/tmp/waypost-stolen.db"});
        ines.post(path, body).await.is_problem(path, 403, "not-allowed");
    }
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_hold_people_who_exist_and_close_behind_those_who_leave() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let strangers = json!({"name": "Ghosts", "members": [dana.id, 4711]});
    omar.post("/v1/groups", strangers).await.is_problem("unknown members", 404, "not-found");
    let crowd = json!({"name": "Crowd", "members": vec![dana.id; 5001]});
    let answer = omar.post("/v1/groups", crowd).await;
    answer.is_problem_with("5001 members", 422, "content-invalid", "members");

    let north = json!({"name": "Depot North", "members": [omar.id, dana.id]});
    let group = omar.post("/v1/groups", north).await.body["id"].as_str().expect("an id").to_owned();
    let number = group.trim_start_matches("group-");
    let before = omar.writes(&group, "Only for Depot North").await;
    let history = format!("/v1/conversations/{group}/messages");
    ayo.get(&history).await.is_problem("Ayo is not in it", 404, "not-found");
    let seat = |person: u64| format!("/v1/groups/{number}/members/{person}");
    for _ in 0..2 {
        let joined = omar.ask(omar.request(Method::PUT, &seat(ayo.id))).await;
        assert_eq!(joined.status, 204, "joining twice is joining: {}", joined.body);
    }
    let hidden = ayo.get(&format!("/v1/messages/{before}")).await;
    hidden.is_problem("what was said before Ayo came", 404, "not-found");
    let left = omar.ask(omar.request(Method::DELETE, &seat(dana.id))).await;
    assert_eq!(left.status, 204, "{}", left.body);
    let after = omar.writes(&group, "Dana is gone").await;
    assert_eq!(dana.get(&format!("/v1/messages/{before}")).await.status, 200, "Dana keeps hers");
    let gone = dana.get(&format!("/v1/messages/{after}")).await;
    gone.is_problem("what is said after Dana left", 404, "not-found");
    let unknown = omar.ask(omar.request(Method::PUT, &seat(4711))).await;
    unknown.is_problem("nobody joins", 404, "not-found");
    office.closes().await;
}

/// One thing that a right allows: what it is called, and how it is tried.
type Try = (Right, Method, &'static str, serde_json::Value);

/// Everyone of every role tries everything that a right allows: who has it succeeds, everyone else is told
/// that they may not.
#[tokio::test(flavor = "multi_thread")]
async fn every_right_is_had_by_its_roles_and_by_nobody_else() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let mut people: Vec<(Role, Caller)> = vec![
            (Role::Admin, office.ines.clone()),
            (Role::Dispatcher, office.omar.clone()),
            (Role::Driver, office.dana.clone()),
        ];
        for (handle, role) in
            [("cora", Role::Colleague), ("otto", Role::Auditor), ("crm", Role::Bot)]
        {
            office.world.adds(handle, role.name()).await;
            people.push((role, enrol(&office.world, handle).await));
        }
        office.world.adds("colin", "colleague").await;
        for (role, who) in &people {
            for (right, method, path, body) in tries(*role, office.ayo.id) {
                let request = who.request(method, path);
                let request = if body.is_null() { request } else { request.json(&body) };
                let answer = who.ask(request).await;
                let what = format!("{right:?} by {} on {on:?}: {}", role.name(), answer.body);
                match may(*role, right) {
                    true => assert!(answer.status < 400, "{what}"),
                    false => drop(answer.is_problem(&what, 403, "not-allowed")),
                }
            }
        }
        talk_follows_the_table(&people).await;
        office.closes().await;
    }
}

fn tries(role: Role, ayo: u64) -> Vec<Try> {
    let nothing = serde_json::Value::Null;
    let name = role.name();
    let person = json!({"handle": format!("new-{name}"), "name": "New", "role": "driver"});
    let chain = json!({"name": "Night", "steps": [{"after_minutes": 0}]});
    let many = json!({"to": {"people": [ayo]}, "message": {"kind": "text", "text": "Snow"}});
    let group = json!({"name": "North", "members": [ayo]});
    let template = json!({"texts": {"en": {"label": "Ferry", "text": format!("Ferry, {name}.")}}});
    vec![
        (Right::OpenIncidents, Method::POST, "/v1/incidents", json!({"category": "sos"})),
        (Right::WorkCases, Method::GET, "/v1/cases", nothing.clone()),
        (Right::SeeRoster, Method::GET, "/v1/coverages", nothing.clone()),
        (Right::SetCoverages, Method::PUT, "/v1/coverages/1", json!({"name": "North"})),
        (
            Right::PlanShifts,
            Method::POST,
            "/v1/shifts",
            json!({"person": ayo, "from": 1_772_440_200_000_i64, "until": 1_772_440_200_001_i64}),
        ),
        (
            Right::PlanTrips,
            Method::POST,
            "/v1/trips",
            json!({"driver": ayo, "plan": {"name": "North", "day": "2026-03-02"}}),
        ),
        (Right::SeeTrips, Method::GET, "/v1/board?day=2026-03-02", nothing.clone()),
        (Right::SeeTrips, Method::GET, "/v1/conflicts", nothing.clone()),
        (Right::SeeTrips, Method::GET, "/v1/recurring-trips", nothing.clone()),
        (Right::SeeTrips, Method::GET, "/v1/events?of=trips", nothing.clone()),
        (Right::TellMany, Method::POST, "/v1/broadcasts", many),
        (Right::ReadStaff, Method::GET, "/v1/enrolments", nothing.clone()),
        (Right::RunGroups, Method::POST, "/v1/groups", group),
        (Right::SeeResponseTimes, Method::GET, "/v1/response-times?by=day", nothing.clone()),
        (Right::SeeChains, Method::GET, "/v1/chains", nothing.clone()),
        (Right::SetChains, Method::PUT, "/v1/chains/4", chain),
        (Right::EnrolDrivers, Method::POST, "/v1/enrolment-links", json!({"handle": "ayo"})),
        (Right::EnrolEveryone, Method::POST, "/v1/enrolment-links", json!({"handle": "ines"})),
        (Right::AddPeople, Method::POST, "/v1/people", person),
        (Right::PublishTemplates, Method::PUT, "/v1/templates/ferry", template),
        (Right::SignCheckpoints, Method::GET, "/v1/audit/checkpoint", nothing.clone()),
        (Right::Moderate, Method::GET, "/v1/reports", nothing.clone()),
        (Right::Moderate, Method::PUT, "/v1/flag-rules", json!({"rules": []})),
        (Right::RunGroups, Method::GET, "/v1/groups", nothing.clone()),
        (Right::VerifyRecord, Method::GET, "/v1/audit/verification", nothing),
    ]
}

/// Everyone writes to everyone, over the frames that devices send as well.
async fn talk_follows_the_table(people: &[(Role, Caller)]) {
    for (role, who) in people {
        let path = format!("/v1/conversations/dispatch-{}/messages", who.id);
        let asked = who.post(&path, json!({"kind": "text", "text": "Is anyone there?"})).await;
        match may(*role, Right::WriteToDispatch) {
            true => assert_eq!(asked.status, 201, "{} to dispatch: {}", role.name(), asked.body),
            false => drop(asked.is_problem(role.name(), 404, "not-found")),
        }
        for (other, whom) in people.iter().filter(|(_, whom)| whom.id != who.id) {
            let (conversation, allowed) = (who.with(whom), may_talk(*role, *other));
            let what = format!("{} to {}", role.name(), other.name());
            let text = json!({"kind": "text", "text": "Hello"});
            let path = format!("/v1/conversations/{conversation}/messages");
            let sent = who.post(&path, text.clone()).await;
            let submit = json!({"frame": "submit", "entries": [{"id": fact_id(), "number": 0,
                "conversation": conversation, "content": text}]});
            let synced = who.post("/v1/sync", submit).await;
            let answer = &synced.body[0]["answers"][0];
            if allowed {
                assert_eq!((sent.status, &answer["answer"]), (201, &json!("accepted")), "{what}");
            } else {
                sent.is_problem(&what, 403, "not-allowed");
                assert_eq!(answer["code"], "not-allowed", "{what}: {}", synced.body);
            }
        }
    }
}
