//! Files, places and contacts over HTTP.

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::json;
use waypost_protocol::{Body, File, Header};
use waypost_world::On;

use crate::office::{Office, text};
use crate::uploads::{base, begins, brings};

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

/// A picture that cannot go inside of a message.
fn photo() -> Vec<u8> {
    let dots = |x: u32, y: u32| Rgb([(x * y % 251) as u8, (x % 241) as u8, (y % 239) as u8]);
    let mut png = std::io::Cursor::new(Vec::new());
    RgbImage::from_fn(900, 600, dots).write_to(&mut png, ImageFormat::Png).expect("a picture");
    png.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_picture_follows_its_message_and_is_seen_in_small_and_by_a_link() {
    for on in [On::Sqlite, On::Postgres] {
        let office = Office::open(on).await;
        let Office { omar, dana, ayo, .. } = &office;
        let chat = format!("/v1/conversations/{}/messages", omar.with(dana));
        let photo = photo();
        let file = File::of("Brücke 5.png", "image/png", photo.clone()).travelling();
        let (sha256, file) = (file.sha256.to_string(), file.into());
        let (answers, header) = (None, Header::default());
        let said = Body::File { file, text: "This bridge".into(), answers, header };
        let said = serde_json::to_value(&said).expect("JSON");
        assert!(said["file"].get("bytes").is_none(), "{said}");
        let early = begins(dana, &sha256, photo.len()).await;
        early.is_problem_with("nothing is promised yet", 404, "not-found", "Upload-Metadata");
        let sent = dana.post(&chat, said).await;
        let message = text(&sent.body["id"]);
        let path = format!("/v1/messages/{message}/file");
        omar.get(&path).await.is_problem_with("on its way", 404, "not-found", "sha256");
        let others = begins(ayo, &sha256, photo.len()).await;
        others.is_problem_with("not his", 404, "not-found", "Upload-Metadata");
        brings(dana, &sha256, &photo).await;

        let whole = omar.response(omar.request(Method::GET, &path)).await;
        assert_eq!(whole.headers()["Content-Type"], "image/png");
        let disposition = whole.headers()["Content-Disposition"].to_str().expect("text").to_owned();
        assert!(disposition.ends_with("filename*=UTF-8''Br%C3%BCcke%205.png"), "{disposition}");
        assert_eq!(whole.bytes().await.expect("bytes"), photo);
        let part = omar.request(Method::GET, &path).header("Range", "bytes=100-199");
        assert_eq!(omar.response(part).await.bytes().await.expect("bytes"), photo[100..200]);
        ayo.get(&path).await.is_problem("not his message", 404, "not-found");
        for _again in 0..2 {
            let preview = omar.request(Method::GET, &format!("{path}/preview"));
            let preview = omar.response(preview).await;
            assert_eq!(preview.headers()["Content-Type"], "image/jpeg");
            let small = image::load_from_memory(&preview.bytes().await.expect("bytes"));
            assert_eq!(small.map(|it| (it.width(), it.height())).expect("a picture"), (320, 213));
        }

        let links = format!("{path}/links");
        ayo.post(&links, json!({})).await.is_problem("not his message", 404, "not-found");
        let long = omar.post(&links, json!({"minutes": 2000})).await;
        long.is_problem_with("too long", 422, "content-invalid", "minutes");
        let made = omar.post(&links, json!({"minutes": 5})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let url = text(&made.body["url"]);
        let linked = url.strip_prefix(&base(&office.world)).expect("of this server");
        let nobody = office.nobody();
        let got = nobody.response(nobody.request(Method::GET, linked)).await;
        assert_eq!(got.headers()["Cache-Control"], "private, no-store");
        assert_eq!(got.bytes().await.expect("bytes"), photo);
        let guessed = nobody.get(&format!("{}x", linked)).await;
        guessed.is_problem("a link that never was", 404, "not-found");

        let gone = dana.ask(dana.request(Method::DELETE, &format!("/v1/messages/{message}"))).await;
        assert!(gone.status < 300, "{}", gone.body);
        omar.get(&path).await.is_problem("a deleted message", 404, "not-found");
        office.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_has_none_in_small() {
    let office = Office::open(On::Sqlite).await;
    let Office { omar, dana, .. } = &office;
    let chat = format!("/v1/conversations/{}/messages", omar.with(dana));
    let text_file = b"a list of pallets\n".repeat(2_000);
    // It begins as a picture does, and claims to be vast.
    let mut bomb =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0".to_vec();
    bomb.resize(40_000, 0);
    for (name, bytes) in [("pallets.txt", text_file), ("vast.png", bomb)] {
        let file = File::of(name, "image/png", bytes.clone()).travelling();
        let (sha256, file) = (file.sha256.to_string(), file.into());
        let (answers, header) = (None, Header::default());
        let said = Body::File { file, text: String::new(), answers, header };
        let sent = dana.post(&chat, serde_json::to_value(&said).expect("JSON")).await;
        brings(dana, &sha256, &bytes).await;
        let path = format!("/v1/messages/{}/file/preview", text(&sent.body["id"]));
        for _again in 0..2 {
            omar.get(&path).await.is_problem_with(name, 404, "not-found", "message");
        }
    }
    let none = dana.post(&chat, json!({"kind": "text", "text": "No file"})).await;
    let path = format!("/v1/messages/{}/file", text(&none.body["id"]));
    omar.get(&path).await.is_problem_with("no file", 404, "not-found", "message");
    office.closes().await;
}
