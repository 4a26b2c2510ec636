//! Where the device is: from gpsd, from a receiver's NMEA sentences, from a replayed track, or set by hand.
//!
//! [`PositionSource`] is read from one line of configuration, [`Positions`] follows it in the background, and
//! [`Known`] is what is known at the moment; [`Known::stamp`] puts it on record. A position is never invented:
//! what a receiver does not call a fix, lies off the earth or is damaged on its way counts for nothing.

mod gpsd;
mod known;
mod lines;
mod positions;
mod publisher;
mod receiver;
mod sentences;
mod source;
mod track;

pub use known::{Known, Position, State};
pub use positions::{Positions, SetError};
pub use source::{GPSD_PORT, NMEA_BAUD, PositionSource, SPEED_MAX, SourceError};
