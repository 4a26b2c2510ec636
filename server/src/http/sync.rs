//! The same frames as on MQTT, for networks that let only HTTPS through.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_edge::Identity;
use waypost_protocol::{Downlink, ProblemCode, Uplink};

use super::caller::Device;
use super::extract::Bytes;
use super::problem::Problem;
use crate::waypost::Waypost;

const CBOR: &str = "application/cbor";
const JSON: &str = "application/json";

/// One frame, or an array of them, as in `waypost.cddl`.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code)] // it documents bytes that are read as they come
struct Cbor(Vec<u8>);

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(sync))
}

/// Sends one uplink frame and returns the downlink frames that answer it, once it is committed.
///
/// Frames travel as JSON or, in half the size, as CBOR (`waypost.cddl`): the answer is in the
/// form of the question. A CBOR answer is one array of frames.
#[utoipa::path(post, path = "/v1/sync", tag = "sync",
    request_body(content((Uplink = "application/json"), (Cbor = "application/cbor"))),
    responses((status = 200, content((Vec<Downlink> = "application/json"), (Cbor = "application/cbor")))))]
async fn sync(
    State(waypost): State<Waypost>,
    Device(who): Device,
    headers: HeaderMap,
    Bytes(body): Bytes,
) -> Result<Response, Problem> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or(value).trim());
    match media_type {
        Some(CBOR) => {
            let frame = Uplink::from_bytes(&body)
                .map_err(|error| Problem::with(error.code(), error.to_string()))?;
            let bytes = minicbor::to_vec(answers(&waypost, who, frame).await)
                .map_err(|_| ProblemCode::Internal)?;
            Ok(([(header::CONTENT_TYPE, CBOR)], bytes).into_response())
        }
        Some(JSON) => {
            let frame: Uplink = serde_json::from_slice(&body)
                .map_err(|error| Problem::with(ProblemCode::Malformed, error.to_string()))?;
            frame.check_bounds().map_err(|error| Problem::with(error.code(), error.to_string()))?;
            Ok(axum::Json(answers(&waypost, who, frame).await).into_response())
        }
        _ => Err(ProblemCode::MediaTypeUnsupported.into()),
    }
}

/// Whoever asks here without a connection is here for a while.
async fn answers(waypost: &Waypost, who: Identity, frame: Uplink) -> Vec<Downlink> {
    waypost.fanout.asked(who);
    waypost.uplink(who, frame).await.into_iter().collect()
}
