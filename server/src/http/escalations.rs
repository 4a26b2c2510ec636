//! What follows when nobody acknowledges: chains, and how far a message has come along its chain.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Deed;
use waypost_domain::rights::Right;
use waypost_protocol::{Body, FactId, Millis, Step};
use waypost_storage::ChainRow;

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path};
use super::messages::{Sent, submit};
use super::problem::Problem;
use super::revisions::message_of;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_chains))
        .routes(routes!(set_chain))
        .routes(routes!(show_escalation, stop_escalation))
}

/// A chain: what follows when nobody acknowledges a message that names it.
#[derive(Serialize, ToSchema)]
struct ChainShown {
    /// What a message names in `chain`.
    chain: u32,
    /// Name on the screen.
    name: String,
    /// What is done when, the earliest first.
    steps: Vec<Step>,
}

impl From<ChainRow> for ChainShown {
    fn from(ChainRow { chain, name, steps }: ChainRow) -> Self {
        Self { chain, name, steps }
    }
}

/// Every chain.
#[derive(Serialize, ToSchema)]
struct Chains {
    /// By number.
    chains: Vec<ChainShown>,
}

/// How a chain is to be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChainWanted {
    /// Name on the screen.
    #[schema(example = "Night shift", min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// What is done when, the earliest first: recipients are reminded where `to` names nobody.
    #[schema(min_items = 1, max_items = 16)]
    steps: Vec<Step>,
}

/// How far a message has come along its chain.
#[derive(Serialize, ToSchema)]
struct EscalationShown {
    /// Whether it still waits to be acknowledged.
    watched: bool,
    /// Its chain; absent where its recipients are reminded.
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<u32>,
    /// How many steps of it were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps_taken: Option<u16>,
    /// When the next is due (milliseconds since 1970).
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<Millis>,
}

/// Every chain (staff).
#[utoipa::path(get, path = "/v1/chains", tag = "escalations",
    responses((status = 200, body = Chains)))]
async fn list_chains(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
) -> Result<axum::Json<Chains>, Problem> {
    holds(actor, Right::SeeChains)?;
    let chains = waypost.db.chains().await?.into_iter().map(ChainShown::from).collect();
    Ok(axum::Json(Chains { chains }))
}

/// Makes a chain, or another one of it (staff). Messages that are under way along it go on along the new
/// one.
#[utoipa::path(put, path = "/v1/chains/{chain}", tag = "escalations", request_body = ChainWanted,
    params(("chain" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The chain is so.")))]
async fn set_chain(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(chain): Path<u32>,
    Json(ChainWanted { name, steps }): Json<ChainWanted>,
) -> Result<StatusCode, Problem> {
    holds(actor, Right::SetChains)?;
    Body::ChainSet { chain, name: name.clone(), steps: steps.clone() }.check()?;
    waypost.deed(actor, id, Deed::SetChain { chain, name, steps }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far a message that I may read has come along its chain.
#[utoipa::path(get, path = "/v1/messages/{message}/escalation", tag = "escalations",
    params(("message" = FactId, Path)), responses((status = 200, body = EscalationShown)))]
async fn show_escalation(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<axum::Json<EscalationShown>, Problem> {
    message_of(&waypost, actor, message).await?;
    let watch = waypost.db.watch_of(message).await?;
    Ok(axum::Json(EscalationShown {
        watched: watch.is_some(),
        chain: watch.and_then(|watch| watch.chain),
        steps_taken: watch.map(|watch| watch.step),
        next_at: watch.map(|watch| watch.due_at),
    }))
}

/// Nobody is to be reminded of this message any more. Its author says so, and whoever was told it.
#[utoipa::path(delete, path = "/v1/messages/{message}/escalation", tag = "escalations",
    params(("message" = FactId, Path), IdempotencyKey), responses((status = 200, body = Sent)))]
async fn stop_escalation(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(message): Path<FactId>,
) -> Result<axum::Json<Sent>, Problem> {
    let (conversation, _) = message_of(&waypost, actor, message).await?;
    let content = Body::EscalationStopped { message }.to_content();
    submit(&waypost, actor, id, conversation, content).await.map(axum::Json)
}
