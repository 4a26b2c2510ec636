//! Four public MQTT clients at once, unmodified: paho-mqtt in Python, MQTT.js, rumqttc and
//! mosquitto's tools. Each writes into one group, reads it, and loses its connection again and
//! again, in good order and not; the server is killed in between.
//!
//! It ends once everyone has reconnected often enough, and not before the minutes of
//! `STRANGERS_MINUTES` have passed (none, if it is not set).

mod lines;
mod mailbag;
mod record;
mod rumqtt;
mod tally;
mod tools;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use waypost_protocol::ConversationId;
use waypost_world::{On, World};

use crate::office::{Caller, enrol};
use tally::{Order, Tally, Told};

/// No client has shown anything with fewer.
const RECONNECTS_MIN: usize = 10;
const ACCEPTED_MIN: usize = 50;

/// From one order to the last client that has done it.
const DONE_WITHIN: Duration = Duration::from_secs(100);

/// A client's way in, and how it behaves.
#[derive(Clone)]
struct Account {
    name: &'static str,
    port: u16,
    /// The port of HTTPS, and of MQTT over WebSocket.
    https_port: u16,
    ca: PathBuf,
    caller: Caller,
    group: ConversationId,
    /// Between two turns; in each it may write, and one of so many ends with a cut.
    pause: Duration,
    cut_every: u32,
}

/// A client that was started: what it tells, and what it is told.
struct Stranger {
    tally: Tally,
    heard: mpsc::UnboundedReceiver<Told>,
    orders: watch::Sender<Order>,
}

#[tokio::test(flavor = "multi_thread")]
async fn four_foreign_clients_write_read_and_reconnect_and_nothing_is_lost_or_doubled() {
    let minutes = minutes();
    let mut world = World::new(On::Sqlite).await;
    let group = crew(&world).await;
    let mut running = JoinSet::new();
    let mut strangers = start(&world, group, minutes, &mut running).await;
    write(&mut world, &mut strangers, Duration::from_secs(60 * minutes)).await;
    for order in [Order::Drain, Order::Level] {
        everyone(&mut strangers, order).await;
    }
    let accepted: usize = strangers.iter().map(|it| it.tally.accepted.len()).sum();
    let lena = enrol(&world, "lena").await;
    let record = record::texts(&lena, group).await;
    let tallies: Vec<_> = strangers.into_iter().map(|it| it.tally).collect();
    tally::print(&tallies, record.len());
    for tally in &tallies {
        tally.holds(&record);
    }
    assert_eq!(record.len(), accepted, "the record holds what was accepted, and nothing else");
    while let Some(ended) = running.join_next().await {
        ended.expect("a client ends in good order");
    }
    world.ends([]).await;
}

fn minutes() -> u64 {
    let wanted = std::env::var("STRANGERS_MINUTES");
    wanted.map_or(0, |text| text.parse().expect("a number of minutes"))
}

/// Everyone's group.
async fn crew(world: &World) -> ConversationId {
    for (handle, role) in [
        ("dana", "driver"),
        ("ayo", "driver"),
        ("omar", "dispatcher"),
        ("ines", "admin"),
        ("lena", "dispatcher"),
    ] {
        world.adds(handle, role).await;
    }
    let group = ["group", "create", "crew", "dana", "ayo", "omar", "ines", "lena"];
    let made = world.server.cli(&group).await.expect("a group");
    let id = made.split(' ').next().unwrap_or_default();
    id.parse().unwrap_or_else(|_| panic!("no group: {made}"))
}

/// Dana drives with paho, Ayo with MQTT.js, Omar dispatches with rumqttc, and Ines has
/// mosquitto's tools, which need an enrolment each to write and to listen.
async fn start(
    world: &World,
    group: ConversationId,
    minutes: u64,
    running: &mut JoinSet<()>,
) -> Vec<Stranger> {
    // Many reconnects in a few seconds, or a day's work in which the server keeps its breath.
    let (pause_ms, cut_every) = if minutes == 0 { (30, 12) } else { (200, 25) };
    let account = async |name, handle: &str| Account {
        name,
        port: world.server.ports().mqtt,
        https_port: world.server.ports().https,
        ca: world.server.ca_file(),
        caller: enrol(world, handle).await,
        group,
        pause: Duration::from_millis(pause_ms),
        cut_every,
    };
    let mut strangers = Vec::new();
    for (name, handle) in
        [("paho-mqtt", "dana"), ("MQTT.js", "ayo"), ("rumqttc", "omar"), ("mosquitto", "ines")]
    {
        let account = account(name, handle).await;
        let (tell, heard) = mpsc::unbounded_channel();
        let (orders, order) = watch::channel(Order::Write);
        match handle {
            "dana" => running.spawn(lines::run(lines::paho(), account, order, tell)),
            "ayo" => running.spawn(lines::run(lines::mqtt_js(), account, order, tell)),
            "omar" => running.spawn(rumqtt::run(account, order, tell)),
            _ => {
                let listener = enrol(world, handle).await;
                let folder = world.folder().to_owned();
                running.spawn(tools::run(account, listener, folder, order, tell))
            }
        };
        strangers.push(Stranger { tally: Tally::new(name), heard, orders });
    }
    strangers
}

/// Lets them write for this long, and until each has done enough. The server is killed when half
/// of it is over, and every five minutes.
async fn write(world: &mut World, strangers: &mut [Stranger], long: Duration) {
    let begun = Instant::now();
    let (mut told_at, mut killed_at, mut kills) = (begun, begun, 0);
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    loop {
        pace.tick().await;
        strangers.iter_mut().for_each(Stranger::listen);
        let gone = strangers.iter().find(|it| it.heard.is_closed()).map(|it| it.tally.name);
        assert_eq!(gone, None, "a client ended early");
        let least = |of: fn(&Tally) -> usize| strangers.iter().map(|it| of(&it.tally)).min();
        let reconnects = least(Tally::reconnects).unwrap_or_default();
        let accepted = least(|it| it.accepted.len()).unwrap_or_default();
        if (kills == 0 && reconnects >= RECONNECTS_MIN / 2)
            || killed_at.elapsed() > Duration::from_secs(300)
        {
            world.server.kill().await;
            world.server.start().await;
            killed_at = Instant::now();
            kills += 1;
        }
        let enough = kills > 0 && reconnects >= RECONNECTS_MIN && accepted >= ACCEPTED_MIN;
        if enough && begun.elapsed() >= long {
            return;
        }
        let late = begun.elapsed() > long + DONE_WITHIN;
        assert!(
            !late,
            "it takes too long: {:#?}",
            tally::rows(strangers.iter().map(|it| &it.tally))
        );
        if told_at.elapsed() > Duration::from_secs(60) {
            told_at = Instant::now();
            eprintln!(
                "after {} s: {}",
                begun.elapsed().as_secs(),
                tally::line(strangers.iter().map(|it| &it.tally))
            );
        }
    }
}

/// Gives an order to everyone, and waits until it is done.
async fn everyone(strangers: &mut [Stranger], order: Order) {
    for stranger in &*strangers {
        stranger.orders.send_replace(order);
    }
    for stranger in strangers {
        let name = stranger.tally.name;
        let done = async {
            while stranger.tally.done < Some(order) {
                let told = stranger.heard.recv().await;
                stranger.tally.takes(told.unwrap_or_else(|| panic!("{name} ended early")));
            }
        };
        let done = tokio::time::timeout(DONE_WITHIN, done).await;
        assert!(done.is_ok(), "{name} does not obey {order:?}: {:?}", stranger.tally.row());
    }
}

impl Stranger {
    fn listen(&mut self) {
        while let Ok(told) = self.heard.try_recv() {
            self.tally.takes(told);
        }
    }
}
