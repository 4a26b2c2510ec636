//! What a consignee follows: a page without login and without script, behind a link that nobody can guess, that ends,
//! and that dispatch can revoke.

mod form;
mod links;
mod page;
mod words;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_locales::{Locale, Texts};
use waypost_protocol::{Body as Said, ProblemCode, STOP_WORDS_MAX, Stop, StopId, StopState};
use waypost_storage::LinkRow;

use super::problem::Problem;
use super::uploads::problem;
use crate::clock;
use crate::identity::hash_secret;
use crate::waypost::Waypost;
use page::{Page, Photo, shown};
use words::{may_write, offered, written};

/// Where the pages are.
const PATH: &str = "/track";

/// What may be shown of a delivery: pictures in small, never originals.
const SHOWN: &str = "image/jpeg";

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(links::list_links, links::make_link))
        .routes(routes!(links::revoke_link))
}

/// The pages themselves, which are no interface for programs.
pub fn pages(waypost: Waypost) -> Router {
    Router::new()
        .route("/track/{secret}", get(page_of).post(words::write_of))
        .route("/track/{secret}/{sha256}", get(photo_of))
        .with_state(waypost)
}

/// How a reader wants the page.
#[derive(Deserialize)]
struct Wanted {
    language: Option<String>,
}

async fn page_of(
    State(waypost): State<Waypost>,
    axum::extract::Path(secret): axum::extract::Path<String>,
    Query(wanted): Query<Wanted>,
    parts: Parts,
) -> Response {
    let locale = locale_of(wanted.language.as_deref(), &parts.headers);
    if let Err(problem) = waypost.limits.take_stranger(&parts) {
        return problem.into_response();
    }
    let found = match known(&waypost, &secret, &parts).await {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    let path = format!("{PATH}/{secret}");
    let Some(link) = found else {
        return answer(StatusCode::NOT_FOUND, locale, shown(None, &path, &Texts::of(locale)));
    };
    let texts = match offered(&waypost).await {
        Ok(catalogue) => Texts::with(locale, catalogue),
        Err(problem) => return problem.into_response(),
    };
    match page(&waypost, link.stop).await {
        Ok(page) => answer(StatusCode::OK, locale, shown(page.as_ref(), &path, &texts)),
        Err(problem) => problem.into_response(),
    }
}

/// A picture in small that proves the delivery.
async fn photo_of(
    State(waypost): State<Waypost>,
    axum::extract::Path((secret, sha256)): axum::extract::Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Problem> {
    let nothing = || Problem::from(ProblemCode::NotFound);
    let link = known(&waypost, &secret, &parts).await?.ok_or_else(nothing)?;
    let mut stops = waypost.db.stops_by_id(&[link.stop]).await?;
    let stop = stops.remove(&link.stop).ok_or_else(nothing)?;
    let (_, photos) = proved(&waypost, link.stop, &stop).await?.ok_or_else(nothing)?;
    let photo =
        photos.into_iter().find(|photo| photo.sha256.to_string() == sha256).ok_or_else(nothing)?;
    let found = waypost.files.kept().read(photo.sha256, None).await.map_err(problem)?;
    let told = [
        (header::CONTENT_TYPE, SHOWN),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((told, Body::from_stream(found.into_stream())).into_response())
}

/// The link with a secret. Whoever guesses is slowed down.
async fn known(waypost: &Waypost, secret: &str, parts: &Parts) -> Result<Option<LinkRow>, Problem> {
    let link = waypost.db.link(hash_secret(secret), clock::now()).await?;
    if link.is_none() {
        waypost.limits.take_stranger(parts)?;
    }
    Ok(link)
}

async fn page(waypost: &Waypost, id: StopId) -> Result<Option<Page>, Problem> {
    let Some(stop) = waypost.db.stops_by_id(&[id]).await?.remove(&id) else { return Ok(None) };
    let Some(plan) = stop.plan.clone() else { return Ok(None) };
    let (received_by, photos) = proved(waypost, id, &stop).await?.unwrap_or_default();
    let (may_write, has_room) = (may_write(&stop), stop.words.len() < STOP_WORDS_MAX);
    let written = written(waypost, &stop).await?;
    let (plan, told_at) = (*plan, clock::now());
    let Stop { state, since, .. } = stop;
    let page =
        Page { plan, state, since, received_by, photos, written, may_write, has_room, told_at };
    Ok(Some(page))
}

/// Of what is done: who took the goods, and the pictures of that which are here, of the fact that says so.
async fn proved(
    waypost: &Waypost,
    id: StopId,
    stop: &Stop,
) -> Result<Option<(Option<String>, Vec<Photo>)>, Problem> {
    if stop.state != StopState::Completed {
        return Ok(None);
    }
    let Some((fact, author)) = waypost.db.proofs_of(id).await?.pop() else { return Ok(None) };
    let said = waypost.db.fact_of(author, fact).await?.map(|content| content.to_body());
    let Some(Ok(Said::StopMoved { moved, .. })) = said else { return Ok(None) };
    let Some(Ok(manifest)) = moved.proof.as_ref().map(|proof| proof.manifest()) else {
        return Ok(None);
    };
    if manifest.outcome != stop.state {
        return Ok(None);
    }
    let mut photos = Vec::new();
    for item in &manifest.items {
        let Some(preview) = &item.preview else { continue };
        let kept = waypost.db.file(preview.sha256).await?;
        if kept.is_some_and(|kept| kept.media_type == SHOWN) {
            photos.push(Photo { sha256: preview.sha256, kind: item.kind });
        }
    }
    Ok(Some((manifest.received_by.map(|by| by.name), photos)))
}

fn answer(status: StatusCode, locale: Locale, page: String) -> Response {
    let told = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, locale.tag()),
        (header::VARY, "Accept-Language"),
        (header::CACHE_CONTROL, "no-store"),
        // The link is a secret: no other site learns of it, and no search engine keeps it.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    let mut response = (status, told, page).into_response();
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    );
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The language that is asked for, else the first that a browser names and that there is.
fn locale_of(wanted: Option<&str>, headers: &HeaderMap) -> Locale {
    let named = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let named = named.unwrap_or_default().split(',').filter_map(|it| it.split(';').next());
    let mut tags = wanted.into_iter().chain(named.map(str::trim));
    let is_there = |tag: &&str| {
        let primary = tag.split('-').next().unwrap_or_default();
        Locale::ALL.iter().any(|locale| locale.tag().eq_ignore_ascii_case(primary))
    };
    Locale::of(tags.find(is_there).unwrap_or("en"))
}
