//! Pictures as they are taken: large, with several codes, damaged, without any.

use crate::drawn::{codes, lay, noise, paper, symbol, texts};
use image::{DynamicImage, Luma};
use waypost_codes::{CODES_MAX, Picture, PictureError, read};

const BIG: [&str; 2] = ["--scale", "2"];

#[test]
fn a_small_code_in_twelve_megapixels_is_found_where_it_is() {
    let mut photo = paper(4_000, 3_000, 190);
    lay(&mut photo, &symbol("QRCODE", "WB-4711", &["--scale", "3"]), 3_200, 400);
    let found = codes(&photo);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "WB-4711");
    for corner in &found[0].corners {
        assert!((3_200.0..3_700.0).contains(&corner.x) && (400.0..900.0).contains(&corner.y));
    }
}

#[test]
fn a_code_too_small_for_the_quick_look_is_found_by_the_second() {
    let mut photo = paper(4_000, 3_000, 190);
    lay(&mut photo, &symbol("CODE128", "ORDER-4711", &[]), 700, 2_000);
    assert_eq!(texts(&photo), ["ORDER-4711"]);
}

#[test]
fn several_codes_in_one_picture_are_all_read() {
    let mut photo = paper(1_400, 1_000, 240);
    lay(&mut photo, &symbol("QRCODE", "left", &BIG), 20, 20);
    lay(&mut photo, &symbol("QRCODE", "right", &BIG), 700, 20);
    lay(&mut photo, &symbol("DATAMATRIX", "matrix", &BIG), 1_050, 20);
    lay(&mut photo, &symbol("GS1_128", "[00]340123450000000017", &[]), 20, 420);
    lay(&mut photo, &symbol("GS1_128", "[400]PO-99", &[]), 20, 700);
    assert_eq!(texts(&photo), ["00340123450000000017", "400PO-99", "left", "matrix", "right"]);
}

#[test]
fn the_same_code_twice_is_one() {
    let mut photo = paper(1_400, 500, 240);
    lay(&mut photo, &symbol("QRCODE", "same", &BIG), 20, 20);
    lay(&mut photo, &symbol("QRCODE", "same", &BIG), 700, 20);
    assert_eq!(texts(&photo), ["same"]);
}

#[test]
fn an_aztec_code_need_not_be_in_the_middle() {
    let mut photo = paper(900, 700, 170);
    lay(&mut photo, &symbol("AZTEC", "TICKET 123", &BIG), 60, 420);
    lay(&mut photo, &symbol("QRCODE", "beside it", &BIG), 500, 20);
    assert_eq!(texts(&photo), ["TICKET 123", "beside it"]);
}

#[test]
fn a_code_on_which_the_decoder_panics_does_not_hide_others() {
    // A sound GS1 QR code: letters in front, and a percent sign.
    let mut photo = paper(900, 400, 255);
    lay(&mut photo, &symbol("QRCODE", "[10]AB%1", &["--gs1", "--scale", "2"]), 20, 20);
    lay(&mut photo, &symbol("CODE128", "ORDER-4711", &[]), 400, 20);
    assert!(texts(&photo).contains(&"ORDER-4711".to_owned()));
}

#[test]
fn no_more_codes_come_back_than_the_bound() {
    let mut photo = paper(1_500, 1_500, 255);
    for nth in 0..25 {
        let drawing = symbol("QRCODE", &format!("no {nth}"), &BIG);
        lay(&mut photo, &drawing, (nth % 5) * 290, (nth / 5) * 290);
    }
    assert_eq!(codes(&photo).len(), CODES_MAX);
}

#[test]
fn a_damaged_code_is_mended_if_it_can_be() {
    let mut drawing =
        symbol("QRCODE", "https://example.com/t/4711", &["--scale", "3", "--secure", "4"]);
    let (width, height) = drawing.dimensions();
    lay(
        &mut drawing,
        &paper(width / 10, height / 10, 255),
        i64::from(width / 2),
        i64::from(height / 2),
    );
    assert_eq!(texts(&drawing), ["https://example.com/t/4711"]);
}

#[test]
fn a_code_damaged_beyond_mending_gives_nothing() {
    for (kind, data) in [("QRCODE", "WB-4711"), ("EANX", "952012345678"), ("CODE128", "WB-4711")] {
        let mut drawing = symbol(kind, data, &BIG);
        let (width, height) = drawing.dimensions();
        lay(&mut drawing, &paper(width / 4, height, 255), i64::from(width / 2), 0);
        assert!(texts(&drawing).is_empty(), "{kind}");
    }
}

#[test]
fn a_picture_without_a_code_gives_none() {
    assert!(codes(&paper(600, 400, 200)).is_empty());
    assert!(codes(&paper(600, 400, 0)).is_empty());
    // Boards and a floor that gets darker: edges, but no code.
    let boards = image::GrayImage::from_fn(600, 400, |x, y| match y < 200 {
        true => Luma([if x / 37 % 2 == 0 { 60 } else { 140 }]),
        false => Luma([(y / 2) as u8]),
    });
    assert!(codes(&boards).is_empty());
}

#[test]
fn pictures_of_any_size_are_looked_at() {
    for (width, height) in [(0, 0), (0, 5), (1, 1), (1, 500), (500, 1), (3, 3), (39, 41)] {
        assert!(codes(&paper(width, height, 0)).is_empty(), "{width} x {height}");
        assert!(codes(&noise(width, height, 7)).is_empty(), "{width} x {height}");
    }
}

#[test]
fn noise_neither_panics_nor_reads_as_a_code() {
    for seed in 1..=3 {
        assert!(codes(&noise(240, 200, seed)).is_empty(), "seed {seed}");
    }
}

#[test]
fn a_code_under_noise_does_not_panic() {
    for seed in [1, 3, 5, 7] {
        let mut drawing = symbol("PDF417", "CMR 12345 / 3 pallets", &[]);
        let dirt = noise(drawing.width(), drawing.height(), seed);
        for (x, y, pixel) in drawing.enumerate_pixels_mut() {
            if u32::from(dirt.get_pixel(x, y).0[0]) < seed * 20 {
                pixel.0 = [255 - pixel.0[0]];
            }
        }
        let read = texts(&drawing);
        assert!(read.iter().all(|text| text == "CMR 12345 / 3 pallets"), "{read:?}");
    }
}

#[test]
fn bytes_must_be_as_many_as_pixels() {
    for bytes in [11, 13] {
        let refused = Picture::from_grey(4, 3, vec![0; bytes]).unwrap_err();
        assert_eq!(refused, PictureError::Size { width: 4, height: 3, bytes });
    }
    assert_eq!(Picture::from_grey(4, 3, vec![0; 12]).unwrap().size(), (4, 3));
    assert!(Picture::from_grey(u32::MAX, u32::MAX, vec![0; 1]).is_err());
}

#[test]
fn a_picture_in_colour_is_read_as_well() {
    let drawing = symbol("QRCODE", "in colour", &BIG);
    let coloured = DynamicImage::ImageRgb8(DynamicImage::ImageLuma8(drawing).to_rgb8());
    let found = read(&Picture::from(&coloured));
    assert_eq!(found[0].text, "in colour");
}
