//! Networks that say nothing.

use std::time::Instant;

use waypost_client::View;
use waypost_client::view::{LinkPath, LinkView};
use waypost_faults::{Scene, Weather};

/// What goes up is swallowed, on connections that are open; new ones would work.
#[tokio::test(flavor = "multi_thread")]
async fn connections_are_half_open_upwards() {
    let weather = Weather { loses_up: true, ..Weather::default() };
    half_open(weather, "half-open connections: what goes up is swallowed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_half_open_downwards() {
    let weather = Weather { loses_down: true, ..Weather::default() };
    half_open(weather, "half-open connections: what comes down is swallowed").await;
}

async fn half_open(weather: Weather, story: &str) {
    let scene = Scene::opens().await;
    let traffic = scene.traffic();
    scene.has_seen_taps(10).await;
    scene.weather(weather);
    scene.has_seen_taps(20).await;
    scene.weather(Weather::default());
    let since = Instant::now();
    traffic.ends().await;
    scene.ends(story, since).await;
}

/// A firewall that answers nothing at the port of MQTT: no refusal, only silence.
#[tokio::test(flavor = "multi_thread")]
async fn only_https_is_let_through_and_mqtt_is_silent() {
    let scene = Scene::opens().await;
    scene.mqtt.weather(Weather::tunnel());
    scene.mqtt.cut();
    let since = Instant::now();
    let traffic = scene.traffic();
    scene.has_seen_taps(20).await;
    traffic.ends().await;
    for (driver, _) in &scene.drivers {
        let by_https =
            |view: &View| matches!(view.link, LinkView::Online { path: LinkPath::Https, .. });
        let found = async { while driver.sees("HTTPS", by_https).await.is_err() {} };
        found.await;
    }
    scene.ends("only HTTPS is let through, MQTT meets silence", since).await;
}

/// Everyone drives through a tunnel for some minutes, and out of it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_passes_for_two_minutes() {
    let scene = Scene::opens().await;
    let traffic = scene.traffic();
    scene.has_seen_taps(10).await;
    scene.weather(Weather::tunnel());
    waypost_faults::lasts(std::time::Duration::from_secs(120)).await;
    scene.weather(Weather::default());
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("two minutes in a tunnel", since).await;
}
