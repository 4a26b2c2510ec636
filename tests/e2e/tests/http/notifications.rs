//! What people choose to hear of, over HTTP, and who is heard no more.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrol};

async fn puts(who: &Caller, path: &str, body: Value) -> Answer {
    who.ask(who.request(Method::PUT, path).json(&body)).await
}

async fn deletes(who: &Caller, path: &str) -> u16 {
    who.ask(who.request(Method::DELETE, path)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_mutes_a_group_and_sleeps_at_night_whatever_server_she_asks() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let (dana, ayo) = (&office.dana.clone(), &office.ayo.clone());
        let chosen = dana.get("/v1/me/notifications").await.body;
        assert_eq!(chosen["everywhere"], json!({"hear": "everything"}), "{on:?}");

        let mentions = json!({"hear": "mentions"});
        let muted = json!({"hear": "nothing", "until": 4_102_444_800_000_i64});
        let night = json!({"hours": {"from_minute": 1320, "until_minute": 360, "days": [1, 2]},
            "breaks_through": "emergency"});
        assert_eq!(puts(dana, "/v1/me/notifications", mentions.clone()).await.status, 204);
        let of_group = "/v1/me/notifications/group-1";
        assert_eq!(puts(dana, of_group, muted.clone()).await.status, 204);
        assert_eq!(puts(dana, "/v1/me/quiet-hours", night.clone()).await.status, 204);
        assert_eq!(
            puts(dana, &format!("/v1/me/blocked/{}", ayo.id), json!(null)).await.status,
            204
        );
        let expected = json!({
            "everywhere": mentions, "conversations": {"group-1": muted},
            "quiet_hours": night["hours"], "breaks_through": "emergency", "blocked": [ayo.id],
        });
        for restarted in [false, true] {
            if restarted {
                office.world.server.kill().await;
                office.world.server.start().await;
            }
            let chosen = dana.get("/v1/me/notifications").await.body;
            assert_eq!(chosen, expected, "{on:?}, restarted: {restarted}");
        }
        let others = ayo.get("/v1/me/notifications").await.body;
        assert_eq!(others["blocked"], json!([]), "others know nothing of it");
        let path = format!("/v1/conversations/own-{}/messages", dana.id);
        ayo.get(&path).await.is_problem(&path, 404, "not-found");
        let events = ayo.get("/v1/events").await.body.to_string();
        assert!(!events.contains("own-"), "{events}");
        let listed = dana.get("/v1/conversations").await.body.to_string();
        assert!(!listed.contains("own-"), "it is no conversation: {listed}");

        for path in [of_group, "/v1/me/quiet-hours", &format!("/v1/me/blocked/{}", ayo.id)] {
            assert_eq!(deletes(dana, path).await, 204, "{path}");
        }
        let chosen = dana.get("/v1/me/notifications").await.body;
        let left = json!({"everywhere": {"hear": "mentions"}, "conversations": {},
            "breaks_through": "emergency", "blocked": []});
        assert_eq!(chosen, left, "{on:?}");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_is_blocked_is_told_so_and_dispatch_is_blocked_by_nobody() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        for handle in ["vera", "marek"] {
            office.world.adds(handle, "colleague").await;
        }
        let (vera, marek) =
            (enrol(&office.world, "vera").await, enrol(&office.world, "marek").await);
        let path = format!("/v1/conversations/{}/messages", vera.with(&marek));
        let hello = json!({"kind": "text", "text": "Hello"});
        assert_eq!(marek.post(&path, hello.clone()).await.status, 201, "{on:?}");
        let block = format!("/v1/me/blocked/{}", marek.id);
        assert_eq!(puts(&vera, &block, json!(null)).await.status, 204, "{on:?}");
        marek.post(&path, hello.clone()).await.is_problem(&path, 403, "blocked");
        assert_eq!(deletes(&vera, &block).await, 204);
        assert_eq!(marek.post(&path, hello).await.status, 201, "{on:?}");

        let dispatcher = format!("/v1/me/blocked/{}", office.omar.id);
        puts(&vera, &dispatcher, json!(null)).await.is_problem(&dispatcher, 403, "not-allowed");
        puts(&office.omar, &block, json!(null)).await.is_problem(&block, 403, "not-allowed");
        puts(&vera, "/v1/me/blocked/999", json!(null)).await.is_problem("nobody", 404, "not-found");
        let odd = json!({"hours": {"from_minute": 9999, "until_minute": 0}});
        puts(&vera, "/v1/me/quiet-hours", odd).await.is_problem_with(
            "a day has fewer minutes",
            422,
            "content-invalid",
            "from_minute",
        );
        office.closes().await;
    }
}
