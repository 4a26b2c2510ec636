//! Who is here, over HTTP, and that off shift nobody is shown.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Caller, Office, now, text};

const HOUR: i64 = 60 * 60 * 1000;

/// What is told of one person, once it is as expected.
async fn sees(who: &Caller, person: u64, what: &str, expected: impl Fn(&Value) -> bool) {
    let mut seen = Value::Null;
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while tokio::time::Instant::now() < until {
        let page = who.get("/v1/presence").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let people = page.body["people"].as_array().expect("a list").clone();
        seen = people.into_iter().find(|it| it["person"] == person).unwrap_or_default();
        if expected(&seen) {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("not seen: {what}; but {seen}");
}

async fn says(who: &Caller, here: Value) {
    let answer = who.post("/v1/sync", here).await;
    assert_eq!((answer.status, answer.body), (200, json!([])), "nothing answers it");
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_is_here_and_drives_and_off_shift_nobody_knows() {
    let mut office = Office::open(On::Sqlite).await;
    let (omar, dana) = (&office.omar.clone(), &office.dana.clone());
    says(dana, json!({"frame": "here", "activity": "driving"})).await;
    sees(omar, dana.id, "that she drives", |it| {
        it["online"] == true && it["activity"] == "driving" && it["since"].is_i64()
    })
    .await;
    for other in [&office.dana, &office.ayo] {
        assert_eq!(other.get("/v1/presence").await.status, 403, "drivers see nobody");
    }

    let (from, until) = (now() + HOUR, now() + 2 * HOUR);
    let shift = json!({"person": dana.id, "from": from, "until": until});
    let planned = omar.post("/v1/shifts", shift).await;
    assert_eq!(planned.status, 201, "{}", planned.body);
    let nothing =
        |it: &Value| it["off_shift"] == true && it["online"] == false && it["since"].is_null();
    sees(omar, dana.id, "nothing of her", nothing).await;
    office.world.server.kill().await;
    office.world.server.start().await;
    says(dana, json!({"frame": "here"})).await;
    sees(omar, dana.id, "nothing of her after a restart", nothing).await;

    let path = format!("/v1/shifts/{}", text(&planned.body["id"]));
    assert_eq!(omar.ask(omar.request(Method::DELETE, &path)).await.status, 204);
    sees(omar, dana.id, "that she is here", |it| it["online"] == true).await;
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_comes_page_by_page() {
    let office = Office::open(On::Sqlite).await;
    for one in [&office.ines, &office.omar, &office.dana, &office.ayo] {
        says(one, json!({"frame": "here"})).await;
        sees(&office.omar, one.id, "each of them", |it| it["online"] == true).await;
    }
    let first = office.omar.get("/v1/presence?limit=3").await.body;
    let rest = office.omar.get(&format!("/v1/presence?limit=3&after={}", first["next"])).await.body;
    let count = |page: &Value| page["people"].as_array().map(Vec::len);
    assert_eq!((count(&first), count(&rest)), (Some(3), Some(1)), "{first} {rest}");
    assert!(rest["next"].is_null(), "{rest}");
    let odd = json!({"frame": "here", "activity": "dancing"});
    let refused = office.dana.post("/v1/sync", odd).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    office.closes().await;
}
