//! Positions from gpsd, over its JSON protocol. It only watches: gpsd's receivers are set up by who runs gpsd.

use std::io;

use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::lines::Lines;
use crate::positions::Pace;
use crate::publisher::{Heard, Publisher, Reading};

const WATCH: &[u8] = b"?WATCH={\"enable\":true,\"json\":true};\n";

/// Asked of a gpsd that says nothing: one without receivers answers, one that is gone does not.
const VERSION: &[u8] = b"?VERSION;\n";

/// Follows a gpsd until it goes away.
///
/// # Errors
/// Always, in the end: why it went, or could not be reached.
pub(crate) async fn follow(
    host: &str,
    port: u16,
    publisher: &Publisher,
    pace: &Pace,
) -> io::Result<()> {
    let mut stream = timeout(pace.silence, TcpStream::connect((host, port))).await??;
    stream.write_all(WATCH).await?;
    let (mut lines, mut buffer) = (Lines::default(), vec![0; 4096]);
    let mut deadline = Instant::now() + pace.silence;
    let mut is_asked = false;
    loop {
        let Ok(read) = timeout_at(deadline, stream.read(&mut buffer)).await else {
            publisher.hears(Heard::NoFix);
            if is_asked {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "gpsd no longer answers"));
            }
            timeout(pace.silence, stream.write_all(VERSION)).await??;
            is_asked = true;
            deadline = Instant::now() + pace.silence;
            continue;
        };
        let read = match read? {
            0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "gpsd has ended")),
            read => read,
        };
        is_asked = false;
        lines.feed(&buffer[..read], |line| match report(line) {
            None => {}
            Some(None) => publisher.reaches(),
            Some(Some(heard)) if publisher.hears(heard) => deadline = Instant::now() + pace.silence,
            Some(Some(_)) => {}
        });
    }
}

/// A report of gpsd, as far as it is about positions. Fields that are not there, gpsd does not know.
#[derive(Deserialize)]
struct Report {
    class: String,
    /// 0 and 1: no fix, 2: a place, 3: a place and an altitude.
    mode: Option<u8>,
    lat: Option<f64>,
    lon: Option<f64>,
    /// Errors in metres: horizontal, or of longitude and latitude on their own.
    eph: Option<f64>,
    epx: Option<f64>,
    epy: Option<f64>,
    speed: Option<f64>,
    track: Option<f64>,
}

/// What gpsd says in this line: `None` if it is no report, `Some(None)` if it is one of something else.
fn report(line: &[u8]) -> Option<Option<Heard>> {
    let report: Report = serde_json::from_slice(line).ok()?;
    Some(position(&report))
}

fn position(report: &Report) -> Option<Heard> {
    if report.class != "TPV" {
        return None;
    }
    if report.mode? < 2 {
        return Some(Heard::NoFix);
    }
    let both = report.epx.zip(report.epy).map(|(x, y)| x.hypot(y));
    Some(Heard::At(Reading {
        latitude: report.lat?,
        longitude: report.lon?,
        accuracy: report.eph.or(both),
        speed: report.speed,
        heading: report.track,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(line: &str) -> Option<Heard> {
        report(line.as_bytes()).flatten()
    }

    #[test]
    fn a_report_of_a_fix_is_a_position() {
        let line = r#"{"class":"TPV","device":"/dev/pts/3","status":2,"mode":3,"time":"2026-11-30T09:35:19.000Z",
            "lat":52.520000000,"lon":-13.405000000,"epx":3.0,"epy":4.0,"track":84.4,"speed":11.524}"#;
        let Some(Heard::At(reading)) = said(line) else { panic!("a fix") };
        assert_eq!((reading.latitude, reading.longitude), (52.52, -13.405));
        assert_eq!(reading.accuracy, Some(5.0), "both errors together");
        assert_eq!((reading.speed, reading.heading), (Some(11.524), Some(84.4)));
        let line = r#"{"class":"TPV","mode":2,"lat":1,"lon":2,"eph":7.5,"epx":3.0,"epy":4.0}"#;
        let Some(Heard::At(reading)) = said(line) else { panic!("a fix") };
        assert_eq!(reading.accuracy, Some(7.5), "gpsd's own word for it");
        assert_eq!((reading.speed, reading.heading), (None, None));
    }

    #[test]
    fn a_report_without_a_fix_is_none_even_if_it_names_a_place() {
        for mode in ["0", "1"] {
            let line = format!(r#"{{"class":"TPV","mode":{mode},"lat":52.5,"lon":13.4}}"#);
            assert_eq!(said(&line), Some(Heard::NoFix));
        }
    }

    #[test]
    fn what_says_nothing_of_positions_says_nothing() {
        let others = [
            r#"{"class":"VERSION","release":"3.22"}"#,
            r#"{"class":"SKY","mode":3,"lat":52.5,"lon":13.4}"#,
            r#"{"class":"TPV","mode":3,"lat":52.5}"#,
            r#"{"class":"TPV","lat":52.5,"lon":13.4}"#,
        ];
        for line in others {
            assert_eq!(report(line.as_bytes()), Some(None), "{line}");
        }
        let none = [
            r#"{"class":"TPV","mode":3,"lat":nan,"lon":13.4}"#,
            r#"{"class":"TPV","mode":3,"lat":"52.5","lon":13.4}"#,
            r#"{"class":"TPV","mode":3,"lat":1e999,"lon":13.4}"#,
            r#"{"class":"TPV","mode":-1}"#,
            r#"{"class":"TPV","mode":3,"lat":52.5,"lon":13"#,
            "$GPRMC,093519,A",
        ];
        for line in none {
            assert_eq!(report(line.as_bytes()), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_line_breaks_it(line: Vec<u8>, text in r#"\{"class":"TPV","mode":[0-9-]{1,3},"lat":[0-9eE.-]{1,9}\}?"#) {
            let _nothing = (report(&line), report(text.as_bytes()));
        }
    }
}
