//! The picture that codes are read from: grey, and no larger than it need be.

use image::imageops::thumbnail;
use image::{DynamicImage, GrayImage, Luma};
use thiserror::Error;

/// A picture in grey.
#[derive(Clone, Debug)]
pub struct Picture {
    grey: GrayImage,
}

/// Why bytes are no picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum PictureError {
    /// There are not as many bytes as pixels.
    #[error("{bytes} bytes for {width} by {height} pixels")]
    Size {
        /// How wide it should be.
        width: u32,
        /// How high it should be.
        height: u32,
        /// How many bytes there are.
        bytes: usize,
    },
}

impl Picture {
    /// Takes the grey values of a picture as they are: one byte a pixel, 0 is black, row after row from the top without
    /// gaps between them.
    ///
    /// # Errors
    /// If there are not `width` times `height` bytes.
    pub fn from_grey(width: u32, height: u32, bytes: Vec<u8>) -> Result<Self, PictureError> {
        let fault = PictureError::Size { width, height, bytes: bytes.len() };
        // Image takes more bytes than it needs; here that is a fault, because rows would be shifted.
        if u64::from(width) * u64::from(height) != bytes.len() as u64 {
            return Err(fault);
        }
        GrayImage::from_raw(width, height, bytes).map(|grey| Self { grey }).ok_or(fault)
    }

    /// Its width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.grey.dimensions()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.grey.as_raw()
    }

    /// The same picture with this longer edge; `None` if its own is not longer.
    pub(crate) fn smaller(&self, edge: u32) -> Option<Self> {
        let (width, height) = self.size();
        let longer = width.max(height);
        if longer <= edge {
            return None;
        }
        let scaled = |side: u32| {
            let side = u64::from(side) * u64::from(edge) / u64::from(longer);
            u32::try_from(side).unwrap_or(edge).max(1)
        };
        Some(Self { grey: thumbnail(&self.grey, scaled(width), scaled(height)) })
    }

    /// A picture whose pixels are each computed.
    pub(crate) fn drawn(width: u32, height: u32, pixel: impl Fn(u32, u32) -> u8) -> Self {
        Self { grey: GrayImage::from_fn(width, height, |x, y| Luma([pixel(x, y)])) }
    }

    /// The grey at a point between pixels; white outside.
    pub(crate) fn grey_between(&self, x: f32, y: f32) -> u8 {
        let (width, height) = self.size();
        if !(x >= 0.0 && y >= 0.0) || x as u32 + 1 >= width || y as u32 + 1 >= height {
            return u8::MAX;
        }
        let (left, top) = (x as usize, y as usize);
        let (to_right, down) = (x.fract(), y.fract());
        let (bytes, width) = (self.bytes(), width as usize);
        let row = |at: usize| {
            let (left, right) = (f32::from(bytes[at]), f32::from(bytes[at + 1]));
            left + (right - left) * to_right
        };
        let (upper, lower) = (row(top * width + left), row((top + 1) * width + left));
        (upper + (lower - upper) * down) as u8
    }

    /// Makes white what lies within `corners`, so that it is not found again.
    pub(crate) fn blank(&mut self, corners: [(f32, f32); 4]) {
        let (width, height) = self.size();
        let bounds = |values: [f32; 4], end: u32| {
            let low = values.iter().copied().fold(f32::INFINITY, f32::min).max(0.0);
            let high = values.iter().copied().fold(0.0, f32::max).min(end as f32);
            (low as u32, (high.ceil() as u32).min(end))
        };
        let (left, right) = bounds(corners.map(|(x, _)| x), width);
        let (top, bottom) = bounds(corners.map(|(_, y)| y), height);
        for y in top..bottom {
            for x in left..right {
                if is_within(&corners, (x as f32, y as f32)) {
                    self.grey.get_pixel_mut(x, y).0 = [u8::MAX];
                }
            }
        }
    }
}

/// A transparent picture is seen as if on black, as its colours say.
impl From<&DynamicImage> for Picture {
    fn from(picture: &DynamicImage) -> Self {
        Self { grey: picture.to_luma8() }
    }
}

/// Whether a point is on the same side of all four edges of a convex figure.
fn is_within(corners: &[(f32, f32); 4], (x, y): (f32, f32)) -> bool {
    let side = |nth: usize| {
        let ((x1, y1), (x2, y2)) = (corners[nth], corners[(nth + 1) % 4]);
        (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    };
    let sides = [side(0), side(1), side(2), side(3)];
    sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
}
