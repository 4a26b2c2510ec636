//! How fast it goes: what the next piece may hold, and how long the rest will take.

use waypost_protocol::Millis;

use crate::{
    PIECE_BYTES_FIRST, PIECE_BYTES_MAX, PIECE_BYTES_MIN, PIECE_FOR_MS, UPLOAD_PACE_OVER_MS,
};

/// How long a piece is: about what goes through in [`PIECE_FOR_MS`].
pub(crate) struct Piece {
    pub(crate) bytes: u64,
}

impl Default for Piece {
    fn default() -> Self {
        Self { bytes: PIECE_BYTES_FIRST }
    }
}

impl Piece {
    pub(crate) fn took(&mut self, length: u64, ms: u64) {
        let fits = length.saturating_mul(PIECE_FOR_MS) / ms.max(1);
        // The last piece of a file is short and says little.
        let bound = self.bytes.saturating_mul(2);
        if length >= self.bytes || fits < self.bytes {
            self.bytes = fits.clamp(self.bytes / 2, bound).clamp(PIECE_BYTES_MIN, PIECE_BYTES_MAX);
        }
    }

    pub(crate) fn lost(&mut self, length: u64) {
        if length > 0 {
            self.bytes = (self.bytes / 2).max(PIECE_BYTES_MIN);
        }
    }
}

/// How much went through lately, with all that it cost.
#[derive(Default)]
pub(super) struct Pace {
    bytes: u64,
    ms: u64,
    since: Option<u64>,
}

impl Pace {
    pub(super) fn goes_on(&mut self, tick: u64) {
        self.since.get_or_insert(tick);
    }

    /// Time in which nothing may be sent does not count.
    pub(super) fn rests(&mut self, tick: u64) {
        self.brought(0, tick);
        self.since = None;
    }

    pub(super) fn brought(&mut self, bytes: u64, tick: u64) {
        let Some(since) = self.since else { return };
        self.bytes += bytes;
        self.ms += tick.saturating_sub(since);
        self.since = Some(tick);
        if self.ms > UPLOAD_PACE_OVER_MS {
            self.bytes = self.bytes.saturating_mul(UPLOAD_PACE_OVER_MS) / self.ms;
            self.ms = UPLOAD_PACE_OVER_MS;
        }
    }

    pub(super) fn time_for(&self, bytes: u64) -> Option<Millis> {
        let ms = bytes.checked_mul(self.ms)?.checked_div(self.bytes)?;
        Millis::try_from(ms).ok()
    }
}
