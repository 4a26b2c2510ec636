//! The codes that were found so far: each once, and none that says nothing or too much.

use super::finder::Seen;
use super::view::Way;
use super::{CODES_MAX, TEXT_MAX};
use crate::code::{Code, Format};
use crate::gs1::{Gs1, SEPARATOR};

/// Symbology identifiers that say GS1, as they are given and as they are known to GS1: some of them say as well that
/// the text changes its character set, which no GS1 text does.
const GS1: [(&str, &str); 8] = [
    ("]C1", "]C1"),
    ("]e0", "]e0"),
    ("]d2", "]d2"),
    ("]d5", "]d2"),
    ("]Q3", "]Q3"),
    ("]Q4", "]Q3"),
    ("]z1", "]z1"),
    ("]z4", "]z1"),
];

/// The fewest characters of a Code 39: edges of other symbols read as one, two or three.
const CODE_39_MIN: usize = 4;

/// The codes that were found so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) codes: Vec<Code>,
}

impl Found {
    /// Takes what a finder has seen, unless it is there already or is out of bounds.
    pub(super) fn take(&mut self, seen: Seen, way: &Way) {
        let given = match seen.symbology.as_deref() {
            // The decoder of Aztec keeps the FNC1 in front, and does not say what it means.
            Some("]z0") if seen.text.starts_with(SEPARATOR) => "]z1",
            Some(given) => given,
            None => "",
        };
        let symbology = GS1.iter().find(|(found, _)| *found == given).map(|(_, known)| *known);
        let text = text_of(seen.format, symbology, &seen.text);
        let is_there =
            |code: &Code| code.format == seen.format && is_part(seen.format, &text, &code.text);
        let is_short = seen.format == Format::Code39 && text.len() < CODE_39_MIN;
        if text.is_empty()
            || is_short
            || text.len() > TEXT_MAX
            || self.codes.len() >= CODES_MAX
            || self.codes.iter().any(is_there)
        {
            return;
        }
        // The longer reading of the same bars.
        self.codes
            .retain(|code| code.format != seen.format || !is_part(seen.format, &code.text, &text));
        let corners = seen.points.into_iter().map(|point| way.back(point)).collect();
        let symbology = symbology.map(str::to_owned);
        self.codes.push(Code { format: seen.format, text, symbology, corners });
    }
}

/// Whether a text is the other one, or may be what a line through its bars has given that leaves them sideways before
/// their end: Code 39 has no check character that would betray it.
fn is_part(format: Format, text: &str, whole: &str) -> bool {
    text == whole || (format == Format::Code39 && whole.starts_with(text))
}

/// The text as a scanner of GS1 would give it: FNC1 in front is no part of it, and DataBar is an element string.
fn text_of(format: Format, symbology: Option<&str>, text: &str) -> String {
    match (format, symbology) {
        // The decoder gives the fourteen digits of the GTIN alone.
        (Format::DataBar, _) => format!("01{text}"),
        // The decoder writes brackets, as they are printed.
        (Format::DataBarExpanded, _) => match Gs1::parse(text) {
            Ok(said) => said.element_string(),
            Err(_) => text.to_owned(),
        },
        (_, Some(prefix)) => {
            text.strip_prefix(prefix).unwrap_or(text).trim_start_matches(SEPARATOR).to_owned()
        }
        (_, None) => text.to_owned(),
    }
}
