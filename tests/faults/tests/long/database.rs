//! Devices that come back while the database is away.

use std::time::Instant;

use waypost_faults::Scene;
use waypost_fleet::taps;
use waypost_world::postgres::PrivateCluster;

/// A device that comes back while the database is away must not take "nobody could look" for "you
/// are revoked".
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_away_for_ever_while_the_database_is_down() {
    let postgres = PrivateCluster::start().await;
    let scene = Scene::opens_on(postgres.url()).await;
    postgres.kill().await;
    scene.mqtt.cut();
    for (driver, chat) in &scene.drivers {
        scene.ledger.tap(driver, *chat, taps::running_late(*chat, 5)).await.expect("kept");
    }
    scene.everyone_has_tried_to_come_back().await;
    let since = Instant::now();
    postgres.restart().await;
    scene.ends("devices reconnect while PostgreSQL is down", since).await;
}
