//! Files that a message shall bring: made ready and sealed beside the shell, as what is captured at a stop.

use std::path::Path;

use tokio::sync::oneshot;
use waypost_engine::Wish;
use waypost_protocol::{Blob, Body, Bytes, ConversationId, FILE_BYTES_MAX, FactId, File, Header};

use super::capturing::{Sealing, sealed};
use super::shell::Shell;
use super::{CaptureError, Captured, CommandError, Sent};
use crate::files::{Files, Sealed};
use crate::pictures::PicturePolicy;

/// A message that brings a file.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Where it is said.
    pub conversation: ConversationId,
    /// The name of the file, without a folder.
    pub name: String,
    /// Its bytes. A picture is made ready as one that is captured at a stop.
    pub bytes: Captured,
    /// Words beside it; often none.
    pub text: String,
    /// The message that it answers.
    pub answers: Option<FactId>,
    /// What else goes with it.
    pub header: Header,
}

/// What a message becomes: small files go inside of it, larger ones stay here and follow.
pub(super) struct Ready {
    conversation: ConversationId,
    message: Body,
    follows: Option<Sealed>,
}

/// A message that is ready, and who waits for it.
pub(super) type Asked = (Ready, oneshot::Sender<Result<Sent, CommandError>>);

impl Shell {
    pub(super) async fn attach(&mut self, (ready, reply): Asked) {
        // Whoever asked may have gone; the message stands.
        let _ = reply.send(self.say_attached(ready).await);
    }

    async fn say_attached(&mut self, ready: Ready) -> Result<Sent, CommandError> {
        let Ready { conversation, message, follows } = ready;
        if let Some(file) = &follows {
            self.store.keep_attached(file).await?;
        }
        let said = self.wish(Wish::Say { conversation, body: message }).await;
        let kept = match (&said, &follows) {
            (Ok(Sent { id: Some(id) }), Some(file)) => self.store.stays(*id, file).await,
            (Err(_), Some(_)) => self.store.drop_files().await,
            _ => Ok(()),
        };
        // The message stands or falls by itself: whoever is told that it was not kept says it again.
        if let Err(error) = kept {
            self.in_trouble(&error);
        }
        self.uploading.touch();
        said
    }
}

/// Makes a message ready; it takes a while and blocks.
pub(super) fn ready(
    files: &Files,
    attachment: Attachment,
    policy: &PicturePolicy,
) -> Result<Ready, CaptureError> {
    let Attachment { conversation, name, bytes, text, answers, header } = attachment;
    let is_picture = matches!(bytes, Captured::Picture(_));
    let mut sealing = Sealing::default();
    let made = sealed(files, bytes, policy, &mut sealing).and_then(|(original, _)| {
        let blob = original.ok_or(CaptureError::Size)?;
        let kept = &sealing.kept[0];
        let name = match is_picture {
            true => Path::new(&name).with_extension("jpg").to_string_lossy().into_owned(),
            false => name,
        };
        let Blob { sha256, size, media_type } = blob;
        let inside = match size <= FILE_BYTES_MAX as u64 {
            true => files.read(kept, 0, u64::MAX),
            false => Ok(Vec::new()),
        };
        let bytes = Bytes(inside.map_err(|error| CaptureError::Disk(error.to_string()))?);
        let file = File { name, media_type, size, sha256, bytes, voice: None };
        let follows = file.travels().then(|| kept.clone());
        let message = Body::File { file: file.into(), text, answers, header };
        // What cannot be said is not kept.
        message.check().map_err(CommandError::Content)?;
        Ok(Ready { conversation, message, follows })
    });
    let follows = made.as_ref().ok().and_then(|ready| ready.follows.as_ref()).map(|it| it.name);
    sealing.keep_only(files, |it| Some(it.name) == follows);
    made
}
