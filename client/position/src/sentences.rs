//! Positions from the sentences of NMEA 0183: RMC and GGA say where, RMC how fast, GST how well.
//!
//! A sentence counts only whole: with a checksum, and that the right one.

use chrono::NaiveTime;
use nmea::sentences::rmc::RmcStatusOfFix;
use nmea::sentences::{FaaMode, FixType, GgaData, GstData, RmcData};
use nmea::{ParseResult, parse_str};

use crate::publisher::{Heard, Reading};

const KNOT: f64 = 1852.0 / 3600.0;

/// What one receiver has said of the present moment. A receiver tells each moment in several sentences, in an order
/// of its own; they belong together by the time that they carry.
#[derive(Default)]
pub(crate) struct Sentences {
    moment: Option<NaiveTime>,
    place: Option<(f64, f64)>,
    accuracy: Option<f64>,
    speed: Option<f64>,
    heading: Option<f64>,
}

impl Sentences {
    /// What is known by this line, if it says anything of positions.
    pub(crate) fn read(&mut self, line: &[u8]) -> Option<Heard> {
        match parse_str(sentence(line)?).ok()? {
            ParseResult::RMC(rmc) => self.rmc(&rmc),
            ParseResult::GGA(gga) => self.gga(&gga),
            ParseResult::GST(gst) => self.gst(&gst),
            _ => None,
        }
    }

    fn rmc(&mut self, rmc: &RmcData) -> Option<Heard> {
        let unmeasured =
            [FaaMode::DataNotValid, FaaMode::Manual, FaaMode::Simulator, FaaMode::Unsafe];
        let is_measured = rmc.faa_mode.is_none_or(|mode| !unmeasured.contains(&mode));
        if rmc.status_of_fix == RmcStatusOfFix::Invalid || !is_measured {
            return self.no_fix();
        }
        let place = rmc.lat.zip(rmc.lon)?;
        self.turn_to(rmc.fix_time);
        self.place = Some(place);
        self.speed = rmc.speed_over_ground.map(|knots| f64::from(knots) * KNOT);
        self.heading = rmc.true_course.map(f64::from);
        self.heard()
    }

    fn gga(&mut self, gga: &GgaData) -> Option<Heard> {
        match gga.fix_type.unwrap_or(FixType::Invalid) {
            FixType::Invalid | FixType::Manual | FixType::Simulation => return self.no_fix(),
            // Reckoned from wheels and gyroscopes. Only RMC says whether the receiver vouches for it.
            FixType::Estimated => return None,
            FixType::Gps | FixType::DGps | FixType::Pps | FixType::Rtk | FixType::FloatRtk => {}
        }
        let place = gga.latitude.zip(gga.longitude)?;
        self.turn_to(gga.fix_time);
        self.place = Some(place);
        self.heard()
    }

    fn gst(&mut self, gst: &GstData) -> Option<Heard> {
        let accuracy = gst.lat_sd.zip(gst.long_sd).map(|(x, y)| f64::from(x.hypot(y)))?;
        self.turn_to(gst.time);
        self.accuracy = Some(accuracy);
        self.heard()
    }

    fn no_fix(&mut self) -> Option<Heard> {
        *self = Self::default();
        Some(Heard::NoFix)
    }

    /// A sentence without a time stands alone.
    fn turn_to(&mut self, moment: Option<NaiveTime>) {
        if moment.is_none() || moment != self.moment {
            *self = Self { moment, ..Self::default() };
        }
    }

    fn heard(&self) -> Option<Heard> {
        let (latitude, longitude) = self.place?;
        let Self { accuracy, speed, heading, .. } = *self;
        Some(Heard::At(Reading { latitude, longitude, accuracy, speed, heading }))
    }
}

/// The sentence at the end of a line. Whoever plugs in a receiver gets half of one first.
fn sentence(line: &[u8]) -> Option<&str> {
    let starts = line.iter().rposition(|byte| *byte == b'$')?;
    let text = str::from_utf8(&line[starts..]).ok()?.trim_end();
    let is_whole = text.len().checked_sub(3).is_some_and(|at| text.as_bytes()[at] == b'*');
    is_whole.then_some(text)
}

#[cfg(test)]
#[path = "sentences_tests.rs"]
mod tests;
