//! A file that a message brings: a picture, a document, a voice note.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::ContentError;
use super::check::not_blank;
use crate::{
    Bytes, EVIDENCE_BYTES_MAX, FILE_BYTES_MAX, FILE_NAME_CHARS_MAX, NAME_CHARS_MAX, Sha256Hash,
    VOICE_WAVEFORM_MAX,
};

/// A file that a message brings.
///
/// ```
/// use waypost_protocol::{Bytes, File};
///
/// let note = File::of("gate.txt", "text/plain", b"Use gate 5".to_vec());
/// assert_eq!(note.check(), Ok(()));
/// let other = File { bytes: Bytes(b"Use gate 6".to_vec()), ..note };
/// assert!(other.check().is_err(), "it is not what its hash says");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name, without a folder; at most [`crate::FILE_NAME_CHARS_MAX`] characters.
    #[n(0)]
    pub name: String,
    /// What its author takes it for, such as `image/jpeg` (RFC 6838). Nobody should believe it.
    #[n(1)]
    pub media_type: String,
    /// How large it is, in bytes.
    #[n(2)]
    pub size: u64,
    /// The SHA-256 of its bytes.
    #[n(3)]
    pub sha256: Sha256Hash,
    /// Its bytes: up to [`crate::FILE_BYTES_MAX`]. None if they travel by themselves, as an upload of whoever says this.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    pub bytes: Bytes,
    /// Of a voice note: how it sounds.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
}

/// What a screen shows of a voice note before it is played.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// How long it is, in milliseconds.
    #[n(0)]
    pub length_ms: u32,
    /// How loud it is, from 0 to 255, over equal parts of it; at most [`crate::VOICE_WAVEFORM_MAX`].
    #[n(1)]
    pub waveform: Bytes,
}

impl File {
    /// The file with these bytes.
    pub fn of(name: impl Into<String>, media_type: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            media_type: media_type.into(),
            size: bytes.len() as u64,
            sha256: Sha256Hash(Sha256::digest(&bytes).into()),
            bytes: Bytes(bytes),
            voice: None,
        }
    }

    /// The same file, whose bytes travel by themselves.
    ///
    /// ```
    /// use waypost_protocol::File;
    ///
    /// let note = File::of("gate.txt", "text/plain", b"Use gate 5".to_vec());
    /// assert!(note.travelling().travels());
    /// ```
    #[must_use]
    pub fn travelling(self) -> Self {
        Self { bytes: Bytes::default(), ..self }
    }

    /// Whether its bytes travel by themselves.
    pub fn travels(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Checks that it is small enough, and what it says that it is.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        not_blank("file", &self.name, FILE_NAME_CHARS_MAX)?;
        let is_plain = |c: char| !c.is_control() && c != '/' && c != '\\';
        if !self.name.chars().all(is_plain) || self.name.starts_with('.') {
            return wrong(
                "its name holds no `/`, `\\` or control character, and begins with no dot",
            );
        }
        if !is_media_type(&self.media_type) {
            return wrong("its media type must be as in RFC 6838, such as `image/jpeg`");
        }
        self.check_bytes()?;
        match &self.voice {
            Some(voice) if voice.waveform.0.len() > VOICE_WAVEFORM_MAX => {
                wrong(format!("at most {VOICE_WAVEFORM_MAX} values in a waveform"))
            }
            _ => Ok(()),
        }
    }

    fn check_bytes(&self) -> Result<(), ContentError> {
        if self.travels() {
            return match self.size {
                1..=EVIDENCE_BYTES_MAX => Ok(()),
                _ => wrong(format!("from 1 to {EVIDENCE_BYTES_MAX} bytes")),
            };
        }
        if self.bytes.0.len() > FILE_BYTES_MAX {
            return wrong(format!(
                "at most {FILE_BYTES_MAX} bytes in the message itself; larger ones travel by themselves"
            ));
        }
        let hash: [u8; 32] = Sha256::digest(&self.bytes.0).into();
        match self.size == self.bytes.0.len() as u64 && self.sha256.0 == hash {
            true => Ok(()),
            false => wrong("its bytes are not those of its size and hash"),
        }
    }
}

pub(super) fn is_media_type(text: &str) -> bool {
    let named = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
        part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(plain)
    };
    let parts = text.split_once('/');
    text.len() <= NAME_CHARS_MAX && parts.is_some_and(|(kind, sort)| named(kind) && named(sort))
}

fn wrong(what: impl Into<String>) -> Result<(), ContentError> {
    Err(ContentError { field: "file", what: what.into() })
}
