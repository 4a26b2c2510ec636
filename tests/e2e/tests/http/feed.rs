//! The event feed: a program that keeps a cursor hears of everything that concerns it, once, and of
//! nothing else.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Caller, Office, text};

/// Everything after a cursor, page by page, with the cursor after it.
async fn all_after(who: &Caller, mut after: String) -> (Vec<Value>, String) {
    let mut events = Vec::new();
    loop {
        let page = who.get(&format!("/v1/events?limit=3&after={after}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        events.extend(page.body["events"].as_array().expect("a list").iter().cloned());
        after = text(&page.body["next"]);
        if page.body["more"] == json!(false) {
            return (events, after);
        }
    }
}

fn said(events: &[Value]) -> Vec<String> {
    let texts = events.iter().filter(|event| event["type"] == "waypost.text");
    texts.map(|event| text(&event["data"]["content"]["text"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_reads_what_concerns_it_once_and_in_order() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let chat = dana.with(omar);
    dana.writes(&chat, "Gate 4 is closed").await;
    omar.writes(&chat, "Use gate 2").await;
    let (events, next) = all_after(omar, "0.0".into()).await;
    assert_eq!(said(&events), ["Gate 4 is closed", "Use gate 2"]);
    let gate = events.iter().find(|event| event["type"] == "waypost.text").expect("a text");
    assert_eq!((&gate["specversion"], &gate["subject"]), (&json!("1.0"), &json!(chat)));
    assert_eq!(gate["datacontenttype"], "application/json");
    assert_eq!(text(&gate["sequence"]), format!("0.{}", gate["data"]["n"]));
    assert_eq!(gate["id"], gate["data"]["id"], "a repeat is recognised by it");
    let time = text(&gate["time"]);
    assert!(time.ends_with('Z') && time.contains('T'), "{time} is RFC 3339");
    let mut ids: Vec<_> = events.iter().map(|event| text(&event["id"])).collect();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "nothing comes twice");

    let (nothing, same) = all_after(omar, next.clone()).await;
    assert_eq!((nothing.len(), &same), (0, &next));
    dana.writes(&chat, "Thank you").await;
    let (news, _) = all_after(omar, next).await;
    assert_eq!(said(&news), ["Thank you"]);
    let (ayos, _) = all_after(ayo, "0.0".into()).await;
    assert_eq!(said(&ayos), Vec::<String>::new(), "what others say is not for Ayo");
    let id = text(&gate["data"]["id"]);
    let receipts = dana.get(&format!("/v1/messages/{id}/receipts")).await;
    let of_omar = &receipts.body["recipients"][0];
    assert_eq!(of_omar["delivered_at"], Value::Null, "reading the feed makes no receipt");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_waits_for_what_comes() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, ines, .. } = &office;
    let (_, next) = all_after(omar, "0.0".into()).await;
    let asked = {
        let (omar, path) = (omar.clone(), format!("/v1/events?wait=30&after={next}"));
        tokio::spawn(async move { omar.get(&path).await })
    };
    // What is between others wakes nobody for long.
    ayo.writes(&ayo.with(ines), "Is the depot open?").await;
    dana.writes(&dana.with(omar), "Gate 4 is closed").await;
    let answer = asked.await.expect("an answer");
    let events = answer.body["events"].as_array().expect("a list").clone();
    assert_eq!(said(&events), ["Gate 4 is closed"]);
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_behind_ends_with_its_enrolment_too() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ines, .. } = &office;
    let chat = dana.with(omar);
    for number in 0..450 {
        dana.writes(&chat, &format!("Pallet {number} {}", "of many ".repeat(400))).await;
    }
    let mut stream = stream_of(omar, "0.0").await;
    streams_until(&mut stream, "Pallet 1 ").await;
    let out = format!("/v1/enrolments/{}", omar.enrolment);
    assert_eq!(ines.ask(ines.request(Method::DELETE, &out)).await.status, 204);
    let mut rest = String::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        rest += &String::from_utf8_lossy(&chunk);
    }
    assert!(!rest.contains("Pallet 449 "), "what was not sent yet is not sent");
    office.closes().await;
}

/// Reads from a stream until it has brought this.
async fn streams_until(stream: &mut Response, what: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(what) {
        let chunk = stream.chunk().await.expect("the stream goes on").expect("it is open");
        heard += &String::from_utf8_lossy(&chunk);
    }
    heard
}

async fn stream_of(who: &Caller, last: &str) -> Response {
    let request = who.request(Method::GET, "/v1/events");
    let request = request.header("Accept", "text/event-stream").header("Last-Event-ID", last);
    let stream = who.response(request).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_brings_what_comes_and_goes_on_where_it_broke_off() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ines, .. } = &office;
    let chat = dana.with(omar);
    dana.writes(&chat, "Gate 4 is closed").await;
    let mut stream = stream_of(omar, "0.0").await;
    let heard = streams_until(&mut stream, "Gate 4 is closed").await;
    dana.writes(&chat, "Gate 5 too").await;
    let news = streams_until(&mut stream, "Gate 5 too").await;
    assert!(!news.contains("Gate 4 is closed"), "nothing comes twice");
    drop(stream);
    let last = heard.lines().filter_map(|line| line.strip_prefix("id: ")).next_back();
    let mut again = stream_of(omar, last.expect("each event has its cursor")).await;
    let heard = streams_until(&mut again, "Gate 5 too").await;
    assert!(!heard.contains("Gate 4 is closed"), "it goes on after the last one");

    // Whoever is out hears no more.
    let out = format!("/v1/enrolments/{}", omar.enrolment);
    let done = ines.ask(ines.request(Method::DELETE, &out)).await;
    assert_eq!(done.status, 204);
    dana.writes(&chat, "Where are you?").await;
    let mut rest = String::new();
    while let Ok(Some(chunk)) = again.chunk().await {
        rest += &String::from_utf8_lossy(&chunk);
    }
    assert!(!rest.contains("Where are you?"), "{rest}");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_question_is_refused_precisely() {
    let office = Office::open(On::Sqlite).await;
    let omar = &office.omar;
    for after in ["yesterday", "0", "0.07", "-1.5", "0.1.2"] {
        let answer = omar.get(&format!("/v1/events?after={after}")).await;
        answer.is_problem_with(after, 400, "malformed", "after");
    }
    omar.get("/v1/events?wait=31").await.is_problem_with("too long", 400, "malformed", "wait");
    omar.get("/v1/events?limit=0").await.is_problem_with("nothing", 400, "malformed", "limit");
    office.nobody().get("/v1/events").await.is_problem("nobody", 401, "not-enrolled");
    let (_, end) = all_after(omar, "0.0".into()).await;
    let beyond = omar.get("/v1/events?after=0.999999").await.body;
    let number: u64 = end.strip_prefix("0.").and_then(|n| n.parse().ok()).expect("a cursor");
    assert_eq!(beyond["cut_after"], json!(number), "that was another record");
    office.closes().await;
}
