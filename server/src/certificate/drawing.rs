//! Text on pages, in any of the languages: lines are broken, put in visual order, shaped and measured here.

use std::collections::BTreeSet;
use std::ops::Range;

use harfrust::{
    BufferClusterLevel, Direction, Feature, ShapeOptions, ShaperData, Tag, UnicodeBuffer,
};
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{FontRef, MetadataProvider as _};
use unicode_bidi::{BidiInfo, Level};

/// What stands for a character that no font has.
const UNKNOWN: char = '\u{25a1}';

/// The two weights of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// The fonts, Latin and Cyrillic first.
pub(super) struct Fonts {
    regular: [Face; 2],
    semi_bold: [Face; 2],
}

struct Face {
    pdf: Font,
    font: FontRef<'static>,
    shaping: ShaperData,
}

/// One line, from left to right.
pub(super) struct Line {
    pieces: Vec<Piece>,
}

/// What has one font and one direction.
struct Piece {
    font: Font,
    text: String,
    glyphs: Vec<KrillaGlyph>,
    /// In widths of an em.
    width: f32,
}

macro_rules! face {
    ($file:literal) => {
        Face::new(include_bytes!(concat!("../../../ui-kit/fonts/", $file)))
    };
}

impl Fonts {
    /// The fonts of this program; `None` if it was built with damaged ones.
    pub(super) fn load() -> Option<Self> {
        Some(Self {
            regular: [face!("Inter-Regular.otf")?, face!("Vazirmatn-Regular.ttf")?],
            semi_bold: [face!("Inter-SemiBold.otf")?, face!("Vazirmatn-SemiBold.ttf")?],
        })
    }

    /// A text in lines of at most this width, in ems.
    pub(super) fn lines(&self, text: &str, weight: Weight, rtl: bool, width: f32) -> Vec<Line> {
        let text = text.trim();
        let level = if rtl { Level::rtl() } else { Level::ltr() };
        let bidi = BidiInfo::new(text, Some(level));
        let mut lines = Vec::new();
        for paragraph in &bidi.paragraphs {
            let line = |range: Range<usize>| {
                let (levels, runs) = bidi.visual_runs(paragraph, range);
                let runs = runs.into_iter().map(|run| (levels[run.start].is_rtl(), &text[run]));
                self.line(runs, weight)
            };
            let fits = |range: Range<usize>| {
                let shown = text[range.clone()].trim_end().len();
                line(range.start..range.start + shown).width() <= width
            };
            lines.extend(broken(text, paragraph.range.clone(), fits).into_iter().map(line));
        }
        lines
    }

    fn line<'t>(&self, runs: impl Iterator<Item = (bool, &'t str)>, weight: Weight) -> Line {
        let faces = match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        };
        let mut pieces = Vec::new();
        for (rtl, run) in runs {
            let mut parts: Vec<(&Face, String)> = Vec::new();
            for c in run.chars().filter(|c| !is_unseen(*c)) {
                let c = if c.is_control() || c.is_whitespace() { ' ' } else { c };
                // Spaces and marks stay with the letters before them.
                let current = parts.last().map(|part| part.0).filter(|face| face.has(c));
                let face = current.or_else(|| faces.iter().find(|face| face.has(c)));
                let (face, c) = face.map_or((&faces[0], UNKNOWN), |face| (face, c));
                match parts.last_mut() {
                    Some((last, text)) if std::ptr::eq(*last, face) => text.push(c),
                    _ => parts.push((face, c.to_string())),
                }
            }
            if rtl {
                parts.reverse();
            }
            pieces.extend(parts.into_iter().map(|(face, text)| face.piece(text, rtl)));
        }
        Line { pieces }
    }
}

impl Face {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::from_index(bytes, 0).ok()?;
        let shaping = ShaperData::new(&font);
        Some(Self { pdf: Font::new(bytes.into(), 0)?, font, shaping })
    }

    fn has(&self, c: char) -> bool {
        self.font.charmap().map(c).is_some()
    }

    fn piece(&self, text: String, rtl: bool) -> Piece {
        let shaper = self.shaping.shaper(&self.font).build();
        let em = shaper.units_per_em() as f32;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        // Whoever copies Arabic text out of the page gets each mark behind its letter.
        buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        // Keys and hashes stand there letter by letter: no `9x9` becomes a multiplication. Arabic needs its forms.
        let plain = [Feature::new(Tag::new(b"calt"), 0, ..)];
        let options = ShapeOptions::new().features(if rtl { &[] } else { &plain });
        let shaped = shaper.shape(buffer, options);
        let begins: BTreeSet<_> =
            shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        let glyph = |(info, at): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| {
            let begin = info.cluster as usize;
            let end = begins.range(begin + 1..).next().copied().unwrap_or(text.len());
            let [x_advance, x_offset, y_offset, y_advance] =
                [at.x_advance, at.x_offset, at.y_offset, at.y_advance].map(|it| it as f32 / em);
            let id = GlyphId::new(info.glyph_id);
            KrillaGlyph::new(id, x_advance, x_offset, y_offset, y_advance, begin..end, None)
        };
        let glyphs: Vec<_> = glyphs.map(glyph).collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Piece { font: self.pdf.clone(), text, glyphs, width }
    }
}

impl Line {
    /// How wide it is, in ems.
    pub(super) fn width(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    /// Draws it from this point on to the right.
    pub(super) fn draw(&self, on: &mut Surface<'_>, mut x: f32, y: f32, size: f32) {
        for piece in &self.pieces {
            let (at, font) = (Point::from_xy(x, y), piece.font.clone());
            on.draw_glyphs(at, &piece.glyphs, font, &piece.text, size, false);
            x += piece.width * size;
        }
    }
}

/// What directs or joins text and has no shape of its own: it is heeded before, and not drawn. The two joiners of letters
/// are left, which Arabic needs.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
}

/// Where a paragraph is broken: at its spaces, as far as its words are short enough.
fn broken(
    text: &str,
    within: Range<usize>,
    fits: impl Fn(Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut begin, mut end) = (within.start, within.start);
    for (at, _) in unicode_linebreak::linebreaks(&text[within.clone()]) {
        let at = within.start + at;
        if !fits(begin..at) && end > begin {
            lines.push(begin..end);
            begin = end;
        }
        while !fits(begin..at) {
            let ends = text[begin..at].char_indices().map(|(next, c)| begin + next + c.len_utf8());
            // At least one character, or it would never end.
            let first = text[begin..at].chars().next().map_or(at, |c| begin + c.len_utf8());
            let cut = ends.take_while(|next| fits(begin..*next)).last().unwrap_or(first);
            if cut >= at {
                break;
            }
            lines.push(begin..cut);
            begin = cut;
        }
        end = at;
    }
    if end > begin {
        lines.push(begin..end);
    }
    lines
}
