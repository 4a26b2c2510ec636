//! Requests to the real HTTP interface on a real record. Whatever is asked, by whomever, gets an
//! answer that is no failure of the server.
//!
//! An input is a text: `<who> <method> <target>`, headers, an empty line, the body. Who is `dana`,
//! `omar`, `ines`, `operator` or nobody. `{spare}`, `{token}`, `{message}` and `{id}` stand for an
//! enrolment, the token of a link, a message of Dana's and a fresh id.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use waypost_protocol::FactId;
use waypost_server::http::{BackupWanted, Problem};

use crate::house::House;
use crate::panics::Panics;

/// One request is answered within this.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// A record that has grown by more requests than this is left for a new one.
const REQUESTS_MAX: u32 = 4_000;

const BACKUPS: &str = "/v1/backups";

struct Desk {
    runtime: Runtime,
    house: Option<House>,
    served: u32,
}

static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(|| Mutex::new(Desk::open()));

/// One request.
pub fn http(bytes: &[u8]) {
    let panics = Panics::watch();
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    desk.ask(bytes);
    assert_eq!(panics.count(), 0, "something panicked behind the answer");
}

impl Desk {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { runtime: runtime.expect("a runtime"), house: None, served: 0 }
    }

    fn ask(&mut self, bytes: &[u8]) {
        if self.served >= REQUESTS_MAX
            && let Some(house) = self.house.take()
        {
            drop(self.runtime.block_on(house.close()));
        }
        let house = self.house.get_or_insert_with(|| {
            self.served = 0;
            self.runtime.block_on(House::open())
        });
        self.served += 1;
        let Some((who, request)) = read(house, bytes) else { return };
        let asked = answered(house, &who, request);
        let status = self.runtime.block_on(async { timeout(ANSWERED_WITHIN, asked).await });
        let status = status.expect("every request is answered in time");
        // Someone was revoked: the next one finds a house in order.
        if status == StatusCode::UNAUTHORIZED && house.credentials.iter().any(|it| it.0 == who) {
            self.served = REQUESTS_MAX;
        }
        let _ = std::fs::remove_dir_all(house.folder.path().join("backups"));
    }
}

async fn answered(house: &House, who: &str, request: Request<Body>) -> StatusCode {
    let told = format!("{} {}", request.method(), request.uri());
    let response = match who {
        "operator" => house.operator(request).await,
        _ => house.people(request).await,
    };
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the answer is whole").to_bytes();
    let said = String::from_utf8_lossy(&body);
    assert!(!parts.status.is_server_error(), "{told}: {} {said}", parts.status);
    let media_type = parts.headers.get(CONTENT_TYPE);
    if media_type.is_some_and(|it| it == "application/problem+json") {
        let problem = serde_json::from_slice::<Problem>(&body);
        assert!(problem.is_ok(), "{told}: {said} is no problem");
    }
    parts.status
}

/// The request that an input stands for, and who asks.
fn read(house: &House, bytes: &[u8]) -> Option<(String, Request<Body>)> {
    let at = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = bytes.split_at(at.unwrap_or(bytes.len()));
    let head = filled(house, &String::from_utf8_lossy(head));
    let body = body.strip_prefix(b"\n\n").unwrap_or_default();
    let body = match std::str::from_utf8(body) {
        Ok(text) => filled(house, text).into_bytes(),
        Err(_) => body.to_vec(),
    };
    let mut lines = head.lines();
    let mut first = lines.next()?.splitn(3, ' ');
    let who = first.next()?.to_owned();
    let method = Method::from_bytes(first.next()?.as_bytes()).ok()?;
    let target: Uri = first.next()?.parse().ok()?;
    let body = match (target.path(), who.as_str()) {
        (BACKUPS, "operator") => kept_inside(house, body),
        _ => body,
    };
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = target;
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let credential = house.credentials.iter().find(|(handle, _)| *handle == who);
    if let (Some((_, credential)), false) =
        (credential, request.headers().contains_key(AUTHORIZATION))
    {
        let value = HeaderValue::from_str(&format!("Bearer {credential}")).ok()?;
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Some((who, request))
}

fn filled(house: &House, text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let id = FactId(uuid::Uuid::from_u128(uuid::Uuid::new_v4().as_u128() & !(0xF << 76) | 7 << 76));
    text.replace("{spare}", &house.spare)
        .replace("{token}", &house.token)
        .replace("{message}", &house.message)
        .replace("{id}", &id.to_string())
}

/// The operator may name any file of the machine for a backup; an input may name one of ours only.
fn kept_inside(house: &House, body: Vec<u8>) -> Vec<u8> {
    let Ok(mut wanted) = serde_json::from_slice::<BackupWanted>(&body) else { return body };
    let folder = house.folder.path().join("backups");
    let _ = std::fs::create_dir_all(&folder);
    let name = wanted.file.file_name().unwrap_or_default().to_owned();
    wanted.file = folder.join(name);
    serde_json::to_vec(&wanted).unwrap_or(body)
}
