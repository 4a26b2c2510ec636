//! Pictures for a page.

use crate::pictures::in_small;

/// The most pixels of the longer edge on a page.
const EDGE: u32 = 1_200;

const QUALITY: u8 = 80;

/// A picture as JPEG, with its size in points at 200 dots an inch; `None` if it cannot be opened.
pub(super) fn for_a_page(bytes: &[u8]) -> Option<(Vec<u8>, (f32, f32))> {
    let small = in_small(bytes, EDGE, QUALITY)?;
    let points = |pixels: u32| pixels as f32 * 72.0 / 200.0;
    Some((small.jpeg, (points(small.width), points(small.height))))
}
