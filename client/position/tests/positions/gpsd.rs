//! Debian's gpsd, fed by its own gpsfake with recorded sentences.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use waypost_position::State;
use waypost_protocol::{Fix, GeoStamp, Millis};

use super::fixtures::{becomes, fixture, follow, until};

/// A gpsd with a receiver that drives the same way again and again.
struct Gpsd {
    gpsfake: Child,
    _folder: TempDir,
}

impl Gpsd {
    fn start(port: u16, log: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let gpsfake = Command::new("gpsfake")
            .args(["--quiet", "--nowait", "--cycle", "0.05", "--port", &port.to_string()])
            .arg(fixture(log))
            // Its sockets go there, too.
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // gpsd is a child of gpsfake: they are ended as one group.
            .process_group(0)
            .spawn()
            .expect("gpsfake is installed: scripts/setup does it");
        Self { gpsfake, _folder: folder }
    }
}

impl Drop for Gpsd {
    fn drop(&mut self) {
        let group = format!("-{}", self.gpsfake.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
        assert!(killed.is_ok_and(|it| it.success()), "gpsfake and gpsd were running until now");
        self.gpsfake.wait().expect("it is a child of this");
    }
}

/// A port that no connection of another test is given by chance while nobody listens there: those begin at 32768.
fn free_port() -> u16 {
    let begin = 20_000 + (std::process::id() % 10_000) as u16;
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (begin..32_768).find(is_free).expect("a free port")
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Millis::try_from(since.as_millis()).expect("it is before the end")
}

#[tokio::test]
async fn gpsd_comes_goes_loses_the_sky_and_comes_again() {
    let port = free_port();
    let positions = follow(&format!("gpsd://127.0.0.1:{port}"));
    becomes(&positions, State::Unreachable).await;
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::None), "nothing was ever known");

    let started = now();
    let gpsd = Gpsd::start(port, "drive.nmea");
    let known = until(&positions, "a speed", |known| {
        known
            .last
            .as_ref()
            .is_some_and(|last| last.speed.is_some() && last.place.accuracy_m.is_some())
    });
    let known = known.await;
    assert_eq!(known.state, State::Knows);
    let first = known.last.unwrap();
    let (latitude, longitude) = (first.place.latitude.degrees(), first.place.longitude.degrees());
    assert!((52.52..52.5232).contains(&latitude), "{latitude}");
    assert_eq!(longitude, 13.405);
    let speed = first.speed.unwrap();
    assert!((speed - 10.289).abs() < 0.01, "20 knots are {speed} metres per second");
    assert_eq!(first.heading, Some(0.0));
    assert!((1..100).contains(&first.place.accuracy_m.unwrap()), "{:?}", first.place);
    assert!(
        (started..=now()).contains(&first.at),
        "the device's clock counts, not that of the log"
    );
    assert_eq!(positions.stamp().fix, Fix::Current);
    until(&positions, "the way goes on", |known| {
        known.last.as_ref().is_some_and(|last| last.place.latitude != first.place.latitude)
    })
    .await;

    drop(gpsd);
    let gone = becomes(&positions, State::Unreachable).await;
    let stamp = gone.stamp(now());
    assert_eq!(stamp.fix, Fix::Current, "seconds ago it knew");
    assert_eq!(stamp.at, gone.last.as_ref().map(|last| last.at));
    assert_eq!(gone.stamp(now() + 180_000).fix, Fix::Stale);

    let gpsd = Gpsd::start(port, "tunnel.nmea");
    let lost = becomes(&positions, State::NoFix).await;
    assert_eq!(lost.last, gone.last, "a receiver that sees no sky moves nobody");
    drop(gpsd);
    becomes(&positions, State::Unreachable).await;

    let _gpsd = Gpsd::start(port, "drive.nmea");
    let again = becomes(&positions, State::Knows).await;
    assert!(again.last.unwrap().at > gone.last.unwrap().at);
}
