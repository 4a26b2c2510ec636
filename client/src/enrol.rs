//! From an enrolment link to a store that holds the new enrolment.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;
use waypost_protocol::{DeviceId, EnrolmentId, PersonId, ProblemCode, Role};

use crate::link::https;
use crate::link::tls::{self, Fingerprint};
use crate::store::{Identity, OpenError, Store, StoreKey};

/// Why a device could not be enrolled.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// The link is not one of Waypost, or was cut off.
    #[error("this is no enrolment link: {0}")]
    Link(&'static str),
    /// There is a store at this place already.
    #[error("there is a store at this place already")]
    StoreExists,
    /// The store cannot be made.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The server cannot be reached, or it is not the one of the link.
    #[error("the server of the link cannot be reached: {0}")]
    Unreachable(String),
    /// The server refuses.
    #[error("the server refuses: {}", code.what_to_do())]
    Refused {
        /// Why; [`ProblemCode::TokenSpent`] asks for a new link.
        code: ProblemCode,
    },
    /// The server answers something that makes no sense.
    #[error("the answer of the server makes no sense: {0}")]
    Answer(String),
}

/// An enrolment link, `waypost://HOST:PORT/enrol?ca=<hex>&token=<token>`, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// The server.
    pub host: String,
    /// Where its HTTPS listens.
    pub port: u16,
    /// SHA-256 of the only CA to trust with the token.
    pub ca: [u8; 32],
    /// Good for one enrolment.
    pub token: String,
}

/// Enrols this device and makes its store.
pub(crate) async fn enrol(
    link: &str,
    device: DeviceId,
    device_name: &str,
    path: &Path,
    key: &StoreKey,
) -> Result<(Store, Identity), EnrolError> {
    let invitation: Invitation = link.parse()?;
    // A file that an earlier try left behind is no store yet.
    if path.exists() && !matches!(Store::open(path, key).await, Err(OpenError::NotEnrolled)) {
        return Err(EnrolError::StoreExists);
    }
    // The store comes first: a token that is spent for nothing cannot be given back.
    let pool = Store::prepare(path, key).await?;
    match register(&invitation, device, device_name).await {
        Ok(identity) => {
            let store = Store::enrolled(pool, &identity, path).await.map_err(OpenError::from)?;
            Ok((store, identity))
        }
        Err(error) => {
            pool.close().await;
            // An empty store would stand in the way of the next try.
            let _ = std::fs::remove_file(path);
            Err(error)
        }
    }
}

impl FromStr for Invitation {
    type Err = EnrolError;

    fn from_str(link: &str) -> Result<Self, EnrolError> {
        let url = Url::parse(link.trim()).map_err(|_| EnrolError::Link("not a link"))?;
        if url.scheme() != "waypost" || url.path() != "/enrol" {
            return Err(EnrolError::Link("it begins otherwise than waypost://HOST/enrol"));
        }
        let value = |name| url.query_pairs().find(|(key, _)| key == name).map(|(_, it)| it);
        let ca = value("ca").ok_or(EnrolError::Link("the fingerprint is missing"))?;
        let mut fingerprint = Fingerprint::default();
        hex::decode_to_slice(ca.as_bytes(), &mut fingerprint)
            .map_err(|_| EnrolError::Link("the fingerprint is damaged"))?;
        let token = value("token").filter(|token| !token.is_empty());
        Ok(Self {
            host: url.host_str().ok_or(EnrolError::Link("the host is missing"))?.to_owned(),
            port: url.port().unwrap_or(443),
            ca: fingerprint,
            token: token.ok_or(EnrolError::Link("the token is missing"))?.into_owned(),
        })
    }
}

#[derive(Serialize)]
struct Request<'a> {
    token: &'a str,
    device: DeviceId,
    device_name: &'a str,
    public_key: String,
}

#[derive(Deserialize)]
struct Enrolled {
    enrolment: EnrolmentId,
    credential: String,
    person: EnrolledPerson,
    mqtt_port: u16,
    ca: String,
}

#[derive(Deserialize)]
struct EnrolledPerson {
    id: PersonId,
    name: String,
    role: Role,
    language: String,
}

#[derive(Deserialize)]
struct Problem {
    code: ProblemCode,
}

async fn register(
    invitation: &Invitation,
    device: DeviceId,
    device_name: &str,
) -> Result<Identity, EnrolError> {
    let unreachable = |error: &dyn std::error::Error| EnrolError::Unreachable(chain(error));
    let tls = tls::by_fingerprint(invitation.ca).map_err(|error| unreachable(&error))?;
    let client = https::client(&tls).map_err(|error| unreachable(&error))?;
    let signing_key = random().map_err(|error| EnrolError::Unreachable(error.to_string()))?;
    let public_key = SigningKey::from_bytes(&signing_key).verifying_key();
    let Invitation { host, port, token, .. } = invitation;
    let response = client
        .post(format!("https://{host}:{port}/v1/enrolments"))
        .json(&Request { token, device, device_name, public_key: BASE64.encode(public_key) })
        .send()
        .await
        .map_err(|error| unreachable(&error))?;
    let created = response.status().is_success();
    let body = response.bytes().await.map_err(|error| unreachable(&error))?;
    if !created {
        let problem: Problem = serde_json::from_slice(&body)
            .map_err(|_| EnrolError::Answer(String::from_utf8_lossy(&body).into_owned()))?;
        return Err(EnrolError::Refused { code: problem.code });
    }
    let enrolled: Enrolled =
        serde_json::from_slice(&body).map_err(|error| EnrolError::Answer(error.to_string()))?;
    identity(invitation, device, signing_key, enrolled)
}

fn identity(
    invitation: &Invitation,
    device: DeviceId,
    signing_key: [u8; 32],
    enrolled: Enrolled,
) -> Result<Identity, EnrolError> {
    let ca =
        tls::certificate(&enrolled.ca).map_err(|error| EnrolError::Answer(error.to_string()))?;
    if tls::fingerprint(&ca) != invitation.ca {
        return Err(EnrolError::Answer("its CA is not the one of the link".into()));
    }
    Ok(Identity {
        enrolment: enrolled.enrolment,
        device,
        person: enrolled.person.id,
        name: enrolled.person.name,
        role: enrolled.person.role,
        language: enrolled.person.language,
        host: invitation.host.clone(),
        https_port: invitation.port,
        mqtt_port: enrolled.mqtt_port,
        credential: enrolled.credential,
        ca_pem: enrolled.ca,
        signing_key,
    })
}

fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// An error with its causes: "error sending request" alone helps nobody.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
