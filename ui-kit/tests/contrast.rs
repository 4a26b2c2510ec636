//! Every text can be read in bright sun and in a dark cab: WCAG 2.1 AA, 4.5 to 1.

use std::collections::HashMap;

/// A text colour, and the grounds on which it stands.
const PAIRS: [(&str, &[&str]); 10] = [
    ("text", &["canvas", "surface", "raised"]),
    ("muted", &["surface", "raised"]),
    ("accent", &["surface", "canvas"]),
    ("bad", &["surface"]),
    ("good", &["surface"]),
    ("on-mine", &["mine"]),
    ("on-mine-muted", &["mine"]),
    ("on-accent", &["accent"]),
    ("on-good", &["good"]),
    ("on-warn", &["warn"]),
];

#[test]
fn every_text_stands_out_from_its_ground_by_day_and_by_night() {
    for (shade, colours) in [("day", colours(1)), ("night", colours(0))] {
        for (text, grounds) in PAIRS.iter().chain(&[("on-bad", &["bad"] as &[&str])]) {
            for ground in *grounds {
                let contrast = contrast(colours[*text], colours[*ground]);
                assert!(contrast >= 4.5, "by {shade}, {text} on {ground} has only {contrast:.2}");
            }
        }
    }
}

/// The colours of `theme.slint`: the first of each line by night, the second by day.
fn colours(which: usize) -> HashMap<String, u32> {
    let theme = include_str!("../ui/theme.slint");
    let colour = |line: &str| {
        let (name, values) =
            line.trim().strip_prefix("out property <color> ")?.split_once(": night ? ")?;
        let value = values.trim_end_matches(';').split(" : ").nth(which)?;
        Some((name.to_owned(), u32::from_str_radix(value.trim_start_matches('#'), 16).ok()?))
    };
    theme.lines().filter_map(colour).collect()
}

fn contrast(one: u32, other: u32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance by WCAG 2.1.
fn luminance(colour: u32) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from((colour >> shift) & 0xff) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}
