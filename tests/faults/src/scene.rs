//! A dispatcher and some drivers with a server behind a network that can be spoiled, and the proof
//! at the end that both sides hold the same.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::{interval, timeout};
use waypost_client::view::{LinkView, MessageView};
use waypost_client::{Command, View};
use waypost_fleet::depot::Depot;
use waypost_fleet::ledger::Ledger;
use waypost_fleet::proof::{self, Times};
use waypost_fleet::tablet::Tablet;
use waypost_protocol::ConversationId;
use waypost_world::{Ports, ServerProcess};

use crate::{Relay, Traffic, Weather, level};

/// Where the server really listens; the relays stand at 127.0.0.1.
const BEHIND: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// The drivers, as many as a story wants.
const DRIVERS: [&str; 4] = ["ayo", "ben", "cleo", "dev"];

/// Longest time until everyone is level again. Devices wait up to a minute between two tries.
const LEVEL_WITHIN: Duration = Duration::from_secs(150);

/// Between two looks at something that tells nobody when it changes.
const LOOK: Duration = Duration::from_millis(20);

/// How long he looks at one conversation, and how often at each.
const GLANCE: Duration = Duration::from_secs(1);
const LOOKS_MAX: usize = 10;

/// Longest time until the server notices something.
const SAID_WITHIN: Duration = Duration::from_secs(40);

/// What a story begins with.
#[derive(Default)]
pub struct Setting {
    /// A PostgreSQL for the record; else it is the embedded database.
    pub database: Option<String>,
    /// What the server is started with.
    pub environment: Vec<(String, String)>,
}

/// Everyone at work.
pub struct Scene {
    /// The server.
    pub depot: Depot,
    /// The way to its MQTT door.
    pub mqtt: Relay,
    /// The way to its HTTPS door.
    pub https: Relay,
    /// Who tapped what.
    pub ledger: Arc<Ledger>,
    /// The dispatcher.
    pub omar: Arc<Tablet>,
    /// The drivers, each with the conversation with the dispatcher.
    pub drivers: Vec<(Arc<Tablet>, ConversationId)>,
    /// In which order the receipts of a message must stand at the end.
    pub times: Times,
    folder: TempDir,
}

impl Scene {
    /// A folder for a story, made before the scene where a disk is mounted in it.
    pub fn folder() -> TempDir {
        tempfile::Builder::new().prefix("waypost-faults-").tempdir().expect("a folder")
    }

    /// Where the server keeps its data in such a folder.
    pub fn server_in(folder: &TempDir) -> PathBuf {
        folder.path().join("server")
    }

    /// Opens with a dispatcher and two drivers on the embedded database.
    pub async fn opens() -> Self {
        Self::opens_with(Self::folder(), Setting::default(), 2).await
    }

    /// Opens with the same people on a PostgreSQL.
    pub async fn opens_on(database: String) -> Self {
        let setting = Setting { database: Some(database), ..Setting::default() };
        Self::opens_with(Self::folder(), setting, 2).await
    }

    /// Opens in this folder, with so many drivers.
    ///
    /// # Panics
    /// If the server does not start, or somebody cannot enrol.
    pub async fn opens_with(folder: TempDir, setting: Setting, drivers: usize) -> Self {
        let (mqtt, https) = (Relay::open().await, Relay::open().await);
        let mut server = ServerProcess::new(&Self::server_in(&folder), setting.database);
        server.listens_at(BEHIND, Ports { mqtt: mqtt.port(), https: https.port() });
        for (name, value) in &setting.environment {
            server.set(name, value);
        }
        mqtt.leads_to(SocketAddr::new(BEHIND, mqtt.port()));
        https.leads_to(SocketAddr::new(BEHIND, https.port()));
        let depot = Depot::around(server, folder.path()).await;
        let names = &DRIVERS[..drivers];
        let hired = Self::hires(&depot, names).await;
        let (omar, drivers) = hired.unwrap_or_else(|error| panic!("the scene: {error:#}"));
        let (ledger, times) = (Arc::default(), Times::InOrder);
        Self { depot, mqtt, https, ledger, omar, drivers, times, folder }
    }

    async fn hires(
        depot: &Depot,
        names: &[&str],
    ) -> anyhow::Result<(Arc<Tablet>, Vec<(Arc<Tablet>, ConversationId)>)> {
        depot.adds("omar", "dispatcher", "en").await?;
        let omar = Arc::new(depot.tablet("omar", None).await?);
        let mut drivers = Vec::new();
        for name in names {
            depot.adds(name, "driver", "en").await?;
            let tablet = depot.tablet(name, None).await?;
            let chat = tablet.chat_with("omar").await?;
            drivers.push((Arc::new(tablet), chat));
        }
        Ok((omar, drivers))
    }

    /// The folder of the story; it goes with the scene.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Everybody taps until the traffic is ended.
    pub fn traffic(&self) -> Traffic {
        Traffic::begin(Arc::clone(&self.omar), self.drivers.clone(), Arc::clone(&self.ledger))
    }

    /// Both ways through the same weather.
    pub fn weather(&self, weather: Weather) {
        self.mqtt.weather(weather);
        self.https.weather(weather);
    }

    /// Waits until everyone is connected and has nothing waiting.
    ///
    /// # Panics
    /// If somebody is not within two and a half minutes.
    pub async fn is_level(&self) {
        for tablet in self.everyone() {
            let tries = async {
                loop {
                    match tablet.is_level().await {
                        Ok(()) => return,
                        Err(error) => note(&error),
                    }
                }
            };
            let level = timeout(LEVEL_WITHIN, tries).await;
            level.unwrap_or_else(|_| panic!("{} is not level: {:#?}", tablet.name, tablet.view()));
        }
    }

    /// Waits until there are so many taps more than now.
    pub async fn has_seen_taps(&self, more: usize) {
        let wanted = self.ledger.taps().len() + more;
        let mut looks = interval(LOOK);
        while self.ledger.taps().len() < wanted {
            looks.tick().await;
        }
    }

    /// Waits until the server has logged an error with these words.
    ///
    /// # Panics
    /// If it does not.
    pub async fn server_says(&self, words: &str) {
        let mut looks = interval(LOOK);
        let said = async {
            while !self.depot.server.errors().iter().any(|line| line.contains(words)) {
                looks.tick().await;
            }
        };
        let said = timeout(SAID_WITHIN, said).await;
        said.unwrap_or_else(|_| panic!("not said: {words}; {:?}", self.depot.server.errors()));
    }

    /// Waits until the dispatcher sees a message like this in any of the conversations.
    ///
    /// # Panics
    /// If there is none.
    pub async fn omar_sees(&self, what: &str, like: impl Fn(&MessageView) -> bool) {
        let shows =
            |view: &View| view.timeline.iter().flat_map(|it| &it.messages).any(|it| like(it));
        // Again and again, because he may be opening something else that is new.
        for _ in 0..LOOKS_MAX {
            for (_, chat) in &self.drivers {
                let conversation = Some(*chat);
                self.omar.does(Command::Open { conversation }).await.expect("it opens");
                let mut views = self.omar.client().view();
                if timeout(GLANCE, views.wait_for(|view| shows(view))).await.is_ok() {
                    return;
                }
            }
        }
        panic!("omar does not see {what}");
    }

    /// Checks that someone holds what could not be taken, and that nothing of it is refused for
    /// ever.
    ///
    /// # Panics
    /// If not.
    pub async fn someone_waits(&self) {
        assert!(self.everyone().any(|it| it.view().waiting > 0), "everything was taken");
        for tablet in self.everyone() {
            let view = tablet.view();
            assert!(view.wedged.is_empty(), "{} is refused: {:?}", tablet.name, view.wedged);
            assert_ne!(view.link, LinkView::Revoked, "{} is sent away", tablet.name);
        }
    }

    /// Waits until the road has cut one more connection, or `tablet` got through before.
    pub async fn has_been_cut(&self, cuts: u64, tablet: &Tablet) {
        let mut looks = interval(LOOK);
        let level = |view: &View| {
            let online = matches!(view.link, LinkView::Online { catching_up: false, .. });
            online && view.waiting == 0
        };
        while self.mqtt.cuts() == cuts && !level(&tablet.view()) {
            looks.tick().await;
        }
    }

    /// Everyone switches the link off and on again: devices try at once, whatever has failed before.
    ///
    /// # Panics
    /// If a device does not obey.
    pub async fn everyone_switches_off_and_on(&self) {
        for tablet in self.everyone() {
            for online in [false, true] {
                tablet.online(online).await.expect("the link is switched");
            }
        }
    }

    /// Waits until every device has tried to come back and has had an answer, or none.
    ///
    /// # Panics
    /// If one does not.
    pub async fn everyone_has_tried_to_come_back(&self) {
        for tablet in self.everyone() {
            let tries = |view: &View| view.link == LinkView::Connecting;
            tablet.sees("a try", tries).await.expect("it tries");
            let answered = |view: &View| view.link != LinkView::Connecting;
            tablet.sees("the end of the try", answered).await.expect("it ends");
        }
    }

    /// Waits until everyone is level, proves that both sides hold the same, says how long that took
    /// from `since`, and ends.
    ///
    /// # Panics
    /// With what a person would have suffered.
    pub async fn ends(mut self, story: &str, since: Instant) {
        self.is_level().await;
        let messages = self.proves().await;
        let messages = messages.unwrap_or_else(|error| panic!("someone suffered: {error:#}"));
        level::reached(story, messages, since.elapsed());
        self.depot.server.stop().await;
        for tablet in self.drivers.into_iter().map(|it| it.0).chain([self.omar]) {
            if let Some(tablet) = Arc::into_inner(tablet) {
                tablet.close().await;
            }
        }
    }

    /// Each message was accepted, delivered, read and acknowledged once, everyone sees the same
    /// order, and the record verifies.
    async fn proves(&self) -> anyhow::Result<usize> {
        let taps = self.ledger.taps();
        let mut receipts = proof::check(&self.omar, &taps, self.times).await?;
        for (driver, chat) in &self.drivers {
            receipts += proof::check(driver, &taps, self.times).await?;
            let theirs = proof::order_on_screen(driver, *chat).await?;
            let omars = proof::order_on_screen(&self.omar, *chat).await?;
            anyhow::ensure!(theirs == omars, "{} and omar see other orders", driver.name);
        }
        anyhow::ensure!(receipts == 4 * taps.len(), "{receipts} receipts of {}", taps.len());
        self.depot.audit().await?;
        Ok(taps.len())
    }

    fn everyone(&self) -> impl Iterator<Item = &Arc<Tablet>> {
        self.drivers.iter().map(|it| &it.0).chain([&self.omar])
    }
}

/// A look that came to nothing, for whoever reads the output of a failing story.
#[allow(clippy::print_stderr)]
fn note(error: &anyhow::Error) {
    eprintln!("not yet: {error:#}");
}
