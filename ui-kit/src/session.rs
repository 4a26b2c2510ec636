//! The client on a thread of its own, so that no screen ever waits for a disk or a network.
//!
//! A window hands in requests and receives reports; views come over a watch channel, of which a
//! slow screen sees the newest. This module decides nothing about messages.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};
use waypost_client::{Client, Command, CommandError, EnrolError, OpenError, Sent, StoreKey, View};
use waypost_protocol::FactId;

use crate::key_file;

/// Most requests that wait for the client. A person cannot tap faster than it takes them.
const REQUESTS_MAX: usize = 256;

/// What a window asks for.
enum Request {
    Enrol { link: String, device: String },
    Send(Command),
    Close,
}

/// What a window is told.
pub enum Report {
    /// There is no enrolment here yet: ask for a link.
    NotEnrolled,
    /// The enrolment did not succeed.
    EnrolFailed(EnrolError),
    /// The store cannot be opened; nothing can be done on the screen. The cause, for an expert.
    Broken(String),
    /// The client runs; its views come here.
    Running(watch::Receiver<Arc<View>>),
    /// This message is kept under this id, and goes out.
    Kept(Command, FactId),
    /// This command was not taken: what it says is not kept.
    NotTaken(Command, CommandError),
}

/// A running client, or one that waits for its enrolment.
pub struct Session {
    requests: Requests,
    thread: JoinHandle<()>,
}

/// Hands requests to the client.
#[derive(Clone)]
pub struct Requests(mpsc::Sender<Request>);

impl Requests {
    /// Enrols this device.
    pub fn enrol(&self, link: String, device: String) {
        self.put(Request::Enrol { link, device });
    }

    /// Sends a command.
    pub fn send(&self, command: Command) {
        self.put(Request::Send(command));
    }

    fn put(&self, request: Request) {
        if self.0.try_send(request).is_err() {
            tracing::error!("the client takes no more requests; one was dropped");
        }
    }
}

impl Session {
    /// Opens the store at this path, or waits for an enrolment if there is none.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(store: PathBuf) -> std::io::Result<(Self, mpsc::Receiver<Report>)> {
        let (requests, inbox) = mpsc::channel(REQUESTS_MAX);
        let (reports, outbox) = mpsc::channel(REQUESTS_MAX);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let work = move || runtime.block_on(run(store, inbox, reports));
        let thread = std::thread::Builder::new().name("client".into()).spawn(work)?;
        Ok((Self { requests: Requests(requests), thread }, outbox))
    }

    /// Where requests go.
    pub fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// Lets the client do what it was asked before, and ends it. It must not be called from
    /// inside a runtime: it waits.
    pub fn close(self) {
        // Where it has ended by itself nobody takes this any more.
        let _ = self.requests.0.blocking_send(Request::Close);
        if self.thread.join().is_err() {
            tracing::error!("the client's thread has panicked");
        }
    }
}

async fn run(store: PathBuf, mut inbox: mpsc::Receiver<Request>, reports: mpsc::Sender<Report>) {
    let Some(client) = begin(store, &mut inbox, &reports).await else { return };
    // A report that nobody takes any more belongs to a window that is closed.
    let _ = reports.send(Report::Running(client.view())).await;
    while let Some(request) = inbox.recv().await {
        match request {
            Request::Send(command) => {
                let report = match client.send(command.clone()).await {
                    Ok(Sent { id: Some(id), .. }) => Some(Report::Kept(command, id)),
                    Ok(_) => None,
                    Err(error) => Some(Report::NotTaken(command, error)),
                };
                if let Some(report) = report {
                    let _ = reports.send(report).await;
                }
            }
            Request::Enrol { .. } => tracing::warn!("this device is already enrolled"),
            Request::Close => break,
        }
    }
    client.close().await;
}

async fn begin(
    store: PathBuf,
    inbox: &mut mpsc::Receiver<Request>,
    reports: &mpsc::Sender<Report>,
) -> Option<Client> {
    let key = match key_file::open(&store) {
        Ok(key) => key,
        Err(error) => return broken(&error.to_string(), reports).await,
    };
    match Client::open(&store, StoreKey::new(key)).await {
        Ok(client) => Some(client),
        Err(OpenError::Missing | OpenError::NotEnrolled) => enrol(store, key, inbox, reports).await,
        Err(error) => broken(&error.to_string(), reports).await,
    }
}

async fn broken(cause: &str, reports: &mpsc::Sender<Report>) -> Option<Client> {
    let _ = reports.send(Report::Broken(cause.to_owned())).await;
    None
}

async fn enrol(
    store: PathBuf,
    key: [u8; key_file::KEY_BYTES],
    inbox: &mut mpsc::Receiver<Request>,
    reports: &mpsc::Sender<Report>,
) -> Option<Client> {
    let _ = reports.send(Report::NotEnrolled).await;
    while let Some(request) = inbox.recv().await {
        let (link, device) = match request {
            Request::Enrol { link, device } => (link, device),
            Request::Send(_) => continue,
            Request::Close => return None,
        };
        match Client::enrol(&link, &device, &store, StoreKey::new(key)).await {
            Ok(client) => return Some(client),
            Err(error) => {
                let _ = reports.send(Report::EnrolFailed(error)).await;
            }
        }
    }
    None
}
