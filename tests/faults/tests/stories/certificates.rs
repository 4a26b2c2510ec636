//! The server's own certificate is about to run out while everyone taps: no restart, nobody enrols
//! again.

use std::time::Instant;

use waypost_faults::certificate::{shown, shows_another_than};
use waypost_faults::clock::MovedClock;
use waypost_faults::{Scene, Setting};

const DAY: i64 = 24 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_own_certificate_is_renewed_before_it_runs_out() {
    let folder = Scene::folder();
    let clock = MovedClock::new(folder.path());
    let environment = clock.environment();
    let scene = Scene::opens_with(folder, Setting { environment, database: None }, 2).await;
    let traffic = scene.traffic();
    let before = shown(&scene).await;
    clock.moves_to(61 * DAY);
    let since = Instant::now();
    shows_another_than(&scene, &before).await;
    // Who was connected still is; who comes back meets the new one, and so does who is new.
    scene.mqtt.cut();
    scene.depot.adds("fay", "driver", "en").await.expect("Fay is added");
    scene.depot.tablet("fay", None).await.expect("Fay enrols").close().await;
    traffic.ends().await;
    scene.ends("the server renews its own certificate", since).await;
}
