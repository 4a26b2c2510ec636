//! The shell of the engine: it hands in what happens and runs the effects, in order.
//!
//! One task owns store, engine, links and view. It decides nothing about messages.

mod attaching;
mod capturing;
mod commands;
mod expiring;
mod fetching;
mod searching;
mod shell;
mod showing;
#[cfg(test)]
mod tests;
mod trips;
mod uploading;

use std::path::Path;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use waypost_engine::Refusal;
use waypost_position::{PositionSource, Positions};
use waypost_protocol::{
    ContentError, DeviceId, EvidenceItem, FactId, GeoStamp, Sha256Hash, StopId,
};

use crate::clock::Clock;
use crate::command::{Command, TripCommand};
use crate::enrol::{EnrolError, enrol};
use crate::files::{Files, Sealed};
use crate::pictures::PicturePolicy;
use crate::store::{Identity, OpenError, Store, StoreKey};
use crate::view::{Found, Search, TripView, View};
pub use attaching::Attachment;
use capturing::OfStop;
pub use capturing::{Capture, CaptureError, Captured};
use shell::Shell;
pub(crate) use shell::random;

/// Most commands that wait for the store. A screen that taps faster waits in `send`.
const COMMANDS_MAX: usize = 64;

/// One enrolment at work: a person on this device, with a store and a link of their own.
///
/// On a tablet that several people share there is one client for each of them, each with its own
/// store file, all running: so the outbox of whoever has signed off keeps draining.
///
/// Dropping a client is what a crash is: nothing is lost. [`Client::close`] is the orderly way.
pub struct Client {
    requests: mpsc::Sender<Request>,
    view: watch::Receiver<Arc<View>>,
    files: Files,
    clock: Clock,
    pictures: PicturePolicy,
    positions: Option<Positions>,
    task: JoinHandle<()>,
}

/// What the shell is asked.
enum Request {
    Command(Command, oneshot::Sender<Result<Sent, CommandError>>),
    Search(Search, oneshot::Sender<Result<Found, CommandError>>),
    Board(Days, oneshot::Sender<Result<Vec<TripView>, CommandError>>),
    Of(StopId, OfStop),
    File(Sha256Hash, oneshot::Sender<Result<Option<Sealed>, CommandError>>),
    Attach(Box<attaching::Asked>),
    Close,
}

/// The first and the last of some days, such as `2026-11-30`.
type Days = (String, String);

/// A command is durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The fact that it made, if it made one.
    pub id: Option<FactId>,
}

/// Why a command is not kept.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CommandError {
    /// The outbox has no room: see [`View::outbox_full`].
    #[error("the outbox is full; it drains when the device is online")]
    OutboxFull,
    /// The content breaks a rule.
    #[error(transparent)]
    Content(ContentError),
    /// The store cannot write: see [`View::store_trouble`].
    #[error("{0}")]
    Store(String),
    /// There is no such trip or stop here.
    #[error("there is no such trip or stop here")]
    NoSuchTrip,
    /// Evidence has bytes that were not captured at this stop, or are part of what was said there already.
    #[error("what is shown was not captured at this stop")]
    NotCapturedHere,
    /// There is no such message here that this could be done with.
    #[error("there is no message here that this can be done with")]
    NoSuchMessage,
    /// This fact is not wedged.
    #[error("this message is not refused")]
    NotWedged,
    /// The client has been closed.
    #[error("the client is closed")]
    Closed,
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OutboxFull => Self::OutboxFull,
            Refusal::Content(error) => Self::Content(error),
        }
    }
}

/// What a client takes from its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The clock of the device.
    pub clock: Clock,
    /// The id of the device, where it has enrolments already; `None` mints one.
    pub device: Option<DeviceId>,
    /// How pictures are made ready.
    pub pictures: PicturePolicy,
    /// Where the device learns its position; `None` if nothing is to be noted of it.
    pub position: Option<PositionSource>,
}

impl Client {
    /// Enrols this device with a one-time link and starts.
    pub async fn enrol(
        link: &str,
        device_name: &str,
        store_path: &Path,
        key: StoreKey,
    ) -> Result<Self, EnrolError> {
        Self::enrol_with(link, device_name, store_path, key, Setup::default()).await
    }

    /// As [`Client::enrol`], with other surroundings.
    pub async fn enrol_with(
        link: &str,
        device_name: &str,
        store_path: &Path,
        key: StoreKey,
        setup: Setup,
    ) -> Result<Self, EnrolError> {
        let minted = || DeviceId::mint(setup.clock.now(), shell::random());
        let device = setup.device.unwrap_or_else(minted);
        let (store, identity) = enrol(link, device, device_name, store_path, &key).await?;
        Ok(Self::start(store, identity, setup).await?)
    }

    /// Opens the store of an enrolled device and starts. It shows what it knows at once, and
    /// connects by itself.
    pub async fn open(store_path: &Path, key: StoreKey) -> Result<Self, OpenError> {
        Self::open_with(store_path, key, Setup::default()).await
    }

    /// As [`Client::open`], with other surroundings.
    pub async fn open_with(
        store_path: &Path,
        key: StoreKey,
        setup: Setup,
    ) -> Result<Self, OpenError> {
        let (store, identity) = Store::open(store_path, &key).await?;
        Self::start(store, identity, setup).await
    }

    pub(crate) async fn start(
        store: Store,
        identity: Identity,
        setup: Setup,
    ) -> Result<Self, OpenError> {
        let (requests, receiver) = mpsc::channel(COMMANDS_MAX);
        let files = store.files().clone();
        let (shell, view) = Shell::load(store, &identity, setup.clock).await?;
        let task = tokio::spawn(shell.run(receiver));
        let Setup { clock, pictures, position, .. } = setup;
        let positions = position.map(|source| Positions::start_by(source, move || clock.now()));
        Ok(Self { requests, view, files, clock, pictures, positions, task })
    }

    /// The newest view, and a way to wait for the next. Bursts are merged: at most about 60 views
    /// come in a second.
    pub fn view(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Does what a person wishes. When it returns, the wish is durable and survives a crash; the
    /// view follows within moments.
    pub async fn send(&self, mut command: Command) -> Result<Sent, CommandError> {
        if let Command::OfTrips(TripCommand::MoveStop { done, .. }) = &mut command {
            done.at = done.at.take().or_else(|| self.stamp());
        }
        self.ask(|reply| Request::Command(command, reply)).await
    }

    /// Where the device is, if it is set up to know: what goes along with each outcome of a stop and all that is captured.
    pub fn positions(&self) -> Option<&Positions> {
        self.positions.as_ref()
    }

    /// Looks for messages that are on this device, with or without a network.
    pub async fn search(&self, search: Search) -> Result<Found, CommandError> {
        self.ask(|reply| Request::Search(search, reply)).await
    }

    /// Every trip that begins in these days, such as `2026-11-30`, as far as this device knows: the board of
    /// dispatch. It is read anew each time.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn board(&self, from: &str, until: &str) -> Result<Vec<TripView>, CommandError> {
        self.ask(|reply| Request::Board((from.to_owned(), until.to_owned()), reply)).await
    }

    /// Captures something at a stop, which it belongs to from here on. When it returns it is durable; nobody else
    /// knows of it before it is part of what the driver says there ([`crate::StopDone::evidence`]). A picture is made
    /// ready in the background meanwhile.
    ///
    /// # Errors
    /// If it is no picture, too large, or cannot be kept.
    pub async fn capture(&self, mut capture: Capture) -> Result<EvidenceItem, CaptureError> {
        capture.at = capture.at.or_else(|| self.stamp());
        let (stop, files) = (capture.stop, self.files.clone());
        let (policy, at) = (self.pictures, self.clock.now());
        let seals = move || capturing::seal(&files, capture, &policy, at);
        let sealed = tokio::task::spawn_blocking(seals).await;
        let (item, kept) = sealed.map_err(|error| CaptureError::Disk(error.to_string()))??;
        let shown = item.clone();
        self.ask(|reply| Request::Of(stop, OfStop::Keep(item, kept, reply))).await?;
        Ok(shown)
    }

    /// What was captured at a stop and is no part of what was said there yet, in order: also before the app was
    /// started.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn captured(&self, stop: StopId) -> Result<Vec<EvidenceItem>, CommandError> {
        self.ask(|reply| Request::Of(stop, OfStop::List(reply))).await
    }

    /// Throws away something that was captured and is no part of what was said.
    ///
    /// # Errors
    /// If the store cannot write.
    pub async fn throw_away(&self, stop: StopId, item: EvidenceItem) -> Result<(), CommandError> {
        self.ask(|reply| Request::Of(stop, OfStop::Forget(item, reply))).await
    }

    /// Says a message that brings a file. When it returns, message and file are durable. A large file follows its message by
    /// itself; a picture is made ready in the background first.
    ///
    /// # Errors
    /// If it is no picture, too large, or cannot be kept or said.
    pub async fn attach(&self, attachment: Attachment) -> Result<Sent, CaptureError> {
        let (files, policy) = (self.files.clone(), self.pictures);
        let makes = move || attaching::ready(&files, attachment, &policy);
        let ready = tokio::task::spawn_blocking(makes).await;
        let ready = ready.map_err(|error| CaptureError::Disk(error.to_string()))??;
        Ok(self.ask(|reply| Request::Attach(Box::new((ready, reply)))).await?)
    }

    /// The bytes of something that was captured, sent or fetched on this device, as long as they are here.
    ///
    /// # Errors
    /// If the store cannot be read, or the file was changed.
    pub async fn file(&self, sha256: Sha256Hash) -> Result<Option<Vec<u8>>, CommandError> {
        let Some(sealed) = self.ask(|reply| Request::File(sha256, reply)).await? else {
            return Ok(None);
        };
        let files = self.files.clone();
        let read = tokio::task::spawn_blocking(move || files.read(&sealed, 0, u64::MAX)).await;
        let unreadable = |error: String| CommandError::Store(error);
        let bytes = read.map_err(|error| unreadable(error.to_string()))?;
        bytes.map(Some).map_err(|error| unreadable(error.to_string()))
    }

    fn stamp(&self) -> Option<GeoStamp> {
        self.positions.as_ref().map(Positions::stamp)
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, CommandError>>) -> Request,
    ) -> Result<T, CommandError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| CommandError::Closed)?;
        answer.await.map_err(|_| CommandError::Closed)?
    }

    /// Ends the link and closes the store in good order.
    pub async fn close(mut self) {
        // An error means that the task has ended already.
        let _ = self.requests.send(Request::Close).await;
        let _ = (&mut self.task).await;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}
