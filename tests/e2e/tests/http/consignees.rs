//! What a consignee writes to the driver on the page behind their link, by hand and in a real browser.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};
use waypost_client::View;
use waypost_protocol::{Body, ConversationId, StopId};
use waypost_world::On;

use crate::office::{fact_id, text};
use crate::tracking::{Page, Tracking};
use crate::uploads::{Delivery, runs};
use crate::venv::{node_modules, script, system};

const GATE: &str = "Gate 4711, ring twice";

/// The fields of the form for this template, as the page has them.
fn form(page: &Page, template: &str) -> Vec<(String, String)> {
    let forms = page.html.split("<form").skip(1);
    let named = format!("name=\"template\" value=\"{template}\"");
    let mut form = forms.map(|it| it.split("</form>").next().unwrap_or_default());
    let form = form.find(|it| it.contains(&named)).expect("it is offered");
    let value = |name: &str| {
        let rest = form.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
        (name.to_owned(), rest.split('"').next().unwrap_or_default().to_owned())
    };
    vec![value("id"), value("template"), value("version")]
}

fn filled(mut form: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    form.push((format!("argument.{name}"), value.to_owned()));
    form
}

/// A form as a browser sends it.
fn filled_in(request: RequestBuilder, form: &[(String, String)]) -> RequestBuilder {
    let url = Url::parse_with_params("http://form/", form).expect("an address");
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    request.body(url.query().unwrap_or_default().to_owned())
}

impl Tracking {
    async fn page(&self) -> Page {
        self.looks(&self.path(), "en").await
    }

    /// Sends a form as a browser does, which follows where that leads; what it gets there.
    async fn sends(&self, form: &[(String, String)]) -> (u16, String) {
        let nobody = self.delivery.office.nobody();
        let request = nobody.request(Method::POST, &format!("{}?language=pl", self.path()));
        let answer = nobody.response(filled_in(request, form)).await;
        let url = answer.url();
        let at = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        (answer.status().as_u16(), at)
    }

    /// Looks at the page again and again, until it says so.
    async fn comes_to_say(&self, expected: &str) {
        let mut now_and_then = tokio::time::interval(Duration::from_millis(50));
        let looks = async {
            while !self.page().await.html.contains(expected) {
                now_and_then.tick().await;
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(30), looks).await;
        assert!(came.is_ok(), "not `{expected}`: {}", self.page().await.html);
    }

    async fn writes(&self, words: &str) {
        let form = form(&self.page().await, "consignee-access");
        let (status, _) = self.sends(&filled(form, "text", words)).await;
        assert_eq!(status, 200);
    }

    /// What was told in the conversation of a driver with dispatch, as dispatch reads it.
    async fn told(&self, driver: u64) -> Vec<Value> {
        let path = format!("/v1/conversations/dispatch-{driver}/messages");
        let told = self.delivery.office.omar.get(&path).await;
        let messages = told.body["messages"].as_array().cloned().unwrap_or_default();
        messages.into_iter().filter(|it| it["content"]["kind"] == "consignee-said").collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ada_writes_how_to_get_in_and_sees_that_dana_has_read_it() {
    for on in [On::Sqlite, On::Postgres] {
        let mut tracking = Tracking::of_a_stop(on).await;
        let (dana, stop) = (tracking.delivery.dana.clone(), tracking.delivery.stop.clone());
        let form = filled(form(&tracking.page().await, "consignee-access"), "text", GATE);
        for _ in 0..2 {
            let (status, to) = tracking.sends(&form).await;
            assert_eq!((status, to), (200, format!("{}?language=pl", tracking.path())));
        }
        let told = tracking.told(dana.id).await;
        assert_eq!(told.len(), 1, "a form that is sent twice says it once: {told:?}");
        assert_eq!(told[0]["content"]["said"]["arguments"]["text"], json!({"text": GATE}));
        assert!(told[0].get("author").is_none_or(Value::is_null), "the server says it for her");
        let words = tracking.delivery.office.omar.get(&format!("/v1/stops/{stop}")).await.body;
        assert_eq!(words["words"][0]["said"]["template"], "consignee-access", "{words}");
        let page = tracking.page().await;
        assert!(page.html.contains(&format!("How to get in: {GATE}")), "{}", page.html);
        assert!(page.html.contains(">Sent ·"), "nobody has it yet: {}", page.html);

        let tablet = tracking.delivery.office.world.device_for("dana").await;
        let place = ConversationId::Dispatch(tablet.id());
        let is_unread =
            |view: &View| view.conversations.iter().any(|it| it.id == place && it.unread == 1);
        tablet.sees("that something is new", is_unread).await;
        tracking.comes_to_say(">On the driver’s device ·").await;
        tablet.opens(place).await;
        let is_shown = |view: &View| {
            let messages = view.timeline.iter().flat_map(|open| &open.messages);
            messages.filter(|it| matches!(it.body, Body::ConsigneeSaid { .. })).count() == 1
        };
        tablet.sees("what Ada has written", is_shown).await;
        tablet.reads(place).await;
        let stop = StopId(stop.parse().expect("an id"));
        let stops = |view: &View| {
            let mut stops = view.trips.iter().flat_map(|trip| trip.stops.clone());
            stops.any(|(id, known)| id == stop && known.words.len() == 1)
        };
        tablet.sees("it at the stop, too", stops).await;
        tracking.comes_to_say(">Read by the driver ·").await;
        let receipts = format!("/v1/messages/{}/receipts", text(&told[0]["id"]));
        let receipts = tracking.delivery.office.omar.get(&receipts).await.body;
        let mut hers = receipts["recipients"].as_array().expect("some").iter();
        let hers = hers.find(|it| it["person"] == dana.id).expect("she is told");
        assert!(hers["read_at"].is_i64(), "dispatch sees it as well: {receipts}");
        let Delivery { office, .. } = tracking.delivery;
        office.world.ends([tablet]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ada_has_written_goes_to_whom_the_stop_goes() {
    let tracking = Tracking::of_a_stop(On::Sqlite).await;
    let (omar, ayo) = (&tracking.delivery.office.omar, &tracking.delivery.office.ayo);
    tracking.writes(GATE).await;
    let stop = omar.get(&format!("/v1/stops/{}", tracking.delivery.stop)).await.body;
    let handover = format!("/v1/trips/{}/handover", text(&stop["trip"]));
    assert_eq!(omar.post(&handover, json!({"to": ayo.id})).await.status, 204);
    let told = tracking.told(ayo.id).await;
    assert_eq!(told.len(), 1, "he stands before the gate, not Dana: {told:?}");
    let first = &tracking.told(tracking.delivery.dana.id).await[0]["content"]["first"];
    assert_eq!(&told[0]["content"]["first"], first, "{told:?}");
    let page = tracking.page().await;
    assert_eq!(page.html.matches(GATE).count(), 1, "she has written once: {}", page.html);
    tracking.delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_does_not_offer_is_not_taken() {
    let tracking = Tracking::of_a_stop(On::Sqlite).await;
    let good = filled(form(&tracking.page().await, "consignee-access"), "text", GATE);
    let with = |name: &str, value: &str| {
        let mut form = good.clone();
        form.iter_mut().filter(|(it, _)| it == name).for_each(|(_, it)| *it = value.to_owned());
        form
    };
    let (other, long) = (fact_id().to_string(), "x".repeat(301));
    for (why, form) in [
        ("a template of drivers", with("template", "arrived")),
        ("no such version", with("version", "9")),
        ("no words", with("argument.text", "  ")),
        ("too many", with("argument.text", &long)),
        ("no id", with("id", "4711")),
        ("an id from before the link", with("id", "00000000-0000-7000-8000-000000000001")),
        ("nothing at all", Vec::new()),
    ] {
        assert_eq!(tracking.sends(&form).await.0, 422, "{why}");
    }
    let guess = tracking.delivery.office.nobody();
    let guess = guess.response(filled_in(guess.request(Method::POST, "/track/guess"), &good)).await;
    assert_eq!(guess.status(), 404);
    assert!(guess.text().await.expect("a page").contains("This link has ended"));
    assert_eq!(tracking.told(tracking.delivery.dana.id).await, [Value::Null; 0]);

    for n in 0..10 {
        tracking.writes(&format!("Word {n}")).await;
    }
    let page = tracking.page().await;
    assert!(page.html.contains("You have written as often"), "{}", page.html);
    assert!(!page.html.contains("<form"), "{}", page.html);
    assert_eq!(tracking.sends(&with("id", &other)).await.0, 413, "nor by hand");
    tracking.moves("completed").await;
    assert!(!tracking.page().await.html.contains("Write to the driver"), "it is over");
    tracking.delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_the_page_well_in_every_language_and_writes_without_script() {
    let tracking = Tracking::of_a_stop(On::Sqlite).await;
    tracking.moves("en-route").await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tracking-pages");
    std::fs::create_dir_all(&folder).expect("a folder");
    let port = tracking.delivery.office.world.server.ports().https;
    let url = format!("https://localhost:{port}{}", tracking.path());
    let mut command = Command::new(system("node"));
    command.env("NODE_PATH", node_modules()).arg(script("tracking_page.cjs"));
    command.arg(system("chromium")).arg(url).arg(folder).arg(GATE);
    let told: Value = serde_json::from_str(&runs(command).await).expect("what it found");
    assert_eq!(told["found"], json!([]), "{told:#}");
    assert_eq!(told["failed"], json!([]), "it asks for nothing else");
    let written = text(&told["written"][0]);
    assert!(written.starts_with(&format!("How to get in: {GATE}")), "{told}");
    assert_eq!(told["again"], 1, "a page that is loaded anew sends nothing: {told}");
    assert_eq!(tracking.told(tracking.delivery.dana.id).await.len(), 1);
    tracking.delivery.closes().await;
}
