//! Finding codes in a picture: which finder looks, at which size, and when it stops.

mod bullseye;
mod finder;
mod found;
mod mended;
mod view;

use crate::code::{Code, Format};
use crate::picture::Picture;

use finder::{FINDERS, Finder, STRAIGHT_FINDERS, Seen};
use found::Found;
use view::View;

/// Most codes that one picture gives.
pub const CODES_MAX: usize = 16;

/// Most bytes that the text of a code may have. A longer one is left out, as is one without text.
pub const TEXT_MAX: usize = 4_096;

/// The longer edge, in pixels, to which a larger picture is scaled down before it is looked at. Codes that fill a tenth
/// of the edge or more are found so, in a fraction of the time.
pub const QUICK_EDGE: u32 = 1_600;

/// Most pixels of a picture that are looked at: a larger one is scaled down to so many.
pub const PIXELS_MAX: u32 = 16_000_000;

/// How often a finder looks again, after what it has found was made white. Long bars are found in several stripes.
const LOOKS_MAX: usize = 24;

/// By how many degrees a picture is turned, one after the other, for finders that see only what lies straight.
const TURNS: [f32; 6] = [13.0, 78.0, 26.0, 65.0, 39.0, 52.0];

/// Reads the codes in a picture: QR, Data Matrix, Aztec, PDF417, Code 128 and GS1-128, Code 39, EAN-13, EAN-8, UPC-A,
/// ITF-14 and GS1 DataBar, at any angle.
///
/// A picture whose longer edge has more than [`QUICK_EDGE`] pixels is scaled down first, and looked at as it is (up to
/// [`PIXELS_MAX`]) only if nothing is found; so of several codes very small ones may be missed beside a large one.
/// Only if there is still nothing, and only scaled down, it is turned for those that lie far askew: bars and PDF417
/// from some five degrees on, some Data Matrix codes.
///
/// At most [`CODES_MAX`] codes come back, in no promised order, and what says the same in the same kind of symbol is
/// one. What makes the decoder panic is taken for nothing found; the panic is reported by the hook of the process.
///
/// Of twelve megapixels, a code in plain sight takes some two tenths of a second on a desktop machine, and to see that
/// there is none takes some two seconds: not for the thread that draws.
#[must_use]
pub fn read(picture: &Picture) -> Vec<Code> {
    let quick = View::scaled(picture, QUICK_EDGE);
    let mut codes = search(quick.clone(), &FINDERS);
    // Most people hold the camera straight, so small comes before askew.
    if codes.is_empty() && quick.picture.size() != picture.size() {
        codes = search(View::scaled(picture, edge_max(picture)), &FINDERS);
    }
    for degrees in TURNS {
        if !codes.is_empty() {
            break;
        }
        codes = search(quick.turned(degrees), &STRAIGHT_FINDERS);
    }
    codes
}

/// The longer edge of a picture of at most [`PIXELS_MAX`].
fn edge_max(picture: &Picture) -> u32 {
    let (width, height) = picture.size();
    let pixels = f64::from(width) * f64::from(height);
    let ratio = (f64::from(PIXELS_MAX) / pixels.max(1.0)).sqrt().min(1.0);
    (f64::from(width.max(height)) * ratio) as u32
}

fn search(mut view: View, finders: &[Finder]) -> Vec<Code> {
    let mut found = Found::default();
    for finder in finders {
        look(*finder, &mut view, &mut found);
    }
    found.codes
}

/// Lets one finder look until it sees nothing more.
fn look(finder: Finder, view: &mut View, found: &mut Found) {
    for _ in 0..LOOKS_MAX {
        if found.codes.len() >= CODES_MAX {
            return;
        }
        let seen = finder.look(&view.picture);
        let places: Vec<_> = seen.iter().filter_map(Seen::place).collect();
        seen.into_iter().for_each(|seen| found.take(seen, &view.way));
        if places.is_empty() {
            return;
        }
        places.into_iter().for_each(|place| view.picture.blank(place));
    }
}

impl Format {
    /// Whether it has bars only.
    fn is_linear(self) -> bool {
        !matches!(self, Self::Qr | Self::DataMatrix | Self::Aztec | Self::Pdf417)
    }
}
