//! The clock of the server or of a device is moved while everyone taps.

use std::time::Instant;

use waypost_client::Clock;
use waypost_faults::clock::MovedClock;
use waypost_faults::pocket::Pocket;
use waypost_faults::{Scene, Setting};
use waypost_protocol::Millis;

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

/// Forward, back, far back, right, and far forward, in seconds.
const MOVES: [i64; 5] = [HOUR, -HOUR, -2 * YEAR, 0, 2 * YEAR];

fn is_far(at: Millis) -> bool {
    let now = Clock::default().now();
    (now - at).abs() > YEAR * 1000
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_the_server_is_moved() {
    let folder = Scene::folder();
    let clock = MovedClock::new(folder.path());
    let environment = clock.environment();
    let scene = Scene::opens_with(folder, Setting { environment, database: None }, 2).await;
    let traffic = scene.traffic();
    for seconds in MOVES {
        clock.moves_to(seconds);
        scene.has_seen_taps(8).await;
    }
    scene.mqtt.cut();
    clock.moves_to(0);
    let since = Instant::now();
    traffic.ends().await;
    scene.is_level().await;
    scene.omar_sees("a record from years ago", |it| it.recorded_at.is_some_and(is_far)).await;
    scene.ends("the server's clock moved by hours and years", since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_device_is_moved() {
    let mut scene = Scene::opens().await;
    let clock = MovedClock::new(scene.path());
    let environment = clock.environment();
    let mut dana = Pocket::of(&scene, "dana", &environment).await.expect("Dana enrols");
    let traffic = scene.traffic();
    for seconds in MOVES {
        clock.moves_to(seconds);
        dana.taps().await.expect("a tap is kept");
        dana.taps_and_falls().await.expect("the device starts again");
        dana.taps().await.expect("a tap is kept");
    }
    let since = Instant::now();
    traffic.ends().await;
    dana.joins(&mut scene).await.expect("what Dana tapped is there");
    scene.is_level().await;
    scene.omar_sees("a clock that he is warned of", |it| it.clock_suspect).await;
    scene.ends("a device's clock moved by hours and years", since).await;
}
