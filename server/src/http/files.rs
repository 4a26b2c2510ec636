//! Files as they are served: to whoever may read the message that brings one, and to whoever has a link to one.

mod links;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use object_store::GetRange;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_protocol::{Body as Said, FactId, File, ProblemCode, Sha256Hash};

use super::caller::Caller;
use super::extract::Path;
use super::problem::Problem;
use super::uploads::problem;
use crate::files::media_type_of;
use crate::pictures;
use crate::waypost::Waypost;

/// What a browser may show. All else is for saving.
const SHOWN: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(get_attached))
        .routes(routes!(get_preview))
        .routes(routes!(links::link_attached))
        .routes(routes!(links::link_evidence))
}

/// What links lead to: for browsers and programs without a credential, and no part of the interface's document.
pub fn pages(waypost: Waypost) -> Router {
    Router::new().route("/files/{secret}", get(links::linked)).with_state(waypost)
}

/// The file that a message brings, or a part of it by `Range`. What it is, is what its bytes show; what a browser should
/// not show is only for saving.
#[utoipa::path(get, path = "/v1/messages/{message}/file", tag = "messages",
    params(("message" = FactId, Path)),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part of it.", body = Vec<u8>, content_type = "application/octet-stream")))]
async fn get_attached(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = attached(&waypost, actor, message).await?;
    if file.travels() {
        return serve(&waypost, file.sha256, &file.name, &headers).await;
    }
    let told = safe_headers(&media_type_of(&file.bytes.0), file.sha256, &file.name);
    Ok((StatusCode::OK, told, file.bytes.0).into_response())
}

/// The picture that a message brings in small: JPEG, no edge longer than 320 pixels.
#[utoipa::path(get, path = "/v1/messages/{message}/file/preview", tag = "messages",
    params(("message" = FactId, Path)),
    responses((status = 200, description = "The picture in small.", body = Vec<u8>, content_type = "image/jpeg")))]
async fn get_preview(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(message): Path<FactId>,
) -> Result<Response, Problem> {
    let file = attached(&waypost, actor, message).await?;
    let (files, sha256) = (&waypost.files, file.sha256);
    let made = if file.travels() {
        is_here(&waypost, sha256).await?;
        files.previews().of_kept(files.kept(), sha256).await
    } else {
        files.previews().of_bytes(file.bytes.0).await
    };
    let Some(small) = made.map_err(problem)? else {
        return Err(Problem::of_field(ProblemCode::NotFound, "message", "it brings no picture"));
    };
    Ok((StatusCode::OK, safe_headers(pictures::MEDIA_TYPE, sha256, &file.name), small)
        .into_response())
}

/// Serves a file that is kept, under this name, with what its bytes show that it is.
pub(super) async fn serve(
    waypost: &Waypost,
    sha256: Sha256Hash,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let file = is_here(waypost, sha256).await?;
    let range = range_of(headers, file.size)?;
    let found = waypost.files.kept().read(sha256, range.clone()).await.map_err(problem)?;
    let part = found.range.clone();
    let told = safe_headers(&file.media_type, sha256, name);
    let length = [(header::CONTENT_LENGTH, (part.end - part.start).to_string())];
    let body = Body::from_stream(found.into_stream());
    if range.is_none() {
        return Ok((StatusCode::OK, told, length, body).into_response());
    }
    let of = format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), file.size);
    let of = [(header::CONTENT_RANGE, of)];
    Ok((StatusCode::PARTIAL_CONTENT, of, told, length, body).into_response())
}

async fn is_here(
    waypost: &Waypost,
    sha256: Sha256Hash,
) -> Result<waypost_storage::FileRow, Problem> {
    let file = waypost.db.file(sha256).await?;
    file.ok_or_else(|| Problem::of_field(ProblemCode::NotFound, "sha256", "it is still on its way"))
}

/// The file that a message brings which this person may read.
async fn attached(waypost: &Waypost, actor: Actor, message: FactId) -> Result<File, Problem> {
    let row = waypost.db.fact_for(actor.person, message).await?.ok_or(ProblemCode::NotFound)?;
    match row.event.content.to_body() {
        Ok(Said::File { file, .. }) => Ok(*file),
        _ => Err(Problem::of_field(ProblemCode::NotFound, "message", "it brings no file")),
    }
}

fn safe_headers(
    media_type: &str,
    sha256: Sha256Hash,
    name: &str,
) -> [(header::HeaderName, String); 6] {
    let is_shown = SHOWN.contains(&media_type);
    let media_type = if is_shown { media_type } else { "application/octet-stream" };
    let disposition = if is_shown { "inline" } else { "attachment" };
    // For those who cannot read the second form (RFC 6266), the hash.
    let named = format!("{disposition}; filename=\"{sha256}\"; filename*=UTF-8''{}", encoded(name));
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, named),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, format!("\"{sha256}\"")),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ]
}

/// A value of a header's parameter as in RFC 8187.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}

/// The first range that is asked for (RFC 9110); the whole if that cannot be read.
fn range_of(headers: &HeaderMap, size: u64) -> Result<Option<GetRange>, Problem> {
    let told = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = told.and_then(|it| it.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) if first <= last => {
            GetRange::Bounded(first..last.saturating_add(1).min(size))
        }
        (Some(first), None) if last.is_empty() => GetRange::Offset(first),
        (None, Some(last)) if first.is_empty() && last > 0 => GetRange::Suffix(last.min(size)),
        _ => return Ok(None),
    };
    let is_there = match &range {
        GetRange::Bounded(part) => part.start < size,
        GetRange::Offset(first) => *first < size,
        GetRange::Suffix(_) => true,
    };
    match is_there {
        true => Ok(Some(range)),
        false => {
            let what = format!("the file has {size} bytes");
            Err(Problem::of_field(ProblemCode::RangeBeyond, "Range", what))
        }
    }
}
