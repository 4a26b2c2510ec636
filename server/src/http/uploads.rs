//! Resumable uploads, by tus 1.0 (tus.io): creation, creation-with-upload, expiration, checksum, termination,
//! concatenation. Only what evidence in the record promises is taken.
//!
//! A new request for an upload takes it over from a stale one: nobody is told that it is locked.

mod headers;
mod parts;
mod promises;

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use waypost_domain::Actor;
use waypost_protocol::{EVIDENCE_BYTES_MAX, Millis, ProblemCode, Sha256Hash};
use waypost_storage::{FileRow, UploadRow};

use super::caller::Caller;
use super::extract::Path;
use super::problem::Problem;
use crate::clock;
use crate::files::{FilesError, Held};
use crate::waypost::Waypost;
use headers::{Concat, TUS, checksum_of, concat_of, is_bytes, is_tus, number_of, resumes};
use parts::{end_parts, joined};
use promises::{has_room_for, wanted};

/// Where uploads are.
pub const PATH: &str = "/v1/uploads";

/// So long an upload waits for the rest.
pub const UPLOAD_WAITS_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How often it is noted that something was heard of an upload.
const TOUCH_EVERY_MS: Millis = 60 * 60 * 1000;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(tell_tus, begin_upload)).routes(routes!(
        look_at_upload,
        continue_upload,
        end_upload,
        continue_by_post
    ))
}

/// What this server can of tus 1.0.
#[utoipa::path(options, path = "/v1/uploads", tag = "uploads",
    responses((status = 204, description = "What it can.", headers(("Tus-Version" = String), ("Tus-Extension" = String),
        ("Tus-Max-Size" = u64), ("Tus-Checksum-Algorithm" = String)))))]
async fn tell_tus() -> Response {
    let told = [
        ("Tus-Resumable", TUS.to_owned()),
        ("Tus-Version", TUS.to_owned()),
        (
            "Tus-Extension",
            "creation,creation-with-upload,expiration,checksum,termination,concatenation"
                .to_owned(),
        ),
        ("Tus-Max-Size", EVIDENCE_BYTES_MAX.to_string()),
        ("Tus-Checksum-Algorithm", "sha1,sha256".to_owned()),
    ];
    (StatusCode::NO_CONTENT, told).into_response()
}

/// Begins an upload of bytes that evidence of mine promises: `Upload-Metadata` names their `sha256`, in hexadecimal. With
/// `Upload-Concat` it is a part, or is put together from parts. Bytes may come with it at once. Whoever adds `resume` to the
/// metadata goes on with what they have begun already: `Upload-Offset` says from where.
#[utoipa::path(post, path = "/v1/uploads", tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = Option<u64>, Header, description = "How many bytes there are"),
        ("Upload-Metadata" = Option<String>, Header, description = "`sha256` and its value in base64; `resume`"),
        ("Upload-Concat" = Option<String>, Header, description = "`partial`, or `final;` and the parts"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the bytes that come with it")),
    responses((status = 201, description = "`Location` says where it goes on.",
        headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String)))))]
async fn begin_upload(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    is_tus(headers)?;
    let id = waypost_protocol::FactId::mint(clock::now(), clock::random()).0;
    let row = match concat_of(headers)? {
        Some(Concat::Final(of)) => joined(&waypost, actor, id, headers, &of).await?,
        concat => {
            let size = number_of(headers, "Upload-Length")?;
            let sha256 = wanted(&waypost, actor, headers, size, concat.is_some()).await?;
            let begun = begun(&waypost, actor, headers, sha256).await?;
            let touched_at = clock::now();
            let row = UploadRow { id, author: actor.person, sha256, size, touched_at };
            match begun.filter(|begun| begun.size == size) {
                Some(begun) => begun,
                None => begin(&waypost, row).await?,
            }
        }
    };
    let held = waypost.files.hold(row.id).await;
    let offset = match is_bytes(headers) {
        true => append(&waypost, &held, &row, 0, headers, body).await?,
        false => offset_of(&waypost, &held, &row).await?,
    };
    if offset == row.size
        && let Some(Concat::Final(parts)) = concat_of(headers)?
    {
        end_parts(&waypost, actor, parts).await?;
    }
    let location = format!("/v1/uploads/{}", row.id);
    let told = told(&waypost, &row, offset).await?;
    Ok((StatusCode::CREATED, [("Location", location)], told).into_response())
}

/// How much of an upload of mine is here.
#[utoipa::path(head, path = "/v1/uploads/{upload}", tag = "uploads",
    params(("upload" = Uuid, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 200, description = "So much.",
        headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Expires" = String)))))]
async fn look_at_upload(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(upload): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    is_tus(&headers)?;
    let row = known(&waypost, actor, upload).await?;
    let held = waypost.files.hold(upload).await;
    let offset = offset_of(&waypost, &held, &row).await?;
    let length = ("Upload-Length", row.size.to_string());
    Ok((StatusCode::OK, [length], told(&waypost, &row, offset).await?).into_response())
}

/// Goes on with an upload of mine, from `Upload-Offset` on.
#[utoipa::path(patch, path = "/v1/uploads/{upload}", tag = "uploads",
    params(("upload" = Uuid, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "From where on"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, and the value in base64")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "It is on the disk.",
        headers(("Upload-Offset" = u64), ("Upload-Expires" = String)))))]
async fn continue_upload(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(upload): Path<Uuid>,
    request: Request,
) -> Result<Response, Problem> {
    go_on(&waypost, actor, upload, request).await
}

/// The same where a network lets no PATCH through: with `X-HTTP-Method-Override`.
#[utoipa::path(post, path = "/v1/uploads/{upload}", tag = "uploads",
    params(("upload" = Uuid, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("X-HTTP-Method-Override" = String, Header, description = "`PATCH`"),
        ("Upload-Offset" = u64, Header, description = "From where on")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "It is on the disk.",
        headers(("Upload-Offset" = u64), ("Upload-Expires" = String)))))]
async fn continue_by_post(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(upload): Path<Uuid>,
    request: Request,
) -> Result<Response, Problem> {
    let named = request.headers().get("X-HTTP-Method-Override");
    match named.is_some_and(|method| method.as_bytes() == Method::PATCH.as_str().as_bytes()) {
        true => go_on(&waypost, actor, upload, request).await,
        false => Err(ProblemCode::MethodNotAllowed.into()),
    }
}

/// Gives an upload of mine up, with what is here of it.
#[utoipa::path(delete, path = "/v1/uploads/{upload}", tag = "uploads",
    params(("upload" = Uuid, Path), ("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 204, description = "It is gone.")))]
async fn end_upload(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(upload): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    is_tus(&headers)?;
    known(&waypost, actor, upload).await?;
    let _held = waypost.files.hold(upload).await;
    waypost.db.end_upload(upload).await?;
    waypost.files.forget(upload).await.map_err(problem)?;
    Ok((StatusCode::NO_CONTENT, [("Tus-Resumable", TUS)]).into_response())
}

async fn go_on(
    waypost: &Waypost,
    actor: Actor,
    upload: Uuid,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    is_tus(&parts.headers)?;
    if !is_bytes(&parts.headers) {
        return Err(ProblemCode::MediaTypeUnsupported.into());
    }
    let offset = number_of(&parts.headers, "Upload-Offset")?;
    let row = known(waypost, actor, upload).await?;
    let held = waypost.files.hold(upload).await;
    if clock::now() - row.touched_at > TOUCH_EVERY_MS {
        waypost.db.touch_upload(upload, clock::now()).await?;
    }
    let offset = append(waypost, &held, &row, offset, &parts.headers, body).await?;
    Ok((StatusCode::NO_CONTENT, told(waypost, &row, offset).await?).into_response())
}

/// Adds bytes; what is whole is kept.
async fn append(
    waypost: &Waypost,
    held: &Held,
    row: &UploadRow,
    offset: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<u64, Problem> {
    if is_kept(waypost, row).await? {
        return if offset == row.size {
            Ok(offset)
        } else {
            Err(problem(FilesError::At(row.size)))
        };
    }
    let checksum = checksum_of(headers)?;
    let bytes = body.into_data_stream();
    let added = waypost.files.append(held, offset, row.size, checksum, bytes).await;
    let length = added.map_err(problem)?;
    finish_if_whole(waypost, held, row, length).await?;
    Ok(length)
}

/// How much is here; what is whole by now is kept.
async fn offset_of(waypost: &Waypost, held: &Held, row: &UploadRow) -> Result<u64, Problem> {
    if is_kept(waypost, row).await? {
        return Ok(row.size);
    }
    let length = waypost.files.length(held).await.map_err(problem)?;
    finish_if_whole(waypost, held, row, length).await?;
    Ok(length)
}

async fn is_kept(waypost: &Waypost, row: &UploadRow) -> Result<bool, Problem> {
    match row.sha256 {
        Some(sha256) => Ok(waypost.db.file(sha256).await?.is_some()),
        None => Ok(false),
    }
}

async fn finish_if_whole(
    waypost: &Waypost,
    held: &Held,
    row: &UploadRow,
    length: u64,
) -> Result<(), Problem> {
    let Some(sha256) = row.sha256.filter(|_| length == row.size) else { return Ok(()) };
    let _stays = waypost.files.stay().await;
    match waypost.files.finish(held, sha256).await {
        Ok(media_type) => {
            let (size, stored_at) = (row.size, clock::now());
            waypost.db.keep_file(sha256, &FileRow { size, media_type, stored_at }).await?;
            // The row stays, so that whoever did not hear of it can ask.
            waypost.files.forget(row.id).await.map_err(problem)
        }
        Err(FilesError::Another) => {
            waypost.db.end_upload(row.id).await?;
            waypost.files.forget(row.id).await.map_err(problem)?;
            let what = "the whole is not what its hash says; begin anew";
            Err(Problem::with(ProblemCode::ChecksumMismatch, what))
        }
        Err(error) => Err(problem(error)),
    }
}

async fn begin(waypost: &Waypost, row: UploadRow) -> Result<UploadRow, Problem> {
    has_room_for(waypost, &row).await?;
    if !is_kept(waypost, &row).await? {
        waypost.files.begin(row.id).await.map_err(problem)?;
    }
    waypost.db.begin_upload(&row).await?;
    Ok(row)
}

/// What someone has begun who asks to go on with it, as far as it is on this server.
async fn begun(
    waypost: &Waypost,
    actor: Actor,
    headers: &HeaderMap,
    sha256: Option<Sha256Hash>,
) -> Result<Option<UploadRow>, Problem> {
    let Some(sha256) = sha256.filter(|_| resumes(headers)) else { return Ok(None) };
    let Some(row) = waypost.db.upload_of(actor.person, sha256).await? else { return Ok(None) };
    let is_here = is_kept(waypost, &row).await? || waypost.files.is_staged(row.id).await;
    Ok(is_here.then_some(row))
}

async fn known(waypost: &Waypost, actor: Actor, upload: Uuid) -> Result<UploadRow, Problem> {
    let row = waypost.db.upload(actor.person, upload).await?;
    row.ok_or_else(|| Problem::of_field(ProblemCode::NotFound, "upload", "there is no such upload"))
}

/// What every answer tells. A backup that covers the record up to `Waypost-Record` knows of what is here.
async fn told(
    waypost: &Waypost,
    row: &UploadRow,
    offset: u64,
) -> Result<[(&'static str, String); 5], Problem> {
    let expires = SystemTime::UNIX_EPOCH
        + Duration::from_millis(row.touched_at.unsigned_abs())
        + UPLOAD_WAITS_FOR;
    Ok([
        ("Tus-Resumable", TUS.to_owned()),
        ("Upload-Offset", offset.to_string()),
        ("Upload-Expires", httpdate::fmt_http_date(expires)),
        ("Waypost-Record", waypost.db.end().await?.to_string()),
        (header::CACHE_CONTROL.as_str(), "no-store".to_owned()),
    ])
}

pub fn problem(error: FilesError) -> Problem {
    match error {
        FilesError::At(offset) => {
            let what = format!("the upload is at {offset}");
            Problem::of_field(ProblemCode::UploadOffset, "Upload-Offset", what)
        }
        FilesError::TooMany => Problem::with(ProblemCode::TooLarge, error.to_string()),
        FilesError::Another => ProblemCode::ChecksumMismatch.into(),
        FilesError::Missing => {
            let what = "nothing of it is on this server; begin anew";
            Problem::with(ProblemCode::NotFound, what)
        }
        FilesError::Busy => Problem::with(ProblemCode::Overloaded, error.to_string()),
        FilesError::Full => ProblemCode::StorageFull.into(),
        FilesError::Failed(cause) => {
            tracing::error!(%cause, "a file could not be kept or read");
            ProblemCode::Overloaded.into()
        }
    }
}
