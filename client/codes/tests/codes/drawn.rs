//! Pictures of codes, made by `zint`: a generator that shares nothing with what reads them.

use std::process::Command;

use image::{GrayImage, Luma};
use waypost_codes::{Code, Picture, read};

/// Draws one symbol in black on white, with a border of white around it. `kind` is zint's name of the symbology.
pub fn symbol(kind: &str, data: &str, more: &[&str]) -> GrayImage {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("symbol.png");
    let zint = Command::new("zint")
        .args(["--barcode", kind, "--data", data, "--border", "10", "--whitesp", "10"])
        .args(["--vwhitesp", "10", "--notext", "--output"])
        .arg(&file)
        .args(more)
        .output()
        .expect("zint is installed: scripts/setup");
    assert!(zint.status.success(), "{kind}: {}", String::from_utf8_lossy(&zint.stderr));
    let drawn = image::open(&file).expect("zint has drawn it").to_luma8();
    // zint draws its border in black; what is needed of it is its room.
    with_white_border(&drawn, 40)
}

/// What is read from a picture.
pub fn codes(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let picture = Picture::from_grey(width, height, picture.as_raw().clone());
    read(&picture.expect("as many bytes as pixels"))
}

/// The texts of what is read, sorted.
pub fn texts(picture: &GrayImage) -> Vec<String> {
    let mut texts: Vec<_> = codes(picture).into_iter().map(|code| code.text).collect();
    texts.sort();
    texts
}

/// Paper of one grey.
pub fn paper(width: u32, height: u32, grey: u8) -> GrayImage {
    GrayImage::from_pixel(width, height, Luma([grey]))
}

/// Lays one picture onto another.
pub fn lay(onto: &mut GrayImage, what: &GrayImage, x: i64, y: i64) {
    image::imageops::replace(onto, what, x, y);
}

/// More paper around it.
pub fn with_white_border(picture: &GrayImage, border: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let mut wide = paper(width + 2 * border, height + 2 * border, u8::MAX);
    lay(&mut wide, picture, i64::from(border), i64::from(border));
    wide
}

/// Turned by any angle around its middle, in as large a picture.
pub fn turned(picture: &GrayImage, degrees: f32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    GrayImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - cx, y as f32 - cy);
        let (x, y) = (cos * x + sin * y + cx, cos * y - sin * x + cy);
        sample(picture, x, y)
    })
}

/// As taken by a camera of little contrast: black is a dark grey, white a lighter one.
pub fn faint(picture: &GrayImage, black: u8, white: u8) -> GrayImage {
    let span = u32::from(white - black);
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let grey = u32::from(picture.get_pixel(x, y).0[0]) * span / 255;
        Luma([black + grey as u8])
    })
}

/// Grey values without any order, the same each time.
pub fn noise(width: u32, height: u32, seed: u32) -> GrayImage {
    let mut state = seed | 1;
    GrayImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        Luma([(state >> 11) as u8])
    })
}

fn sample(picture: &GrayImage, x: f32, y: f32) -> Luma<u8> {
    image::imageops::interpolate_bilinear(picture, x, y).unwrap_or(Luma([u8::MAX]))
}
