//! `POST /v1/sync`: the frames of MQTT where only HTTPS gets through.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_protocol::{
    Answer, Body, ConversationId, Downlink, Entry, PersonId, Pull, Submit, Uplink,
};
use waypost_world::On;

use crate::office::{Caller, Office, fact_id};

const CBOR: &str = "application/cbor";
const JSON: &str = "application/json";

#[tokio::test(flavor = "multi_thread")]
async fn dana_submits_in_cbor_and_omar_pulls_in_json() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let id = fact_id();
    let entry = late(dana, omar, id);
    let submit = Uplink::Submit(Submit { entries: vec![entry] });
    for round in ["first", "repeated"] {
        let answers = frames(dana, &submit).await;
        let [Downlink::Answers { answers }] = &answers[..] else { panic!("{round}: {answers:?}") };
        assert!(
            matches!(answers[..], [Answer::Accepted { id: accepted, .. }] if accepted == id),
            "{round}: {answers:?}"
        );
    }
    let pulled =
        omar.post("/v1/sync", json!(Uplink::Pull(Pull { limit: 50, ..Pull::default() }))).await;
    assert_eq!((pulled.status, pulled.media_type.as_str()), (200, JSON), "{}", pulled.body);
    let events = pulled.body[0]["events"].as_array().expect("events").clone();
    let texts: Vec<&Value> = events.iter().map(|event| &event["content"]["text"]).collect();
    let copies = texts.iter().filter(|text| ***text == json!("15 minutes late")).count();
    assert_eq!(copies, 1, "Omar pulls Dana's message once: {events:?}");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_out_of_order_waits_and_a_forbidden_one_is_rejected() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, ayo, .. } = &office;
    let second = Entry { number: 2, ..late(dana, omar, fact_id()) };
    let to_driver = late(dana, ayo, fact_id());
    let submit = Uplink::Submit(Submit { entries: vec![second, to_driver] });
    let answers = frames(dana, &submit).await;
    let [Downlink::Answers { answers }] = &answers[..] else { panic!("{answers:?}") };
    assert!(
        matches!(answers[..], [Answer::OutOfOrder { expected: 1, .. }, Answer::Rejected { .. }]),
        "{answers:?}"
    );
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_frames_are_refused_precisely() {
    let office = Office::open(On::Sqlite).await;
    let dana = &office.dana;
    let pull = Uplink::Pull(Pull::default()).to_bytes();
    for (what, bytes, status, code) in [
        ("nothing", vec![], 400, "malformed"),
        ("no frame", vec![0xff; 9], 400, "malformed"),
        ("half a frame", pull[..pull.len() - 1].to_vec(), 400, "malformed"),
        ("more than a frame", [&pull[..], &[0]].concat(), 400, "malformed"),
        ("a frame of the future", vec![0x81, 9], 400, "unknown-frame"),
        ("65 entries", too_many(&office).to_bytes(), 413, "too-large"),
    ] {
        dana.post_bytes("/v1/sync", CBOR, bytes).await.is_problem(what, status, code);
    }
    for (body, status, code) in [
        ("{", 400, "malformed"),
        ("{}", 400, "malformed"),
        (r#"{"frame":"poem"}"#, 400, "malformed"),
        (r#"{"frame":"pull","after":{"epoch":0,"n":-1},"number":1,"limit":1}"#, 400, "malformed"),
    ] {
        dana.post_bytes("/v1/sync", JSON, body.into()).await.is_problem(body, status, code);
    }
    dana.post("/v1/sync", json!(too_many(&office))).await.is_problem("65", 413, "too-large");
    let html = dana.post_bytes("/v1/sync", "text/html", pull.clone()).await;
    html.is_problem("a frame as a web page", 415, "media-type-unsupported");
    let untyped = dana.ask(dana.request(Method::POST, "/v1/sync").body(pull)).await;
    untyped.is_problem("a frame without a type", 415, "media-type-unsupported");
    office.closes().await;
}

fn late(from: &Caller, to: &Caller, id: waypost_protocol::FactId) -> Entry {
    let person = |caller: &Caller| PersonId(u32::try_from(caller.id).expect("a number"));
    Entry {
        id,
        conversation: ConversationId::direct(person(from), person(to)).expect("two people"),
        number: 1,
        content: Body::text("15 minutes late").to_content(),
        offset_minutes: 60,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

fn too_many(office: &Office) -> Uplink {
    let entry = late(&office.dana, &office.omar, fact_id());
    Uplink::Submit(Submit { entries: vec![entry; 65] })
}

/// Posts a frame as CBOR and reads the array of frames that answers it.
async fn frames(caller: &Caller, frame: &Uplink) -> Vec<Downlink> {
    let request = caller.request(Method::POST, "/v1/sync").header("Content-Type", CBOR);
    let response = caller.response(request.body(frame.to_bytes())).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["Content-Type"], CBOR);
    let bytes = response.bytes().await.expect("the body arrives whole");
    minicbor::decode(&bytes).expect("an array of frames")
}
