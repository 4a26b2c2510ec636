//! What a fact says, as it is carried, hashed and kept: a kind and bytes that nobody rewrites.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Body, kind};
use crate::{CONTENT_BYTES_MAX, REPORT_BYTES_MAX};

/// The null of CBOR: what stands where a body was. No body is written so.
const NULL: [u8; 1] = [0xf6];

/// A kind of fact and its encoded body, exactly as its author wrote it.
///
/// Devices and server keep these bytes. A kind that is newer than the reader is kept and passed
/// on unread, and understood after an update.
///
/// ```
/// use waypost_protocol::{Body, Content};
///
/// let body = Body::text("Gate 4 is closed");
/// let content = body.to_content();
/// assert_eq!(content.to_body(), Ok(body));
///
/// // A kind from the future is kept as it came.
/// let newer = Content { kind: 999, bytes: vec![0x80] };
/// let Ok(unknown) = newer.to_body() else { panic!("an unknown kind is no error") };
/// assert_eq!(unknown.to_content(), newer);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Encode, Decode)]
pub struct Content {
    /// Which body it is; see [`kind`].
    #[n(0)]
    pub kind: u16,
    /// The CBOR form of that body; null if the message was deleted or has expired.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

impl Content {
    /// Whether this is a message that people read in a conversation, by its kind alone.
    pub fn is_message(&self) -> bool {
        kind::is_message(self.kind)
    }

    /// A content of that kind that nobody may read any more.
    pub fn erased(kind: u16) -> Self {
        Self { kind, bytes: NULL.to_vec() }
    }

    /// Whether nothing of it is left.
    pub fn is_erased(&self) -> bool {
        self.bytes == NULL
    }

    /// Whether it has more bytes than a fact of its kind may have.
    pub fn is_too_large(&self) -> bool {
        let max = if self.kind == kind::REPORTED { REPORT_BYTES_MAX } else { CONTENT_BYTES_MAX };
        self.bytes.len() > max
    }

    /// The content as [`Body::Unknown`].
    pub(super) fn to_unknown(&self) -> Body {
        Body::Unknown { number: self.kind, bytes: BASE64.encode(&self.bytes) }
    }

    /// SHA-256 over kind and bytes: two submissions of one id must agree in it.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.kind.to_be_bytes());
        hash.update(&self.bytes);
        hash.finalize().into()
    }
}

/// In JSON a content is its body. One that cannot be read stands there as an unknown kind, so
/// that it spoils no page of others.
impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_body().unwrap_or_else(|_| self.to_unknown()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Body::deserialize(deserializer)?;
        if let Body::Unknown { bytes, .. } = &body {
            BASE64.decode(bytes).map_err(serde::de::Error::custom)?;
        }
        Ok(body.to_content())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Content {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Body::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Content {
    fn name() -> std::borrow::Cow<'static, str> {
        "Body".into()
    }

    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        Body::schemas(schemas);
    }
}
