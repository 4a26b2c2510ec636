//! What evidence promises is uploaded, broken off, taken up again, checked and read: over HTTP, by hand and by public
//! clients of tus.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use waypost_protocol::{
    Blob, EvidenceItem, EvidenceKind, EvidenceManifest, FactId, Sha256Hash, SignedManifest, StopId,
    StopState,
};
use waypost_world::{On, World};

use crate::office::{Answer, Caller, Office, enrolment_wanted, fact_id, text, token_for};
use crate::venv::{node_modules, script, system, tool};

/// The key with which this device signs.
fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// Dana on a device that signs what she shows, with a stop of hers.
pub struct Delivery {
    pub office: Office,
    pub dana: Caller,
    pub stop: String,
}

impl Delivery {
    pub async fn begins(on: On) -> Self {
        let office = Office::open(on).await;
        let mut dana = office.dana.clone();
        let token = token_for(&office.world, "dana").await;
        let mut wanted = enrolment_wanted(&token);
        let public = key().verifying_key().to_bytes();
        wanted["public_key"] = json!(base64::engine::general_purpose::STANDARD.encode(public));
        let enrolled = dana.post("/v1/enrolments", wanted).await;
        assert_eq!(enrolled.status, 201, "{}", enrolled.body);
        dana = dana.with_credential(&text(&enrolled.body["credential"]));
        dana.id = enrolled.body["person"]["id"].as_u64().expect("a number");
        let plan = json!({"name": "North", "day": "2090-03-02"});
        let trip = office.omar.post("/v1/trips", json!({"driver": dana.id, "plan": plan})).await;
        let planned = json!({"trip": trip.body["trip"], "name": "Bakery Blum"});
        let stop = office.omar.post("/v1/stops", planned).await;
        Self { stop: text(&stop.body["stop"]), office, dana }
    }

    /// She has completed the stop, and shows a picture.
    pub async fn shows(&self, picture: &[u8]) -> String {
        self.shows_both(picture, None).await.0
    }

    /// The same with the picture in small; what both hash to.
    pub async fn shows_both(&self, picture: &[u8], small: Option<&[u8]>) -> (String, String) {
        let stop: StopId = self.stop.parse().expect("an id");
        let id = fact_id();
        let proof = proof(stop, id, picture, small);
        let moved = json!({"stop": stop, "to": "completed", "proof": proof});
        let submit = json!({"frame": "submit", "entries": [{"id": id, "number": 0,
            "conversation": format!("dispatch-{}", self.dana.id),
            "content": {"kind": "stop-moved", "moved": moved}}]});
        let told = self.dana.post("/v1/sync", submit).await;
        assert_eq!(told.body[0]["answers"][0]["answer"], "accepted", "{}", told.body);
        (hash_of(picture), small.map(hash_of).unwrap_or_default())
    }

    async fn stored(&self) -> Value {
        let path = format!("/v1/stops/{}/evidence", self.stop);
        self.office.omar.get(&path).await.body["proofs"][0]["files"][0].clone()
    }

    pub async fn closes(self) {
        self.office.closes().await;
    }
}

fn proof(stop: StopId, fact: FactId, picture: &[u8], small: Option<&[u8]>) -> SignedManifest {
    let blob = |bytes: &[u8]| Blob {
        sha256: Sha256Hash(Sha256::digest(bytes).into()),
        size: bytes.len() as u64,
        media_type: "image/png".into(),
    };
    let item = EvidenceItem {
        kind: EvidenceKind::Photo,
        captured_at: 1,
        original: Some(blob(picture)),
        preview: small.map(blob),
        text: String::new(),
        at: None,
    };
    let manifest = EvidenceManifest {
        stop,
        fact,
        outcome: StopState::Completed,
        items: vec![item],
        received_by: None,
        counts: Vec::new(),
        note: String::new(),
    };
    SignedManifest::of(&manifest, |message| key().sign(message).to_bytes())
}

pub fn hash_of(picture: &[u8]) -> String {
    Sha256Hash(Sha256::digest(picture).into()).to_string()
}

/// So many bytes that begin as a picture does.
pub fn picture(bytes: usize) -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let tail = (0..bytes - head.len()).map(|at| (at * 31 % 251) as u8);
    head.iter().copied().chain(tail).collect()
}

fn metadata(sha256: &str) -> String {
    format!("sha256 {}", base64::engine::general_purpose::STANDARD.encode(sha256))
}

fn tus(who: &Caller, method: Method, path: &str) -> RequestBuilder {
    who.request(method, path).header("Tus-Resumable", "1.0.0")
}

pub async fn begins(who: &Caller, sha256: &str, size: usize) -> Answer {
    let request = tus(who, Method::POST, "/v1/uploads").header("Upload-Length", size);
    who.ask(request.header("Upload-Metadata", metadata(sha256))).await
}

pub async fn adds(who: &Caller, at: &str, offset: usize, bytes: &[u8]) -> Answer {
    who.ask(patch(who, at, offset, bytes)).await
}

fn patch(who: &Caller, at: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    tus(who, Method::PATCH, at)
        .header("Content-Type", "application/offset+octet-stream")
        .header("Upload-Offset", offset)
        .body(bytes.to_vec())
}

pub fn offset(answer: &Answer) -> usize {
    let told = answer.headers.get("Upload-Offset").unwrap_or_else(|| panic!("{}", answer.body));
    told.to_str().expect("text").parse().expect("a number")
}

/// Brings all of it at once.
pub async fn brings(who: &Caller, sha256: &str, bytes: &[u8]) {
    let at = text_header(&begins(who, sha256, bytes.len()).await, "Location");
    let brought = adds(who, &at, 0, bytes).await;
    assert_eq!(offset(&brought), bytes.len(), "{}", brought.body);
}

async fn looks(who: &Caller, at: &str) -> Answer {
    who.ask(tus(who, Method::HEAD, at)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dana_promised_goes_on_where_it_broke_off_and_is_kept_once() {
    for on in [On::Sqlite, On::Postgres] {
        let mut delivery = Delivery::begins(on).await;
        let (dana, ayo) = (delivery.dana.clone(), delivery.office.ayo.clone());
        let photo = picture(100_000);
        let early = begins(&dana, &hash_of(&photo), photo.len()).await;
        early.is_problem_with("nothing is promised yet", 404, "not-found", "Upload-Metadata");
        let sha256 = delivery.shows(&photo).await;
        assert_eq!(
            delivery.stored().await["stored_at"],
            Value::Null,
            "the stop is done all the same"
        );
        let other = begins(&ayo, &sha256, photo.len()).await;
        other.is_problem_with("not his", 404, "not-found", "Upload-Metadata");
        let longer = begins(&dana, &sha256, photo.len() + 1).await;
        longer.is_problem_with("another size", 422, "content-invalid", "Upload-Metadata");

        let begun = begins(&dana, &sha256, photo.len()).await;
        assert_eq!((begun.status, offset(&begun)), (201, 0), "{}", begun.body);
        let at = begun.headers["Location"].to_str().expect("text").to_owned();
        let half = adds(&dana, &at, 0, &photo[..60_000]).await;
        assert_eq!((half.status, offset(&half)), (204, 60_000), "{}", half.body);
        assert_eq!(looks(&ayo, &at).await.status, 404, "his");
        adds(&dana, &at, 50_000, &photo[50_000..]).await.is_problem_with(
            "gone by",
            409,
            "upload-offset",
            "Upload-Offset",
        );
        let much = adds(&dana, &at, 60_000, &[0; 40_001]).await;
        much.is_problem("too much", 413, "too-large");
        let sum = "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
        let wrong = dana
            .ask(patch(&dana, &at, 60_000, &photo[60_000..]).header("Upload-Checksum", sum))
            .await;
        wrong.is_problem("not what its checksum says", 460, "checksum-mismatch");

        delivery.office.world.server.kill().await;
        delivery.office.world.server.start().await;
        assert_eq!(offset(&looks(&dana, &at).await), 60_000, "{on:?}: nothing has to come again");
        let rest = adds(&dana, &at, 60_000, &photo[60_000..]).await;
        assert_eq!((rest.status, offset(&rest)), (204, photo.len()), "{}", rest.body);
        assert_eq!(
            offset(&looks(&dana, &at).await),
            photo.len(),
            "whoever did not hear of it asks"
        );
        assert!(delivery.stored().await["stored_at"].is_i64());
        let again = begins(&dana, &sha256, photo.len()).await;
        assert_eq!((again.status, offset(&again)), (201, photo.len()), "it is here already");

        let path = format!("/v1/stops/{}/files/{sha256}", delivery.stop);
        let omar = &delivery.office.omar;
        let whole = omar.response(omar.request(Method::GET, &path)).await;
        assert_eq!(whole.headers()["Content-Type"], "image/png");
        assert_eq!(whole.headers()["Content-Security-Policy"], "default-src 'none'; sandbox");
        assert_eq!(whole.bytes().await.expect("bytes"), photo);
        let part =
            omar.response(omar.request(Method::GET, &path).header("Range", "bytes=10-19")).await;
        assert_eq!(
            (part.status().as_u16(), part.headers()["Content-Range"].to_str().expect("text")),
            (206, "bytes 10-19/100000")
        );
        assert_eq!(part.bytes().await.expect("bytes"), photo[10..20]);
        ayo.get(&path).await.is_problem_with("not his stop", 404, "not-found", "stop");
        delivery.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_was_said_to_be_is_not_kept() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let dana = delivery.dana.clone();
    let page = b"<html><script>alert(1)</script>".to_vec();
    let sha256 = delivery.shows(&page).await;
    let at = text_header(&begins(&dana, &sha256, page.len()).await, "Location");
    let mut other = page.clone();
    other[0] = b'!';
    adds(&dana, &at, 0, &other).await.is_problem("another file", 460, "checksum-mismatch");
    assert_eq!(looks(&dana, &at).await.status, 404, "it is gone");
    assert_eq!(delivery.stored().await["stored_at"], Value::Null);

    // At once, as tus allows.
    let request = tus(&dana, Method::POST, "/v1/uploads")
        .header("Upload-Length", page.len())
        .header("Upload-Metadata", metadata(&sha256))
        .header("Content-Type", "application/offset+octet-stream")
        .body(page.clone());
    let at_once = dana.ask(request).await;
    assert_eq!((at_once.status, offset(&at_once)), (201, page.len()), "{}", at_once.body);
    let omar = &delivery.office.omar;
    let path = format!("/v1/stops/{}/files/{sha256}", delivery.stop);
    let shown = omar.response(omar.request(Method::GET, &path)).await;
    assert_eq!(shown.headers()["Content-Type"], "application/octet-stream", "no browser runs it");
    assert!(text_of(&shown, "Content-Disposition").starts_with("attachment"));

    let old = dana.request(Method::HEAD, &at).header("Tus-Resumable", "0.2.2");
    assert_eq!(dana.ask(old).await.status, 412, "another version");
    let told = dana.ask(dana.request(Method::OPTIONS, "/v1/uploads")).await;
    assert_eq!((told.status, text_header(&told, "Tus-Version")), (204, "1.0.0".to_owned()));
    delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_put_together_and_what_is_given_up_is_gone() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let dana = delivery.dana.clone();
    let photo = picture(50_000);
    let sha256 = delivery.shows(&photo).await;
    let mut parts = Vec::new();
    for part in [&photo[..20_000], &photo[20_000..]] {
        let request = tus(&dana, Method::POST, "/v1/uploads")
            .header("Upload-Length", part.len())
            .header("Upload-Concat", "partial");
        let at = text_header(&dana.ask(request).await, "Location");
        assert_eq!(adds(&dana, &at, 0, part).await.status, 204);
        parts.push(at);
    }
    let joins = |parts: &[String]| {
        tus(&dana, Method::POST, "/v1/uploads")
            .header("Upload-Concat", format!("final;{}", parts.join(" ")))
            .header("Upload-Metadata", metadata(&sha256))
    };
    let joined = dana.ask(joins(&parts)).await;
    assert_eq!((joined.status, offset(&joined)), (201, photo.len()), "{}", joined.body);
    assert!(delivery.stored().await["stored_at"].is_i64());
    for part in &parts {
        assert_eq!(looks(&dana, part).await.status, 404, "nothing lies here twice");
    }
    let again = dana.ask(joins(&parts)).await;
    assert_eq!((again.status, offset(&again)), (201, photo.len()), "whoever did not hear of it");
    let twice = dana.ask(joins(&[parts[0].clone(), parts[0].clone()])).await;
    twice.is_problem_with("a part twice", 400, "malformed", "Upload-Concat");
    let request = tus(&dana, Method::POST, "/v1/uploads")
        .header("Upload-Length", 10)
        .header("Upload-Concat", "partial");
    let given_up = text_header(&dana.ask(request).await, "Location");
    let ended = dana.ask(tus(&dana, Method::DELETE, &given_up)).await;
    assert_eq!(ended.status, 204, "{}", ended.body);
    assert_eq!(looks(&dana, &given_up).await.status, 404, "given up");
    delivery.closes().await;
}

fn text_of(response: &reqwest::Response, name: &str) -> String {
    response.headers()[name].to_str().expect("text").to_owned()
}

pub fn text_header(answer: &Answer, name: &str) -> String {
    let found = answer.headers.get(name).unwrap_or_else(|| panic!("{}", answer.body));
    found.to_str().expect("text").to_owned()
}

pub fn base(world: &World) -> String {
    format!("https://127.0.0.1:{}", world.server.ports().https)
}

/// What a program prints that ends well.
pub async fn runs(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts"));
    let output = output.await.expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the client fails:\n{told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A file of the world's folder with these bytes.
fn on_disk(folder: &Path, bytes: &[u8]) -> PathBuf {
    let file = folder.join("photo.png");
    std::fs::write(&file, bytes).expect("a file");
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_in_python_breaks_off_and_goes_on() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let photo = picture(900_000);
    let sha256 = delivery.shows(&photo).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = on_disk(folder.path(), &photo);
    let mut command = Command::new(tool("python"));
    command.env("REQUESTS_CA_BUNDLE", delivery.office.world.server.ca_file());
    command.arg(script("tus_driver.py")).arg(base(&delivery.office.world));
    command.arg(&delivery.dana.credential).arg(&file).args([&sha256, "100000"]);
    assert_eq!(runs(command).await.trim(), "500000", "not one byte comes again");
    assert!(delivery.stored().await["stored_at"].is_i64());
    delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_in_javascript_breaks_off_and_goes_on() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let photo = picture(3_000_000);
    let sha256 = delivery.shows(&photo).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = on_disk(folder.path(), &photo);
    let (server, ca) = (base(&delivery.office.world), delivery.office.world.server.ca_file());
    let mut command = Command::new(system("node"));
    command.env("NODE_PATH", node_modules()).env("NODE_EXTRA_CA_CERTS", ca);
    command.arg(script("tus_driver.cjs")).args([&server, &delivery.dana.credential]);
    command.arg(&file).arg(&sha256);
    let told = runs(command).await;
    let at: Vec<usize> = told.split_whitespace().map(|it| it.parse().expect("a number")).collect();
    let (broken_at, went_on_at) = (at[0], at[1]);
    assert!(broken_at >= photo.len() / 2 && went_on_at + 300_000 > broken_at, "{told}");
    assert!(delivery.stored().await["stored_at"].is_i64());
    delivery.closes().await;
}
