//! What finds and decodes symbols: rxing, a port of ZXing, one kind after the other.
//!
//! Its own reader for all kinds is not used: it asks them in the order of a hash table, so that the same picture may
//! give other codes the next time.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::aztec::AztecReader;
use rxing::common::HybridBinarizer;
use rxing::datamatrix::DataMatrixReader;
use rxing::multi::MultipleBarcodeReader as _;
use rxing::oned::MultiFormatOneDReader;
use rxing::pdf417::PDF417Reader;
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, LuminanceSource as _, Point,
    RXingResult, RXingResultMetadataType, RXingResultMetadataValue, Reader as _,
};
use tracing::warn;

use super::bullseye::bullseyes;
use super::mended::mend_points;
use crate::code::Format;
use crate::picture::Picture;

/// How far beyond the corners that are told a symbol is made white: they lie in its outermost modules.
const MARGIN: f32 = 1.25;

/// How much of the length of a line through bars is made white above and below it.
const STRIPE: f32 = 0.06;

/// How far around the middle of an Aztec code is looked, in modules: compact ones have up to 27 a side, others 151.
const AZTEC_REACHES: [f32; 3] = [17.0, 32.0, 80.0];

/// Each kind of symbol has a finder of its own; those that see least where there is nothing come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Finder {
    Qr,
    DataMatrix,
    Aztec,
    Pdf417,
    Bars,
}

/// All of them, in the order in which they look.
pub(super) const FINDERS: [Finder; 5] =
    [Finder::Qr, Finder::DataMatrix, Finder::Aztec, Finder::Pdf417, Finder::Bars];

/// Those that see best, or only, what lies straight.
pub(super) const STRAIGHT_FINDERS: [Finder; 4] =
    [Finder::DataMatrix, Finder::Aztec, Finder::Pdf417, Finder::Bars];

/// A symbol that was decoded.
pub(super) struct Seen {
    pub(super) format: Format,
    pub(super) text: String,
    /// Its symbology identifier, whether or not it stands for GS1.
    pub(super) symbology: Option<String>,
    /// Four corners in order around it, two ends of a line, or nothing.
    pub(super) points: Vec<(f32, f32)>,
}

impl Finder {
    /// What this finder sees in a picture; most of them see one symbol at a time.
    ///
    /// rxing is made for pictures of codes, and its authors mend what panics on others as it is found: an index out of
    /// bounds in its finder of concentric squares (rxing-core/rxing#36, open), differences below zero in its QR
    /// detector (#78), operands of a damaged PDF417 (#95), a black row (#96). Version 0.9.3 still panics, where
    /// overflow is checked, on a sound GS1 QR code that begins with letters and has a percent sign. A picture that a
    /// driver takes may be any picture, so a panic is taken for nothing found. Nothing outlives it but what is only
    /// read.
    pub(super) fn look(self, picture: &Picture) -> Vec<Seen> {
        let (width, height) = picture.size();
        let seen = catch_unwind(AssertUnwindSafe(|| self.decode(picture)));
        let seen = seen.unwrap_or_else(|_| {
            warn!(finder = ?self, width, height, "the decoder panicked: taken for nothing found");
            Vec::new()
        });
        seen.into_iter().filter_map(|result| Seen::new(result, picture.size())).collect()
    }

    fn decode(self, picture: &Picture) -> Vec<RXingResult> {
        let (width, height) = picture.size();
        let Ok(source) = Luma8Source::new_with_slice(picture.bytes(), width, height) else {
            return Vec::new();
        };
        let image = &mut BinaryBitmap::new(HybridBinarizer::new(source));
        let hints = &self.hints();
        let one = match self {
            Self::Qr => match QrReader.decode_multiple_with_hints(image, hints) {
                Ok(several) if !several.is_empty() => return several,
                // An older finder, which sees some blurred symbols that the newer one misses.
                _ => QRCodeReader.decode_with_hints(image, hints),
            },
            Self::DataMatrix => DataMatrixReader.decode_with_hints(image, hints),
            Self::Aztec => return aztec(image, hints),
            Self::Pdf417 => PDF417Reader::new().decode_with_hints(image, hints),
            Self::Bars => MultiFormatOneDReader::new(hints).decode_with_hints(image, hints),
        };
        one.into_iter().collect()
    }

    fn hints(self) -> DecodeHints {
        let formats: &[BarcodeFormat] = match self {
            Self::Qr => &[
                BarcodeFormat::QR_CODE,
                BarcodeFormat::MICRO_QR_CODE,
                BarcodeFormat::RECTANGULAR_MICRO_QR_CODE,
            ],
            Self::DataMatrix => &[BarcodeFormat::DATA_MATRIX],
            Self::Aztec => &[BarcodeFormat::AZTEC],
            Self::Pdf417 => &[BarcodeFormat::PDF_417],
            Self::Bars => &[
                BarcodeFormat::CODE_128,
                BarcodeFormat::CODE_39,
                BarcodeFormat::EAN_13,
                BarcodeFormat::EAN_8,
                BarcodeFormat::UPC_A,
                BarcodeFormat::ITF,
                BarcodeFormat::RSS_14,
                BarcodeFormat::RSS_EXPANDED,
            ],
        };
        DecodeHints {
            TryHarder: Some(true),
            PossibleFormats: Some(HashSet::from_iter(formats.iter().copied())),
            // Only so does the decoder of Code 128 keep FNC1; others than GS1-128 stay as they are.
            AssumeGs1: Some(true),
            // A line that leaves the symbol sideways gives fewer digits, and no check digit betrays it.
            AllowedLengths: (self == Self::Bars).then(|| vec![14]),
            ..DecodeHints::default()
        }
    }
}

impl Seen {
    fn new(mut result: RXingResult, size: (u32, u32)) -> Option<Self> {
        let format = format_of(result.getBarcodeFormat())?;
        mend_points(format, &mut result, size);
        let metadata = result.getRXingResultMetadata();
        let symbology = match metadata.get(&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER) {
            Some(RXingResultMetadataValue::SymbologyIdentifier(text)) => Some(text.clone()),
            _ => None,
        };
        let points = points_of(format, result.getPoints());
        Some(Self { format, text: result.getText().to_owned(), symbology, points })
    }

    /// Where it is to be made white; `None` if nobody knows.
    pub(super) fn place(&self) -> Option<[(f32, f32); 4]> {
        match *self.points {
            [a, b] => {
                let (x, y) = ((b.0 - a.0) * STRIPE, (b.1 - a.1) * STRIPE);
                // The ends are made longer as well: a line may begin within the first bar.
                let (a, b) = ((a.0 - x, a.1 - y), (b.0 + x, b.1 + y));
                Some([
                    (a.0 - y, a.1 + x),
                    (b.0 - y, b.1 + x),
                    (b.0 + y, b.1 - x),
                    (a.0 + y, a.1 - x),
                ])
            }
            [a, b, c, d] => {
                let centre = ((a.0 + b.0 + c.0 + d.0) / 4.0, (a.1 + b.1 + c.1 + d.1) / 4.0);
                let out = |(x, y): (f32, f32)| {
                    (centre.0 + (x - centre.0) * MARGIN, centre.1 + (y - centre.1) * MARGIN)
                };
                Some([out(a), out(b), out(c), out(d)])
            }
            _ => None,
        }
    }
}

/// The finder of Aztec codes begins in the middle of a picture: it is given one around each bull's-eye. How large the
/// code is nobody knows yet, and what lies around it misleads the finder, so the smallest of them comes first.
fn aztec(
    image: &BinaryBitmap<HybridBinarizer<Luma8Source<'_>>>,
    hints: &DecodeHints,
) -> Vec<RXingResult> {
    let source = image.get_source();
    let (width, height) = (image.get_width(), image.get_height());
    for eye in bullseyes(image.get_black_matrix()) {
        for modules in AZTEC_REACHES {
            let reach = (modules * eye.module) as usize;
            let (across, down) =
                (reach.min(eye.x).min(width - eye.x), reach.min(eye.y).min(height - eye.y));
            let (left, top) = (eye.x - across, eye.y - down);
            let Ok(piece) = source.crop(left, top, 2 * across, 2 * down) else { continue };
            let piece = &mut BinaryBitmap::new(HybridBinarizer::new(piece));
            if let Ok(mut result) = AztecReader.decode_with_hints(piece, hints) {
                for point in result.getPointsMut() {
                    (point.x, point.y) = (point.x + left as f32, point.y + top as f32);
                }
                return vec![result];
            }
        }
    }
    Vec::new()
}

fn format_of(format: &BarcodeFormat) -> Option<Format> {
    Some(match format {
        BarcodeFormat::QR_CODE
        | BarcodeFormat::MICRO_QR_CODE
        | BarcodeFormat::RECTANGULAR_MICRO_QR_CODE => Format::Qr,
        BarcodeFormat::DATA_MATRIX => Format::DataMatrix,
        BarcodeFormat::AZTEC => Format::Aztec,
        BarcodeFormat::PDF_417 => Format::Pdf417,
        BarcodeFormat::CODE_128 => Format::Code128,
        BarcodeFormat::CODE_39 => Format::Code39,
        BarcodeFormat::EAN_13 => Format::Ean13,
        BarcodeFormat::EAN_8 => Format::Ean8,
        BarcodeFormat::UPC_A => Format::UpcA,
        BarcodeFormat::ITF => Format::Itf14,
        BarcodeFormat::RSS_14 => Format::DataBar,
        BarcodeFormat::RSS_EXPANDED => Format::DataBarExpanded,
        _ => return None,
    })
}

/// Brings what each finder calls its points into one form.
fn points_of(format: Format, points: &[Point]) -> Vec<(f32, f32)> {
    let points: Vec<_> = points.iter().map(|point| (point.x, point.y)).collect();
    if points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
        return Vec::new();
    }
    if format.is_linear() {
        return ends(&points);
    }
    match *points {
        // Three finder patterns of a QR code: the fourth corner makes a parallelogram of them. What the older finder
        // names as a fourth point is a pattern inside.
        [a, b, c] => around(&[a, b, c, (a.0 + c.0 - b.0, a.1 + c.1 - b.1)]),
        // PDF417 names the outer four first, then those of its data.
        [_, _, _, _, ..] => around(&points[..4]),
        _ => Vec::new(),
    }
}

/// The two points that lie farthest from each other.
fn ends(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let distance = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).hypot(a.1 - b.1);
    let pairs = points.iter().enumerate();
    let pairs = pairs.flat_map(|(nth, a)| points[nth + 1..].iter().map(move |b| [*a, *b]));
    let longest = pairs.max_by(|[a, b], [c, d]| distance(*a, *b).total_cmp(&distance(*c, *d)));
    longest.filter(|[a, b]| distance(*a, *b) >= 1.0).map(Vec::from).unwrap_or_default()
}

/// Sorts corners around their middle.
fn around(corners: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let n = corners.len() as f32;
    let x = corners.iter().map(|corner| corner.0).sum::<f32>() / n;
    let y = corners.iter().map(|corner| corner.1).sum::<f32>() / n;
    let mut sorted = corners.to_vec();
    sorted.sort_by(|a, b| {
        let angle = |corner: &(f32, f32)| (corner.1 - y).atan2(corner.0 - x);
        angle(a).total_cmp(&angle(b))
    });
    sorted
}
