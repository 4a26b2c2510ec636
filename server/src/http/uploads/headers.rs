//! The headers of tus.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;
use waypost_protocol::{ProblemCode, Sha256Hash};

use super::super::problem::Problem;
use crate::files::Checksum;

/// The version of tus.
pub(super) const TUS: &str = "1.0.0";

/// Most parts that are put together.
const PARTS_MAX: usize = 64;

/// Whether an upload is a part, or put together.
pub(super) enum Concat {
    Partial,
    Final(Vec<Uuid>),
}

/// Whoever speaks another version is told which one is spoken here.
pub(super) fn is_tus(headers: &HeaderMap) -> Result<(), Problem> {
    match text(headers, "Tus-Resumable")? {
        Some(TUS) => Ok(()),
        _ => {
            let what = format!("send `Tus-Resumable: {TUS}`");
            Err(Problem::of_field(ProblemCode::Outdated, "Tus-Resumable", what))
        }
    }
}

/// Whether bytes of an upload come with a request.
pub(super) fn is_bytes(headers: &HeaderMap) -> bool {
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    told.is_some_and(|it| it.eq_ignore_ascii_case("application/offset+octet-stream"))
}

/// A number that has to be there.
pub(super) fn number_of(headers: &HeaderMap, name: &'static str) -> Result<u64, Problem> {
    let number = text(headers, name)?.and_then(|text| text.parse().ok());
    number
        .ok_or_else(|| Problem::of_field(ProblemCode::Malformed, name, "must be a number of bytes"))
}

/// What the bytes of this request have to be.
pub(super) fn checksum_of(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let wrong = || {
        let what = "must be `sha1` or `sha256`, a space and the value in base64";
        Problem::of_field(ProblemCode::Malformed, "Upload-Checksum", what)
    };
    let Some(told) = text(headers, "Upload-Checksum")? else { return Ok(None) };
    let (algorithm, sum) = told.split_once(' ').ok_or_else(wrong)?;
    let sum = BASE64.decode(sum).map_err(|_| wrong())?;
    match algorithm {
        "sha1" => sum.try_into().map(|sum| Some(Checksum::Sha1(sum))).map_err(|_| wrong()),
        "sha256" => sum.try_into().map(|sum| Some(Checksum::Sha256(sum))).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// What the whole hashes to, by the metadata.
pub(super) fn sha256_of(headers: &HeaderMap) -> Result<Sha256Hash, Problem> {
    let told = text(headers, "Upload-Metadata")?.unwrap_or_default();
    let pairs = told.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let named = pairs.into_iter().find(|(key, _)| *key == "sha256");
    let value = named.and_then(|(_, value)| BASE64.decode(value.trim()).ok());
    let hash =
        value.and_then(|hex| serde_json::from_value(String::from_utf8(hex).ok()?.into()).ok());
    hash.ok_or_else(|| {
        let what = "must name `sha256`: 64 hexadecimal digits, in base64";
        Problem::of_field(ProblemCode::Malformed, "Upload-Metadata", what)
    })
}

/// Whether whoever begins would rather go on with what they have begun already.
pub(super) fn resumes(headers: &HeaderMap) -> bool {
    let told = text(headers, "Upload-Metadata").ok().flatten().unwrap_or_default();
    told.split(',').any(|pair| pair.trim() == "resume")
}

/// Whether it is a part, or put together from parts.
pub(super) fn concat_of(headers: &HeaderMap) -> Result<Option<Concat>, Problem> {
    let Some(told) = text(headers, "Upload-Concat")? else { return Ok(None) };
    if told == "partial" {
        return Ok(Some(Concat::Partial));
    }
    let parts = told.strip_prefix("final;").map(|parts| {
        let id = |part: &str| part.rsplit('/').next().and_then(|id| id.parse().ok());
        parts.split_whitespace().map(id).collect::<Option<Vec<_>>>()
    });
    match parts.flatten() {
        Some(parts) if (1..=PARTS_MAX).contains(&parts.len()) && are_distinct(&parts) => {
            Ok(Some(Concat::Final(parts)))
        }
        _ => {
            let what = format!(
                "must be `partial`, or `final;` and from 1 to {PARTS_MAX} parts, each once"
            );
            Err(Problem::of_field(ProblemCode::Malformed, "Upload-Concat", what))
        }
    }
}

fn are_distinct(parts: &[Uuid]) -> bool {
    parts.iter().collect::<std::collections::BTreeSet<_>>().len() == parts.len()
}

fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value
        .to_str()
        .map_err(|_| Problem::of_field(ProblemCode::Malformed, name, "must be plain text"))?;
    Ok(Some(text))
}
