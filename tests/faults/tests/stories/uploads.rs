//! Evidence on networks that break: what the server has does not come again, and nothing waits for it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use waypost_client::view::{UploadEnd, UploadState};
use waypost_client::{
    Capture, Captured, Client, Command, Evidence, StopDone, StoreKey, TripCommand, View,
};
use waypost_faults::disk::SmallDisk;
use waypost_faults::{Scene, Setting, Stalls, Weather, level, scale};
use waypost_protocol::{
    EvidenceKind, PersonId, Sha256Hash, StopId, StopPlan, StopState, TripId, TripPlan,
};

const DAY: &str = "2090-03-01";

/// Longest wait for anything.
const WITHIN: Duration = Duration::from_secs(600);

/// What a connection costs besides what it brings: handshake and heads of requests.
const HEADS_BYTES: u64 = 4 * 1024;

/// Dana, whose device falls now and then.
struct Dana {
    store: PathBuf,
    app: Option<Client>,
}

impl Dana {
    async fn enrols(scene: &Scene) -> Self {
        scene.depot.adds("dana", "driver", "en").await.expect("Dana is added");
        let link = scene.depot.link_for("dana").await.expect("a link");
        let store = scene.path().join("dana.db");
        let client = Client::enrol(&link, "Dana's tablet", &store, key()).await;
        Self { app: Some(client.expect("she enrols")), store }
    }

    /// The device falls, and is switched on again.
    async fn falls(&mut self) {
        self.app = None;
        self.app = Some(Client::open(&self.store, key()).await.expect("her store opens"));
    }

    fn client(&self) -> &Client {
        self.app.as_ref().expect("the app runs")
    }

    async fn closes(self) {
        self.app.expect("the app runs").close().await;
    }

    async fn sees(&self, what: &str, is: impl Fn(&View) -> bool) {
        let mut views = self.client().view();
        let seen = tokio::time::timeout(WITHIN, views.wait_for(|view| is(view))).await.map(drop);
        seen.unwrap_or_else(|_| {
            panic!("Dana does not see {what}: {:#?}", self.client().view().borrow().uploads)
        });
    }

    fn me(&self) -> PersonId {
        self.client().view().borrow().me.person
    }

    /// Completes a stop that Omar plans, with a file of so many bytes.
    async fn completes_with(&self, scene: &Scene, bytes: usize) -> (StopId, Sha256Hash) {
        let stop = planned(scene, self.me()).await;
        self.sees("her stop", |view| !view.trips.is_empty()).await;
        let bytes: Vec<u8> = (0..bytes).map(|at| (at * 31 % 253) as u8).collect();
        let sha256 = Sha256Hash(Sha256::digest(&bytes).into());
        let capture = Capture {
            stop,
            kind: EvidenceKind::Document,
            bytes: Captured::Bytes { bytes, media_type: "application/pdf".into() },
            text: String::new(),
            at: None,
        };
        let item = self.client().capture(capture).await.expect("it is kept");
        let evidence = Some(Box::new(Evidence { items: vec![item], ..Evidence::default() }));
        let done = Box::new(StopDone { evidence, ..StopDone::default() });
        let done = TripCommand::MoveStop { stop, to: StopState::Completed, done };
        self.client().send(Command::OfTrips(done)).await.expect("it is durable");
        (stop, sha256)
    }
}

fn key() -> StoreKey {
    StoreKey::new([9; 32])
}

async fn planned(scene: &Scene, driver: PersonId) -> StopId {
    let does = async |command| {
        let made = scene.omar.does(Command::OfTrips(command)).await.expect("planned");
        made.expect("a fact").0
    };
    let plan = TripPlan { name: "North".into(), day: DAY.into(), ..TripPlan::default() };
    let plan = Box::new(plan);
    let trip = TripId(does(TripCommand::PlanTrip { trip: None, plan, driver: Some(driver) }).await);
    let plan = Box::new(StopPlan::of(trip, "Bakery Blum"));
    StopId(does(TripCommand::PlanStop { stop: None, plan }).await)
}

async fn is_completed(scene: &Scene, stop: StopId) {
    let mut views = scene.omar.client().view();
    let looks = async {
        loop {
            let board = scene.omar.client().board(DAY, DAY).await.expect("a board");
            let mut stops = board.iter().flat_map(|trip| &trip.stops);
            if stops.any(|(id, it)| *id == stop && it.state == StopState::Completed) {
                return;
            }
            views.changed().await.expect("the app runs");
        }
    };
    tokio::time::timeout(WITHIN, looks).await.expect("Omar sees that it is done");
}

fn is_brought(view: &View) -> bool {
    let files = &view.uploads.files;
    !files.is_empty() && files.iter().all(|file| file.ended == Some(UploadEnd::Done))
}

fn assert_kept(scene: &Scene, sha256: Sha256Hash) {
    let name = sha256.to_string();
    let kept = scene.depot.server.data().join("files").join(&name[..2]).join(&name);
    let bytes = std::fs::read(kept).expect("the server has it");
    assert_eq!(Sha256Hash(Sha256::digest(&bytes).into()), sha256, "it is what it was");
}

/// Pains 8 and 9: uploads that start again for ever, and photos that die with the network.
#[tokio::test(flavor = "multi_thread")]
async fn an_original_comes_whole_over_a_link_that_is_cut_every_64_kib() {
    let size = scale(3_000_000, 40_000_000);
    let mut scene = Scene::opens().await;
    let mut dana = Dana::enrols(&scene).await;
    let cut = Weather { cut_after_bytes: Some(64 * 1024), ..Weather::default() };
    let (before, carried_before) = scene.https.carried_up();
    scene.https.weather(cut);
    let since = Instant::now();
    let (stop, sha256) = dana.completes_with(&scene, size).await;
    is_completed(&scene, stop).await;
    assert!(!is_brought(&dana.client().view().borrow()), "the stop waits for nothing");
    for part in 1..=4_u64 {
        let sent = size as u64 * part / 5;
        dana.sees("how it goes on", |view| {
            let files = &view.uploads.files;
            is_brought(view) || files.iter().any(|file| file.sent >= sent)
        })
        .await;
        match part % 2 {
            0 => dana.falls().await,
            _ => {
                scene.depot.server.kill().await;
                scene.depot.server.start().await;
            }
        }
    }
    dana.sees("that all is brought", is_brought).await;
    let took = since.elapsed();
    assert_kept(&scene, sha256);
    let (connections, carried) = scene.https.carried_up();
    let (connections, carried) = (connections - before, carried - carried_before);
    let payload = carried.saturating_sub(connections * HEADS_BYTES);
    println!("{size} bytes: {connections} connections carried {carried} bytes up, {took:?}");
    assert!(payload * 100 <= size as u64 * 105, "{payload} bytes came of {size}");
    level::reached("an original over a link that is cut every 64 KiB", 1, took);
    dana.closes().await;
    scene.ends("cut every 64 KiB, device and server killed in turn", since).await;
}

/// Whoever waits for the estimate is not misled by it.
#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_is_told_at_50_kbit_a_second_is_about_right() {
    let size = scale(80_000, 400_000);
    let scene = Scene::opens().await;
    let dana = Dana::enrols(&scene).await;
    let retransmission = Duration::from_millis(300);
    // What is lost by chance evens out over minutes only.
    let stalls = Some(Stalls { percent: scale(0, 15), retransmission });
    let slow = Weather { bytes_per_second: Some(50_000 / 8), stalls, ..Weather::default() };
    scene.https.weather(slow);
    let since = Instant::now();
    let (stop, sha256) = dana.completes_with(&scene, size).await;
    is_completed(&scene, stop).await;
    let third = |view: &View| view.uploads.files.iter().any(|it| it.sent >= size as u64 / 3);
    dana.sees("a third of it", third).await;
    let told = dana.client().view().borrow().uploads.ms_left.expect("it is known by then");
    let asked = Instant::now();
    dana.sees("that all is brought", is_brought).await;
    let took = asked.elapsed().as_millis() as f64;
    println!("{told} ms were told, it took {took} ms");
    assert!((told as f64 / took - 1.0).abs() <= 0.2, "{told} ms were told, it took {took} ms");
    assert_eq!(dana.client().view().borrow().uploads.state, UploadState::Idle);
    assert_kept(&scene, sha256);
    dana.closes().await;
    scene.ends("50 kbit/s and 15 % loss, an upload", since).await;
}

/// Enough for a server to begin with, as in `disks.rs`.
const SERVER_KIB: u32 = 96 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn evidence_waits_while_the_disk_of_the_server_is_full_and_the_driver_sees_why() {
    let folder = Scene::folder();
    let disk = SmallDisk::in_memory(&Scene::server_in(&folder), SERVER_KIB);
    let scene = Scene::opens_with(folder, Setting::default(), 2).await;
    let dana = Dana::enrols(&scene).await;
    // So slow that the disk is full before all of it is there.
    let slow = Weather { bytes_per_second: Some(200_000), ..Weather::default() };
    scene.https.weather(slow);
    let size = 2_000_000;
    let (stop, sha256) = dana.completes_with(&scene, size).await;
    is_completed(&scene, stop).await;
    dana.sees("that it goes on", |view| view.uploads.files.iter().any(|it| it.sent > 0)).await;
    disk.fills_up();
    let told = |view: &View| matches!(view.uploads.state, UploadState::NotNow(_));
    dana.sees("why it does not go on", told).await;
    assert!(!is_brought(&dana.client().view().borrow()));
    disk.has_room_again();
    scene.https.weather(Weather::default());
    let since = Instant::now();
    dana.sees("that all is brought", is_brought).await;
    assert_kept(&scene, sha256);
    dana.closes().await;
    scene.ends("the server's disk full while evidence came", since).await;
    drop(disk);
}
