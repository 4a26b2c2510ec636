//! Where rxing 0.9.3 names points that are none of the picture it was given: brought back to where they are.

use rxing::{RXingResult, RXingResultMetadataType, RXingResultMetadataValue};

use crate::code::Format;

/// Brings the points of a symbol back into a picture of this size.
pub(super) fn mend_points(format: Format, result: &mut RXingResult, (width, height): (u32, u32)) {
    let turned = match result.getRXingResultMetadata().get(&RXingResultMetadataType::ORIENTATION) {
        Some(RXingResultMetadataValue::Orientation(degrees)) => *degrees,
        _ => 0,
    };
    let last = (width as f32 - 1.0, height as f32 - 1.0);
    match format {
        Format::Code39 => mend_end(result, turned, last),
        Format::DataBar | Format::DataBarExpanded => mend_second_pair(result, turned, last),
        Format::Pdf417 => turn_back(result, turned, last),
        _ => {}
    }
}

/// The end of a Code 39 is half as far from the start of its row as it should be: that half is taken of a sum, and not
/// of its second part. A row may have been read from its end, and may have been a column.
fn mend_end(result: &mut RXingResult, turned: i32, last: (f32, f32)) {
    let is_column = turned % 180 != 0;
    let Some(end) = result.getPointsMut().get_mut(1) else { return };
    let (at, last) = if is_column { (&mut end.y, last.1) } else { (&mut end.x, last.0) };
    *at = match turned {
        90 | 180 => last - 2.0 * (last - *at),
        _ => 2.0 * *at,
    };
    *at = at.clamp(0.0, last.max(0.0));
}

/// Of a row that was read from its end only the first two points are brought back, and a DataBar has four.
fn mend_second_pair(result: &mut RXingResult, turned: i32, last: (f32, f32)) {
    for point in result.getPointsMut().iter_mut().skip(2) {
        match turned {
            90 => point.y = last.1 - point.y,
            180 => point.x = last.0 - point.x,
            _ => {}
        }
    }
}

/// The points of a PDF417 are those of the picture turned to the left, as it was turned to be read.
fn turn_back(result: &mut RXingResult, turned: i32, last: (f32, f32)) {
    for point in result.getPointsMut() {
        (point.x, point.y) = match turned {
            90 => (last.0 - point.y, point.x),
            180 => (last.0 - point.x, last.1 - point.y),
            270 => (point.y, last.1 - point.x),
            _ => (point.x, point.y),
        };
    }
}
