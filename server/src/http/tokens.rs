//! Tokens for programs: they speak for whoever made them, for some purposes and for some time. Only their
//! hashes are kept.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_protocol::{FactId, Millis, NAME_CHARS_MAX, ProblemCode};
use waypost_storage::TokenRow;

use super::caller::Device;
use super::extract::{Json, Path};
use super::problem::Problem;
use super::scopes::{Scope, Scopes};
use crate::clock;
use crate::identity::{hash_secret, new_secret};
use crate::waypost::Waypost;

/// How every token begins, so that whoever finds one knows what it is.
pub const TOKEN_BEGINS: &str = "wpt_";

/// Most tokens of one enrolment.
const TOKENS_MAX: usize = 50;

/// For how long a token may be, and for how long it is if nobody says.
const DAYS: std::ops::RangeInclusive<u16> = 1..=366;
const DAYS_UNLESS_SAID: u16 = 90;

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(list_tokens, make_token)).routes(routes!(end_token))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenWanted {
    /// What it is for, in words.
    #[schema(example = "Nightly report", min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// What it may be used for.
    #[schema(min_items = 1)]
    scopes: BTreeSet<Scope>,
    /// For how many days; 90 if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u16>,
}

/// A token without its secret.
#[derive(Serialize, ToSchema)]
struct TokenShown {
    /// Its id.
    id: FactId,
    /// What it is for.
    name: String,
    /// What it may be used for.
    scopes: BTreeSet<Scope>,
    /// Since when it is there.
    made_at: Millis,
    /// When it ends.
    expires_at: Millis,
}

/// A token is made.
#[derive(Serialize, ToSchema)]
struct TokenMade {
    /// The secret, told this once: send it as `Authorization: Bearer`.
    #[schema(example = "wpt_…")]
    token: String,
    /// What can be seen of it from here on.
    #[serde(flatten)]
    shown: TokenShown,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// Oldest first, also those that have expired.
    tokens: Vec<TokenShown>,
}

impl TryFrom<TokenRow> for TokenShown {
    type Error = ProblemCode;

    fn try_from(row: TokenRow) -> Result<Self, ProblemCode> {
        let TokenRow { id, name, scopes, made_at, expires_at } = row;
        let Scopes(scopes) = scopes.parse().map_err(|_| ProblemCode::Internal)?;
        Ok(Self { id, name, scopes, made_at, expires_at })
    }
}

/// The tokens that were made with the credential of this enrolment.
#[utoipa::path(get, path = "/v1/me/tokens", tag = "enrolments",
    responses((status = 200, body = Tokens)))]
async fn list_tokens(
    State(waypost): State<Waypost>,
    Device(who): Device,
) -> Result<axum::Json<Tokens>, Problem> {
    let rows = waypost.db.tokens(who.enrolment).await?;
    let tokens = rows.into_iter().map(TokenShown::try_from).collect::<Result<_, _>>()?;
    Ok(axum::Json(Tokens { tokens }))
}

/// Makes a token that speaks for me over HTTP, for less than I may do and for some time. It ends at once
/// when the enrolment does. It cannot make tokens or hand out links, and opens no MQTT connection.
#[utoipa::path(post, path = "/v1/me/tokens", tag = "enrolments", request_body = TokenWanted,
    responses((status = 201, body = TokenMade)))]
async fn make_token(
    State(waypost): State<Waypost>,
    Device(who): Device,
    Json(wanted): Json<TokenWanted>,
) -> Result<(StatusCode, axum::Json<TokenMade>), Problem> {
    let TokenWanted { name, scopes, days } = wanted;
    let wrong = |field, what: String| Problem::of_field(ProblemCode::ContentInvalid, field, what);
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(wrong("name", format!("between 1 and {NAME_CHARS_MAX} characters")));
    }
    if scopes.is_empty() {
        return Err(wrong("scopes", "name what it may be used for".into()));
    }
    let days = days.unwrap_or(DAYS_UNLESS_SAID);
    if !DAYS.contains(&days) {
        return Err(wrong("days", format!("from {} to {}", DAYS.start(), DAYS.end())));
    }
    if waypost.db.tokens(who.enrolment).await?.len() >= TOKENS_MAX {
        let what = format!("an enrolment has at most {TOKENS_MAX} tokens; delete one");
        return Err(Problem::with(ProblemCode::TooLarge, what));
    }
    let secret = format!("{TOKEN_BEGINS}{}", new_secret());
    let made_at = clock::now();
    let row = TokenRow {
        id: FactId::mint(made_at, clock::random()),
        name,
        scopes: Scopes(scopes).to_string(),
        made_at,
        expires_at: made_at + i64::from(days) * DAY_MS,
    };
    waypost.db.insert_token(hash_secret(&secret), who.enrolment, &row).await?;
    tracing::info!(enrolment = %who.enrolment, token = %row.id, scopes = %row.scopes, "a token was made");
    Ok((StatusCode::CREATED, axum::Json(TokenMade { token: secret, shown: row.try_into()? })))
}

/// Ends a token.
#[utoipa::path(delete, path = "/v1/me/tokens/{token}", tag = "enrolments",
    params(("token" = FactId, Path, description = "Its id.")),
    responses((status = 204, description = "It is worth nothing any more.")))]
async fn end_token(
    State(waypost): State<Waypost>,
    Device(who): Device,
    Path(token): Path<FactId>,
) -> Result<StatusCode, Problem> {
    match waypost.db.end_token(who.enrolment, token).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ProblemCode::NotFound.into()),
    }
}
