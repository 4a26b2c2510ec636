//! Bringing files to the server: one piece after the other, each in a task of its own, so that nothing waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use waypost_engine::{
    Upload, UploadAnswer, UploadEnd, UploadState, UploadStep, UploadWish, Uploads,
};
use waypost_protocol::ProblemCode;

use super::shell::{Shell, TROUBLE_INTERVAL, random};
use super::{CommandError, Sent};
use crate::command::UploadCommand;
use crate::link::tus;
use crate::store::{StoreError, UploadRow};
use crate::view::{UploadView, UploadsView};

/// What the shell has to do with uploads.
pub(super) struct Uploading {
    uploads: Uploads,
    /// Everything that is promised and not safe yet, as last read.
    rows: Vec<UploadRow>,
    /// Kept as long as it works: a new connection costs a handshake.
    http: Option<reqwest::Client>,
    under_way: Option<UnderWay>,
    steps: u64,
    pub(super) answers: (mpsc::Sender<Answered>, mpsc::Receiver<Answered>),
    /// Whether what is promised has to be read again.
    stale: bool,
    /// When [`Shell::bring`] is to be called, whatever happens.
    pub(super) timer: Option<Instant>,
}

/// What became of the step with this number.
pub(super) struct Answered(u64, UploadAnswer);

/// A step, which ends when this is dropped.
pub(super) struct UnderWay {
    pub(super) number: u64,
    pub(super) task: AbortHandle,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Default for Uploading {
    fn default() -> Self {
        Self {
            uploads: Uploads::default(),
            rows: Vec::new(),
            http: None,
            under_way: None,
            steps: 0,
            answers: mpsc::channel(4),
            stale: true,
            timer: None,
        }
    }
}

impl Uploading {
    /// Something was promised, or came into the record.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// Whether something is promised by what the record does not have yet.
    pub(super) fn waits_for_facts(&self) -> bool {
        self.rows.iter().any(|row| !row.is_promised)
    }

    /// What the screen shows.
    pub(super) fn view(&self) -> UploadsView {
        let view = |row: &UploadRow| UploadView {
            fact: row.fact,
            stop: row.stop,
            sha256: row.sha256,
            size: row.size,
            class: row.class,
            sent: match row.ended {
                Some(UploadEnd::Done) => row.size,
                _ => self.uploads.sent(row.sha256),
            },
            ended: row.ended,
        };
        let files: Vec<_> = self.rows.iter().map(view).collect();
        let open = files.iter().filter(|file| file.ended.is_none());
        let bytes_left = open.map(|file| file.size - file.sent.min(file.size)).sum();
        let (state, ms_left) = match self.uploads.state() {
            // It waits for its fact to come into the record.
            UploadState::Idle if bytes_left > 0 => (UploadState::Waiting, None),
            UploadState::Idle => (UploadState::Idle, None),
            state => (state, self.uploads.left_ms()),
        };
        UploadsView { files, bytes_left, ms_left, state }
    }
}

impl Shell {
    /// The next piece, if there is one and nothing else goes first.
    pub(super) async fn bring(&mut self) {
        if std::mem::take(&mut self.uploading.stale)
            && let Err(error) = self.read_uploads().await
        {
            self.uploading.stale = true;
            self.uploading.timer = Some(Instant::now() + TROUBLE_INTERVAL);
            return self.in_trouble(&error);
        }
        let (now, traffic) = (self.now(), self.engine.traffic(self.now()));
        let before = self.uploading.uploads.state();
        while let Some(wish) = self.uploading.uploads.next(traffic, now.tick) {
            match wish {
                UploadWish::Stop => self.uploading.under_way = None,
                UploadWish::Step(step) => {
                    self.take(step).await;
                    break;
                }
            }
        }
        if self.uploading.uploads.state() != before {
            self.view_changed();
        }
        let at = |tick| self.started + Duration::from_millis(tick);
        self.uploading.timer = self.uploading.uploads.next_tick(now.tick).map(at);
    }

    /// What became of a step.
    pub(super) async fn brought(&mut self, Answered(number, answer): Answered) {
        let is_this = self.uploading.under_way.as_ref().is_some_and(|it| it.number == number);
        if !is_this {
            return; // Of a step that was stopped.
        }
        self.uploading.under_way = None;
        if answer == UploadAnswer::Lost {
            // The network may be another one by now.
            self.uploading.http = None;
        }
        let known_up_to = match &answer {
            UploadAnswer::Has { record, .. } => *record,
            _ => None,
        };
        let tick = self.now().tick;
        let ended = self.uploading.uploads.answered(answer, tick, random());
        self.view_changed();
        let Some((sha256, end)) = ended else { return };
        match self.store.upload_ended(sha256, end, known_up_to).await {
            Ok(()) => self.uploading.touch(),
            // It is asked again once the store works.
            Err(error) => self.in_trouble(&error),
        }
    }

    /// Does what a person wishes for files.
    pub(super) async fn of_uploads(&mut self, wish: UploadCommand) -> Result<Sent, CommandError> {
        match wish {
            UploadCommand::Network { is_metered } => {
                self.uploading.uploads.network(is_metered);
                self.uploading.http = None;
            }
            UploadCommand::OnMetered(on_metered) => self.store.set_on_metered(on_metered).await?,
            UploadCommand::Again { sha256 } => self.store.upload_again(sha256).await?,
        }
        self.uploading.touch();
        Ok(Sent { id: None })
    }

    async fn read_uploads(&mut self) -> Result<(), StoreError> {
        let (rows, on_metered) = {
            let reading = self.store.reading();
            (reading.uploads().await?, reading.on_metered().await?)
        };
        let open = rows.iter().filter(|row| row.is_promised && row.ended.is_none());
        let upload =
            |row: &UploadRow| Upload { sha256: row.sha256, size: row.size, class: row.class };
        self.uploading.uploads.wait(open.map(upload).collect());
        self.uploading.uploads.on_metered(on_metered);
        self.uploading.rows = rows;
        self.view_changed();
        Ok(())
    }

    async fn take(&mut self, step: UploadStep) {
        let sealed = match &step {
            UploadStep::Send { sha256, .. } => self.store.reading().file(*sha256).await,
            UploadStep::Begin { .. } => Ok(None),
        };
        let sealed = match sealed {
            Ok(sealed) => sealed,
            Err(error) => {
                let code = ProblemCode::Internal;
                let later = UploadAnswer::NotNow { code, after_ms: Some(5_000) };
                self.uploading.uploads.answered(later, self.now().tick, random());
                return self.in_trouble(&error);
            }
        };
        self.uploading.steps += 1;
        let number = self.uploading.steps;
        let (peer, files) = (Arc::clone(&self.peer), self.store.files().clone());
        let (http, answers) = (self.http(), self.uploading.answers.0.clone());
        let task = tokio::spawn(async move {
            let answer = match (http, step, sealed) {
                (Some(http), UploadStep::Begin { sha256, size }, _) => {
                    tus::begin(&http, &peer, sha256, size).await
                }
                (Some(http), UploadStep::Send { at, from, length, .. }, Some(sealed)) => {
                    let reads = move || files.read(&sealed, from, length);
                    match tokio::task::spawn_blocking(reads).await {
                        Ok(Ok(piece)) => tus::send(&http, &peer, &at, from, piece).await,
                        Ok(Err(error)) if is_final(&error) => UploadAnswer::Unreadable,
                        _ => UploadAnswer::NotNow { code: ProblemCode::Internal, after_ms: None },
                    }
                }
                (Some(_), UploadStep::Send { .. }, None) => UploadAnswer::Unreadable,
                (None, ..) => UploadAnswer::NotNow { code: ProblemCode::Internal, after_ms: None },
            };
            // Nobody listens any more only when the client is gone.
            let _ = answers.send(Answered(number, answer)).await;
        });
        self.uploading.under_way = Some(UnderWay { number, task: task.abort_handle() });
    }

    fn http(&mut self) -> Option<reqwest::Client> {
        if self.uploading.http.is_none() {
            self.uploading.http = tus::client(&self.peer.tls);
        }
        self.uploading.http.clone()
    }
}

/// Whether a file is damaged or gone. Anything else passes: the device may be locked, or short of something.
pub(super) fn is_final(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
    matches!(error.kind(), InvalidData | NotFound | UnexpectedEof)
}
