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
    /// Where the device was, if it is not to be noted as its source of positions knows it.
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
                self.store.drop_unnamed(&files).await;
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
    let mut sealing = Sealing::default();
    let item = item(files, capture, policy, captured_at, &mut sealing);
    sealing.keep_only(files, |_| item.is_ok());
    Ok((item?, sealing.kept))
}

/// Files that are sealed, and that nobody knows of yet.
#[derive(Default)]
pub(super) struct Sealing {
    pub(super) kept: Vec<Sealed>,
}

impl Sealing {
    /// Removes all but these.
    pub(super) fn keep_only(&mut self, files: &Files, wanted: impl Fn(&Sealed) -> bool) {
        self.kept.retain(|sealed| {
            let is_wanted = wanted(sealed);
            if !is_wanted {
                files.remove(sealed.name);
            }
            is_wanted
        });
    }

    fn keep(
        &mut self,
        files: &Files,
        from: &mut dyn io::Read,
        media_type: String,
    ) -> Result<Option<Blob>, CaptureError> {
        let sealed = files.keep(from, EVIDENCE_BYTES_MAX).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => CaptureError::Size,
            _ => CaptureError::Disk(error.to_string()),
        })?;
        let blob = Blob { sha256: sealed.sha256, size: sealed.size, media_type };
        self.kept.push(sealed);
        match blob.size {
            0 => Err(CaptureError::Size),
            _ => Ok(Some(blob)),
        }
    }
}

fn item(
    files: &Files,
    capture: Capture,
    policy: &PicturePolicy,
    captured_at: Millis,
    sealing: &mut Sealing,
) -> Result<EvidenceItem, CaptureError> {
    let Capture { kind, bytes, text, at, .. } = capture;
    let (original, preview) = sealed(files, bytes, policy, sealing)?;
    let item = EvidenceItem { kind, captured_at, original, preview, text, at };
    // What cannot be said later is not kept now.
    item.check().map_err(CommandError::Content)?;
    Ok(item)
}

/// Seals bytes, made ready if they are a picture, and then once more in small.
pub(super) fn sealed(
    files: &Files,
    bytes: Captured,
    policy: &PicturePolicy,
    sealing: &mut Sealing,
) -> Result<(Option<Blob>, Option<Blob>), CaptureError> {
    Ok(match bytes {
        Captured::Picture(bytes) => {
            let ready = pictures::prepare(&bytes, policy)
                .map_err(|error| CaptureError::NoPicture(error.to_string()))?;
            let picture = || pictures::MEDIA_TYPE.to_owned();
            let original = sealing.keep(files, &mut ready.original.as_slice(), picture())?;
            (original, sealing.keep(files, &mut ready.preview.as_slice(), picture())?)
        }
        Captured::File { path, media_type } => {
            let file = File::open(path);
            let mut file = file.map_err(|error| CaptureError::Disk(error.to_string()))?;
            (sealing.keep(files, &mut file, media_type)?, None)
        }
        Captured::Bytes { bytes, media_type } => {
            (sealing.keep(files, &mut bytes.as_slice(), media_type)?, None)
        }
        Captured::Nothing => (None, None),
    })
}
