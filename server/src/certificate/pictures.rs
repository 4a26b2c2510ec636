//! Pictures for a page: opened within bounds and made anew, whatever a device has sent.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgba, RgbaImage};

/// The most pixels of the longer edge on a page.
const EDGE: u32 = 1_200;

/// Most pixels of an edge that are looked at.
const EDGE_MAX: u32 = 12_000;

/// Most pixels that are looked at.
const PIXELS_MAX: u64 = 50_000_000;

/// Most memory that one picture may take while it is opened.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;

/// A picture as JPEG, with its size in points at 200 dots an inch; `None` if it cannot be opened.
pub(super) fn for_a_page(bytes: &[u8]) -> Option<(Vec<u8>, (f32, f32))> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(EDGE_MAX), Some(EDGE_MAX));
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return None;
    }
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut picture = match picture.width().max(picture.height()) > EDGE {
        true => picture.thumbnail(EDGE, EDGE),
        false => picture,
    };
    picture.apply_orientation(orientation);
    // What shines through is white, as paper is.
    let (width, height) = (picture.width(), picture.height());
    let mut paper = RgbaImage::from_pixel(width, height, Rgba([u8::MAX; 4]));
    image::imageops::overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    let mut jpeg = Vec::new();
    let picture = DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(paper).into_rgb8());
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 80)).ok()?;
    let points = |pixels: u32| pixels as f32 * 72.0 / 200.0;
    Some((jpeg, (points(width), points(height))))
}
