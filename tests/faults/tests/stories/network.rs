//! Bad networks: far away and lossy, slow, cut anywhere, and with most doors shut.

use std::time::{Duration, Instant};

use waypost_client::View;
use waypost_client::view::{LinkPath, LinkView};
use waypost_faults::{Scene, Weather, scale};
use waypost_fleet::proof::Times;
use waypost_fleet::taps;

#[tokio::test(flavor = "multi_thread")]
async fn every_segment_takes_600_ms_and_some_are_lost() {
    let mut scene = Scene::opens().await;
    scene.times = Times::DeliveredLate;
    scene.weather(Weather::bad_radio());
    let traffic = scene.traffic();
    scene.has_seen_taps(scale(20, 300)).await;
    // A new connection has to make its handshake through the same weather.
    scene.mqtt.cut();
    scene.has_seen_taps(scale(10, 300)).await;
    traffic.ends().await;
    let since = Instant::now();
    scene.ends("600 ms and 15 % loss, all along", since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_through_50_kbit_a_second() {
    let mut scene = Scene::opens().await;
    scene.times = Times::DeliveredLate;
    scene.weather(Weather::second_generation());
    scene.mqtt.cut();
    let traffic = scene.traffic();
    scene.has_seen_taps(scale(20, 300)).await;
    traffic.ends().await;
    let since = Instant::now();
    scene.ends("50 kbit/s and 600 ms, all along", since).await;
}

/// Each connection dies after so many bytes, and each time a few later, so that every frame of the
/// exchange is cut somewhere: the handshake, CONNECT, the submit, its answer, the events.
#[tokio::test(flavor = "multi_thread")]
async fn every_frame_is_cut() {
    const SESSION_BYTES: u64 = 7000;
    let scene = Scene::opens().await;
    let (ayo, chat) = &scene.drivers[0];
    let step = scale(350, 23);
    for after in (1..SESSION_BYTES).step_by(step) {
        ayo.online(false).await.expect("switched off");
        scene.mqtt.weather(Weather { cut_after_bytes: Some(after), ..Weather::default() });
        let tapped = scene.ledger.tap(ayo, *chat, taps::running_late(*chat, 5)).await;
        tapped.expect("a tap is kept");
        let waits = |view: &View| view.waiting > 0 && matches!(view.link, LinkView::Offline { .. });
        ayo.sees("the tap waiting, offline", waits).await.expect("it waits");
        let cuts = scene.mqtt.cuts();
        ayo.online(true).await.expect("switched on");
        scene.has_been_cut(cuts, ayo).await;
        scene.mqtt.weather(Weather::default());
        ayo.online(false).await.expect("switched off");
        ayo.online(true).await.expect("switched on");
        ayo.is_level().await.expect("level after the cut");
    }
    assert!(scene.mqtt.cuts() > SESSION_BYTES / step as u64 / 2, "hardly anything was cut");
    let story = format!("{} connections cut, each after a few bytes more", scene.mqtt.cuts());
    let since = Instant::now();
    scene.ends(&story, since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_https_is_let_through() {
    let scene = Scene::opens().await;
    scene.mqtt.weather(Weather { closed: true, ..Weather::default() });
    scene.mqtt.cut();
    let since = Instant::now();
    let traffic = scene.traffic();
    for (driver, _) in &scene.drivers {
        let by_https =
            |view: &View| matches!(view.link, LinkView::Online { path: LinkPath::Https, .. });
        driver.sees("a link over HTTPS", by_https).await.expect("HTTPS is found");
    }
    scene.has_seen_taps(20).await;
    traffic.ends().await;
    scene.ends("only HTTPS is let through", since).await;
}

/// A short hole in the network, in which nobody is told anything.
#[tokio::test(flavor = "multi_thread")]
async fn all_connections_are_cut_again_and_again() {
    let scene = Scene::opens().await;
    let traffic = scene.traffic();
    for _ in 0..scale(10, 40) {
        waypost_faults::at_any_moment_of(Duration::from_millis(400)).await;
        scene.mqtt.cut();
        scene.https.cut();
    }
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("all connections cut again and again", since).await;
}
