//! Positions from each source as a device has them: gpsd, a serial line, a pipe, a file, a track, a hand.

mod files;
mod fixtures;
mod gpsd;
mod refused;
