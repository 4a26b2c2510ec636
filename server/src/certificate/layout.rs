//! Where everything stands on the pages, from top to bottom; on pages that are read from right to left, mirrored.

use super::drawing::{Fonts, Line, Weight};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;

const MARGIN: f32 = 48.0;
/// Above it stands what the page says, below it its number.
const BOTTOM: f32 = HEIGHT - 56.0;
const BETWEEN_LINES: f32 = 1.4;
/// How wide the names of values are.
const NAMES: f32 = 150.0;
const CODE: f32 = 92.0;
const BETWEEN_PICTURES: f32 = 16.0;
const PICTURE_HEIGHT: f32 = 190.0;

/// Colours of print: all are legible on white, and on a black and white printer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Colour {
    Ink,
    Grey,
    Light,
    Good,
    Bad,
}

impl Colour {
    pub(super) fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Ink => (24, 28, 34),
            Self::Grey => (92, 100, 112),
            Self::Light => (222, 226, 232),
            Self::Good => (21, 115, 71),
            Self::Bad => (176, 42, 32),
        }
    }
}

/// How large and in which weight and colour a text is.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

/// Something on a page.
pub(super) enum Mark {
    Text { line: Line, x: f32, y: f32, size: f32, colour: Colour },
    Bar { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Picture { jpeg: Vec<u8>, x: f32, y: f32, width: f32, height: f32 },
    Code { x: f32, y: f32, size: f32 },
}

/// The pages as far as they are laid out.
pub(super) struct Layout<'f> {
    fonts: &'f Fonts,
    rtl: bool,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl<'f> Layout<'f> {
    pub(super) fn new(fonts: &'f Fonts, rtl: bool) -> Self {
        Self { fonts, rtl, pages: vec![Vec::new()], y: MARGIN }
    }

    /// Leaves so much free.
    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A text over the whole width.
    pub(super) fn text(&mut self, text: &str, style: Style) {
        let lines = self.lines(text, style, WIDTH - 2.0 * MARGIN);
        self.put_lines(lines, style, 0.0);
    }

    /// The head of the first page: a text beside the code.
    pub(super) fn head(&mut self, texts: &[(&str, Style)]) {
        let (x, size) = (self.mirrored(WIDTH - MARGIN - CODE, CODE), CODE);
        self.put(Mark::Code { x, y: MARGIN, size });
        for (text, style) in texts {
            let lines = self.lines(text, *style, WIDTH - 2.0 * MARGIN - CODE - 24.0);
            self.put_lines(lines, *style, 0.0);
        }
        self.y = self.y.max(MARGIN + CODE) + 14.0;
    }

    /// A line across the page and what follows under it.
    pub(super) fn section(&mut self, title: &str) {
        let style = Style { size: 12.0, weight: Weight::SemiBold, colour: Colour::Ink };
        self.space(10.0);
        self.keep_together(60.0);
        let (width, y) = (WIDTH - 2.0 * MARGIN, self.y);
        self.put(Mark::Bar { x: MARGIN, y, width, height: 0.7, colour: Colour::Light });
        self.space(12.0);
        self.text(title, style);
        self.space(2.0);
    }

    /// The name of a value, and the value.
    pub(super) fn value(&mut self, name: &str, value: &str) {
        self.value_of_size(name, value, 10.0);
    }

    /// The same in small: keys and hashes, each on one line.
    pub(super) fn small_value(&mut self, name: &str, value: &str) {
        self.value_of_size(name, value, 8.5);
    }

    fn value_of_size(&mut self, name: &str, value: &str, size: f32) {
        let names = Style { size: 9.0, weight: Weight::Regular, colour: Colour::Grey };
        let values = Style { size, weight: Weight::Regular, colour: Colour::Ink };
        let names_of = self.lines(name, names, NAMES - 10.0);
        // What was typed, or is a number, keeps its own direction.
        let value = format!("\u{2068}{value}\u{2069}");
        let lines = self.lines(&value, values, WIDTH - 2.0 * MARGIN - NAMES);
        let higher = names_of.len().max(lines.len()) as f32;
        self.keep_together(higher.min(4.0) * values.size * BETWEEN_LINES);
        let (begin, page) = (self.y, self.pages.len());
        self.put_lines(names_of, names, 0.0);
        let after_name = self.y;
        self.y = begin;
        self.put_lines(lines, values, NAMES);
        if self.pages.len() == page {
            self.y = self.y.max(after_name);
        }
        self.space(2.0);
    }

    /// Pictures side by side, two in a row, each with what stands below it.
    pub(super) fn pictures(&mut self, pictures: Vec<(Vec<u8>, (f32, f32), String)>) {
        let style = Style { size: 8.5, weight: Weight::Regular, colour: Colour::Grey };
        let column = (WIDTH - 2.0 * MARGIN - BETWEEN_PICTURES) / 2.0;
        let mut pictures = pictures.into_iter().peekable();
        while pictures.peek().is_some() {
            let row: Vec<_> = pictures.by_ref().take(2).collect();
            let sizes: Vec<_> = row.iter().map(|it| fitted(it.1, column, PICTURE_HEIGHT)).collect();
            let height = sizes.iter().map(|size| size.1).fold(0.0, f32::max);
            self.keep_together(height + 30.0);
            let top = self.y;
            let mut below = top;
            for (at, ((jpeg, _, caption), (width, picture_height))) in
                row.into_iter().zip(sizes).enumerate()
            {
                let inset = at as f32 * (column + BETWEEN_PICTURES);
                let x = self.mirrored(MARGIN + inset, width);
                self.put(Mark::Picture { jpeg, x, y: top, width, height: picture_height });
                self.y = top + height + 4.0;
                let lines = self.lines(&caption, style, column);
                self.put_lines(lines, style, inset);
                below = below.max(self.y);
            }
            self.y = below + 8.0;
        }
    }

    /// Every page, with its number at the foot.
    pub(super) fn pages(mut self) -> Vec<Vec<Mark>> {
        let style = Style { size: 8.0, weight: Weight::Regular, colour: Colour::Grey };
        let all = self.pages.len();
        for number in 1..=all {
            let mut lines =
                self.fonts.lines(&format!("{number} / {all}"), style.weight, false, WIDTH);
            let Some(line) = lines.pop() else { continue };
            let (size, colour) = (style.size, style.colour);
            let x = (WIDTH - line.width() * size) / 2.0;
            self.pages[number - 1].push(Mark::Text { line, x, y: HEIGHT - 30.0, size, colour });
        }
        self.pages
    }

    fn lines(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        self.fonts.lines(text, style.weight, self.rtl, width / style.size)
    }

    fn put_lines(&mut self, lines: Vec<Line>, style: Style, inset: f32) {
        let Style { size, colour, .. } = style;
        for line in lines {
            self.keep_together(size * BETWEEN_LINES);
            let x = self.mirrored(MARGIN + inset, line.width() * size);
            // The base line is below the middle of what a line takes.
            let y = self.y + size;
            self.put(Mark::Text { line, x, y, size, colour });
            self.y += size * BETWEEN_LINES;
        }
    }

    /// Goes on with the next page if there is not so much left of this one.
    fn keep_together(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn mirrored(&self, x: f32, width: f32) -> f32 {
        if self.rtl { WIDTH - x - width } else { x }
    }
}

/// As large as it may be within these bounds.
fn fitted((width, height): (f32, f32), most_wide: f32, most_high: f32) -> (f32, f32) {
    let scale = (most_wide / width.max(1.0)).min(most_high / height.max(1.0)).min(1.0);
    (width * scale, height * scale)
}
