//! What proves how it went at a stop: the evidence, listed and signed on the device that took it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::check::{at_most, not_blank};
use super::{ContentError, GeoStamp, StopState};
use crate::lenient::known;
use crate::{
    Bytes, CONSIGNMENTS_MAX, EVIDENCE_BYTES_MAX, EVIDENCE_ITEMS_MAX, FactId,
    INSTRUCTIONS_CHARS_MAX, Millis, NAME_CHARS_MAX, Sha256Hash, StopId,
};

/// What was handed over, and what shows it. It names its stop and the fact that it comes with, so that it can
/// prove nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EvidenceManifest {
    /// The stop.
    #[n(0)]
    pub stop: StopId,
    /// The fact that it comes with.
    #[n(1)]
    pub fact: FactId,
    /// How it went.
    #[n(2)]
    pub outcome: StopState,
    /// What was captured, at most [`crate::EVIDENCE_ITEMS_MAX`].
    #[n(3)]
    pub items: Vec<EvidenceItem>,
    /// Who took the goods.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<ReceivedBy>,
    /// How much of each consignment, in the order of the plan; at most [`crate::CONSIGNMENTS_MAX`].
    #[n(5)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// What else there is to say; at most [`crate::INSTRUCTIONS_CHARS_MAX`] characters.
    #[n(6)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Who took the goods, or gave them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceivedBy {
    /// What they are called.
    #[n(0)]
    pub name: String,
    /// What they are there: the consignee, a neighbour, the porter.
    #[n(1)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
}

/// How much of one consignment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The consignment, as the plan calls it.
    #[n(0)]
    pub reference: String,
    /// How many were handed over in order.
    #[n(1)]
    pub delivered: u32,
    /// How many were not taken.
    #[n(2)]
    #[serde(default)]
    pub refused: u32,
    /// How many of those handed over were damaged.
    #[n(3)]
    #[serde(default)]
    pub damaged: u32,
}

/// What an item of evidence is.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum EvidenceKind {
    /// Anything else.
    #[default]
    #[n(0)]
    Other,
    /// A picture of the goods or the place.
    #[n(1)]
    Photo,
    /// A signature as a picture.
    #[n(2)]
    Signature,
    /// The same signature as the lines that the finger drew.
    #[n(3)]
    SignatureLines,
    /// What a scanner has read.
    #[n(4)]
    Scan,
    /// A picture of the goods when they were picked up.
    #[n(5)]
    Condition,
    /// A document.
    #[n(6)]
    Document,
}

/// Something that was captured at the stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EvidenceItem {
    /// What it is.
    #[n(0)]
    #[cbor(decode_with = "read_kind")]
    pub kind: EvidenceKind,
    /// When it was captured, by the clock of the device.
    #[n(1)]
    pub captured_at: Millis,
    /// Its bytes, which follow by themselves. What a scanner has read has none.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Blob>,
    /// The same in small, which travels before it.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Blob>,
    /// What a scanner has read.
    #[n(4)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where the device was.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<GeoStamp>,
}

/// Bytes that travel by themselves, by what they hash to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// Their SHA-256.
    #[n(0)]
    pub sha256: Sha256Hash,
    /// How many there are, from 1 to [`crate::EVIDENCE_BYTES_MAX`].
    #[n(1)]
    pub size: u64,
    /// What their author takes them for, such as `image/jpeg` (RFC 6838). Nobody should believe it.
    #[n(2)]
    pub media_type: String,
}

impl Blob {
    /// Checks size and media type.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        let wrong = |what: String| Err(ContentError { field: "items", what });
        if !(1..=EVIDENCE_BYTES_MAX).contains(&self.size) {
            return wrong(format!("from 1 to {EVIDENCE_BYTES_MAX} bytes"));
        }
        match super::file::is_media_type(&self.media_type) {
            true => Ok(()),
            false => wrong("a media type must be as in RFC 6838, such as `image/jpeg`".into()),
        }
    }
}

impl EvidenceManifest {
    /// Checks lengths and bounds.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        let wrong = |field, what: &str| Err(ContentError { field, what: what.into() });
        if !self.outcome.is_outcome() {
            return wrong("outcome", "only how it went at a stop is proved");
        }
        at_most("items", self.items.len(), EVIDENCE_ITEMS_MAX)?;
        at_most("counts", self.counts.len(), CONSIGNMENTS_MAX)?;
        at_most("note", self.note.chars().count(), INSTRUCTIONS_CHARS_MAX)?;
        if let Some(by) = &self.received_by {
            not_blank("received_by", &by.name, NAME_CHARS_MAX)?;
            at_most("received_by", by.role.chars().count(), NAME_CHARS_MAX)?;
        }
        for count in &self.counts {
            not_blank("counts", &count.reference, NAME_CHARS_MAX)?;
        }
        self.items.iter().try_for_each(EvidenceItem::check)
    }
}

impl EvidenceItem {
    /// Checks lengths and bounds.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        at_most("items", self.text.chars().count(), INSTRUCTIONS_CHARS_MAX)?;
        self.at.iter().try_for_each(GeoStamp::check)?;
        self.original.iter().chain(&self.preview).try_for_each(Blob::check)?;
        match self.original.is_some() || !self.text.is_empty() {
            true => Ok(()),
            false => {
                Err(ContentError { field: "items", what: "an item holds bytes or a text".into() })
            }
        }
    }
}

/// A manifest as its device has signed it. The bytes are kept: a reader that does not know all that stands in
/// them can check the signature all the same.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct SignedManifest {
    /// The CBOR form of the [`EvidenceManifest`].
    #[n(0)]
    pub signed: Bytes,
    /// The Ed25519 signature (RFC 8032) of the device over [`SignedManifest::message`].
    #[n(1)]
    pub signature: Bytes,
}

/// What stands before the bytes that are signed: a signature of something else is none of a manifest.
const PREAMBLE: &[u8] = b"waypost evidence manifest 1\n";

impl SignedManifest {
    /// The manifest, signed by this function, which signs a message with the key of the device.
    pub fn of(manifest: &EvidenceManifest, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        // Writing to a Vec cannot fail.
        let signed = Bytes(minicbor::to_vec(manifest).unwrap_or_default());
        let signature = Bytes(sign(&message(&signed.0)).to_vec());
        Self { signed, signature }
    }

    /// What is signed.
    pub fn message(&self) -> Vec<u8> {
        message(&self.signed.0)
    }

    /// What it lists.
    ///
    /// # Errors
    /// If the bytes are no manifest.
    pub fn manifest(&self) -> Result<EvidenceManifest, ContentError> {
        let error = |what: String| ContentError { field: "proof", what };
        let mut decoder = Decoder::new(&self.signed.0);
        let manifest = decoder.decode().map_err(|cause: Error| error(cause.to_string()))?;
        match decoder.position() == self.signed.0.len() && self.signature.0.len() == 64 {
            true => Ok(manifest),
            false => Err(error("bytes follow the manifest, or a signature has not 64".into())),
        }
    }
}

fn message(signed: &[u8]) -> Vec<u8> {
    [PREAMBLE, signed].concat()
}

/// In JSON the manifest stands beside its bytes, to be read; the bytes alone are believed.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignedManifest))]
struct SignedJson {
    /// What it lists. Read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest: Option<EvidenceManifest>,
    /// The CBOR form of the manifest, in base64.
    signed: String,
    /// The Ed25519 signature of the device over `waypost evidence manifest 1`, a newline and these bytes, in
    /// base64.
    signature: String,
}

impl Serialize for SignedManifest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (signed, signature) = (BASE64.encode(&self.signed.0), BASE64.encode(&self.signature.0));
        SignedJson { manifest: self.manifest().ok(), signed, signature }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignedManifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = SignedJson::deserialize(deserializer)?;
        let bytes = |text: &str| BASE64.decode(text).map(Bytes).map_err(de::Error::custom);
        Ok(Self { signed: bytes(&json.signed)?, signature: bytes(&json.signature)? })
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for SignedManifest {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        SignedJson::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for SignedManifest {
    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        SignedJson::schemas(schemas);
    }
}

/// A sort of evidence that this version does not know is evidence all the same.
fn read_kind<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<EvidenceKind, Error> {
    Ok(known(d, ctx)?.unwrap_or_default())
}
