//! Trips and stops over HTTP: planned one by one and by import, driven, handed over, and decided.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, Caller, Office, enrol, fact_id, text};

const DAY: &str = "2026-03-02";

async fn puts(who: &Caller, path: &str, body: Value) -> Answer {
    who.ask(who.request(Method::PUT, path).json(&body)).await
}

/// A trip with two stops for this driver, by a bot.
async fn planned(bot: &Caller, driver: u64) -> (String, Vec<String>) {
    let plan = json!({"name": "North 1", "day": DAY, "vehicle": "B-WP 1204"});
    let trip = bot.post("/v1/trips", json!({"driver": driver, "plan": plan})).await;
    assert_eq!(trip.status, 201, "{}", trip.body);
    let (trip, mut stops) = (text(&trip.body["trip"]), Vec::new());
    for (name, from) in [("Harbour", 1_772_445_600_000_i64), ("Bakery Blum", 1_772_442_000_000)] {
        let window = json!({"from": from, "until": from + 3_600_000, "zone": "Europe/Berlin"});
        let place = json!({"latitude": 52.5363, "longitude": 13.3938});
        let plan = json!({"trip": trip, "name": name, "window": window, "place": place});
        let stop = bot.post("/v1/stops", plan).await;
        assert_eq!(stop.status, 201, "{}", stop.body);
        stops.push(text(&stop.body["stop"]));
    }
    (trip, stops)
}

async fn shown(who: &Caller, stop: &str) -> Value {
    let shown = who.get(&format!("/v1/stops/{stop}")).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_plans_dana_drives_and_omar_decides() {
    for on in [On::Sqlite, On::Postgres] {
        let mut office = Office::open(on).await;
        let (omar, dana, ayo) = (office.omar.clone(), office.dana.clone(), office.ayo.clone());
        office.world.adds("erp", "bot").await;
        let erp = enrol(&office.world, "erp").await;
        let (trip, stops) = planned(&erp, dana.id).await;

        let mine = dana.get("/v1/trips").await.body["trips"].clone();
        assert_eq!(
            (mine.as_array().map(Vec::len), &mine[0]["id"]),
            (Some(1), &json!(trip)),
            "{mine}"
        );
        let names: Vec<_> = mine[0]["stops"]
            .as_array()
            .expect("stops")
            .iter()
            .map(|it| text(&it["plan"]["name"]))
            .collect();
        assert_eq!(names, ["Bakery Blum", "Harbour"], "by their windows");
        assert_eq!(mine[0]["stops"][0]["geo"], "geo:52.5363,13.3938");
        assert_eq!(ayo.get("/v1/trips").await.body["trips"], json!([]), "nor does he know of it");
        ayo.get(&format!("/v1/trips/{trip}")).await.is_problem_with(
            "his",
            404,
            "not-found",
            "trip",
        );
        ayo.get(&format!("/v1/stops/{}", stops[0])).await.is_problem_with(
            "his",
            404,
            "not-found",
            "stop",
        );

        hears_all_of_trips(&erp).await;
        let answer = format!("/v1/trips/{trip}/answer");
        let key = fact_id().to_string();
        for _ in 0..2 {
            let agreed = dana.post_once(&answer, &key, json!({"accepted": true})).await;
            assert_eq!(agreed.status, 204, "{}", agreed.body);
        }
        assert_eq!(shown(&erp, &stops[0]).await["state"], "accepted");
        omar.post(&answer, json!({"accepted": true})).await.is_problem_with(
            "not he",
            403,
            "not-allowed",
            "trip",
        );

        what_contradicts_each_other_waits(&omar, &dana, &ayo, &stops[0]).await;
        office.world.server.kill().await;
        office.world.server.start().await;
        assert_eq!(omar.get("/v1/conflicts").await.body["stops"], json!([]), "{on:?}");
        assert_eq!(shown(&omar, &stops[0]).await["state"], "refused");
        let told = dana.get(&format!("/v1/conversations/dispatch-{}/messages", dana.id)).await.body;
        assert_eq!(told["messages"][1]["content"]["kind"], "stop-moved", "{told}");
        office.closes().await;
    }
}

/// A program that follows trips alone hears of all of them, whoever's they are, and waits for what comes.
async fn hears_all_of_trips(erp: &Caller) {
    let told = erp.get("/v1/events?of=trips").await.body;
    let kinds: Vec<_> =
        told["events"].as_array().expect("events").iter().map(|it| text(&it["type"])).collect();
    assert_eq!(
        kinds,
        ["waypost.trip-planned", "waypost.stop-planned", "waypost.stop-planned"],
        "{told}"
    );
    let after = format!("/v1/events?of=trips&wait=30&after={}", text(&told["next"]));
    let plan = json!({"plan": {"name": "North 2", "day": DAY}});
    let (next, _) = tokio::join!(erp.get(&after), erp.post("/v1/trips", plan));
    assert_eq!(next.body["events"][0]["type"], "waypost.trip-planned", "{}", next.body);
    erp.get("/v1/events?of=weather").await.is_problem_with("no such feed", 400, "malformed", "of");
}

/// Dana says two things of her stop, and Omar decides.
async fn what_contradicts_each_other_waits(omar: &Caller, dana: &Caller, ayo: &Caller, stop: &str) {
    let moves = format!("/v1/stops/{}/moves", stop);
    let done = json!({"to": "completed", "text": "With the porter"});
    assert_eq!(dana.post(&moves, done.clone()).await.status, 204);
    ayo.post(&moves, done.clone()).await.is_problem_with("his", 404, "not-found", "stop");
    dana.post(&moves, json!({"to": "cancelled"})).await.is_problem(
        "not hers to say",
        403,
        "not-allowed",
    );
    dana.post(&moves, json!({"to": "assigned"})).await.is_problem_with(
        "a plan",
        422,
        "content-invalid",
        "to",
    );
    let damaged = json!({"to": "refused", "reason": "goods-damaged"});
    assert_eq!(dana.post(&moves, damaged).await.status, 204, "both are kept");
    let waiting = omar.get("/v1/conflicts").await.body["stops"].clone();
    assert_eq!(
        (waiting.as_array().map(Vec::len), &waiting[0]["proposal"]),
        (Some(1), &json!("completed")),
        "{waiting}"
    );
    assert_eq!(waiting[0]["codes"]["x12_status"], "D1", "{waiting}");
    let settlement = format!("/v1/stops/{}/settlement", stop);
    puts(dana, &settlement, json!({"state": "refused"})).await.is_problem(
        "she",
        403,
        "not-allowed",
    );
    assert_eq!(puts(omar, &settlement, json!({"state": "refused"})).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_and_handed_over_reaches_whom_it_concerns() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { omar, dana, ayo, .. } = &office;
        let (trip, stops) = planned(omar, dana.id).await;
        let later = json!({"trip": trip, "name": "Harbour", "instructions": "Gate 5"});
        let path = format!("/v1/stops/{}", stops[0]);
        assert_eq!(puts(omar, &path, later.clone()).await.status, 204);
        let seen = shown(dana, &stops[0]).await;
        assert_eq!(
            (&seen["plan"]["instructions"], &seen["asks"]),
            (&json!("Gate 5"), &json!(true))
        );
        let nowhere = json!({"trip": trip, "name": "Harbour",
            "window": {"from": 1, "until": 2, "zone": "Europe/Atlantis"}});
        puts(omar, &path, nowhere).await.is_problem_with("no zone", 422, "content-invalid", "zone");
        let stray = json!({"trip": fact_id(), "name": "Harbour"});
        puts(omar, &path, stray.clone()).await.is_problem_with(
            "another trip",
            412,
            "outdated",
            "trip",
        );
        omar.post("/v1/stops", stray).await.is_problem_with("no trip", 404, "not-found", "trip");

        let order = json!({"name": "North 1", "day": DAY, "order": [stops[0], stops[1]]});
        assert_eq!(puts(omar, &format!("/v1/trips/{trip}"), order).await.status, 204);
        let first = dana.get(&format!("/v1/trips/{trip}")).await.body["stops"][0]["id"].clone();
        assert_eq!(first, json!(stops[0]), "as Omar wants it");

        let over = format!("/v1/trips/{trip}/handover");
        let key = fact_id().to_string();
        for _ in 0..2 {
            let given = omar.post_once(&over, &key, json!({"to": ayo.id})).await;
            assert_eq!(given.status, 204, "a repeat is a repeat: {}", given.body);
        }
        omar.post(&over, json!({"to": omar.id})).await.is_problem_with(
            "he drives not",
            404,
            "not-found",
            "to",
        );
        omar.post(&over, json!({"to": ayo.id})).await.is_problem("he has it", 409, "already-done");
        assert_eq!(dana.get("/v1/trips").await.body["trips"], json!([]));
        let his = ayo.get("/v1/trips").await.body["trips"][0]["stops"].clone();
        assert_eq!(his.as_array().map(Vec::len), Some(2), "{on:?}: {his}");

        let other = json!({"driver": dana.id, "plan": {"name": "South", "day": DAY}});
        let south = text(&omar.post("/v1/trips", other).await.body["trip"]);
        let gives = format!("/v1/stops/{}/handover", stops[1]);
        omar.post(&gives, json!({"to": fact_id()})).await.is_problem_with(
            "none",
            404,
            "not-found",
            "to",
        );
        assert_eq!(omar.post(&gives, json!({"to": south})).await.status, 204);
        let hers = dana.get("/v1/trips").await.body["trips"][0]["stops"].clone();
        assert_eq!((hers.as_array().map(Vec::len), &hers[0]["id"]), (Some(1), &json!(stops[1])));
        let events = ayo.get("/v1/events").await.body["events"].clone();
        let kinds: Vec<_> =
            events.as_array().expect("a list").iter().map(|it| text(&it["type"])).collect();
        assert!(
            kinds.contains(&"waypost.stop-handed-over".to_owned()),
            "he hears of it: {kinds:?}"
        );
        office.closes().await;
    }
}

const TABLE: &str = "\
trip;stop;day;name;driver;address;from;until;zone;consignment;quantity;unit
TR-1;S-1;2026-03-02;Bakery Blum;dana;Gartenstraße 12;2026-03-02 08:00;2026-03-02 09:00;Europe/Berlin;SO-1;12;sacks
TR-1;S-1;2026-03-02;Bakery Blum;dana;Gartenstraße 12;2026-03-02 08:00;2026-03-02 09:00;Europe/Berlin;SO-2;1;pallets
TR-1;S-2;2026-03-02;Harbour;dana;;;;;;;
TR-2;S-1;2026-03-02;Depot;nobody;;;;;;;
TR-2;S-2;2026-03-02;Depot;;;2026-03-29 02:30;2026-03-29 04:00;Europe/Berlin;;;
TR-1;S-2;2026-03-02;Harbour, other gate;dana;;;;;;;
TR-1;S-4;2026-03-02;Mill;dana;;;;;SO-9;2.5;
";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_table_twice_plans_once_and_says_what_became_of_each_line() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let (omar, dana) = (&office.omar, &office.dana);
        let import = async |how: &str, table: &str| {
            let path = format!("/v1/trips/imports{how}");
            let told = omar.post_bytes(&path, "text/csv", table.into()).await;
            assert_eq!(told.status, 200, "{}", told.body);
            told.body
        };
        let fates = |told: &Value| -> Vec<String> {
            told["lines"]
                .as_array()
                .expect("lines")
                .iter()
                .map(|line| text(&line["fate"]))
                .collect()
        };
        let dry = import("?dry_run=true", TABLE).await;
        assert_eq!(
            fates(&dry),
            ["added", "added", "added", "refused", "refused", "refused", "refused"],
            "{dry}"
        );
        let whys: Vec<_> = (3..6).map(|at| text(&dry["lines"][at]["what"])).collect();
        assert!(whys[0].contains("`nobody`"), "{whys:?}");
        assert!(whys[1].contains("no clock of Europe/Berlin ever shows"), "{whys:?}");
        assert!(whys[2].contains("line 4"), "{whys:?}");
        assert_eq!(dana.get("/v1/trips").await.body["trips"], json!([]), "nothing is planned yet");
        let told = import("", TABLE).await;
        assert_eq!((fates(&told), &told["added"]), (fates(&dry), &json!(3)));
        let trips = dana.get("/v1/trips").await.body["trips"].clone();
        assert_eq!(
            (trips.as_array().map(Vec::len), &trips[0]["plan"]["reference"]),
            (Some(1), &json!("TR-1"))
        );
        let blum = &trips[0]["stops"][0]["plan"];
        assert_eq!(blum["window"]["from"], json!(1_772_434_800_000_i64), "eight in Berlin: {blum}");
        assert_eq!(blum["consignments"].as_array().map(Vec::len), Some(2));

        let events =
            || async { dana.get("/v1/events").await.body["events"].as_array().map(Vec::len) };
        let before = events().await;
        assert_eq!(fates(&import("", TABLE).await)[..3], ["unchanged", "unchanged", "unchanged"]);
        assert_eq!(events().await, before, "nobody is told twice");
        let changed = TABLE.replace("Gartenstraße 12", "Gartenstraße 14");
        assert_eq!(fates(&import("", &changed).await)[..3], ["changed", "changed", "unchanged"]);
        let line =
            json!([{"trip": "TR-1", "stop": "S-3", "day": DAY, "name": "Mill", "kind": "pickup"}]);
        let told = omar.post("/v1/trips/imports", line).await;
        assert_eq!(told.body["lines"][0]["fate"], "added", "{}", told.body);
        let none =
            omar.post_bytes("/v1/trips/imports", "text/csv", "trip,stop\n1,2\n".into()).await;
        none.is_problem_with("a table without days", 400, "malformed", "body");
        let board = omar.get(&format!("/v1/board?day={DAY}")).await.body["trips"].clone();
        assert!(board[0]["late_since"].is_i64(), "it was long ago: {board}");
        omar.get("/v1/board?day=today").await.is_problem_with("no day", 400, "malformed", "day");
        office.closes().await;
    }
}
