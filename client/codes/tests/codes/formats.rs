//! Every kind of symbol is read, as it lies before the camera.

use std::ops::Range;

use crate::drawn::{codes, faint, lay, paper, symbol, turned, with_white_border};
use image::GrayImage;
use image::imageops::{FilterType, resize, rotate90, rotate180, rotate270};
use waypost_codes::{Code, Format};

/// A kind, what is put into it, and what must come out.
struct Sample {
    format: Format,
    drawing: GrayImage,
    text: &'static str,
    symbology: Option<&'static str>,
}

fn sample(format: Format, kind: &str, data: &str, more: &[&str], text: &'static str) -> Sample {
    Sample { format, drawing: symbol(kind, data, more), text, symbology: None }
}

fn of_gs1(
    format: Format,
    kind: &str,
    data: &str,
    symbology: &'static str,
    text: &'static str,
) -> Sample {
    let more: &[&str] = if ["QRCODE", "DATAMATRIX", "AZTEC"].contains(&kind) {
        &["--gs1", "--scale", "3"]
    } else {
        &[]
    };
    Sample { symbology: Some(symbology), ..sample(format, kind, data, more, text) }
}

/// How far a symbol stands from the edges of a picture that is larger, in pixels.
const ASIDE: u32 = 150;

const URL: &str = "https://example.com/t/4711";

#[rustfmt::skip]
fn samples() -> Vec<Sample> {
    let big = &["--scale", "3"];
    vec![
        sample(Format::Qr, "QRCODE", URL, big, URL),
        sample(Format::Qr, "QRCODE", "Zustellung Köln 7", big, "Zustellung Köln 7"),
        sample(Format::DataMatrix, "DATAMATRIX", "WB-2026-000123", big, "WB-2026-000123"),
        sample(Format::Aztec, "AZTEC", "TICKET 123 ABC", big, "TICKET 123 ABC"),
        sample(Format::Pdf417, "PDF417", "CMR 12345 / 3 pallets", big, "CMR 12345 / 3 pallets"),
        sample(Format::Code128, "CODE128", "Order-4711/b", &[], "Order-4711/b"),
        sample(Format::Code39, "CODE39", "WB-4711", &[], "WB-4711"),
        sample(Format::Ean13, "EANX", "952012345678", &[], "9520123456788"),
        sample(Format::Ean8, "EANX", "9521234", &[], "95212340"),
        sample(Format::UpcA, "UPCA", "61414121022", &[], "614141210220"),
        sample(Format::Itf14, "ITF14", "1952012345678", &[], "19520123456785"),
        of_gs1(Format::Code128, "GS1_128", "[00]340123450000000017", "]C1", "00340123450000000017"),
        of_gs1(Format::Code128, "GS1_128", "[10]LOT7[400]PO-99", "]C1", "10LOT7\u{1d}400PO-99"),
        of_gs1(Format::DataMatrix, "DATAMATRIX", "[01]09521234543213[10]ABC123[21]XYZ", "]d2",
            "010952123454321310ABC123\u{1d}21XYZ"),
        of_gs1(Format::Qr, "QRCODE", "[01]09521234543213[10]AB/1[21]X", "]Q3",
            "010952123454321310AB/1\u{1d}21X"),
        of_gs1(Format::Aztec, "AZTEC", "[10]AB1[21]X", "]z1", "10AB1\u{1d}21X"),
        of_gs1(Format::DataBar, "DBAR_OMN", "0950110153000", "]e0", "0109501101530003"),
        of_gs1(Format::DataBarExpanded, "DBAR_EXP", "[01]09501101530003[10]AB-1[21]7", "]e0",
            "010950110153000310AB-1\u{1d}217"),
    ]
}

fn all_are_read(way: &str, seen: impl Fn(&GrayImage) -> GrayImage) {
    let mut missing = Vec::new();
    for sample in samples() {
        let found = codes(&seen(&sample.drawing));
        let is_right = |code: &Code| {
            (code.format, code.text.as_str(), code.symbology.as_deref())
                == (sample.format, sample.text, sample.symbology)
        };
        if found.len() != 1 || !is_right(&found[0]) {
            missing.push(format!("{} {:?}: {found:?}", sample.format, sample.text));
        }
    }
    assert!(missing.is_empty(), "{way}:\n{}", missing.join("\n"));
}

#[test]
fn each_kind_is_read() {
    all_are_read("upright", GrayImage::clone);
}

#[test]
fn each_kind_is_read_on_its_side_and_on_its_head() {
    all_are_read("by 90 degrees", rotate90);
    all_are_read("by 180 degrees", rotate180);
}

#[test]
fn each_kind_is_read_somewhat_askew() {
    all_are_read("by 7 degrees", |drawing| turned(&with_white_border(drawing, 40), 7.0));
}

#[test]
fn each_kind_is_read_a_little_blurred() {
    all_are_read("blurred", |drawing| {
        // Bars are drawn two pixels wide: of four, edges may run over two.
        let bars = drawing.width() > 2 * drawing.height();
        let (width, height) = drawing.dimensions();
        let times = if bars { 2 } else { 1 };
        let larger = resize(drawing, width * times, height * times, FilterType::Nearest);
        image::imageops::blur(&larger, 1.0)
    });
}

#[test]
fn each_kind_is_read_in_low_contrast() {
    all_are_read("faint", |drawing| faint(drawing, 90, 160));
}

#[test]
fn each_kind_is_read_far_askew() {
    // One of each finder, and what has no check character.
    let kinds = [Format::Qr, Format::DataMatrix, Format::Pdf417, Format::Code128, Format::Code39];
    for kind in kinds {
        let sample = samples().into_iter().rfind(|sample| sample.format == kind).unwrap();
        let border = sample.drawing.width() / 3;
        let askew = turned(&with_white_border(&sample.drawing, border), 33.0);
        let found = codes(&askew);
        assert_eq!(found.len(), 1, "{} {:?}: {found:?}", sample.format, sample.text);
        assert_eq!(found[0].text, sample.text);
        let (width, height) = askew.dimensions();
        let is_central = |corner: &waypost_codes::Corner| {
            (corner.x / width as f32 - 0.5).abs() < 0.3
                && (corner.y / height as f32 - 0.5).abs() < 0.4
        };
        assert!(found[0].corners.iter().all(is_central), "{:?} of {width} x {height}", found[0]);
    }
}

#[test]
fn corners_are_where_the_symbol_is() {
    let mut samples = samples();
    samples.sort_by_key(|sample| sample.format);
    samples.dedup_by_key(|sample| sample.format);
    for sample in samples {
        let (width, height) = sample.drawing.dimensions();
        // The symbol stands in the lower right corner of a larger picture.
        let mut picture = paper(width + ASIDE, height + ASIDE, u8::MAX);
        lay(&mut picture, &sample.drawing, i64::from(ASIDE), i64::from(ASIDE));
        let (w, h, aside) = (width as f32, height as f32, ASIDE as f32);
        is_within(&sample, &picture, (aside..aside + w, aside..aside + h));
        is_within(&sample, &rotate90(&picture), (0.0..h, aside..aside + w));
        is_within(&sample, &rotate180(&picture), (0.0..w, 0.0..h));
        is_within(&sample, &rotate270(&picture), (aside..aside + h, 0.0..w));
    }
}

fn is_within(sample: &Sample, picture: &GrayImage, (across, down): (Range<f32>, Range<f32>)) {
    let found = codes(picture);
    assert_eq!(found.len(), 1, "{} {:?}: {found:?}", sample.format, sample.text);
    let code = &found[0];
    let is_square =
        [Format::Qr, Format::DataMatrix, Format::Aztec, Format::Pdf417].contains(&code.format);
    assert_eq!(code.corners.len(), if is_square { 4 } else { 2 }, "{}", code.format);
    for corner in &code.corners {
        let is_in = across.contains(&corner.x) && down.contains(&corner.y);
        assert!(is_in, "{}: {:?} in {across:?}, {down:?}", code.format, code.corners);
    }
}
