//! Making pictures ready to travel: upright, no larger than the policy says, and once more in small.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::error::{LimitError, LimitErrorKind};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageEncoder as _, ImageError, ImageReader, Limits, Rgba, RgbaImage,
};

use waypost_codes::{Code, Picture};

use crate::runtime::CaptureError;

/// How pictures are made ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PicturePolicy {
    /// The most pixels of the longer edge. Small print on a page is legible from about 2,000 on.
    pub long_edge: u32,
    /// The quality of the JPEG, from 1 to 100.
    pub quality: u8,
    /// Whether what the camera has noted (EXIF: place, time, make) goes along. The stop and its time are in the manifest
    /// anyway.
    pub keep_exif: bool,
}

impl Default for PicturePolicy {
    fn default() -> Self {
        Self { long_edge: 2_560, quality: 82, keep_exif: false }
    }
}

/// The longer edge of a picture in small.
const PREVIEW_EDGE: u32 = 320;

const PREVIEW_QUALITY: u8 = 60;

/// Most pixels of an edge that are looked at.
const EDGE_MAX: u32 = 20_000;

/// Most memory that one picture may take while it is opened: 40 megapixels take 120 MB, as large ones do that claim
/// to be small.
const MEMORY_MAX: u64 = 384 * 1024 * 1024;

/// A picture, ready to travel.
pub(crate) struct Prepared {
    pub(crate) original: Vec<u8>,
    pub(crate) preview: Vec<u8>,
}

/// What both are.
pub(crate) const MEDIA_TYPE: &str = "image/jpeg";

/// Makes a picture ready: JPEG, PNG or WebP.
///
/// # Errors
/// If it is none of these, is damaged or too large to be opened.
pub(crate) fn prepare(bytes: &[u8], policy: &PicturePolicy) -> Result<Prepared, ImageError> {
    let mut decoder = within_bounds(bytes)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let exif = match policy.keep_exif {
        true => decoder.exif_metadata()?.map(upright),
        false => None,
    };
    let picture = DynamicImage::from_decoder(decoder)?;
    // JPEG knows no transparency; what shines through is white, as paper is.
    let picture = on_white(picture);
    let edge = policy.long_edge.max(1);
    let mut picture = match picture.width().max(picture.height()) > edge {
        true => picture.resize(edge, edge, FilterType::Triangle),
        false => picture,
    };
    picture.apply_orientation(orientation);
    let small = picture.thumbnail(PREVIEW_EDGE, PREVIEW_EDGE);
    Ok(Prepared {
        original: jpeg(&picture, policy.quality, exif)?,
        preview: jpeg(&small, PREVIEW_QUALITY, None)?,
    })
}

/// The codes in a picture (JPEG, PNG or WebP) that a camera has made, in the background. A large one in which there is none
/// takes some seconds.
///
/// # Errors
/// If it is no picture that can be opened.
pub async fn codes_in(picture: Vec<u8>) -> Result<Vec<Code>, CaptureError> {
    let reads = move || -> Result<Vec<Code>, ImageError> {
        let picture = DynamicImage::from_decoder(within_bounds(&picture)?)?;
        Ok(waypost_codes::read(&Picture::from(&on_white(picture))))
    };
    let read = tokio::task::spawn_blocking(reads).await.map_err(|error| error.to_string());
    let read = read.and_then(|read| read.map_err(|error| error.to_string()));
    read.map_err(CaptureError::NoPicture)
}

/// What opens a picture, if it is none that takes too much.
fn within_bounds(bytes: &[u8]) -> Result<impl ImageDecoder, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(EDGE_MAX), Some(EDGE_MAX));
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    match decoder.total_bytes() > MEMORY_MAX {
        true => {
            let kind = LimitErrorKind::InsufficientMemory;
            Err(ImageError::Limits(LimitError::from_kind(kind)))
        }
        false => Ok(decoder),
    }
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([u8::MAX; 4]));
    image::imageops::overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(paper).into_rgb8())
}

/// The picture is turned; what the camera has noted must not turn it again.
fn upright(mut exif: Vec<u8>) -> Vec<u8> {
    let _turned = Orientation::remove_from_exif_chunk(&mut exif);
    exif
}

fn jpeg(picture: &DynamicImage, quality: u8, exif: Option<Vec<u8>>) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).map_err(ImageError::Unsupported)?;
    }
    picture.write_with_encoder(encoder)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn opened(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory(bytes).unwrap()
    }

    /// A picture that a camera took lying on its side: red above, blue below, once it is turned.
    fn lying() -> Vec<u8> {
        let picture = RgbImage::from_fn(400, 200, |x, _| match x < 200 {
            true => Rgb([250, 10, 10]),
            false => Rgb([10, 10, 250]),
        });
        // Little-endian TIFF with one entry: Orientation (0x0112), a short, 6: turn by 90 degrees to the right.
        let mut exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0".to_vec();
        exif.extend([0; 4]);
        jpeg(&DynamicImage::ImageRgb8(picture), 90, Some(exif)).unwrap()
    }

    #[test]
    fn a_picture_stands_upright_and_within_its_bounds() {
        let policy = PicturePolicy { long_edge: 100, ..PicturePolicy::default() };
        let ready = prepare(&lying(), &policy).unwrap();
        let picture = opened(&ready.original).into_rgb8();
        assert_eq!((picture.width(), picture.height()), (50, 100));
        assert!(picture.get_pixel(25, 10).0[0] > 200, "red is above");
        assert!(picture.get_pixel(25, 90).0[2] > 200, "blue is below");
        let wide = prepare(&lying(), &PicturePolicy::default()).unwrap();
        assert_eq!(opened(&wide.original).height(), 400, "a small one is not blown up");
        assert_eq!(opened(&wide.preview).height(), PREVIEW_EDGE);
    }

    #[test]
    fn what_the_camera_noted_goes_along_only_if_it_may_and_turns_nothing_again() {
        let exif = |keep_exif: bool| {
            let policy = PicturePolicy { keep_exif, ..PicturePolicy::default() };
            let ready = prepare(&lying(), &policy).unwrap();
            let mut decoder =
                ImageReader::new(Cursor::new(ready.original)).with_guessed_format().unwrap();
            decoder.no_limits();
            let mut decoder = decoder.into_decoder().unwrap();
            let orientation = decoder.orientation().unwrap();
            (decoder.exif_metadata().unwrap().is_some(), orientation)
        };
        assert_eq!(exif(false), (false, Orientation::NoTransforms));
        assert_eq!(exif(true), (true, Orientation::NoTransforms));
    }

    #[test]
    fn what_shines_through_is_white() {
        let clear = RgbaImage::from_pixel(10, 10, Rgba([0, 0, 0, 0]));
        let mut png = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut png);
        DynamicImage::ImageRgba8(clear).write_with_encoder(encoder).unwrap();
        let ready = prepare(&png, &PicturePolicy::default()).unwrap();
        assert!(opened(&ready.original).into_rgb8().pixels().all(|pixel| pixel.0[0] > 250));
    }

    #[test]
    fn what_is_no_picture_or_claims_to_be_huge_is_refused() {
        assert!(prepare(b"GIF89a nothing", &PicturePolicy::default()).is_err());
        let mut huge = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut huge);
        let small = RgbImage::new(1, 1);
        encoder.write_image(&small, 1, 1, image::ExtendedColorType::Rgb8).unwrap();
        // The width in IHDR; its checksum is made anew, so that nothing but the size is wrong.
        huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        let sum = crc32(&huge[12..29]).to_be_bytes();
        huge[29..33].copy_from_slice(&sum);
        let refused = prepare(&huge, &PicturePolicy::default());
        assert!(matches!(refused, Err(ImageError::Limits(_))));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
            })
        };
        !bytes.iter().fold(u32::MAX, step)
    }
}
