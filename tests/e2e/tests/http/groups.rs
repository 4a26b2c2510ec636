//! Groups over HTTP: who runs them, and what a member may.

use reqwest::Method;
use serde_json::json;
use waypost_world::On;

use crate::office::{Caller, Office};

async fn put(who: &Caller, path: &str, body: serde_json::Value) -> crate::office::Answer {
    who.ask(who.request(Method::PUT, path).json(&body)).await
}

async fn delete(who: &Caller, path: &str) -> crate::office::Answer {
    who.ask(who.request(Method::DELETE, path)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_staff_find_every_group_in_the_order_of_their_numbers() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { ines, omar, dana, .. } = &office;
        for number in 1..=11 {
            let wanted = json!({"name": format!("Group {number}"), "members": [dana.id]});
            assert_eq!(ines.post("/v1/groups", wanted).await.status, 201);
        }
        let page = omar.get("/v1/groups?limit=9").await.body;
        let ids = |page: &serde_json::Value| {
            let groups = page["conversations"].as_array().expect("a page").clone();
            groups.iter().map(|group| group["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&page)[8], "group-9", "{on:?}: {page}");
        assert_eq!(
            (&page["next"], &page["conversations"][0]["title"]),
            (&json!("group-9"), &json!("Group 1"))
        );
        let rest = omar.get("/v1/groups?after=group-9").await.body;
        assert_eq!(ids(&rest), ["group-10", "group-11"], "{on:?}");
        assert_eq!(rest["conversations"][0]["members"], json!([dana.id]));
        dana.get("/v1/groups").await.is_problem("a driver", 403, "not-allowed");
        let odd = omar.get("/v1/groups?after=fleet").await;
        odd.is_problem_with("no group", 400, "malformed", "after");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_run_by_the_staff_and_by_whom_they_name() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let wanted = json!({"name": "North", "members": [dana.id, omar.id]});
    let made = omar.post("/v1/groups", wanted).await;
    assert_eq!((made.status, &made.body["moderators"]), (201, &json!([omar.id])), "{}", made.body);
    let id = made.body["id"].as_str().expect("an id").to_owned();
    let number = id.strip_prefix("group-").expect("a group").to_owned();
    let group = format!("/v1/groups/{number}");
    let messages = format!("/v1/conversations/{id}/messages");

    let depot = json!({"name": "Depot North", "settings": {"announcements": true}});
    put(dana, &group, depot.clone()).await.is_problem("a member", 403, "not-allowed");
    put(ayo, &group, depot.clone()).await.is_problem("a stranger", 403, "not-allowed");
    put(ayo, "/v1/groups/99", depot.clone()).await.is_problem("no group", 403, "not-allowed");
    put(omar, "/v1/groups/99", depot.clone()).await.is_problem("no group", 404, "not-found");
    let nameless = put(omar, &group, json!({"name": "North"})).await;
    nameless.is_problem_with("a rename must not open it", 422, "content-invalid", "settings");
    assert_eq!(put(omar, &group, depot.clone()).await.status, 204);
    let text = json!({"kind": "text", "text": "Depot closes at six"});
    dana.post(&messages, text.clone()).await.is_problem("not hers to say", 403, "not-allowed");
    assert_eq!(omar.post(&messages, text.clone()).await.status, 201);

    let moderator = format!("{group}/moderators/{}", dana.id);
    delete(dana, &moderator).await.is_problem("a member", 403, "not-allowed");
    assert_eq!(put(omar, &moderator, json!({})).await.status, 204);
    assert_eq!(put(omar, &moderator, json!({})).await.status, 204, "once more");
    assert_eq!(dana.post(&messages, text.clone()).await.status, 201);
    let shown = dana.get(&format!("/v1/conversations/{id}")).await;
    let mut moderators = [omar.id, dana.id];
    moderators.sort_unstable();
    assert_eq!(shown.body["moderators"], json!(moderators));
    assert_eq!(shown.body["title"], "Depot North");
    assert_eq!(
        shown.body["settings"],
        json!({"announcements": true, "leaving": false, "history": false})
    );
    let member = format!("{group}/members/{}", ayo.id);
    assert_eq!(put(dana, &member, json!({})).await.status, 204, "a moderator lets people in");
    let stranger = format!("{group}/moderators/{}", office.ines.id);
    put(dana, &stranger, json!({})).await.is_problem("no member", 404, "not-found");
    assert_eq!(delete(omar, &moderator).await.status, 204);
    dana.post(&messages, text).await.is_problem("no longer", 403, "not-allowed");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_leaves_where_the_group_lets_its_members() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let wanted = json!({"name": "North", "members": [dana.id, omar.id]});
    let made = omar.post("/v1/groups", wanted).await;
    let id = made.body["id"].as_str().expect("an id").to_owned();
    let group = format!("/v1/groups/{}", id.strip_prefix("group-").expect("a group"));
    let hers = format!("{group}/members/{}", dana.id);
    delete(dana, &hers).await.is_problem("not yet", 403, "not-allowed");
    let open = json!({"name": "North", "settings": {"leaving": true}});
    assert_eq!(put(omar, &group, open).await.status, 204);
    let omars = format!("{group}/members/{}", omar.id);
    delete(dana, &omars).await.is_problem("someone else", 403, "not-allowed");
    assert_eq!(delete(dana, &hers).await.status, 204);
    dana.get(&format!("/v1/conversations/{id}")).await.is_problem("she is out", 404, "not-found");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_cannot_be_is_told_by_field() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let nameless = json!({"name": " ", "members": [dana.id]});
    omar.post("/v1/groups", nameless).await.is_problem_with("", 422, "content-invalid", "name");
    let everyone: Vec<u32> = (1..=5001).collect();
    let large = json!({"name": "All", "members": everyone});
    omar.post("/v1/groups", large).await.is_problem_with("", 422, "content-invalid", "members");
    let many: Vec<u32> = (1..=51).collect();
    let led = json!({"name": "All", "members": [dana.id], "moderators": many});
    omar.post("/v1/groups", led).await.is_problem_with("", 422, "content-invalid", "moderators");
    let unknown = json!({"name": "All", "members": [dana.id], "settings": {"loud": true}});
    assert_eq!(omar.post("/v1/groups", unknown).await.status, 422);
    office.closes().await;
}
