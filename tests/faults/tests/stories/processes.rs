//! SIGKILL while everyone taps: at random moments, and at moments that have a name.

use std::time::{Duration, Instant};

use waypost_faults::build::SlowDisk;
use waypost_faults::pocket::Pocket;
use waypost_faults::{Scene, Setting, Weather, at_any_moment_of, lasts, scale};
use waypost_fleet::taps;

#[tokio::test(flavor = "multi_thread")]
async fn server_and_app_are_killed_at_random_moments() {
    let mut scene = Scene::opens().await;
    let mut dana = Pocket::of(&scene, "dana", &[]).await.expect("Dana enrols");
    let traffic = scene.traffic();
    for _ in 0..scale(4, 60) {
        dana.taps().await.expect("a tap is kept");
        dana.taps_and_falls().await.expect("the device starts again");
        at_any_moment_of(Duration::from_millis(120)).await;
        scene.depot.server.kill().await;
        dana.taps_and_falls().await.expect("the device starts again");
        scene.depot.server.start().await;
    }
    let since = Instant::now();
    traffic.ends().await;
    dana.joins(&mut scene).await.expect("what Dana tapped is there");
    scene.ends("server and app killed at random moments", since).await;
}

/// The moments: a message is on its way to the server; it is being written, its fsync under way;
/// it is committed and nobody has been told.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_killed_before_within_and_after_a_commit() {
    let folder = Scene::folder();
    let disk = SlowDisk::build(folder.path());
    let environment = disk.environment().to_vec();
    let mut scene = Scene::opens_with(folder, Setting { environment, database: None }, 1).await;
    let upward = Weather { loses_up: true, ..Weather::default() };
    let downward = Weather { loses_down: true, ..Weather::default() };
    for _ in 0..scale(2, 20) {
        for (weather, fsync_ms) in [(upward, 0), (Weather::default(), 400), (downward, 0)] {
            // Else they would wait longer after each time, as they should.
            scene.everyone_switches_off_and_on().await;
            scene.is_level().await;
            disk.takes(fsync_ms);
            scene.weather(weather);
            let (ayo, chat) = &scene.drivers[0];
            let tapped = scene.ledger.tap(ayo, *chat, taps::running_late(*chat, 5)).await;
            tapped.expect("a tap is kept");
            // Long enough to arrive, and to be within the fsync where that is slow.
            lasts(Duration::from_millis(150)).await;
            scene.depot.server.kill().await;
            scene.weather(Weather::default());
            scene.mqtt.cut();
            scene.https.cut();
            disk.takes(0);
            scene.depot.server.start().await;
        }
    }
    let since = Instant::now();
    scene.ends("the server killed before, within and after a commit", since).await;
}
