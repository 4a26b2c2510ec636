//! A real server in this process, on a record in a folder of its own, with Dana who drives, Omar
//! who dispatches and Ines who is admin. It is built anew when it has served enough.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, Response};
use axum::middleware::map_request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use waypost_server::config::Config;
use waypost_server::{Running, http, start};

/// A device that signs nothing: 32 bytes in base64.
const PUBLIC_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A running server and what one must know to be someone there.
pub struct House {
    running: Running,
    people: Router,
    operator: Router,
    pub folder: TempDir,
    /// Handles with their credentials.
    pub credentials: Vec<(&'static str, String)>,
    /// An enrolment of Dana's that nobody uses.
    pub spare: String,
    /// A link's token that nobody has used.
    pub token: String,
    /// What Dana has written to Omar.
    pub message: String,
}

/// Settings of a server that only this process can reach.
pub fn config(data: &std::path::Path) -> Config {
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    Config {
        data: data.to_owned(),
        name: "127.0.0.1".into(),
        https: local,
        mqtt: local,
        ..Config::default()
    }
}

impl House {
    /// Opens one with its people in it.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let running = start(config(folder.path())).await.expect("the server starts");
        let people = http::router(running.waypost().clone());
        let operator = people.clone().layer(map_request(http::as_operator));
        let mut house = Self {
            running,
            people,
            operator,
            folder,
            credentials: Vec::new(),
            spare: String::new(),
            token: String::new(),
            message: String::new(),
        };
        house.fill().await;
        house
    }

    async fn fill(&mut self) {
        for (handle, role) in [("dana", "driver"), ("omar", "dispatcher"), ("ines", "admin")] {
            let person = json!({"handle": handle, "name": handle, "role": role, "language": "pl"});
            self.posts("/v1/people", person).await;
            let granted = self.enrols(handle).await;
            self.credentials.push((handle, text(&granted["credential"])));
        }
        self.posts("/v1/groups", json!({"name": "North", "members": [1, 2]})).await;
        self.spare = text(&self.enrols("dana").await["enrolment"]);
        self.token = token_of(&self.link("dana").await);
        let to_omar =
            post("/v1/conversations/direct-1-2/messages", json!({"kind": "text", "text": "?"}));
        let sent = self.must(self.people(self.by("dana", to_omar)).await).await;
        self.message = text(&sent["id"]);
    }

    /// The same request with someone's credential.
    pub fn by(&self, handle: &str, mut request: Request<Body>) -> Request<Body> {
        let (_, credential) =
            self.credentials.iter().find(|it| it.0 == handle).expect("someone of the house");
        let value = format!("Bearer {credential}").parse().expect("a credential fits a header");
        request.headers_mut().insert(AUTHORIZATION, value);
        request
    }

    /// A fresh enrolment link.
    pub async fn link(&self, handle: &str) -> String {
        text(&self.posts("/v1/enrolment-links", json!({"handle": handle})).await["link"])
    }

    async fn enrols(&self, handle: &str) -> Value {
        let wanted = json!({
            "token": token_of(&self.link(handle).await),
            "device": uuid::Uuid::new_v4().to_string(),
            "device_name": "Tablet 12",
            "public_key": PUBLIC_KEY,
        });
        self.posts("/v1/enrolments", wanted).await
    }

    /// Asks as the operator for something that must work.
    pub async fn posts(&self, path: &str, body: Value) -> Value {
        self.must(self.operator(post(path, body)).await).await
    }

    /// The content of an answer that must be a good one.
    async fn must(&self, response: Response<Body>) -> Value {
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        assert!(status.is_success(), "{status} {bytes:?}");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// What comes through the door for people and devices.
    pub async fn people(&self, request: Request<Body>) -> Response<Body> {
        ask(&self.people, request).await
    }

    /// What comes from the server's own command line.
    pub async fn operator(&self, request: Request<Body>) -> Response<Body> {
        ask(&self.operator, request).await
    }

    /// Stops in good order and leaves the folder.
    pub async fn close(self) -> TempDir {
        self.running.stop().await;
        self.folder
    }
}

/// A request with a JSON body.
pub fn post(path: &str, body: Value) -> Request<Body> {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).expect("a request")
}

async fn ask(router: &Router, request: Request<Body>) -> Response<Body> {
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn token_of(link: &str) -> String {
    link.rsplit_once("token=").expect("a link has a token").1.to_owned()
}
