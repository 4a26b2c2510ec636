//! Files, places and contacts over HTTP.

use serde_json::json;
use waypost_protocol::{Body, File, Header};
use waypost_world::On;

use crate::office::Office;

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_a_place_and_a_contact_are_sent_and_read() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let chat = format!("/v1/conversations/{}/messages", omar.with(dana));
    let picture = Body::File {
        file: File::of("gate.png", "image/png", vec![0x89; 20_000]).into(),
        text: "This gate".into(),
        answers: None,
        header: Header::default(),
    };
    let picture = serde_json::to_value(&picture).expect("JSON");
    let place = json!({"kind": "location",
        "place": {"latitude": 52.5200066, "longitude": 13.404954, "name": "Gate 5"}});
    let contact = json!({"kind": "contact", "contact": {"name": "Ewa Lis", "phone": "+48 22 555"}});
    for told in [&picture, &place, &contact] {
        let sent = dana.post(&chat, told.clone()).await;
        assert_eq!(sent.status, 201, "{}", sent.body);
    }
    let read = omar.get(&chat).await;
    let contents: Vec<_> = (0..3).map(|at| &read.body["messages"][at]["content"]).collect();
    assert_eq!(contents, [&contact, &place, &picture]);

    let mut forged = picture.clone();
    forged["file"]["sha256"] = json!("0".repeat(64));
    let refused = dana.post(&chat, forged).await;
    refused.is_problem_with("a file that is another", 422, "content-invalid", "file");
    let mut folder = picture.clone();
    folder["file"]["name"] = json!("../../etc/passwd");
    let refused = dana.post(&chat, folder).await;
    refused.is_problem_with("a file with a path", 422, "content-invalid", "file");
    let beyond = json!({"kind": "location", "place": {"latitude": 91, "longitude": 0}});
    let refused = dana.post(&chat, beyond).await;
    refused.is_problem_with("beyond the pole", 422, "content-invalid", "place");
    let to_all = json!({"to": {"everyone": true}, "message": picture});
    omar.post("/v1/broadcasts", to_all).await.is_problem("a file for all", 422, "content-invalid");
    office.closes().await;
}
