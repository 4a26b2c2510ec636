use super::*;

/// A track of points with these times, where they have one.
fn track(points: &[(f64, f64, &str)]) -> io::Result<Track> {
    let points = points.iter().map(|(latitude, longitude, inner)| {
        format!(r#"<trkpt lat="{latitude}" lon="{longitude}">{inner}</trkpt>"#)
    });
    let points = points.collect::<String>();
    let head = r#"<gpx version="1.1" creator="Waypost" xmlns="http://www.topografix.com/GPX/1/1">"#;
    let text = format!("{head}<trk><trkseg>{points}</trkseg></trk></gpx>");
    Track::read(text.as_bytes())
}

fn second(n: u32) -> String {
    format!("<time>2026-11-30T09:00:{n:02}Z</time>")
}

fn seconds(track: &Track) -> Vec<u64> {
    track.0.iter().map(|point| point.after.as_secs()).collect()
}

#[test]
fn points_keep_their_times_and_those_without_follow_after_a_second() {
    let [first, second, back] = [second(10), second(40), second(20)];
    let drive = [(1.0, 1.0, &*first), (1.0, 2.0, &second), (1.0, 3.0, &back), (1.0, 4.0, "")];
    assert_eq!(seconds(&track(&drive).unwrap()), [0, 30, 31, 32]);
    assert_eq!(
        seconds(&track(&[(1.0, 1.0, ""), (1.0, 2.0, ""), (1.0, 3.0, "")]).unwrap()),
        [0, 1, 2]
    );
}

#[test]
fn the_way_between_two_points_is_driven() {
    let (from, to) = (second(0), second(10));
    let track = track(&[(52.0, 13.0, &from), (52.001, 13.0, &to)]).unwrap();
    let half = track.at(Duration::from_secs(5));
    assert!((half.latitude - 52.0005).abs() < 1e-9 && half.longitude == 13.0);
    let speed = half.speed.unwrap();
    assert!((speed - 11.12).abs() < 0.01, "111.2 metres in ten seconds: {speed}");
    assert_eq!(half.heading, Some(0.0), "due north");
    let end = track.at(Duration::from_secs(99));
    assert_eq!(
        (end.latitude, end.speed, end.heading),
        (52.001, Some(0.0), None),
        "it stands there"
    );
}

#[test]
fn a_drive_goes_the_short_way_round_the_earth() {
    let (from, to) = (second(0), second(10));
    let west = track(&[(0.0, -179.9, &from), (0.0, 179.9, &to)]).unwrap();
    let half = west.at(Duration::from_secs(5));
    assert_eq!((half.longitude.abs(), half.heading), (180.0, Some(270.0)));
    let later = west.at(Duration::from_secs(6)).longitude;
    assert!((later - 179.98).abs() < 1e-9, "{later}");
}

#[test]
fn what_is_no_track_is_refused() {
    let kind = |text: &str| Track::read(text.as_bytes()).unwrap_err().kind();
    for text in ["", "no xml", "<gpx>", "<kml></kml>", "\0\u{ff}"] {
        assert_eq!(kind(text), io::ErrorKind::InvalidData, "{text}");
    }
    assert!(track(&[]).unwrap_err().to_string().contains("no track with points"));
    let lost = "<fix>none</fix>";
    assert!(track(&[(1.0, 1.0, lost)]).is_err(), "a point without a fix is none");
    assert!(track(&[(91.0, 1.0, "")]).is_err());
}
