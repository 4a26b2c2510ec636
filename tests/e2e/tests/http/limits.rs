//! Whoever asks too often is asked to wait, and nobody else notices.

use reqwest::Method;
use serde_json::json;
use waypost_world::On;

use crate::office::Office;

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_asks_too_often_waits_and_others_do_not() {
    let mut office = Office::open(On::Sqlite).await;
    office.world.server.set("WAYPOST_REQUESTS_PER_MINUTE", "20");
    office.world.server.stop().await;
    office.world.server.start().await;
    let Office { omar, dana, .. } = &office;
    let first = omar.get("/v1/me").await;
    assert_eq!(first.headers["RateLimit-Policy"], "\"enrolment\";q=20;w=60");
    assert_eq!(first.headers["RateLimit"], "\"enrolment\";r=19;t=60");
    for _ in 0..19 {
        assert_eq!(omar.get("/v1/me").await.status, 200);
    }
    let refused = omar.get("/v1/me").await;
    refused.is_problem("the twenty-first", 429, "rate-limited");
    let wait: u32 =
        refused.headers["Retry-After"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=4).contains(&wait), "a request is free again in 3 s, not in {wait}");
    assert_eq!(dana.get("/v1/me").await.status, 200, "she has asked for nothing yet");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_credentials_is_slowed_down() {
    let office = Office::open(On::Sqlite).await;
    let (nobody, dana) = (office.nobody(), &office.dana);
    let guess = |at: u32| {
        let request = nobody.request(Method::GET, "/v1/me");
        nobody.ask(request.bearer_auth(format!("guess-{at}")))
    };
    // The four devices of the office were enrolled from the same address.
    for at in 0..290 {
        assert_eq!(guess(at).await.status, 401);
    }
    for at in 290..310 {
        guess(at).await;
    }
    guess(310).await.is_problem("the next one", 429, "rate-limited");
    let token = json!({"token": "x", "device": crate::office::fact_id().to_string(),
        "device_name": "Tablet", "public_key": crate::office::PUBLIC_KEY});
    let enrols = nobody.post("/v1/enrolments", token).await;
    enrols.is_problem("from the same address", 429, "rate-limited");
    assert_eq!(dana.get("/v1/me").await.status, 200, "who has a credential goes on");
    office.closes().await;
}
