//! Reads barcodes and QR codes from a picture that was taken, and understands what GS1 has put into them.
//!
//! [`read()`] finds the codes, [`Gs1`] says what they mean, and [`names()`] says whether one of them means what
//! dispatch has planned. All of it computes and nothing else: no file, no network, no camera.

mod code;
mod gs1;
mod names;
mod picture;
mod read;

pub use code::{Code, Corner, Format};
pub use gs1::{
    Element, Gs1, Gs1Date, Gs1Day, Gs1Error, Gs1Fault, Gs1Measure, LENGTH_MAX, SEPARATOR,
};
pub use names::names;
pub use picture::{Picture, PictureError};
pub use read::{CODES_MAX, PIXELS_MAX, QUICK_EDGE, TEXT_MAX, read};
