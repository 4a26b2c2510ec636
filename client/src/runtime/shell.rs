//! The task itself: one input after the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use waypost_engine::{Effect, Engine, Input, LinkPath, LinkState, Now, Wish};
use waypost_protocol::{FactId, TYPING_FOR_MS};

use super::commands::{Task, understand};
use super::fetching::Fetching;
use super::showing::{DAYS_SHOWN_BEFORE, part};
use super::trips::Pen;
use super::uploading::Uploading;
use super::{CommandError, Request, Sent};
use crate::clock::Clock;
use crate::command::Command;
use crate::link::{Link, Peer, Report, What, tls};
use crate::read_model::ReadModel;
use crate::store::{Identity, OpenError, Store, StoreError};
use crate::view::View;

/// How often a store in trouble is tried.
pub(super) const TROUBLE_INTERVAL: Duration = Duration::from_secs(5);
/// Most reports of links that wait.
const REPORTS_MAX: usize = 64;

pub(super) struct Shell {
    pub(super) store: Store,
    pub(super) engine: Engine,
    pub(super) model: ReadModel,
    pub(super) uploading: Uploading,
    pub(super) fetching: Fetching,
    pub(super) peer: Arc<Peer>,
    /// With it the device signs evidence.
    key: SigningKey,
    pub(super) clock: Clock,
    pub(super) started: Instant,
    links: HashMap<LinkPath, Link>,
    links_made: u64,
    reports: (mpsc::Sender<Report>, mpsc::Receiver<Report>),
    timer: Option<Instant>,
    /// When the next message expires.
    pub(super) expiry: Option<Instant>,
    /// Whether messages go anywhere because their conversation has it so: any may be the next.
    pub(super) lifetimes: bool,
    /// Why the store cannot write, and when it is tried again.
    pub(super) trouble: Option<(String, Instant)>,
    /// The store failed and could not be read since: the engine must not go on.
    lost: bool,
    pub(super) view: watch::Sender<Arc<View>>,
    pub(super) view_due: Option<Instant>,
    pub(super) viewed_at: Instant,
}

/// What the effects of one input came to.
enum Outcome {
    /// A wish is durable, or was refused.
    Answered(Result<Sent, CommandError>),
    /// There was no wish.
    Done,
    /// The store failed; the rest was dropped.
    Failed(StoreError),
    /// The engine wants to start over.
    StartOver,
}

impl Shell {
    pub(super) async fn load(
        store: Store,
        identity: &Identity,
        clock: Clock,
    ) -> Result<(Self, watch::Receiver<Arc<View>>), OpenError> {
        let unreadable = |error: StoreError| OpenError::Other(error.to_string());
        let damaged = |error: rustls::Error| OpenError::Other(error.to_string());
        let ca = tls::certificate(&identity.ca_pem).map_err(damaged)?;
        let peer = Peer {
            host: identity.host.clone(),
            https_port: identity.https_port,
            mqtt_port: identity.mqtt_port,
            enrolment: identity.enrolment,
            credential: identity.credential.clone(),
            tls: Arc::new(tls::pinned(ca).map_err(damaged)?),
        };
        let saved = store.reading().saved().await.map_err(unreadable)?;
        let engine = Engine::load(saved, store.me(), random());
        let started = Instant::now();
        let server_time = engine.server_time(clock.moment(started));
        if let Err(error) = store.expire(server_time).await {
            tracing::warn!(%error, "what has expired could not be wiped yet");
        }
        let mut model = ReadModel::new(identity);
        model.show_trips_from(clock.day(-DAYS_SHOWN_BEFORE));
        model.refresh(&store.reading()).await.map_err(unreadable)?;
        let (uploading, fetching) = (Uploading::default(), Fetching::default());
        let first = model.view(part(&engine, clock.moment(started), &uploading, &fetching, None));
        let (view, watched) = watch::channel(Arc::new(first));
        let shell = Self {
            store,
            engine,
            model,
            uploading,
            fetching,
            peer: Arc::new(peer),
            key: SigningKey::from_bytes(&identity.signing_key),
            clock,
            started,
            links: HashMap::new(),
            links_made: 0,
            reports: mpsc::channel(REPORTS_MAX),
            timer: None,
            expiry: None,
            lifetimes: false,
            trouble: None,
            lost: false,
            view,
            view_due: None,
            viewed_at: started,
        };
        Ok((shell, watched))
    }

    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        self.happened(Input::Started).await;
        self.wait_for_expiry().await;
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some(Request::Command(command, reply)) => self.command(command, reply).await,
                    Some(Request::Search(search, reply)) => self.search(search, reply).await,
                    Some(Request::Board(days, reply)) => self.board(days, reply).await,
                    Some(Request::Of(stop, question)) => self.of_stop(stop, question).await,
                    Some(Request::File(sha256, reply)) => self.file(sha256, reply).await,
                    Some(Request::Attach(asked)) => self.attach(*asked).await,
                    Some(Request::Close) | None => break,
                },
                Some(answered) = self.uploading.answers.1.recv() => self.brought(answered).await,
                Some(fetched) = self.fetching.answers.1.recv() => self.fetched(fetched).await,
                () = at(self.uploading.timer) => {}
                () = at(self.fetching.timer) => {}
                report = self.reports.1.recv() => {
                    if let Some(report) = report {
                        self.reported(report).await;
                    }
                }
                () = at(self.timer) => {
                    self.timer = None;
                    self.happened(Input::TimerFired).await;
                }
                () = at(self.expiry) => self.expire().await,
                () = at(self.model.typing_ends()) => {
                    self.model.forget_typing(Instant::now());
                    self.view_changed();
                }
                () = at(self.trouble.as_ref().map(|(_, at)| *at)) => self.try_store().await,
                () = at(self.view_due) => self.show().await,
            }
            self.bring().await;
            self.fetch().await;
        }
        self.links.clear();
        self.store.close().await;
    }

    pub(super) fn now(&self) -> Now {
        self.clock.moment(self.started)
    }

    async fn command(
        &mut self,
        command: Command,
        reply: oneshot::Sender<Result<Sent, CommandError>>,
    ) {
        let answer = self.obey(command).await;
        // Whoever asked may have gone; the wish stands.
        let _ = reply.send(answer);
    }

    async fn obey(&mut self, command: Command) -> Result<Sent, CommandError> {
        self.is_readable()?;
        let pen = Pen { id: FactId::mint(self.clock.now(), random()), key: &self.key };
        match understand(command, &self.store.reading(), &pen).await? {
            Task::Wish(wish) => self.wish(wish).await,
            Task::Open(conversation) => {
                self.model.open(conversation);
                self.view_changed();
                Ok(Sent { id: None })
            }
            Task::Uploads(command) => self.of_uploads(command).await,
            Task::Files(command) => self.of_files(command).await,
            Task::Done(sent) => Ok(sent),
        }
    }

    /// Refuses what a person wishes while the store cannot be read.
    fn is_readable(&self) -> Result<(), CommandError> {
        if self.lost {
            let why = self.trouble.as_ref().map(|(why, _)| why.clone());
            return Err(CommandError::Store(why.unwrap_or_default()));
        }
        Ok(())
    }

    pub(super) async fn wish(&mut self, wish: Wish) -> Result<Sent, CommandError> {
        self.is_readable()?;
        match self.happened(Input::Tapped(wish)).await {
            Outcome::Answered(answer) => answer,
            Outcome::Failed(error) => Err(error.into()),
            Outcome::Done | Outcome::StartOver => Ok(Sent { id: None }),
        }
    }

    async fn reported(&mut self, report: Report) {
        let path = report.path;
        if self.links.get(&path).is_none_or(|link| link.number != report.number) {
            return; // From a link that was given up.
        }
        let input = match report.what {
            What::Up => Input::LinkUp { path },
            What::Heard(frame) => Input::FrameReceived(frame),
            What::Down(why) => {
                self.links.remove(&path);
                Input::LinkDown { path, why }
            }
        };
        self.happened(input).await;
    }

    /// Handles one input, and what a failure or a fresh start leads to.
    async fn happened(&mut self, input: Input) -> Outcome {
        if self.lost {
            return Outcome::Done;
        }
        let effects = self.engine.handle(input, self.now(), random());
        let outcome = self.carry_out(effects).await;
        match &outcome {
            Outcome::Failed(error) => {
                self.in_trouble(error);
                self.reload(Input::StoreFailed).await;
            }
            Outcome::StartOver => self.reload(Input::Started).await,
            Outcome::Answered(_) | Outcome::Done => {}
        }
        outcome
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> Outcome {
        let mut outcome = Outcome::Done;
        for effect in effects {
            match effect {
                Effect::Store(changes) => match self.store.apply(&changes).await {
                    Ok(touched) => {
                        self.trouble = None;
                        let expiry = touched.expiry;
                        if touched.trips || self.uploading.waits_for_facts() {
                            self.uploading.touch();
                        }
                        self.model.touch(touched);
                        self.view_changed();
                        if expiry || self.lifetimes {
                            self.wait_for_expiry().await;
                        }
                    }
                    Err(error) => return Outcome::Failed(error),
                },
                Effect::Kept { id } => outcome = Outcome::Answered(Ok(Sent { id })),
                Effect::Refuse(why) => outcome = Outcome::Answered(Err(why.into())),
                Effect::Connect(path) => self.connect(path),
                Effect::Disconnect(path) => drop(self.links.remove(&path)),
                Effect::Send(path, frame) => {
                    if let Some(link) = self.links.get(&path) {
                        link.send(frame);
                    }
                }
                Effect::SetTimer(tick) => {
                    self.timer = tick.map(|tick| self.started + Duration::from_millis(tick));
                }
                Effect::ShowLink => {
                    if !matches!(self.engine.link(self.now()), LinkState::Up { .. }) {
                        self.model.forget_presence();
                    }
                    self.view_changed();
                }
                Effect::ShowPresence(presence) => {
                    let until = Instant::now() + Duration::from_millis(TYPING_FOR_MS);
                    self.model.show_presence(presence, until);
                    self.view_changed();
                }
                Effect::StartOver => return Outcome::StartOver,
            }
        }
        outcome
    }

    fn connect(&mut self, path: LinkPath) {
        self.links_made += 1;
        let (peer, reports) = (self.peer.clone(), self.reports.0.clone());
        self.links.insert(path, Link::connect(path, self.links_made, peer, reports));
    }

    /// Goes on from the store alone, as after a crash.
    async fn reload(&mut self, input: Input) {
        self.links.clear();
        self.timer = None;
        self.model.forget_presence();
        self.view_changed();
        match self.store.reading().saved().await {
            Ok(saved) => {
                self.lost = false;
                self.engine = Engine::load(saved, self.store.me(), random());
                let effects = self.engine.handle(input, self.now(), random());
                // Neither of the two inputs stores anything.
                self.timer_and_links(effects);
            }
            Err(error) => {
                self.lost = true;
                self.in_trouble(&error);
            }
        }
    }

    fn timer_and_links(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Connect(path) => self.connect(path),
                Effect::SetTimer(tick) => {
                    self.timer = tick.map(|tick| self.started + Duration::from_millis(tick));
                }
                _ => {}
            }
        }
    }

    pub(super) fn in_trouble(&mut self, error: &StoreError) {
        tracing::error!(%error, "the store failed");
        self.trouble = Some((error.to_string(), Instant::now() + TROUBLE_INTERVAL));
        self.view_changed();
    }

    async fn try_store(&mut self) {
        match self.store.probe().await {
            Ok(()) => {
                self.trouble = None;
                self.uploading.touch();
                self.fetching.touch();
                self.view_changed();
                if self.lost {
                    self.reload(Input::Started).await;
                }
            }
            Err(error) => self.in_trouble(&error),
        }
    }
}

/// Waits for this moment, or for ever.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// 128 random bits.
pub(crate) fn random() -> u128 {
    let mut bytes = [0; 16];
    // Without the randomness of the system no id is safe to mint; it is missing on no device
    // that could run this.
    if let Err(error) = getrandom::fill(&mut bytes) {
        unreachable!("the system has no randomness: {error}");
    }
    u128::from_be_bytes(bytes)
}
