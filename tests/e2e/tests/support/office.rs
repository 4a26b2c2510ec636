//! A server with four people who speak HTTPS: Ines is admin, Omar dispatches, Dana and Ayo drive.
//! It knows no client of ours: a credential, a pinned CA, and requests.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::{Client, Method, RequestBuilder, Response};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use waypost_protocol::{EnrolmentId, FactId, Millis};
use waypost_world::{On, World};

/// 32 bytes in base64: the public key of a device that signs nothing in these stories.
pub const PUBLIC_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The server and who is around it.
pub struct Office {
    pub world: World,
    pub ines: Caller,
    pub omar: Caller,
    pub dana: Caller,
    pub ayo: Caller,
}

/// Someone with a credential.
#[derive(Clone)]
pub struct Caller {
    http: Client,
    base: String,
    pub id: u64,
    pub enrolment: EnrolmentId,
    pub credential: String,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub media_type: String,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Office {
    /// Opens with everyone enrolled.
    pub async fn open(on: On) -> Self {
        let world = World::new(on).await;
        for (handle, role) in
            [("ines", "admin"), ("omar", "dispatcher"), ("dana", "driver"), ("ayo", "driver")]
        {
            world.adds(handle, role).await;
        }
        let ines = enrol(&world, "ines").await;
        let omar = enrol(&world, "omar").await;
        let dana = enrol(&world, "dana").await;
        let ayo = enrol(&world, "ayo").await;
        Self { world, ines, omar, dana, ayo }
    }

    /// A caller without any credential.
    pub fn nobody(&self) -> Caller {
        self.dana.with_credential("")
    }

    /// Closes: the record verifies, and the server has logged no error.
    pub async fn closes(self) {
        self.world.ends([]).await;
    }
}

/// Enrols a device for someone with nothing but HTTPS.
pub async fn enrol(world: &World, handle: &str) -> Caller {
    let mut caller = stranger(world);
    let token = token_for(world, handle).await;
    let answer = caller.post("/v1/enrolments", enrolment_wanted(&token)).await;
    assert_eq!(answer.status, 201, "{handle} cannot enrol: {}", answer.body);
    caller.id = answer.body["person"]["id"].as_u64().expect("a number");
    caller.credential = text(&answer.body["credential"]);
    caller.enrolment = text(&answer.body["enrolment"]).parse().expect("an id");
    caller
}

/// A connection to the server on which nothing was said yet.
pub async fn tls_to(office: &Office) -> TlsStream<TcpStream> {
    let port = office.world.server.ports().https;
    let pem = std::fs::read(office.world.server.ca_file()).expect("the server has made its CA");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).expect("a certificate")).expect("a CA");
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
    let name = ServerName::try_from("127.0.0.1").expect("an address");
    TlsConnector::from(Arc::new(tls)).connect(name, tcp).await.expect("TLS")
}

/// The token of a new enrolment link.
pub async fn token_for(world: &World, handle: &str) -> String {
    let link = world.link_for(handle).await;
    link.split("token=").nth(1).expect("a link carries a token").to_owned()
}

/// What a device sends to be enrolled.
pub fn enrolment_wanted(token: &str) -> Value {
    let device = fact_id().to_string();
    json!({"token": token, "device": device, "device_name": "Tablet", "public_key": PUBLIC_KEY})
}

/// A new id.
pub fn fact_id() -> FactId {
    FactId::mint(now(), rand::random())
}

/// The time of this machine.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_millis()).expect("a time before the year 292 million")
}

/// A string of a JSON document.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn stranger(world: &World) -> Caller {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = std::fs::read(world.server.ca_file()).expect("the server has made its CA");
    let ca = reqwest::Certificate::from_pem(&pem).expect("a certificate");
    Caller {
        http: Client::builder().tls_certs_only([ca]).build().expect("a client"),
        base: format!("https://127.0.0.1:{}", world.server.ports().https),
        id: 0,
        enrolment: EnrolmentId::mint(0, 0),
        credential: String::new(),
    }
}

impl Caller {
    /// The same device with another credential; an empty one is not sent.
    pub fn with_credential(&self, credential: &str) -> Self {
        Self { credential: credential.to_owned(), ..self.clone() }
    }

    /// Gets a resource.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(self.request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(self.request(Method::POST, path).json(&body)).await
    }

    /// Posts JSON under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        self.ask(request.json(&body)).await
    }

    /// Posts bytes of a media type.
    pub async fn post_bytes(&self, path: &str, media_type: &str, body: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, path).header("Content-Type", media_type);
        self.ask(request.body(body)).await
    }

    /// Writes a text into a conversation and returns the id of the message.
    pub async fn writes(&self, conversation: &str, words: &str) -> String {
        let path = format!("/v1/conversations/{conversation}/messages");
        let sent = self.post(&path, json!({"kind": "text", "text": words})).await;
        assert_eq!(sent.status, 201, "a message cannot be sent: {}", sent.body);
        text(&sent.body["id"])
    }

    /// The direct conversation with someone.
    pub fn with(&self, other: &Caller) -> String {
        format!("direct-{}-{}", self.id.min(other.id), self.id.max(other.id))
    }

    /// A request with the credential, if there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.credential.is_empty() { request } else { request.bearer_auth(&self.credential) }
    }

    /// Sends a request.
    pub async fn ask(&self, request: RequestBuilder) -> Answer {
        Answer::of(self.response(request).await).await
    }

    /// Sends a request and leaves the body as it came.
    pub async fn response(&self, request: RequestBuilder) -> Response {
        request.send().await.expect("the server answers")
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let media_type = headers.get("Content-Type").and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        let bytes = response.bytes().await.expect("the body arrives whole");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, media_type, headers, body }
    }

    /// Checks that it is a whole RFC 9457 problem with this status and code, and returns the
    /// sentence about this request.
    pub fn is_problem(&self, what: &str, status: u16, code: &str) -> String {
        let Self { media_type, body, .. } = self;
        let shown = format!("{what}: {} {media_type} {body}", self.status);
        assert_eq!((self.status, body["code"].as_str()), (status, Some(code)), "{shown}");
        assert_eq!(media_type, "application/problem+json", "{shown}");
        assert_eq!(body["status"], status, "{shown}");
        assert!(text(&body["type"]).ends_with(&format!("/{code}")), "{shown}");
        assert!(!text(&body["title"]).is_empty(), "{shown}");
        body["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// The same, and the field that is to blame is named.
    pub fn is_problem_with(&self, what: &str, status: u16, code: &str, field: &str) {
        let detail = self.is_problem(what, status, code);
        assert_eq!(self.body["field"], field, "{what}: {}", self.body);
        assert!(!detail.is_empty(), "{what} is refused without a reason: {}", self.body);
    }
}
