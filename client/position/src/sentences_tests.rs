use proptest::prelude::*;

use super::*;

/// With its checksum.
fn whole(body: &str) -> String {
    format!("${body}*{:02X}", body.bytes().fold(0, |sum, byte| sum ^ byte))
}

fn said(bodies: &[&str]) -> Option<Heard> {
    let mut sentences = Sentences::default();
    bodies.iter().map(|body| sentences.read(whole(body).as_bytes())).last().flatten()
}

fn place(heard: Option<Heard>) -> (f64, f64) {
    let Some(Heard::At(reading)) = heard else { panic!("a position, not {heard:?}") };
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    (round(reading.latitude), round(reading.longitude))
}

const RMC: &str = "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W";
const GGA: &str = "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,";

#[test]
fn the_textbooks_sentences_say_what_the_textbooks_say() {
    // Their checksums are from the books, too, so the sum of these tests is not checked by itself.
    let rmc = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A";
    let gga = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47";
    let heard = Sentences::default().read(rmc);
    assert_eq!(place(heard), (48.1173, 11.516667));
    let Some(Heard::At(reading)) = heard else { panic!("a position") };
    let speed = reading.speed.unwrap();
    assert!((speed - 11.5236).abs() < 0.001, "22.4 knots in metres per second: {speed}");
    assert!((reading.heading.unwrap() - 84.4).abs() < 0.001);
    assert_eq!(reading.accuracy, None, "a dilution is no error in metres");
    assert_eq!(place(Sentences::default().read(gga)), (48.1173, 11.516667));
}

#[test]
fn south_and_west_are_negative_and_every_constellation_is_heard() {
    let rmc = "GNRMC,123519.00,A,3352.128,S,15112.558,E,,,230394,,,A";
    assert_eq!(place(said(&[rmc])), (-33.8688, 151.2093));
    let gga = "GLGGA,123519.00,4042.768,N,07400.360,W,2,08,0.9,5.4,M,4.9,M,,";
    assert_eq!(place(said(&[gga])), (40.7128, -74.006));
}

#[test]
fn what_the_receiver_does_not_call_a_fix_is_none() {
    let without = [
        "GPRMC,123519,V,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W",
        "GPRMC,,V,,,,,,,,,,N",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,,N",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,,S",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,,M",
        "GPGGA,123519,4807.038,N,01131.000,E,0,00,99.9,,M,,M,,",
        "GPGGA,123519,4807.038,N,01131.000,E,7,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,4807.038,N,01131.000,E,8,08,0.9,545.4,M,46.9,M,,",
    ];
    for body in without {
        assert_eq!(said(&[body]), Some(Heard::NoFix), "{body}");
    }
    let reckoned = GGA.replace(",E,1,", ",E,6,");
    assert_eq!(said(&[&reckoned]), None, "RMC says whether that counts");
    let gst = "GPGST,123519,1.2,2.0,1.0,30.0,3.0,4.0,5.0";
    assert_eq!(said(&[RMC, without[0], gst]), None, "what was known before is not told again");
}

#[test]
fn sentences_of_one_moment_belong_together() {
    let gst = "GPGST,123519,1.2,2.0,1.0,30.0,3.0,4.0,5.0";
    for order in [[RMC, GGA, gst], [gst, RMC, GGA], [GGA, gst, RMC]] {
        let Some(Heard::At(reading)) = said(&order) else { panic!("a position") };
        assert!(reading.speed.is_some() && reading.heading.is_some(), "{order:?}");
        assert_eq!(reading.accuracy, Some(5.0), "{order:?}");
    }
    let later = GGA.replace("123519", "123520");
    let Some(Heard::At(reading)) = said(&[RMC, gst, &later]) else { panic!("a position") };
    assert_eq!((reading.speed, reading.accuracy), (None, None), "those were of the moment before");
}

#[test]
fn what_is_damaged_is_not_heard() {
    let whole = whole(RMC);
    let read = |line: &str| Sentences::default().read(line.as_bytes());
    assert!(read(&whole).is_some());
    assert!(read(&format!("4807.0$GPGGA,12{whole}\r")).is_some(), "after half of another");
    for line in [
        &whole.replace("4807", "4907"),
        &whole.replace('*', ""),
        &whole[..whole.len() - 3],
        &whole[..whole.len() - 1],
        &format!("{whole}0"),
        &whole[1..],
        &whole.replace("GPRMC", "GPRM\u{f6}"),
        "$*00",
        "*00",
        "$",
        "",
    ] {
        assert_eq!(read(line), None, "{line}");
    }
    let long = format!("GPRMC,{}", "1".repeat(5_000));
    assert_eq!(said(&[&long]), None);
    for body in ["PMTK001,314,3", "GPGSV,1,1,00", "GPRMC", "GPGGA,,,,", "GPRMC,,A,,,,,,,,,,A"] {
        assert_eq!(said(&[body]), None, "{body}");
    }
}

#[test]
fn a_number_that_is_none_is_no_position() {
    for latitude in ["nan", "48nan", "48inf"] {
        let rmc = RMC.replace("4807.038", latitude);
        if let Some(Heard::At(reading)) = said(&[&rmc]) {
            let off = waypost_protocol::Place::at(reading.latitude, reading.longitude);
            assert!(off.check().is_err(), "{latitude}");
        }
    }
}

proptest! {
    #[test]
    fn no_line_of_bytes_breaks_it(lines: Vec<Vec<u8>>) {
        let mut sentences = Sentences::default();
        for line in &lines {
            sentences.read(line);
        }
    }

    #[test]
    fn no_sentence_with_a_right_checksum_breaks_it(
        kind in "(GP|GN|..)(RMC|GGA|GST)",
        fields in prop::collection::vec("(|[0-9.+-]{1,9}|[AVNSEWM]|nan|inf|1e999|[ -)+-~]{0,4}|\u{e4})", 0..16),
    ) {
        let mut sentences = Sentences::default();
        let body = format!("{kind},{}", fields.join(","));
        sentences.read(whole(&body).as_bytes());
        sentences.read(whole(RMC).as_bytes());
    }
}
