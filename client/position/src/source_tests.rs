use proptest::prelude::*;

use super::*;

fn source(line: &str) -> Result<PositionSource, SourceError> {
    line.parse()
}

fn gpsd_at(host: &str, port: u16) -> Result<PositionSource, SourceError> {
    Ok(PositionSource::Gpsd { host: host.into(), port })
}

#[test]
fn each_source_is_one_line() {
    assert_eq!(source("off"), Ok(PositionSource::Off));
    assert_eq!(source("gpsd"), gpsd_at("127.0.0.1", 2947));
    assert_eq!(source(" gpsd://cab.local\n"), gpsd_at("cab.local", 2947));
    assert_eq!(source("gpsd://10.0.0.7:3000"), gpsd_at("10.0.0.7", 3000));
    assert_eq!(source("gpsd://[::1]"), gpsd_at("::1", 2947));
    assert_eq!(source("gpsd://[fe80::1]:29"), gpsd_at("fe80::1", 29));
    let nmea = |path: &str, baud| Ok(PositionSource::Nmea { path: path.into(), baud });
    assert_eq!(source("nmea:/dev/ttyUSB0"), nmea("/dev/ttyUSB0", 9600));
    assert_eq!(source("nmea:COM3?baud=115200"), nmea("COM3", 115_200));
    let gpx = |path: &str, speed| Ok(PositionSource::Gpx { path: path.into(), speed });
    assert_eq!(source("gpx:/tour.gpx"), gpx("/tour.gpx", 1.0));
    assert_eq!(source("gpx:C:\\my tour?.gpx?speed=2.5"), gpx("C:\\my tour?.gpx", 2.5));
    assert_eq!(source("manual"), Ok(PositionSource::Manual(None)));
    let berlin = Place::at(52.52, 13.405);
    assert_eq!(source("manual:52.52, 13.405"), Ok(PositionSource::Manual(Some(berlin))));
}

#[test]
fn what_is_none_is_refused_for_what_is_wrong_with_it() {
    for line in ["", "on", "gps", "off:now", "GPSD", "serial:/dev/ttyUSB0", "http://host"] {
        assert_eq!(source(line), Err(SourceError::Unknown(line.to_owned())));
    }
    for rest in [
        "",
        "host",
        "//",
        "//:2947",
        "//host:",
        "//host:0",
        "//host:65536",
        "//host:x",
        "//a b",
        "//host/x",
        "//::1",
        "//[::1",
        "//[::1]2947",
        "//[host]:1",
        "//me@host",
    ] {
        let refused = source(&format!("gpsd:{rest}"));
        assert_eq!(refused, Err(SourceError::Address(rest.to_owned())));
    }
    for line in ["nmea", "nmea:", "nmea:?baud=4800"] {
        assert_eq!(source(line), Err(SourceError::NoPath("nmea")));
    }
    assert_eq!(source("gpx:"), Err(SourceError::NoPath("gpx")));
    for baud in ["", "0", "-1", "fast", "4800.5"] {
        let refused = source(&format!("nmea:/dev/ttyUSB0?baud={baud}"));
        assert_eq!(refused, Err(SourceError::Baud(baud.to_owned())));
    }
    for speed in ["", "0", "-1", "NaN", "inf", "10001", "fast"] {
        let refused = source(&format!("gpx:/tour.gpx?speed={speed}"));
        assert_eq!(refused, Err(SourceError::Speed(speed.to_owned())));
    }
    for place in ["", "52.52", "52.52;13.4", "91,0", "0,180.1", "NaN,0", "0,inf", "1,2,3"] {
        let refused = source(&format!("manual:{place}"));
        assert_eq!(refused, Err(SourceError::Place(place.to_owned())));
    }
}

#[test]
fn an_error_says_what_would_be_right() {
    let says = |line: &str| source(line).unwrap_err().to_string();
    assert_eq!(
        says("gpx:/tour.gpx?baud=3"),
        "gpx knows no \"baud\" behind the question mark, only speed="
    );
    assert_eq!(says("nmea:"), "nmea needs a path, as in nmea:/path");
    assert!(says("manual:91,0").ends_with("as in 52.52,13.405: \"91,0\""));
    assert!(says("gpsd://x:0").contains("from 1 to 65535"));
}

#[test]
fn what_is_written_reads_the_same() {
    for line in [
        "off",
        "gpsd://127.0.0.1:2947",
        "gpsd://[::1]:2947",
        "nmea:/dev/ttyUSB0?baud=4800",
        "gpx:/a b?.gpx?speed=0.5",
        "manual",
        "manual:-52.52,13.405",
    ] {
        assert_eq!(source(line).unwrap().to_string(), line);
    }
}

proptest! {
    #[test]
    fn no_line_breaks_it(line in "(off|gpsd|nmea|gpx|manual)?[ -~\\PC]{0,40}") {
        if let Ok(read) = source(&line) {
            prop_assert_eq!(source(&read.to_string()), Ok(read));
        }
    }
}
