//! PostgreSQL is restarted, cut off, crashes and is replaced while everyone taps.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use waypost_faults::disk::SmallDisk;
use waypost_faults::{Relay, Scene, Weather, scale};
use waypost_fleet::proof::Times;
use waypost_world::postgres::PrivateCluster;

/// Enough for a new cluster, its log and what a story writes.
const POSTGRES_KIB: u32 = 160 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_restarted_cut_off_and_killed_under_load() {
    let postgres = PrivateCluster::start().await;
    let mut scene = Scene::opens_on(postgres.url()).await;
    // What waited comes all at once: a device stores more often then than it is answered.
    scene.times = Times::DeliveredLate;
    let traffic = scene.traffic();
    for _ in 0..scale(1, 5) {
        postgres.cut_connections().await;
        // Devices that come back now need the database for their credentials as well.
        scene.mqtt.cut();
        postgres.cut_connections().await;
        scene.is_level().await;
        postgres.restart_in_order().await;
        scene.mqtt.cut();
        scene.is_level().await;
        postgres.kill().await;
        scene.mqtt.cut();
        scene.https.cut();
        postgres.restart().await;
    }
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("PostgreSQL restarted, its connections cut, and killed", since).await;
}

/// It refuses to write, or ends itself; its operator makes room.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_postgres_runs_full_and_has_room_again() {
    let folder = Scene::folder();
    let place = folder.path().join("postgres");
    let disk = SmallDisk::in_memory(&place, POSTGRES_KIB);
    let postgres = PrivateCluster::start_in(&place).await;
    let scene = Scene::opens_on(postgres.url()).await;
    let traffic = scene.traffic();
    for _ in 0..scale(1, 3) {
        scene.has_seen_taps(10).await;
        disk.fills_up();
        scene.server_says("not committed").await;
        scene.has_seen_taps(10).await;
        scene.someone_waits().await;
        disk.has_room_again();
        if postgres.pid().is_none() {
            postgres.restart().await;
        }
        scene.is_level().await;
    }
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("PostgreSQL's disk full, until there is room", since).await;
    drop(postgres);
    drop(disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_the_place_of_a_database_that_died() {
    fails_over(false, "the PostgreSQL primary is killed, its standby takes over").await;
}

/// The machine of the database is gone with its network: no connection ends, none answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_the_place_of_a_database_whose_machine_vanished() {
    fails_over(true, "the machine of the PostgreSQL primary vanishes, its standby takes over")
        .await;
}

/// The server's address of the database is one that the operator leads elsewhere (a floating
/// address, a proxy): sqlx takes one host. Nothing that was accepted is lost, because the first
/// database commits nothing that the standby does not have.
async fn fails_over(vanishes: bool, story: &str) {
    let primary = PrivateCluster::start().await;
    let standby = primary.standby().await;
    let at = |cluster: &PrivateCluster| SocketAddr::from((Ipv4Addr::LOCALHOST, cluster.port()));
    let road = Relay::open().await;
    road.leads_to(at(&primary));
    let scene = Scene::opens_on(primary.url_at(road.port())).await;
    let traffic = scene.traffic();
    scene.has_seen_taps(10).await;
    if vanishes {
        road.weather(Weather::tunnel());
        scene.has_seen_taps(10).await;
        // Its connections stay as silent as they are; new ones go to the standby.
        road.weather(Weather::default());
    }
    primary.kill().await;
    let since = Instant::now();
    standby.promote().await;
    road.leads_to(at(&standby));
    scene.has_seen_taps(10).await;
    traffic.ends().await;
    scene.ends(story, since).await;
}
