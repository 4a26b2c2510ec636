//! The figures as bars, in one SVG file. It knows no other kind of picture.

use std::fmt::Write as _;

use crate::figure::{Figure, What, short};

/// What is drawn, and whether more is better.
const PANELS: [(What, bool); 6] = [
    (What::MessagesEachSecond, true),
    (What::PacedP50Ms, false),
    (What::PacedP99Ms, false),
    (What::BroadcastMs, false),
    (What::ReconnectS, false),
    (What::IdleKb, false),
];

const WIDTH: usize = 720;
const NAME_WIDTH: usize = 190;
const VALUE_WIDTH: usize = 80;
const BAR: usize = 18;
const STEP: usize = 24;
const HEAD: usize = 36;
const OURS: &str = "#0b6e4f";
const OTHERS: &str = "#8a94a6";

/// The picture.
pub fn svg(figures: &[Figure], subtitle: &str) -> String {
    let (mut body, mut y) = (String::new(), 64);
    for (what, more_is_better) in PANELS {
        let bars: Vec<_> = figures.iter().filter(|it| it.what == what).collect();
        if !bars.is_empty() {
            y = panel(&mut body, y, what, more_is_better, &bars);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"12\" y=\"24\" font-size=\"17\">Waypost beside other servers</text>\n\
         <text x=\"12\" y=\"44\" font-size=\"11\" fill=\"#555\">{}</text>\n{body}</svg>\n",
        escaped(subtitle)
    )
}

fn panel(
    body: &mut String,
    top: usize,
    what: What,
    more_is_better: bool,
    bars: &[&Figure],
) -> usize {
    let most = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let better = if more_is_better { "more is better" } else { "less is better" };
    put(body, 12, top + 16, &format!("{} ({better})", what.words()), "font-weight=\"bold\"");
    let mut y = top + HEAD - 8;
    for bar in bars {
        let room = (WIDTH - NAME_WIDTH - VALUE_WIDTH) as f64;
        let width = (room * bar.value / most).max(1.0);
        let colour = if bar.of.starts_with("Waypost") { OURS } else { OTHERS };
        put(body, NAME_WIDTH - 8, y + 14, &bar.of, "text-anchor=\"end\"");
        body.push_str(&format!(
            "<rect x=\"{NAME_WIDTH}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>\n"
        ));
        put(body, NAME_WIDTH + width as usize + 6, y + 14, &short(bar.value), "");
        y += STEP;
    }
    y + 12
}

fn put(body: &mut String, x: usize, y: usize, text: &str, with: &str) {
    // Writing into memory cannot fail.
    let _ = writeln!(body, "<text x=\"{x}\" y=\"{y}\" {with}>{}</text>", escaped(text));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_the_largest_figure() {
        let figure =
            |of: &str, value| Figure { of: of.into(), what: What::MessagesEachSecond, value };
        let drawn = svg(&[figure("Waypost on SQLite", 200.0), figure("A & B", 100.0)], "here");
        assert!(drawn.contains("width=\"450.0\" height=\"18\" fill=\"#0b6e4f\""), "{drawn}");
        assert!(drawn.contains("width=\"225.0\" height=\"18\" fill=\"#8a94a6\""), "{drawn}");
        assert!(drawn.contains("A &amp; B"), "{drawn}");
    }
}
