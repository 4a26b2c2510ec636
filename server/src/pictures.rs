//! Pictures in small: opened within bounds and made anew, whatever someone has sent.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgba, RgbaImage};

/// What [`in_small`] makes.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// Most pixels of an edge that are looked at.
const EDGE_MAX: u32 = 12_000;

/// Most pixels that are looked at.
const PIXELS_MAX: u64 = 50_000_000;

/// Most memory that one picture may take while it is opened.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;

/// A picture in small.
pub struct Small {
    /// As JPEG.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// A picture (JPEG, PNG or WebP) as JPEG of that quality (1 to 100), upright, its longer edge no longer than that;
/// `None` if it cannot be opened. It takes a while and blocks.
pub fn in_small(bytes: &[u8], edge: u32, quality: u8) -> Option<Small> {
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
    let mut picture = match picture.width().max(picture.height()) > edge {
        true => picture.thumbnail(edge, edge),
        false => picture,
    };
    picture.apply_orientation(orientation);
    // What shines through is white, as paper is.
    let (width, height) = (picture.width(), picture.height());
    let mut paper = RgbaImage::from_pixel(width, height, Rgba([u8::MAX; 4]));
    image::imageops::overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    let mut jpeg = Vec::new();
    let picture = DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(paper).into_rgb8());
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality)).ok()?;
    Some(Small { jpeg, width, height })
}
