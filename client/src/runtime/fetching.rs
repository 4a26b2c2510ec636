//! Having files of messages here: one piece after the other, each in a task of its own, so that nothing waits for it.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::time::Instant;
use waypost_engine::{FETCH_UNIT, Fetch, FetchAnswer, FetchEnd, FetchStep, FetchWish, Fetches};
use waypost_protocol::{FactId, File, Sha256Hash};

use super::shell::{Shell, TROUBLE_INTERVAL, random};
use super::uploading::{UnderWay, is_final};
use super::{CommandError, Sent};
use crate::command::FileCommand;
use crate::files::{Files, Sealed};
use crate::link::fetch::{Came, piece};
use crate::link::{Peer, https};
use crate::store::{FetchRow, StoreError};
use crate::view::FetchView;

/// What the shell has to do with files that come.
pub(super) struct Fetching {
    fetches: Fetches,
    /// Everything that is wanted and not here, as last read.
    rows: Vec<FetchRow>,
    http: Option<reqwest::Client>,
    under_way: Option<UnderWay>,
    steps: u64,
    /// Of which file the last piece was asked for.
    asked: Option<Sha256Hash>,
    pub(super) answers: (mpsc::Sender<Fetched>, mpsc::Receiver<Fetched>),
    stale: bool,
    /// When [`Shell::fetch`] is to be called, whatever happens.
    pub(super) timer: Option<Instant>,
}

/// What became of the step with this number.
pub(super) struct Fetched(u64, FetchAnswer);

impl Default for Fetching {
    fn default() -> Self {
        Self {
            fetches: Fetches::default(),
            rows: Vec::new(),
            http: None,
            under_way: None,
            steps: 0,
            asked: None,
            answers: mpsc::channel(4),
            stale: true,
            timer: None,
        }
    }
}

impl Fetching {
    /// The store can be read again, or what is wanted has changed.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// What the screen shows.
    pub(super) fn view(&self) -> Vec<FetchView> {
        let view = |row: &FetchRow| FetchView {
            message: row.message,
            sha256: row.sealed.sha256,
            size: row.sealed.size,
            got: row.got,
            ended: row.ended,
        };
        self.rows.iter().map(view).collect()
    }
}

impl Shell {
    /// The next piece, if there is one and nothing else goes first.
    pub(super) async fn fetch(&mut self) {
        if std::mem::take(&mut self.fetching.stale)
            && let Err(error) = self.read_fetches().await
        {
            self.fetching.stale = true;
            self.fetching.timer = Some(Instant::now() + TROUBLE_INTERVAL);
            return self.in_trouble(&error);
        }
        let (now, traffic) = (self.now(), self.engine.traffic(self.now()));
        while let Some(wish) = self.fetching.fetches.next(traffic, now.tick) {
            match wish {
                FetchWish::Stop => self.fetching.under_way = None,
                FetchWish::Step(step) => {
                    self.ask_for(step);
                    break;
                }
            }
        }
        let at = |tick| self.started + Duration::from_millis(tick);
        self.fetching.timer = self.fetching.fetches.next_tick(now.tick).map(at);
    }

    /// What became of a step.
    pub(super) async fn fetched(&mut self, Fetched(number, answer): Fetched) {
        let under_way = self.fetching.under_way.take_if(|it| it.number == number);
        if under_way.is_none() {
            return; // Of a step that was stopped.
        }
        if answer == FetchAnswer::Lost {
            // The network may be another one by now.
            self.fetching.http = None;
        }
        let tick = self.now().tick;
        let ended = self.fetching.fetches.answered(answer, tick, random());
        self.view_changed();
        let written = match ended {
            Some((sha256, end)) => {
                let row = self.fetching.rows.iter().find(|row| row.sealed.sha256 == sha256);
                let Some(file) = row.map(|row| row.sealed.clone()) else { return };
                if end != FetchEnd::Done {
                    self.store.files().remove(file.name);
                }
                self.fetching.stale = true;
                self.store.fetch_ended(&file, end).await
            }
            None if answer == FetchAnswer::Another => self.begin_anew().await,
            None => self.note_what_came().await,
        };
        if let Err(error) = written {
            self.fetching.stale = true;
            self.in_trouble(&error);
        }
    }

    /// Does what a person wishes for the files of messages.
    pub(super) async fn of_files(&mut self, wish: FileCommand) -> Result<Sent, CommandError> {
        match wish {
            FileCommand::Fetch { message } => {
                let file = self.store.reading().file_of(message).await?;
                let file = file.ok_or(CommandError::NoSuchMessage)?;
                if file.travels() {
                    self.want(message, &file).await?;
                }
            }
            FileCommand::LetGo { message } => self.store.let_go(message).await?,
        }
        self.fetching.touch();
        self.view_changed();
        Ok(Sent { id: None })
    }

    async fn want(&self, message: FactId, file: &File) -> Result<(), CommandError> {
        if let Some(here) = self.store.reading().file(file.sha256).await? {
            return Ok(self.store.stays(message, &here).await?);
        }
        let before = self.store.reading().fetch_of(file.sha256).await?;
        if before.is_some_and(|row| row.ended.is_none() && row.sealed.size == file.size) {
            return Ok(()); // It is coming.
        }
        let failed = |error: std::io::Error| CommandError::Store(error.to_string());
        let sealed = self.store.files().begin(file.sha256, file.size).map_err(failed)?;
        Ok(self.store.want(message, &sealed).await?)
    }

    /// What came was something else. No key seals other bytes under the same numbers, so it gets another one.
    async fn begin_anew(&mut self) -> Result<(), StoreError> {
        self.fetching.stale = true;
        let asked = self.fetching.asked;
        let row = self.fetching.rows.iter().find(|row| Some(row.sealed.sha256) == asked);
        let Some(FetchRow { message, sealed, .. }) = row else { return Ok(()) };
        self.store.files().remove(sealed.name);
        match self.store.files().begin(sealed.sha256, sealed.size) {
            Ok(anew) => self.store.want(*message, &anew).await,
            Err(error) => {
                tracing::warn!(%error, "a file cannot be begun anew");
                Ok(())
            }
        }
    }

    /// After a kill it goes on from there.
    async fn note_what_came(&mut self) -> Result<(), StoreError> {
        let wanted = self.fetching.fetches.wanted();
        for row in &mut self.fetching.rows {
            let file = wanted.iter().find(|file| file.sha256 == row.sealed.sha256);
            if let Some(file) = file.filter(|file| file.got != row.got) {
                self.store.fetched(file.sha256, file.got).await?;
                row.got = file.got;
            }
        }
        Ok(())
    }

    async fn read_fetches(&mut self) -> Result<(), StoreError> {
        let rows = self.store.reading().fetches().await?;
        let open = rows.iter().filter(|row| row.ended.is_none());
        let fetch = |row: &FetchRow| Fetch {
            message: row.message,
            sha256: row.sealed.sha256,
            size: row.sealed.size,
            got: row.got,
        };
        self.fetching.fetches.want(open.map(fetch).collect());
        self.fetching.rows = rows;
        self.view_changed();
        Ok(())
    }

    fn ask_for(&mut self, step: FetchStep) {
        self.fetching.steps += 1;
        let number = self.fetching.steps;
        self.fetching.asked = Some(step.file.sha256);
        let row = self.fetching.rows.iter().find(|row| row.sealed.sha256 == step.file.sha256);
        let sealed = row.map(|row| row.sealed.clone());
        if self.fetching.http.is_none() {
            self.fetching.http = https::client(&self.peer.tls).ok();
        }
        let (http, peer) = (self.fetching.http.clone(), Arc::clone(&self.peer));
        let (files, answers) = (self.store.files().clone(), self.fetching.answers.0.clone());
        let task = tokio::spawn(async move {
            let answer = match (http, sealed) {
                (Some(http), Some(sealed)) => brought(&http, &peer, files, sealed, step).await,
                _ => FetchAnswer::NotNow(None),
            };
            // Nobody listens any more only when the client is gone.
            let _ = answers.send(Fetched(number, answer)).await;
        });
        self.fetching.under_way = Some(UnderWay { number, task: task.abort_handle() });
    }
}

/// Asks for a piece and keeps what comes of it in whole units, and the end.
async fn brought(
    http: &reqwest::Client,
    peer: &Peer,
    files: Files,
    sealed: Sealed,
    step: FetchStep,
) -> FetchAnswer {
    let mut bytes = match piece(http, peer, step).await {
        Came::Bytes(bytes) => bytes,
        Came::NotNow(after_ms) => return FetchAnswer::NotNow(after_ms),
        Came::Refused(code) => return FetchAnswer::Refused(code),
        Came::Nothing => return FetchAnswer::Lost,
    };
    let from = step.file.got;
    if from + bytes.len() as u64 != step.file.size {
        let whole = bytes.len() as u64 / FETCH_UNIT * FETCH_UNIT;
        bytes.truncate(usize::try_from(whole).unwrap_or(0));
    }
    if bytes.is_empty() {
        return FetchAnswer::Lost;
    }
    let keeps = move || {
        files.extend(&sealed, from, &bytes)?;
        let got = from + bytes.len() as u64;
        match got == sealed.size && !is_itself(&files, &sealed)? {
            true => Ok(FetchAnswer::Another),
            false => Ok(FetchAnswer::Got(got)),
        }
    };
    let kept: Result<std::io::Result<_>, _> = tokio::task::spawn_blocking(keeps).await;
    match kept {
        Ok(Ok(answer)) => answer,
        // What is here of it is damaged, or gone.
        Ok(Err(error)) if is_final(&error) => FetchAnswer::Another,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a piece of a file cannot be kept");
            FetchAnswer::Disk
        }
        Err(_) => FetchAnswer::Disk,
    }
}

/// Whether a file that is here whole is what it should be.
fn is_itself(files: &Files, sealed: &Sealed) -> std::io::Result<bool> {
    let mut hash = Sha256::new();
    let step = 16 * FETCH_UNIT;
    let mut at = 0;
    while at < sealed.size {
        hash.update(files.read(sealed, at, step)?);
        at += step;
    }
    Ok(<[u8; 32]>::from(hash.finalize()) == sealed.sha256.0)
}
