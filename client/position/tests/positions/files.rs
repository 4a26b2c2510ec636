//! Receivers on a serial line and in a pipe, logs, tracks, and places set by hand.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serial2::SerialPort;
use tokio::time::timeout;
use waypost_position::{Known, PositionSource, Positions, SetError, State};
use waypost_protocol::{Fix, GeoStamp, Place, STALE_FIX_MS};

use super::fixtures::{DEADLINE, becomes, fixture, follow, until};

const BERLIN: &[u8] = b"$GPRMC,093500.00,A,5231.2000,N,01324.3000,E,20.0,000.0,301126,,,A*64\r\n";
const NO_FIX: &[u8] = b"$GPRMC,,V,,,,,,,,,,N*53\r\n";

fn latitudes(known: &Known) -> Option<f64> {
    known.last.as_ref().map(|last| last.place.latitude.degrees())
}

/// The other end of a pipe; it opens when positions listen.
async fn writer(pipe: &Path) -> File {
    let pipe = pipe.to_owned();
    let open = tokio::task::spawn_blocking(move || OpenOptions::new().write(true).open(pipe));
    timeout(DEADLINE, open).await.expect("someone reads").expect("no panic").expect("a pipe")
}

#[tokio::test]
async fn a_pipe_is_heard_through_garbage_and_when_its_writer_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("gps");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let positions = follow(&format!("nmea:{}", pipe.display()));
    let mut receiver = writer(&pipe).await;
    receiver.write_all(b"half of a line,N*11\r\n\xff\0\n").unwrap();
    receiver.write_all(&BERLIN.to_ascii_lowercase()).unwrap();
    receiver.write_all(&[b'$'; 50_000]).unwrap();
    receiver.write_all(b"\n").unwrap();
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::None));
    receiver.write_all(BERLIN).unwrap();
    let known = becomes(&positions, State::Knows).await;
    assert_eq!(known.last.unwrap().place, Place::at(52.52, 13.405));
    receiver.write_all(NO_FIX).unwrap();
    becomes(&positions, State::NoFix).await;
    drop(receiver);
    let mut watch = positions.watch();
    let again = async {
        writer(&pipe).await.write_all(BERLIN).unwrap();
        becomes(&positions, State::Knows).await;
    };
    tokio::select! {
        biased;
        _ = watch.wait_for(|known| known.state == State::Unreachable) => panic!("the pipe was there"),
        () = again => {}
    }
}

#[tokio::test]
async fn a_receiver_on_a_serial_line_is_heard_until_it_is_pulled_out() {
    let (receiver, line) = SerialPort::pair().unwrap();
    let path = fs::read_link(format!("/proc/self/fd/{}", line.as_raw_fd())).unwrap();
    let positions = follow(&format!("nmea:{}?baud=4800", path.display()));
    let mut watch = positions.watch();
    // What it says before the line is open goes unheard; a receiver says it again.
    let knows = async {
        loop {
            receiver.write_all(BERLIN).unwrap();
            let knows = watch.wait_for(|known| known.state == State::Knows);
            if timeout(Duration::from_millis(50), knows).await.is_ok() {
                return;
            }
        }
    };
    timeout(DEADLINE, knows).await.expect("it is heard");
    drop((receiver, line));
    becomes(&positions, State::Unreachable).await;
    assert_eq!(positions.stamp().fix, Fix::Current, "seconds ago it knew");
}

#[tokio::test]
async fn a_log_is_read_once_and_grows_old() {
    let positions = follow(&format!("nmea:{}", fixture("drive.nmea").display()));
    let end = |known: &Known| latitudes(known).is_some_and(|it| (it - 52.523_166_7).abs() < 1e-6);
    let known = until(&positions, "the end of the log", end).await;
    let last = known.last.clone().unwrap();
    assert_eq!(last.place.accuracy_m, Some(5), "GST says 3 and 4 metres");
    assert_eq!(known.stamp(last.at + STALE_FIX_MS).fix, Fix::Current);
    assert_eq!(known.stamp(last.at + STALE_FIX_MS + 1).fix, Fix::Stale);
}

#[tokio::test]
async fn a_track_is_driven_from_point_to_point_in_order() {
    let positions = follow(&format!("gpx:{}?speed=20", fixture("drive.gpx").display()));
    let mut watch = positions.watch();
    let points: Vec<f64> = (0..8).map(|n| 52.52 + f64::from(n) * 0.0002).collect();
    let mut driven = Vec::new();
    let drive = async {
        while driven.last() != points.last() {
            watch.changed().await.unwrap();
            driven.extend(latitudes(&watch.borrow_and_update()));
        }
    };
    timeout(DEADLINE, drive).await.expect("it arrives");
    assert!(driven.is_sorted(), "never back: {driven:?}");
    let is_point = |latitude: &f64| points.iter().any(|point| (point - latitude).abs() < 1e-8);
    let mut passed: Vec<f64> = driven.iter().copied().filter(is_point).collect();
    passed.dedup();
    assert_eq!(passed, points, "each of them, in order");
    let stands = |known: &Known| known.last.as_ref().is_some_and(|last| last.speed == Some(0.0));
    let known = until(&positions, "it stands", stands).await;
    assert_eq!((known.state, latitudes(&known)), (State::Knows, points.last().copied()));
}

#[tokio::test]
async fn what_is_not_there_is_unreachable_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["nmea", "gpx"] {
        let path = folder.path().join(kind);
        let positions = follow(&format!("{kind}:{}", path.display()));
        becomes(&positions, State::Unreachable).await;
        assert_eq!(positions.stamp(), GeoStamp::without(Fix::None));
        // Put there whole: half of a file would be read as one.
        let whole = folder.path().join("whole");
        fs::copy(fixture(&format!("drive.{kind}")), &whole).unwrap();
        fs::rename(whole, &path).unwrap();
        becomes(&positions, State::Knows).await;
    }
    for line in ["nmea:/dev/null", "nmea:/", "gpx:/", "gpx:/dev/null"] {
        becomes(&follow(line), State::Unreachable).await;
    }
}

#[tokio::test]
async fn a_place_set_by_hand_ages_like_any_other() {
    let positions = Positions::start_by("manual".parse().unwrap(), || 7_000);
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::None));
    let mut depot = Place::at(52.52, 13.405);
    depot.accuracy_m = Some(50);
    positions.set(&depot).unwrap();
    assert_eq!(positions.stamp(), GeoStamp::of(depot.clone(), 7_000, 7_000));
    assert_eq!(positions.latest().stamp(7_001 + STALE_FIX_MS).fix, Fix::Stale);
    assert!(matches!(positions.set(&Place::at(91.0, 0.0)), Err(SetError::Place(_))));
    assert_eq!(positions.latest().last.unwrap().place, depot);

    positions.allow(false);
    assert_eq!(positions.set(&depot), Err(SetError::NotAllowed));
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::Denied));

    let configured = follow("manual:52.52,13.405");
    becomes(&configured, State::Knows).await;
    configured.allow(false);
    configured.allow(true);
    becomes(&configured, State::Knows).await;
}

#[tokio::test]
async fn who_is_off_is_not_asked_and_cannot_be_switched_on() {
    let positions = Positions::start(PositionSource::default());
    for is_allowed in [true, false, true] {
        positions.allow(is_allowed);
        assert_eq!(positions.stamp(), GeoStamp::without(Fix::Denied));
    }
    let refused = positions.set(&Place::at(1.0, 2.0));
    assert_eq!(refused, Err(SetError::NotManual("off".into())));
}
