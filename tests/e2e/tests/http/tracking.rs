//! What a consignee follows with nothing but a link: where their delivery is, when it was to come, and what proves it.

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use waypost_world::On;

use crate::office::{Answer, text};
use crate::uploads::{Delivery, brings};

/// A stop of Dana's with a link.
pub struct Tracking {
    pub delivery: Delivery,
    link: Value,
}

/// What a browser gets.
pub struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub html: String,
}

impl Tracking {
    pub async fn of_a_stop(on: On) -> Self {
        let delivery = Delivery::begins(on).await;
        let made = Self::made(&delivery, json!({"hours": 48})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        Self { link: made.body, delivery }
    }

    async fn made(delivery: &Delivery, wanted: Value) -> Answer {
        let path = format!("/v1/stops/{}/links", delivery.stop);
        delivery.office.omar.post(&path, wanted).await
    }

    /// The path of the page, as a browser asks this server for it.
    pub fn path(&self) -> String {
        let url = text(&self.link["url"]);
        let at = url.find("/track/").expect("the link leads to a page");
        url[at..].to_owned()
    }

    pub async fn looks(&self, path: &str, languages: &str) -> Page {
        let nobody = self.delivery.office.nobody();
        let request = nobody.request(Method::GET, path).header("Accept-Language", languages);
        let answer = nobody.response(request).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let html = answer.text().await.expect("a page");
        Page { status, headers, html }
    }

    async fn says(&self, expected: &str) {
        let page = self.looks(&self.path(), "en").await;
        assert_eq!(page.status, 200);
        assert!(
            page.html.contains(&format!(">{expected}</h1>")),
            "not `{expected}`: {}",
            page.html
        );
    }

    pub async fn moves(&self, to: &str) {
        let path = format!("/v1/stops/{}/moves", self.delivery.stop);
        let moved = self.delivery.dana.post(&path, json!({"to": to})).await;
        assert!(moved.status < 300, "{}", moved.body);
    }
}

fn small_picture() -> Vec<u8> {
    let picture = RgbImage::from_pixel(32, 24, Rgb([9, 99, 199]));
    let mut bytes = Vec::new();
    let to = &mut std::io::Cursor::new(&mut bytes);
    picture.write_to(to, ImageFormat::Jpeg).expect("a picture");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn ada_follows_her_delivery_from_plan_to_proof() {
    for on in [On::Sqlite, On::Postgres] {
        let tracking = Tracking::of_a_stop(on).await;
        tracking.says("Planned").await;
        tracking.moves("en-route").await;
        tracking.says("On its way").await;
        tracking.moves("arrived").await;
        tracking.says("The driver is here").await;
        let small = small_picture();
        let sha256 = tracking.delivery.shows_both(b"the original", Some(&small)).await;
        tracking.says("Delivered").await;
        let before = tracking.looks(&tracking.path(), "en").await;
        assert!(!before.html.contains("<img"), "it is still on its way: {}", before.html);
        brings(&tracking.delivery.dana, &sha256.1, &small).await;
        let page = tracking.looks(&tracking.path(), "en").await;
        let photo = format!("{}/{}", tracking.path(), sha256.1);
        assert!(page.html.contains(&photo), "{}", page.html);
        assert!(!page.html.contains("<script"), "it works without");
        let shown = tracking.looks(&photo, "en").await;
        assert_eq!(
            (shown.status, &shown.headers["Content-Type"]),
            (200, &"image/jpeg".parse().unwrap())
        );
        let original = format!("{}/{}", tracking.path(), sha256.0);
        assert_eq!(tracking.looks(&original, "en").await.status, 404, "originals are not shown");
        tracking.delivery.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_the_language_of_its_reader_and_tells_nobody_else() {
    let tracking = Tracking::of_a_stop(On::Sqlite).await;
    for (languages, direction, words) in [
        ("pl-PL,pl;q=0.9,en;q=0.8", "ltr", "Zaplanowano"),
        ("xx, uk;q=0.5", "ltr", "Заплановано"),
        ("ar", "rtl", "مخطط لها"),
        ("xx", "ltr", "Planned"),
    ] {
        let page = tracking.looks(&tracking.path(), languages).await;
        assert!(page.html.contains(words), "{languages}: {}", page.html);
        assert!(page.html.contains(&format!("dir=\"{direction}\"")), "{languages}");
    }
    let asked = tracking.looks(&format!("{}?language=fr", tracking.path()), "de").await;
    assert!(asked.html.contains("Prévue"), "what is asked for counts: {}", asked.html);
    for (header, value) in [
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("X-Content-Type-Options", "nosniff"),
    ] {
        assert_eq!(asked.headers[header], value, "{header}");
    }
    let policy = asked.headers["Content-Security-Policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("form-action 'self'"), "{policy}");
    tracking.delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_worth_nothing_once_it_is_revoked_and_cannot_be_guessed() {
    let tracking = Tracking::of_a_stop(On::Sqlite).await;
    let (omar, dana) = (&tracking.delivery.office.omar, &tracking.delivery.dana);
    let path = format!("/v1/stops/{}/links", tracking.delivery.stop);
    dana.post(&path, json!({})).await.is_problem("a driver", 403, "not-allowed");
    for hours in [0, 2161] {
        let refused = omar.post(&path, json!({"hours": hours})).await;
        refused.is_problem_with("too long or too short", 422, "content-invalid", "hours");
    }
    let listed = omar.get(&path).await;
    assert_eq!(listed.body["links"][0]["id"], tracking.link["id"], "{}", listed.body);
    assert!(listed.body["links"][0].get("url").is_none(), "the secret is told once");
    let guess = tracking.looks("/track/nobody-knows", "de").await;
    assert_eq!(guess.status, 404);
    assert!(guess.html.contains("Dieser Link ist abgelaufen"), "{}", guess.html);
    let link = format!("{path}/{}", text(&tracking.link["id"]));
    assert_eq!(omar.ask(omar.request(Method::DELETE, &link)).await.status, 204);
    let gone = tracking.looks(&tracking.path(), "en").await;
    assert!(gone.status == 404 && gone.html.contains("This link has ended"), "{}", gone.html);
    let again = omar.ask(omar.request(Method::DELETE, &link)).await;
    again.is_problem_with("it is gone", 404, "not-found", "link");
    tracking.delivery.closes().await;
}
