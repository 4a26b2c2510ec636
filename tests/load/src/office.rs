//! People and their enrolments, made over HTTPS as an admin's program would.

use std::sync::Arc;

use anyhow::Context as _;
use reqwest::Client;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use waypost_protocol::{FactId, PersonId};
use waypost_world::ServerProcess;

use crate::devices::unix_ms;
use crate::line::Account;

/// 32 bytes in base64: the public key of a device that signs nothing.
const PUBLIC_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A server with an admin who lets others in.
pub struct Office {
    http: Client,
    base: String,
    admin: String,
    tls: Arc<rustls::ClientConfig>,
}

/// Someone with an enrolment.
pub struct Enrolled {
    /// Their number.
    pub person: PersonId,
    /// Their way in.
    pub account: Account,
}

impl Office {
    /// Opens on a running server.
    ///
    /// # Errors
    /// If the admin cannot be enrolled.
    pub async fn open(server: &ServerProcess) -> anyhow::Result<Self> {
        let pem = std::fs::read(server.ca_file())?;
        let ca = reqwest::Certificate::from_pem(&pem)?;
        let base = format!("https://127.0.0.1:{}", server.ports().https);
        let http = Client::builder().tls_certs_only([ca]).build()?;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&pem)?)?;
        let tls =
            rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let mut office = Self { http, base, admin: String::new(), tls: Arc::new(tls) };
        let told = |error| anyhow::anyhow!("the admin: {error}");
        server.cli(&["person", "add", "admin", "--role", "admin"]).await.map_err(told)?;
        let link = server.cli(&["enrol", "admin", "--link-only"]).await.map_err(told)?;
        office.admin = office.enrols(&link).await?.account.credential;
        Ok(office)
    }

    /// Puts someone into the directory and enrols a device for them.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn hires(&self, handle: &str, role: &str) -> anyhow::Result<Enrolled> {
        let wanted = json!({"handle": handle, "name": handle, "role": role, "language": "en"});
        self.posts("/v1/people", wanted).await?;
        let issued = self.posts("/v1/enrolment-links", json!({"handle": handle})).await?;
        self.enrols(issued["link"].as_str().context("a link")?).await
    }

    async fn enrols(&self, link: &str) -> anyhow::Result<Enrolled> {
        let token = link.split("token=").nth(1).context("a link has a token")?;
        let device = FactId::mint(unix_ms(), rand::random()).to_string();
        let wanted = json!({
            "token": token, "device": device, "device_name": "load", "public_key": PUBLIC_KEY
        });
        let granted = self.posts("/v1/enrolments", wanted).await?;
        let person = granted["person"]["id"].as_u64().context("a number")?;
        let account = Account {
            port: granted["mqtt_port"].as_u64().context("a port")?.try_into()?,
            tls: Arc::clone(&self.tls),
            enrolment: granted["enrolment"].as_str().context("an id")?.parse()?,
            credential: granted["credential"].as_str().context("a secret")?.to_owned(),
        };
        Ok(Enrolled { person: PersonId(person.try_into()?), account })
    }

    async fn posts(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let mut request = self.http.post(format!("{}{path}", self.base)).json(&body);
        if !self.admin.is_empty() {
            request = request.bearer_auth(&self.admin);
        }
        let response = request.send().await?;
        let (status, body) = (response.status(), response.text().await?);
        anyhow::ensure!(status.is_success(), "{path}: {status} {body}");
        Ok(serde_json::from_str(&body)?)
    }
}
