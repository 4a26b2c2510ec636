//! What people report, who judges it, and what the server flags by itself, over HTTP.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrol, fact_id};

async fn puts(who: &Caller, path: &str, body: Value) -> Answer {
    who.ask(who.request(Method::PUT, path).json(&body)).await
}

async fn open_reports(who: &Caller) -> Vec<Value> {
    let page = who.get("/v1/reports").await;
    page.body["reports"].as_array().cloned().unwrap_or_else(|| panic!("{}", page.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_reports_omar_and_ines_takes_his_words_off_the_screens() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let Office { ines, omar, dana, ayo, .. } = &office;
        let (ines, omar, dana, ayo) = (ines.clone(), omar.clone(), dana.clone(), ayo.clone());
        let theirs = dana.with(&omar);
        let message = omar.writes(&theirs, "Drive on").await;
        let edit = json!({"text": "Drive on without a break"});
        let edits = format!("/v1/messages/{message}/edits");
        assert_eq!(omar.post(&edits, edit).await.status, 201, "{on:?}");

        let path = format!("/v1/messages/{message}/reports");
        let report = json!({"reason": "unsafe", "text": "I had driven nine hours"});
        let key = fact_id().to_string();
        let first = dana.post_once(&path, &key, report.clone()).await;
        let again = dana.post_once(&path, &key, report.clone()).await;
        assert_eq!((first.status, &first.body), (201, &again.body), "{on:?}");
        ayo.post(&path, report.clone()).await.is_problem("he cannot read it", 404, "not-found");
        let own = omar.post(&path, report.clone()).await;
        own.is_problem_with("his own", 403, "not-allowed", "message");
        let odd = dana.post(&path, json!({"reason": "boring"})).await;
        odd.is_problem_with("a reason", 422, "content-invalid", "reason");
        for who in [&dana, &omar, &ayo] {
            who.get("/v1/reports").await.is_problem("admins judge", 403, "not-allowed");
            let heard = who.get("/v1/events").await.body.to_string();
            assert!(!heard.contains("nine hours"), "nobody else hears of it: {heard}");
            let listed = who.get("/v1/conversations/reports/messages").await;
            listed.is_problem("the stream of reports", 404, "not-found");
        }

        let [waiting] = &open_reports(&ines).await[..] else { panic!("one waits") };
        assert_eq!(waiting["message"], json!(message));
        assert_eq!(waiting["said"]["text"], "Drive on without a break", "{waiting}");
        assert_eq!(
            (&waiting["author"], &waiting["conversation"]),
            (&json!(omar.id), &json!(theirs))
        );
        assert_eq!(waiting["reports"][0]["person"], dana.id, "{waiting}");
        assert_eq!(waiting["reports"][0]["reason"], "unsafe");
        let verdict = format!("/v1/reports/{message}/verdict");
        let removed = json!({"verdict": "removed", "text": "Rest periods are the law"});
        puts(&omar, &verdict, removed.clone()).await.is_problem("not his", 403, "not-allowed");
        let none = format!("/v1/reports/{}/verdict", fact_id());
        puts(&ines, &none, removed.clone()).await.is_problem("nothing", 404, "not-found");
        assert_eq!(puts(&ines, &verdict, removed).await.status, 204, "{on:?}");
        office.world.server.kill().await;
        office.world.server.start().await;
        let shown = dana.get(&format!("/v1/messages/{message}")).await.body;
        assert_eq!(shown["content"], json!({"kind": "erased", "number": 1}), "{on:?}");
        assert_eq!(open_reports(&ines).await, Vec::<Value>::new());
        let judged = ines.get("/v1/reports?state=judged").await.body["reports"][0].clone();
        assert_eq!(
            (&judged["verdict"], &judged["judged_by"]),
            (&json!("removed"), &json!(ines.id))
        );
        assert_eq!(ines.get(&format!("/v1/reports/{message}")).await.body, judged);
        dana.post(&path, report).await.is_problem_with("gone", 404, "not-found", "message");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_describes_waits_for_ines_and_is_sent_all_the_same() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let Office { ines, omar, dana, .. } = &office;
        let (ines, omar, dana) = (ines.clone(), omar.clone(), dana.clone());
        assert_eq!(ines.get("/v1/flag-rules").await.body, json!({"rules": []}), "{on:?}");
        let north = json!({"name": "Depot North", "members": [dana.id, omar.id]});
        assert_eq!(omar.post("/v1/groups", north).await.status, 201);
        let tone = json!({"name": "Tone", "words": ["idiot", "shut up"]});
        let links = json!({"name": "Links", "links": true, "direct": true});
        let rules = json!({"rules": [tone, links]});
        puts(&omar, "/v1/flag-rules", rules.clone()).await.is_problem(
            "not his",
            403,
            "not-allowed",
        );
        let twice = json!({"rules": [tone, tone]});
        let refused = puts(&ines, "/v1/flag-rules", twice).await;
        refused.is_problem_with("one name twice", 422, "content-invalid", "rules");
        assert_eq!(puts(&ines, "/v1/flag-rules", rules).await.status, 204);
        // Whoever starts again reads them from the record.
        office.world.server.kill().await;
        office.world.server.start().await;
        let shown = ines.get("/v1/flag-rules").await.body["rules"].clone();
        assert_eq!(shown[1], json!({"name": "Links", "links": true, "direct": true}));

        let theirs = dana.with(&omar);
        let harmless = dana.writes("group-1", "Gate 4 is closed").await;
        let private = dana.writes(&theirs, "Shut up, idiot").await;
        let rude = dana.writes("group-1", "Oh, SHUT UP").await;
        let link = omar.writes(&theirs, "see www.example.org").await;
        let waiting = open_reports(&ines).await;
        let flagged: Vec<_> =
            waiting.iter().map(|it| (it["message"].clone(), it["flags"].clone())).collect();
        let expected = [(json!(rude), json!(["Tone"])), (json!(link), json!(["Links"]))];
        assert_eq!(flagged, expected, "{on:?}: not {harmless} nor {private}");
        let shown = omar.get(&format!("/v1/messages/{rude}")).await.body;
        assert_eq!(shown["content"]["text"], "Oh, SHUT UP", "it is sent");
        let page = ines.get("/v1/reports?limit=1").await.body;
        let next = page["next"].as_str().expect("there is more");
        let rest = ines.get(&format!("/v1/reports?after={next}")).await.body;
        assert_eq!(rest["reports"][0]["message"], json!(link));
        let odd = ines.get("/v1/reports?after=tomorrow").await;
        odd.is_problem_with("no place", 400, "malformed", "after");
        let verdict = format!("/v1/reports/{rude}/verdict");
        assert_eq!(puts(&ines, &verdict, json!({"verdict": "kept"})).await.status, 204);
        assert_eq!(open_reports(&ines).await.len(), 1, "{on:?}");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_judges_what_they_have_said_themselves() {
    let office = Office::open(On::Sqlite).await;
    let Office { ines, dana, .. } = &office;
    let message = ines.writes(&dana.with(ines), "Hurry up, idiot").await;
    let path = format!("/v1/messages/{message}/reports");
    assert_eq!(dana.post(&path, json!({"reason": "harassment"})).await.status, 201);
    let verdict = format!("/v1/reports/{message}/verdict");
    let kept = json!({"verdict": "kept"});
    puts(ines, &verdict, kept.clone()).await.is_problem("her own", 403, "not-allowed");
    office.world.adds("ada", "admin").await;
    let ada = enrol(&office.world, "ada").await;
    assert_eq!(puts(&ada, &verdict, kept).await.status, 204, "someone else judges");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_say_how_long_they_keep_what_they_write() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { omar, dana, ayo, .. } = &office;
        let theirs = dana.with(omar);
        let path = format!("/v1/conversations/{theirs}/expiry");
        assert_eq!(puts(dana, &path, json!({"after_s": 5})).await.status, 204, "{on:?}");
        let shown = omar.get(&format!("/v1/conversations/{theirs}")).await.body;
        assert_eq!(shown["expires_after_s"], 5, "{on:?}: {shown}");
        let listed = omar.get("/v1/conversations").await.body["conversations"][0].clone();
        assert_eq!(listed["expires_after_s"], 5, "{on:?}: {listed}");
        let delete = omar.ask(omar.request(Method::DELETE, &path)).await;
        assert_eq!(delete.status, 204);
        let shown = omar.get(&format!("/v1/conversations/{theirs}")).await.body;
        assert_eq!(shown["expires_after_s"], Value::Null, "{on:?}: {shown}");

        let north = json!({"name": "Depot North", "members": [dana.id, omar.id]});
        assert_eq!(omar.post("/v1/groups", north).await.status, 201);
        let soon = json!({"after_s": 60});
        puts(ayo, &path, soon.clone()).await.is_problem("not theirs", 404, "not-found");
        let group = "/v1/conversations/group-1/expiry";
        let refused = puts(dana, group, soon).await;
        refused.is_problem_with("a group has settings", 403, "not-allowed", "conversation");
        let at_once = puts(dana, &path, json!({"after_s": 1})).await;
        at_once.is_problem_with("at once", 422, "content-invalid", "after_s");
        let odd = json!({"name": "Depot North", "settings": {"expires_after_s": 1}});
        let refused = puts(omar, "/v1/groups/1", odd).await;
        refused.is_problem_with("a group", 422, "content-invalid", "expires_after_s");
        let week = json!({"name": "Depot North", "settings": {"expires_after_s": 604_800}});
        assert_eq!(puts(omar, "/v1/groups/1", week).await.status, 204, "{on:?}");
        let shown = dana.get("/v1/conversations/group-1").await.body;
        assert_eq!(shown["settings"]["expires_after_s"], 604_800, "{on:?}: {shown}");
        office.closes().await;
    }
}
