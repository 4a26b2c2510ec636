//! Enrolments: links, devices, revocation.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::access::may_issue_link;
use waypost_domain::rights::Right;
use waypost_domain::{Actor, Deed};
use waypost_protocol::{
    DeviceId, EnrolmentId, FactId, Millis, NAME_CHARS_MAX, PersonId, ProblemCode,
};
use waypost_storage::EnrolmentRow;

use super::caller::{Caller, Stranger, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_size};
use super::people::PersonShown;
use super::problem::Problem;
use crate::clock;
use crate::identity::{enrolment_link, hash_secret, new_secret};
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(issue_link))
        .routes(routes!(enrol, list_enrolments))
        .routes(routes!(revoke))
}

/// For whom a device shall be enrolled.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkWanted {
    /// Their handle.
    #[schema(example = "dana")]
    pub handle: String,
}

/// A one-time enrolment link.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LinkIssued {
    /// To be pasted or scanned on the device. Whoever has it can enrol: hand it over in person.
    #[schema(example = "waypost://fleet.example:8443/enrol?ca=0f…&token=…")]
    pub link: String,
    /// Until when, in milliseconds since 1970.
    pub expires_at: Millis,
}

/// A device that wants to be enrolled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolmentWanted {
    /// The token of the link.
    #[schema(max_length = 200)]
    token: String,
    /// The device's own id, a UUID of its choice.
    device: DeviceId,
    /// What the device is called.
    #[schema(example = "Tablet 12", min_length = 1, max_length = 80, pattern = r"\S")]
    device_name: String,
    /// The device's Ed25519 public key: 32 bytes in base64.
    #[schema(
        pattern = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
        example = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    )]
    public_key: String,
}

/// A device is enrolled.
#[derive(Serialize, ToSchema)]
struct EnrolmentGranted {
    /// The id of the enrolment; also the MQTT client id.
    enrolment: EnrolmentId,
    /// The credential for MQTT and HTTPS, told this once.
    credential: String,
    /// For whom.
    person: PersonShown,
    /// The port of MQTT over TLS on the same host.
    mqtt_port: u16,
    /// The CA to trust from now on, and no other, in PEM.
    ca: String,
}

/// An enrolment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentShown {
    /// Its id.
    pub enrolment: EnrolmentId,
    /// Its person.
    pub person: PersonId,
    /// Its device.
    pub device: DeviceId,
    /// What the device is called.
    pub device_name: String,
    /// Since when.
    pub enrolled_at: Millis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Millis>,
    /// Up to which number it has stored all that concerns it.
    pub stored_up_to: u64,
}

impl From<EnrolmentRow> for EnrolmentShown {
    fn from(row: EnrolmentRow) -> Self {
        Self {
            enrolment: row.enrolment,
            person: row.person,
            device: row.device,
            device_name: row.device_name,
            enrolled_at: row.enrolled_at,
            revoked_at: row.revoked_at,
            stored_up_to: row.stored_up_to,
        }
    }
}

/// Enrolments.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentsShown {
    /// Oldest first.
    pub enrolments: Vec<EnrolmentShown>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EnrolmentsPage {
    /// Only those of this person.
    person: Option<PersonId>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Issues a one-time enrolment link (dispatchers for drivers, admins for everyone).
#[utoipa::path(post, path = "/v1/enrolment-links", tag = "enrolments", request_body = LinkWanted,
    responses((status = 201, body = LinkIssued)))]
async fn issue_link(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Json(wanted): Json<LinkWanted>,
) -> Result<(StatusCode, axum::Json<LinkIssued>), Problem> {
    holds(actor, Right::EnrolDrivers)?;
    let handle = &wanted.handle;
    let person = waypost.db.person_by_handle(handle).await?.ok_or_else(|| {
        Problem::of_field(ProblemCode::NotFound, "handle", format!("nobody is called `{handle}`"))
    })?;
    if !may_issue_link(actor.role, person.role) {
        return Err(ProblemCode::NotAllowed.into());
    }
    let token = new_secret();
    let expires_at = clock::now() + i64::from(waypost.config.link_hours) * 3_600_000;
    waypost.db.issue_token(hash_secret(&token), person.person, actor.person, expires_at).await?;
    let name = &waypost.config.name;
    let link = enrolment_link(name, waypost.https_port(), &waypost.ca.sha256, &token);
    Ok((StatusCode::CREATED, axum::Json(LinkIssued { link, expires_at })))
}

/// Enrols a device with the token of a link.
#[utoipa::path(post, path = "/v1/enrolments", tag = "enrolments", request_body = EnrolmentWanted,
    security(()), responses((status = 201, body = EnrolmentGranted), (status = 410)))]
async fn enrol(
    State(waypost): State<Waypost>,
    Stranger: Stranger,
    Json(wanted): Json<EnrolmentWanted>,
) -> Result<(StatusCode, axum::Json<EnrolmentGranted>), Problem> {
    let public_key = checked_key(&wanted)?;
    let credential = new_secret();
    let enrolment = EnrolmentId::mint(clock::now(), clock::random());
    let deed = Deed::Enrol {
        token_hash: hash_secret(&wanted.token),
        enrolment,
        device: wanted.device,
        device_name: wanted.device_name,
        credential_hash: hash_secret(&credential),
        public_key,
    };
    let id = FactId::mint(clock::now(), clock::random());
    waypost.deed(Actor::OPERATOR, id, deed).await?;
    let row = waypost.db.enrolment(enrolment).await?.ok_or(ProblemCode::Internal)?;
    let person = waypost.db.person(row.person).await?.ok_or(ProblemCode::Internal)?;
    tracing::info!(%enrolment, person = %row.person, "a device was enrolled");
    let granted = EnrolmentGranted {
        enrolment,
        credential,
        person: person.into(),
        mqtt_port: waypost.mqtt_port(),
        ca: waypost.ca.pem.clone(),
    };
    Ok((StatusCode::CREATED, axum::Json(granted)))
}

/// The key of the device, once the other fields are found right.
fn checked_key(wanted: &EnrolmentWanted) -> Result<[u8; 32], Problem> {
    let name = wanted.device_name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let what = format!("between 1 and {NAME_CHARS_MAX} characters");
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "device_name", what));
    }
    let key = STANDARD.decode(&wanted.public_key).ok().and_then(|key| key.try_into().ok());
    key.ok_or_else(|| {
        let what = "must be an Ed25519 public key: 32 bytes in base64";
        Problem::of_field(ProblemCode::ContentInvalid, "public_key", what)
    })
}

/// The enrolments of one person or of everyone (staff).
#[utoipa::path(get, path = "/v1/enrolments", tag = "enrolments", params(EnrolmentsPage),
    responses((status = 200, body = EnrolmentsShown)))]
async fn list_enrolments(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<EnrolmentsPage>,
) -> Result<axum::Json<EnrolmentsShown>, Problem> {
    holds(actor, Right::ReadStaff)?;
    let rows = waypost.db.enrolments(page.person, page_size(page.limit)?).await?;
    Ok(axum::Json(EnrolmentsShown { enrolments: rows.into_iter().map(Into::into).collect() }))
}

/// Ends an enrolment; a live connection is cut at once (staff).
#[utoipa::path(delete, path = "/v1/enrolments/{enrolment}", tag = "enrolments",
    params(("enrolment" = EnrolmentId, Path), IdempotencyKey),
    responses((status = 204, description = "The credential is worth nothing any more.")))]
async fn revoke(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(enrolment): Path<EnrolmentId>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::Revoke)?;
    waypost.deed(actor, id, Deed::Revoke { enrolment }).await?;
    tracing::info!(%enrolment, "an enrolment was revoked");
    Ok(StatusCode::NO_CONTENT)
}
