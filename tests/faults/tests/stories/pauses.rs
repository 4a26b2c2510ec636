//! Someone is held still (SIGSTOP) while everyone else goes on, and then goes on as if nothing had
//! been.

use std::time::{Duration, Instant};

use waypost_faults::pocket::Pocket;
use waypost_faults::processes::Frozen;
use waypost_faults::{Scene, lasts, scale};
use waypost_world::postgres::PrivateCluster;

fn pause() -> Duration {
    scale(Duration::from_secs(3), Duration::from_secs(60))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_held_still() {
    let scene = Scene::opens().await;
    let traffic = scene.traffic();
    scene.has_seen_taps(10).await;
    let frozen = Frozen::hold(&[scene.depot.server.pid().expect("it runs")]);
    lasts(pause()).await;
    frozen.go_on();
    let since = Instant::now();
    traffic.ends().await;
    scene.ends(&format!("the server held still for {} s", pause().as_secs()), since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_held_still() {
    let mut scene = Scene::opens().await;
    let mut dana = Pocket::of(&scene, "dana", &[]).await.expect("Dana enrols");
    let traffic = scene.traffic();
    for _ in 0..5 {
        dana.taps().await.expect("a tap is kept");
    }
    let frozen = Frozen::hold(&[dana.device.pid().expect("it runs")]);
    lasts(pause()).await;
    frozen.go_on();
    let since = Instant::now();
    dana.taps().await.expect("a tap is kept");
    traffic.ends().await;
    dana.joins(&mut scene).await.expect("what Dana tapped is there");
    scene.ends(&format!("a device held still for {} s", pause().as_secs()), since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_held_still() {
    let postgres = PrivateCluster::start().await;
    let scene = Scene::opens_on(postgres.url()).await;
    let traffic = scene.traffic();
    scene.has_seen_taps(10).await;
    let frozen = Frozen::hold(&postgres.processes());
    lasts(pause()).await;
    frozen.go_on();
    let since = Instant::now();
    traffic.ends().await;
    scene.ends(&format!("PostgreSQL held still for {} s", pause().as_secs()), since).await;
}
