//! What is captured at a stop: made ready and sealed beside the shell, so that no screen stands still, and durable
//! before anyone sees it.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use thiserror::Error;
use tokio::sync::oneshot;
use waypost_protocol::{
    Blob, EVIDENCE_BYTES_MAX, EvidenceItem, EvidenceKind, GeoStamp, Millis, StopId,
};

use super::CommandError;
use super::shell::Shell;
use crate::files::{Files, Sealed};
use crate::pictures::{self, PicturePolicy};

/// Something that a driver captures at a stop. It belongs to that stop from here on and to no other.
#[derive(Clone, Debug)]
pub struct Capture {
    /// At which stop.
    pub stop: StopId,
    /// What it is.
    pub kind: EvidenceKind,
    /// Its bytes.
    pub bytes: Captured,
    /// What a scanner has read, or what there is to say.
    pub text: String,
    /// Where the device was.
    pub at: Option<GeoStamp>,
}

/// The bytes of something that was captured.
#[derive(Clone, Debug)]
pub enum Captured {
    /// A picture from a camera, as a file of JPEG, PNG or WebP: it is made ready, and made in small.
    Picture(Vec<u8>),
    /// A file, which travels as it is.
    File {
        /// Where it lies. It is copied, and may go then.
        path: PathBuf,
        /// What it is, such as `application/pdf`.
        media_type: String,
    },
    /// Bytes that travel as they are, such as the lines of a signature.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// What they are.
        media_type: String,
    },
    /// None: a text alone.
    Nothing,
}

/// Why something was not captured. Nothing of it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CaptureError {
    /// It is no picture that can be opened.
    #[error("this is no picture that can be opened: {0}")]
    NoPicture(String),
    /// The file cannot be read, or the disk of the device is full.
    #[error("the file cannot be kept: {0}")]
    Disk(String),
    /// More than [`EVIDENCE_BYTES_MAX`], or nothing at all.
    #[error("from 1 to {EVIDENCE_BYTES_MAX} bytes can be kept")]
    Size,
    /// As with any command.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// What is asked about what was captured at one stop.
pub(super) enum OfStop {
    Keep(EvidenceItem, Vec<Sealed>, oneshot::Sender<Result<(), CommandError>>),
    List(oneshot::Sender<Result<Vec<EvidenceItem>, CommandError>>),
    Forget(EvidenceItem, oneshot::Sender<Result<(), CommandError>>),
}

impl Shell {
    pub(super) async fn of_stop(&mut self, stop: StopId, asked: OfStop) {
        // Whoever asked may have gone.
        match asked {
            OfStop::Keep(item, files, reply) => {
                let kept = self.store.capture(stop, &item, &files).await;
                let _ = reply.send(kept.map_err(CommandError::from));
            }
            OfStop::List(reply) => {
                let captured = self.store.reading().captured(stop).await;
                let _ = reply.send(captured.map_err(CommandError::from));
            }
            OfStop::Forget(item, reply) => {
                let forgotten = self.store.forget_captured(stop, &item).await;
                let _ = reply.send(forgotten.map_err(CommandError::from));
            }
        }
    }
}

/// Seals what was captured; it takes a while and blocks.
pub(super) fn seal(
    files: &Files,
    capture: Capture,
    policy: &PicturePolicy,
    captured_at: Millis,
) -> Result<(EvidenceItem, Vec<Sealed>), CaptureError> {
    let Capture { kind, bytes, text, at, .. } = capture;
    let keep = |bytes: &[u8]| sealed(files.keep(&mut &*bytes, EVIDENCE_BYTES_MAX));
    let (original, preview) = match bytes {
        Captured::Picture(bytes) => {
            let ready = pictures::prepare(&bytes, policy)
                .map_err(|error| CaptureError::NoPicture(error.to_string()))?;
            let media_type = || pictures::MEDIA_TYPE.to_owned();
            let original = (keep(&ready.original)?, media_type());
            (Some(original), Some((keep(&ready.preview)?, media_type())))
        }
        Captured::File { path, media_type } => {
            let mut file = File::open(path).map_err(|error| disk(&error))?;
            let kept = sealed(files.keep(&mut file, EVIDENCE_BYTES_MAX))?;
            (Some((kept, media_type)), None)
        }
        Captured::Bytes { bytes, media_type } => (Some((keep(&bytes)?, media_type)), None),
        Captured::Nothing => (None, None),
    };
    let blob = |(sealed, media_type): &(Sealed, String)| Blob {
        sha256: sealed.sha256,
        size: sealed.size,
        media_type: media_type.clone(),
    };
    let (of_original, of_preview) = (original.as_ref().map(blob), preview.as_ref().map(blob));
    let item =
        EvidenceItem { kind, captured_at, original: of_original, preview: of_preview, text, at };
    let kept = original.into_iter().chain(preview).map(|(sealed, _)| sealed).collect();
    Ok((item, kept))
}

fn sealed(kept: io::Result<Sealed>) -> Result<Sealed, CaptureError> {
    match kept {
        Ok(sealed) if sealed.size == 0 => Err(CaptureError::Size),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(CaptureError::Size),
        Ok(sealed) => Ok(sealed),
        Err(error) => Err(disk(&error)),
    }
}

fn disk(error: &io::Error) -> CaptureError {
    CaptureError::Disk(error.to_string())
}
