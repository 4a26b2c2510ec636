//! The delivery certificate of a stop: pages for people, and the bundle for machines.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signature;
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Actor;
use waypost_domain::audit::{Checkpoint, inclusion, leaf_hash, root_from};
use waypost_locales::{Locale, Texts};
use waypost_protocol::{
    Body, EvidenceKind, EvidenceManifest, FactId, PersonId, ProblemCode, Sha256Hash, Stop, StopId,
    StopMove,
};
use waypost_storage::AuditLeaf;

use super::caller::Caller;
use super::evidence::may_see;
use super::extract::{Path, Query};
use super::problem::Problem;
use super::record::key_of;
use super::trips::stop_for;
use crate::certificate::{
    BUNDLE_FORMAT, Bundle, BundleFile, DeviceKey, Picture, Sheet, Told, VouchedRecord, draw,
};
use crate::chores::sign_checkpoint;
use crate::clock;
use crate::files::FilesError;
use crate::identity::sign;
use crate::waypost::Waypost;

/// Most bytes of files that one bundle carries.
const BUNDLE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Most bytes of all pictures of one certificate that are drawn.
const PICTURES_BYTES_MAX: u64 = 48 * 1024 * 1024;

/// Most pictures of one certificate that are drawn; the others are listed.
const PICTURES_MAX: usize = 12;

/// Pages are drawn one after the other: pictures take memory while they are opened.
static DRAWING: Semaphore = Semaphore::const_new(1);

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(get_certificate)).routes(routes!(get_bundle))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfProof {
    /// The fact that brought the evidence, as `GET /v1/stops/{stop}/evidence` lists it; the newest, if absent.
    fact: Option<FactId>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PagesWanted {
    /// The fact that brought the evidence, as `GET /v1/stops/{stop}/evidence` lists it; the newest, if absent.
    fact: Option<FactId>,
    /// In which language, such as `pl`; the caller's own, if absent.
    language: Option<String>,
}

/// The certificate as pages: PDF/A-3, with the bundle (without the bytes of files) inside (dispatch, bots, and of a driver
/// their own).
#[utoipa::path(get, path = "/v1/stops/{stop}/certificate", tag = "trips",
    params(("stop" = StopId, Path), PagesWanted),
    responses((status = 200, description = "The pages.", body = Vec<u8>, content_type = "application/pdf")))]
async fn get_certificate(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
    Query(wanted): Query<PagesWanted>,
) -> Result<Response, Problem> {
    let proven = proven_for(&waypost, actor, stop, wanted.fact).await?;
    let language = match wanted.language {
        Some(language) => language,
        None => person(&waypost, actor.person).await?.1,
    };
    let alone = DRAWING.acquire().await.map_err(|_| ProblemCode::Stopping)?;
    let sheet = sheet(&waypost, proven).await?;
    let texts = Texts::of(Locale::of(&language));
    let name = format!("certificate-{stop}.pdf");
    let drawing = tokio::task::spawn_blocking(move || {
        // Whoever has gone away keeps the turn until it is drawn.
        let _alone = alone;
        draw(&sheet, &texts)
    });
    let drawn = drawing.await;
    let pages = match drawn {
        Ok(Ok(pages)) => pages,
        Ok(Err(error)) => {
            tracing::error!(%error, %stop, "a certificate could not be drawn");
            return Err(ProblemCode::Internal.into());
        }
        Err(_) => return Err(ProblemCode::Internal.into()),
    };
    let told = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((told, pages).into_response())
}

/// The certificate for machines, with the files as far as they are here and fit: `waypost-server certificate verify`
/// checks it anywhere (dispatch, bots, and of a driver their own).
#[utoipa::path(get, path = "/v1/stops/{stop}/certificate/bundle", tag = "trips",
    params(("stop" = StopId, Path), OfProof), responses((status = 200, body = Bundle)))]
async fn get_bundle(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(stop): Path<StopId>,
    Query(wanted): Query<OfProof>,
) -> Result<Json<Bundle>, Problem> {
    let proven = proven_for(&waypost, actor, stop, wanted.fact).await?;
    let mut bundle = bundle(&waypost, &proven).await?;
    let mut room = BUNDLE_BYTES_MAX;
    for file in &mut bundle.files {
        let bytes = bytes_of(&waypost, file.sha256, room).await?;
        room = room.saturating_sub(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64));
        file.data = bytes.map(|bytes| BASE64.encode(bytes));
    }
    Ok(Json(bundle))
}

/// How it went at a stop, with what proves it.
struct Proven {
    stop: StopId,
    known: Stop,
    fact: FactId,
    author: PersonId,
    moved: StopMove,
    manifest: EvidenceManifest,
}

impl Proven {
    /// Whether the stop is still that of its driver: what is planned there since is another's.
    fn is_theirs(&self) -> bool {
        self.known.driver == Some(self.author)
    }
}

async fn proven_for(
    waypost: &Waypost,
    actor: Actor,
    stop: StopId,
    wanted: Option<FactId>,
) -> Result<Proven, Problem> {
    let known = stop_for(waypost, actor, stop).await?;
    let proofs = waypost.db.proofs_of(stop).await?;
    let is_wanted = |fact: FactId| wanted.is_none_or(|wanted| wanted == fact);
    let mut found = proofs.into_iter().rev();
    let found = found.find(|(fact, author)| may_see(actor, *author) && is_wanted(*fact));
    let nothing = |what| Problem::of_field(ProblemCode::NotFound, "fact", what);
    let (fact, author) =
        found.ok_or_else(|| nothing("nothing proves how it went at this stop yet"))?;
    let said = waypost.db.fact_of(author, fact).await?.map(|content| content.to_body());
    let Some(Ok(Body::StopMoved { moved, .. })) = said else {
        return Err(nothing("what was said there is gone"));
    };
    let manifest = moved.proof.as_ref().and_then(|proof| proof.manifest().ok());
    let manifest = manifest.ok_or_else(|| nothing("what was said there is gone"))?;
    Ok(Proven { stop, known, fact, author, moved: *moved, manifest })
}

async fn bundle(waypost: &Waypost, proven: &Proven) -> Result<Bundle, Problem> {
    let (fact, author) = (proven.fact, proven.author);
    let gone = || Problem::of_field(ProblemCode::NotFound, "fact", "what was said there is gone");
    let leaf = waypost.db.leaf_of(fact, author).await?.ok_or_else(gone)?;
    let recorded_at = waypost.db.fact_at(leaf.n).await?.ok_or_else(gone)?.event.recorded_at;
    let (enrolment, key) = waypost.db.signer_of(fact, author).await?.ok_or_else(gone)?;
    let originals = proven.manifest.items.iter().filter_map(|item| item.original.as_ref());
    Ok(Bundle {
        format: BUNDLE_FORMAT.to_owned(),
        stop: proven.stop,
        fact,
        told: told(waypost, proven).await?,
        record: vouched(waypost, leaf, recorded_at).await?,
        device: DeviceKey { enrolment, public_key: BASE64.encode(key) },
        files: originals.map(|file| BundleFile { sha256: file.sha256, data: None }).collect(),
    })
}

/// A fact in the record with the proof that it is there, up to the newest checkpoint.
async fn vouched(
    waypost: &Waypost,
    leaf: AuditLeaf,
    recorded_at: waypost_protocol::Millis,
) -> Result<VouchedRecord, Problem> {
    let gone = || Problem::of_field(ProblemCode::NotFound, "fact", "what was said there is gone");
    let key = key_of(waypost)?;
    let mut last = waypost.db.last_checkpoint().await?;
    if last.as_ref().is_none_or(|last| last.size < leaf.n) {
        sign_checkpoint(waypost, &key).await?;
        last = waypost.db.last_checkpoint().await?;
    }
    let mut checkpoint = last.filter(|last| last.size >= leaf.n).ok_or(ProblemCode::Internal)?;
    // Another server on this record, or one from before a restore, may have signed it with a key of its own.
    let signed = Signature::from_bytes(&checkpoint.signature);
    if key.verify(checkpoint.body.as_bytes(), &signed).is_err() {
        checkpoint.signature = sign(&key, &checkpoint.body);
    }
    let at = leaf.n - 1;
    let known = waypost.db.known_of_tree(at, checkpoint.size).await?;
    let path = inclusion(at, checkpoint.size, &known).ok_or(ProblemCode::Internal)?;
    // What is signed here is what stands here.
    let root = root_from(leaf_hash(&leaf.leaf), at, checkpoint.size, &path);
    let told = Checkpoint {
        origin: waypost.db.origin().await?,
        size: checkpoint.size,
        root: root.ok_or(ProblemCode::Internal)?,
    };
    if told.body() != checkpoint.body {
        tracing::error!(size = checkpoint.size, "a checkpoint is not that of this record");
        return Err(ProblemCode::Internal.into());
    }
    let (salt, content) = leaf.opening.ok_or_else(gone)?;
    Ok(VouchedRecord {
        n: leaf.n,
        recorded_at,
        leaf: BASE64.encode(leaf.leaf),
        salt: BASE64.encode(salt),
        kind: content.kind,
        content: BASE64.encode(content.bytes),
        path: path.into_iter().map(Sha256Hash).collect(),
        checkpoint: checkpoint.body,
        signature: BASE64.encode(checkpoint.signature),
        server_key: BASE64.encode(key.verifying_key().as_bytes()),
    })
}

async fn told(waypost: &Waypost, proven: &Proven) -> Result<Told, Problem> {
    let plan = proven.known.plan.as_deref();
    let trip = match proven.known.trip.filter(|_| proven.is_theirs()) {
        Some(trip) => waypost.db.trips_by_id(&[trip]).await?.remove(&trip),
        None => None,
    };
    let trip = trip.map(|trip| format!("{} {}", trip.plan.day, trip.plan.name));
    Ok(Told {
        stop: plan.map(|plan| plan.name.clone()).unwrap_or_default(),
        address: plan
            .filter(|_| proven.is_theirs())
            .map(|plan| plan.address.clone())
            .unwrap_or_default(),
        trip: trip.unwrap_or_default(),
        driver: person(waypost, proven.author).await?.0,
    })
}

async fn sheet(waypost: &Waypost, proven: Proven) -> Result<Sheet, Problem> {
    let bundle = bundle(waypost, &proven).await?;
    let (mut pictures, mut room) = (Vec::new(), PICTURES_BYTES_MAX);
    for (at, item) in proven.manifest.items.iter().enumerate() {
        let is_picture = matches!(
            item.kind,
            EvidenceKind::Photo | EvidenceKind::Signature | EvidenceKind::Condition
        );
        if let Some(original) = item.original.as_ref().filter(|_| is_picture) {
            let is_here = waypost.db.file(original.sha256).await?.is_some();
            let file = if is_here { Some(original) } else { item.preview.as_ref() };
            let bytes = match file.filter(|_| pictures.len() < PICTURES_MAX) {
                Some(file) => bytes_of(waypost, file.sha256, room).await?,
                None => None,
            };
            room = room.saturating_sub(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64));
            pictures.push(Picture { item: at, is_coming: !is_here, bytes });
        }
    }
    let window = proven.known.plan.as_ref().filter(|_| proven.is_theirs());
    let window = window.and_then(|plan| plan.window.clone());
    Ok(Sheet {
        bundle,
        done_at: proven.fact.occurred_at().unwrap_or_default(),
        at: proven.moved.at,
        reason: proven.moved.reason,
        window,
        manifest: proven.manifest,
        pictures,
        made_at: clock::now(),
    })
}

/// The bytes of a file, if they are here and no more than that.
async fn bytes_of(
    waypost: &Waypost,
    sha256: Sha256Hash,
    most: u64,
) -> Result<Option<Vec<u8>>, Problem> {
    let Some(size) = waypost.db.file(sha256).await?.map(|file| file.size) else { return Ok(None) };
    if size > most {
        return Ok(None);
    }
    let read = async { Ok(waypost.files.kept().read(sha256, None).await?.bytes().await?) };
    let read: Result<_, FilesError> = read.await;
    match read {
        Ok(bytes) => Ok(Some(bytes.to_vec()).filter(|bytes| bytes.len() as u64 == size)),
        // The rest of a certificate holds without it.
        Err(error) => {
            tracing::error!(%error, %sha256, "a file that should be here cannot be read");
            Ok(None)
        }
    }
}

/// Name and language of someone.
async fn person(waypost: &Waypost, person: PersonId) -> Result<(String, String), Problem> {
    let known = waypost.db.person(person).await?;
    Ok(known.map(|known| (known.name, known.language)).unwrap_or_default())
}
