//! Which source of positions a device has, as one line of configuration.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use waypost_protocol::Place;

/// Where gpsd listens, unless told otherwise.
pub const GPSD_PORT: u16 = 2947;

/// How fast most receivers speak, in baud. The standard says 4800; those on USB do not care.
pub const NMEA_BAUD: u32 = 9_600;

/// How many times faster than driven a track may be played.
pub const SPEED_MAX: f64 = 10_000.0;

/// Where positions come from.
///
/// ```
/// use waypost_position::PositionSource;
///
/// let source: PositionSource = "nmea:/dev/ttyUSB0?baud=4800".parse()?;
/// assert_eq!(source, PositionSource::Nmea { path: "/dev/ttyUSB0".into(), baud: 4800 });
/// assert_eq!("gpsd".parse::<PositionSource>()?.to_string(), "gpsd://127.0.0.1:2947");
/// # Ok::<(), waypost_position::SourceError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub enum PositionSource {
    /// `off`: nobody asks.
    #[default]
    Off,
    /// `gpsd`, `gpsd://host` or `gpsd://host:port`: a gpsd, which may know several receivers.
    Gpsd {
        /// A name or an address; one of IPv6 without its brackets.
        host: String,
        /// Its TCP port.
        port: u16,
    },
    /// `nmea:/dev/ttyUSB0` or `nmea:/dev/ttyS0?baud=4800`: the sentences of NMEA 0183 from a serial line, from a pipe,
    /// or from a file, which is read once.
    Nmea {
        /// Which.
        path: PathBuf,
        /// How fast a serial line is; other files do not care.
        baud: u32,
    },
    /// `gpx:/path/track.gpx` or `gpx:/path/track.gpx?speed=10`: a recorded track, played as if it were driven, once.
    /// At its end the vehicle stays where it is.
    Gpx {
        /// The file, in GPX 1.0 or 1.1.
        path: PathBuf,
        /// How many times faster than it was driven, more than 0 and at most [`SPEED_MAX`].
        speed: f64,
    },
    /// `manual` or `manual:52.52,13.405`: only what someone sets, first this place. It ages like any other: who set it
    /// knew where the device was then.
    Manual(Option<Place>),
}

/// Why a line names no source of positions.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each says itself what is wrong")]
pub enum SourceError {
    #[error(
        "{0:?} is none of off, gpsd://host:port, nmea:path, gpx:path and manual:latitude,longitude"
    )]
    Unknown(String),
    #[error(
        "gpsd needs a host and, if it is not 2947, a port from 1 to 65535, as in gpsd://127.0.0.1:2947: {0:?}"
    )]
    Address(String),
    #[error("{0} needs a path, as in {0}:/path")]
    NoPath(&'static str),
    #[error("{source_kind} knows no {name:?} behind the question mark, only {known}=")]
    Option { source_kind: &'static str, name: String, known: &'static str },
    #[error("a serial line has a whole number of baud from 1 on, not {0:?}")]
    Baud(String),
    #[error("a track is played at a speed of more than 0 and at most 10000, not {0:?}")]
    Speed(String),
    #[error(
        "a place is a latitude from -90 to 90 and a longitude from -180 to 180, as in 52.52,13.405: {0:?}"
    )]
    Place(String),
}

impl FromStr for PositionSource {
    type Err = SourceError;

    fn from_str(line: &str) -> Result<Self, SourceError> {
        let line = line.trim();
        let (kind, rest) = match line.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (line, None),
        };
        match (kind, rest) {
            ("off", None) => Ok(Self::Off),
            ("gpsd", rest) => gpsd(rest),
            ("nmea", rest) => nmea(rest.unwrap_or_default()),
            ("gpx", rest) => gpx(rest.unwrap_or_default()),
            ("manual", None) => Ok(Self::Manual(None)),
            ("manual", Some(rest)) => place(rest).map(|place| Self::Manual(Some(place))),
            _ => Err(SourceError::Unknown(line.to_owned())),
        }
    }
}

impl fmt::Display for PositionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => write!(f, "off"),
            Self::Gpsd { host, port } if host.contains(':') => write!(f, "gpsd://[{host}]:{port}"),
            Self::Gpsd { host, port } => write!(f, "gpsd://{host}:{port}"),
            Self::Nmea { path, baud } => write!(f, "nmea:{}?baud={baud}", path.display()),
            Self::Gpx { path, speed } => write!(f, "gpx:{}?speed={speed}", path.display()),
            Self::Manual(None) => write!(f, "manual"),
            Self::Manual(Some(place)) => {
                let (latitude, longitude) = (place.latitude.degrees(), place.longitude.degrees());
                write!(f, "manual:{latitude},{longitude}")
            }
        }
    }
}

fn gpsd(rest: Option<&str>) -> Result<PositionSource, SourceError> {
    let Some(rest) = rest else {
        return Ok(PositionSource::Gpsd { host: "127.0.0.1".into(), port: GPSD_PORT });
    };
    let wrong = || SourceError::Address(rest.to_owned());
    let address = rest.strip_prefix("//").ok_or_else(wrong)?;
    let (host, port) = match address.strip_prefix('[') {
        Some(inner) => {
            let (host, port) = inner.split_once(']').ok_or_else(wrong)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            (
                host,
                if port.is_empty() {
                    None
                } else {
                    Some(port.strip_prefix(':').ok_or_else(wrong)?)
                },
            )
        }
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let port = port.map_or(Ok(GPSD_PORT), |port| port.parse().map_err(|_| wrong()))?;
    let is_odd = |c: char| c.is_whitespace() || "/?#@".contains(c);
    if host.is_empty() || host.contains(is_odd) || port == 0 {
        return Err(wrong());
    }
    Ok(PositionSource::Gpsd { host: host.to_owned(), port })
}

fn nmea(rest: &str) -> Result<PositionSource, SourceError> {
    let (path, baud) = path_and("nmea", rest, "baud")?;
    let wrong = |baud: &str| SourceError::Baud(baud.to_owned());
    let parsed = |baud: &str| baud.parse().ok().filter(|it| *it > 0).ok_or_else(|| wrong(baud));
    Ok(PositionSource::Nmea { path, baud: baud.map_or(Ok(NMEA_BAUD), parsed)? })
}

fn gpx(rest: &str) -> Result<PositionSource, SourceError> {
    let (path, speed) = path_and("gpx", rest, "speed")?;
    let wrong = |speed: &str| SourceError::Speed(speed.to_owned());
    let is_speed = |speed: &f64| *speed > 0.0 && *speed <= SPEED_MAX;
    let parsed = |speed: &str| speed.parse().ok().filter(is_speed).ok_or_else(|| wrong(speed));
    Ok(PositionSource::Gpx { path, speed: speed.map_or(Ok(1.0), parsed)? })
}

/// A path, and what stands behind `?option=` if anything does.
fn path_and<'a>(
    source_kind: &'static str,
    rest: &'a str,
    known: &'static str,
) -> Result<(PathBuf, Option<&'a str>), SourceError> {
    let (path, option) = match rest.rsplit_once('?') {
        Some((path, option)) => (path, Some(option)),
        None => (rest, None),
    };
    if path.is_empty() {
        return Err(SourceError::NoPath(source_kind));
    }
    let Some(option) = option else { return Ok((path.into(), None)) };
    match option.split_once('=') {
        Some((name, value)) if name == known => Ok((path.into(), Some(value))),
        other => {
            let name = other.map_or(option, |(name, _)| name).to_owned();
            Err(SourceError::Option { source_kind, name, known })
        }
    }
}

fn place(text: &str) -> Result<Place, SourceError> {
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    let place = text
        .split_once(',')
        .and_then(|(latitude, longitude)| Some(Place::at(degrees(latitude)?, degrees(longitude)?)));
    let place = place.filter(|place| place.check().is_ok());
    place.ok_or_else(|| SourceError::Place(text.to_owned()))
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
