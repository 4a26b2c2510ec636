//! A recorded track (GPX), played as if it were driven: each point at its time, and the way between them.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;
use waypost_protocol::Place;

use crate::SPEED_MAX;
use crate::publisher::{Heard, Publisher, Reading};

/// Largest file that is read, in bytes: a day at one point a second has less than 20 million.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How often a receiver tells where it is, on the move or not.
const TICK: Duration = Duration::from_secs(1);

/// The slowest replay that is told from standing still.
const SPEED_MIN: f64 = 0.001;

/// Where a vehicle was, and when; at least one point.
#[derive(Debug)]
pub(crate) struct Track(Vec<Point>);

#[derive(Clone, Copy, PartialEq, Debug)]
struct Point {
    /// After the start of the drive; never earlier than the point before.
    after: Duration,
    latitude: f64,
    longitude: f64,
}

/// Plays the track in that file; comes back only with an error.
///
/// # Errors
/// If the file cannot be read, is no GPX, or has no points.
pub(crate) async fn follow(path: &Path, speed: f64, publisher: &Publisher) -> io::Result<()> {
    let path = path.to_owned();
    let track = tokio::task::spawn_blocking(move || Track::open(&path)).await??;
    let speed = if speed.is_finite() { speed.clamp(SPEED_MIN, SPEED_MAX) } else { 1.0 };
    publisher.reaches();
    track.drive(speed, publisher).await
}

impl Track {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a track is a file"));
        }
        Self::read(BufReader::new(file.take(FILE_BYTES_MAX)))
    }

    fn read(input: impl io::Read) -> io::Result<Self> {
        let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        let gpx = gpx::read(input).map_err(|error| wrong(error.to_string()))?;
        let mut points: Vec<Point> = Vec::new();
        let mut start: Option<OffsetDateTime> = None;
        let segments = gpx.tracks.into_iter().flat_map(|track| track.segments);
        for point in segments.flat_map(|segment| segment.points) {
            let (longitude, latitude) = point.point().x_y();
            if Place::at(latitude, longitude).check().is_err() || point.fix == Some(gpx::Fix::None)
            {
                continue;
            }
            let time = point.time.map(OffsetDateTime::from);
            start = start.or(time);
            let after =
                time.zip(start).and_then(|(time, start)| Duration::try_from(time - start).ok());
            let before = points.last().map(|point| point.after);
            // Without a time, or with one that goes back, a point follows after a second.
            let next = before.map_or(Duration::ZERO, |before| before + TICK);
            let after =
                after.filter(|after| before.is_none_or(|before| *after > before)).unwrap_or(next);
            points.push(Point { after, latitude, longitude });
        }
        match points.is_empty() {
            true => Err(wrong("no track with points is in it".into())),
            false => Ok(Self(points)),
        }
    }

    /// Where the vehicle is so long after its start.
    fn at(&self, after: Duration) -> Reading {
        let next = self.0.partition_point(|point| point.after <= after);
        let (Some(from), to) = (self.0[..next].last(), self.0.get(next)) else {
            return self.0.first().map_or(Reading::default(), Point::stands);
        };
        let Some(to) = to else { return from.stands() };
        let part = (after - from.after).as_secs_f64() / (to.after - from.after).as_secs_f64();
        let (north, east) = from.way_to(to);
        let along = Point {
            after,
            latitude: from.latitude + part * (to.latitude - from.latitude),
            longitude: half_turn(from.longitude + part * half_turn(to.longitude - from.longitude)),
        };
        let metres = north.hypot(east);
        let heading = (metres > 0.0).then(|| east.atan2(north).to_degrees().rem_euclid(360.0));
        let speed = Some(metres / (to.after - from.after).as_secs_f64());
        Reading { speed, heading, ..along.stands() }
    }

    async fn drive(&self, speed: f64, publisher: &Publisher) -> io::Result<()> {
        let (start, mut next) = (Instant::now(), 0);
        loop {
            let elapsed = start.elapsed().mul_f64(speed);
            // However late it is, no point is left out, and others have their turn in between.
            if let Some(point) = self.0.get(next).filter(|point| point.after <= elapsed) {
                publisher.hears(Heard::At(self.at(point.after)));
                next += 1;
                tokio::task::yield_now().await;
                continue;
            }
            publisher.hears(Heard::At(self.at(elapsed)));
            let due = self.0.get(next).map(|point| (point.after - elapsed).div_f64(speed));
            tokio::time::sleep(due.map_or(TICK, |due| due.min(TICK))).await;
        }
    }
}

impl Point {
    fn stands(&self) -> Reading {
        let Self { latitude, longitude, .. } = *self;
        Reading { latitude, longitude, accuracy: None, speed: Some(0.0), heading: None }
    }

    /// So many metres north and east. On a plane: points of a track lie close together.
    fn way_to(&self, to: &Self) -> (f64, f64) {
        const DEGREE: f64 = 111_195.0;
        let north = to.latitude - self.latitude;
        let east = half_turn(to.longitude - self.longitude) * self.latitude.to_radians().cos();
        (north * DEGREE, east * DEGREE)
    }
}

/// The same angle from -180 to 180 degrees.
fn half_turn(degrees: f64) -> f64 {
    if (-180.0..=180.0).contains(&degrees) {
        degrees
    } else {
        (degrees + 180.0).rem_euclid(360.0) - 180.0
    }
}

#[cfg(test)]
#[path = "track_tests.rs"]
mod tests;
