//! The delivery certificate: pages that a public validator accepts and that can be read in each language, and a bundle
//! that anyone can check without the server, who then notices whatever was changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::{On, built};

use crate::uploads::{Delivery, brings};
use crate::venv::{script, tool};

/// A picture, as a device makes it ready.
fn photo() -> Vec<u8> {
    let picture = RgbImage::from_fn(900, 600, |x, y| Rgb([200, (x % 251) as u8, (y % 241) as u8]));
    let mut bytes = Vec::new();
    let to = &mut std::io::Cursor::new(&mut bytes);
    picture.write_to(to, ImageFormat::Jpeg).expect("a picture");
    bytes
}

/// What a program prints, and whether it ended well.
async fn runs(mut command: Command) -> (bool, String) {
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts"));
    let output = output.await.expect("it ends");
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&told).into_owned())
}

/// What `waypost-server certificate verify` says, on another machine.
async fn verified(file: &Path, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(built("waypost-server"));
    command.args(["certificate", "verify"]).arg(file).args(more);
    runs(command).await
}

struct Certificate {
    delivery: Delivery,
    folder: tempfile::TempDir,
    path: String,
}

impl Certificate {
    async fn of_a_delivery(on: On) -> Self {
        let delivery = Delivery::begins(on).await;
        let photo = photo();
        let sha256 = delivery.shows(&photo).await;
        brings(&delivery.dana, &sha256, &photo).await;
        let path = format!("/v1/stops/{}/certificate", delivery.stop);
        Self { delivery, folder: tempfile::tempdir().expect("a folder"), path }
    }

    async fn bundle(&self) -> Value {
        let answer = self.delivery.office.omar.get(&format!("{}/bundle", self.path)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    async fn pages(&self, language: &str) -> PathBuf {
        let omar = &self.delivery.office.omar;
        let path = format!("{}?language={language}", self.path);
        let answer = omar.response(omar.request(Method::GET, &path)).await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["Content-Type"], "application/pdf");
        self.keeps(&format!("{language}.pdf"), &answer.bytes().await.expect("bytes"))
    }

    fn keeps(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).expect("a file");
        file
    }

    async fn is_wrong(&self, what: &str, changed: &Value) {
        let file = self.keeps("changed.json", changed.to_string().as_bytes());
        let (holds, told) = verified(&file, &[]).await;
        assert!(!holds && told.contains("WRONG"), "{what} was changed and nobody says so:\n{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_can_check_what_dana_has_delivered() {
    for on in [On::Sqlite, On::Postgres] {
        let certificate = Certificate::of_a_delivery(on).await;
        let bundle = certificate.bundle().await;
        let file = certificate.keeps("bundle.json", bundle.to_string().as_bytes());
        let (holds, told) = verified(&file, &[]).await;
        let unknown = "whose record it is from is not proved";
        assert!(!holds && told.contains(unknown) && !told.contains("WRONG"), "{told}");
        let key = bundle["record"]["server_key"].as_str().expect("a key");
        let (holds, told) = verified(&file, &["--key", key]).await;
        assert!(holds && told.contains("the server whose key you gave"), "{told}");
        for what in ["the device of", "it stands in the record", "item 1"] {
            let line = format!("PROVED      {what}");
            assert!(told.contains(&line), "{line} is missing:\n{told}");
        }
        let other = BASE64.encode([7; 32]);
        let (holds, told) = verified(&file, &["--key", &other]).await;
        assert!(!holds && told.contains("another server"), "{told}");
        let ayo = &certificate.delivery.office.ayo;
        ayo.get(&certificate.path).await.is_problem_with("not his stop", 404, "not-found", "stop");
        certificate.delivery.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_a_certificate_is_noticed() {
    let certificate = Certificate::of_a_delivery(On::Sqlite).await;
    let bundle = certificate.bundle().await;
    let flipped = |value: &Value| {
        let mut bytes = BASE64.decode(value.as_str().expect("text")).expect("base64");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        json!(BASE64.encode(bytes))
    };
    for pointer in [
        "/record/leaf",
        "/record/salt",
        "/record/content",
        "/record/signature",
        "/record/server_key",
        "/device/public_key",
        "/files/0/data",
    ] {
        let mut changed = bundle.clone();
        let value = changed.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}"));
        *value = flipped(value);
        certificate.is_wrong(pointer, &changed).await;
    }
    let other = "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";
    for (pointer, value) in [
        ("/stop", json!(other)),
        ("/fact", json!(other)),
        ("/device/enrolment", json!(other)),
        ("/record/n", json!(1)),
        ("/record/recorded_at", json!(1)),
        ("/record/path", json!([])),
    ] {
        let mut changed = bundle.clone();
        *changed.pointer_mut(pointer).expect("there") = value;
        certificate.is_wrong(pointer, &changed).await;
    }
    let mut changed = bundle.clone();
    let checkpoint = bundle["record"]["checkpoint"].as_str().expect("text");
    changed["record"]["checkpoint"] = json!(checkpoint.replacen("waypost", "other", 1));
    certificate.is_wrong("the checkpoint", &changed).await;
    let file = certificate.keeps("other.json", b"{}");
    let (holds, told) = verified(&file, &[]).await;
    assert!(!holds && told.contains("no certificate"), "{told}");
    certificate.delivery.closes().await;
}

/// Arabic with its joined letters taken apart, as they lie in the document.
fn in_order_of_glyphs(text: &str) -> String {
    // Every reader gives lam and alef in the order of the ligature.
    text.replace("لأ", "أل").replace("لا", "ال")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_are_pdf_a_and_can_be_read_in_each_language() {
    let certificate = Certificate::of_a_delivery(On::Sqlite).await;
    let bundle = certificate.bundle().await;
    let key = bundle["record"]["server_key"].as_str().expect("a key");
    for (language, words) in [
        ("en", ["Delivery certificate", "Bakery Blum"]),
        ("de", ["Zustellnachweis", "Bakery Blum"]),
        ("pl", ["Urządzenie o powyższym", "żadnego innego"]),
        ("ro", ["Certificat de livrare", "Șofer"]),
        ("tr", ["Teslimat belgesi", "Sürücü"]),
        ("uk", ["Підтвердження доставки", "Водій"]),
        ("es", ["Certificado de entrega", "Conductor"]),
        ("fr", ["Certificat de livraison", "Chauffeur"]),
        ("ar", ["شهادة تسليم", "السائق"]),
    ] {
        let file = certificate.pages(language).await;
        let mut command = Command::new(tool("python"));
        command.arg(script("pages.py")).arg(&file);
        let (is_pdf_a, text) = runs(command).await;
        assert!(is_pdf_a, "{language}: {text}");
        for word in words {
            let word = if language == "ar" { in_order_of_glyphs(word) } else { word.to_owned() };
            assert!(text.contains(&word), "{language} lacks `{word}`:\n{text}");
        }
        let (holds, told) = verified(&file, &["--key", key]).await;
        assert!(holds && told.contains("NOT PROVED  the pages"), "{told}");
        assert!(told.contains("NOT PROVED  item 1"), "the picture is not in the bundle: {told}");
    }
    let pictures = tempfile::tempdir().expect("a folder");
    std::fs::write(pictures.path().join("photo.jpg"), photo()).expect("a file");
    let folder = pictures.path().to_str().expect("text");
    let (holds, told) =
        verified(&certificate.folder.path().join("en.pdf"), &["--files", folder, "--key", key])
            .await;
    assert!(holds && told.contains("PROVED      item 1"), "{told}");
    certificate.delivery.closes().await;
}
