//! Element strings, as a symbol carries them and as they are printed below it.

use super::error::{Gs1Error, Gs1Fault};
use super::table::{ai_length, predefined_length, rule_of};
use super::{Element, SEPARATOR};

/// The symbology identifiers of what carries GS1 (ISO/IEC 15424; GS1 General Specifications, figure 5.1.2-2): GS1-128,
/// DataBar, DataMatrix, QR, Aztec and DotCode.
const CARRIERS: [&str; 6] = ["]C1", "]e0", "]d2", "]Q3", "]z1", "]J1"];

/// Most characters of a text that an error repeats.
const QUOTED_MAX: usize = 4;

/// Reads an element string.
pub(super) fn parse_element_string(text: &str) -> Result<Vec<Element>, Gs1Error> {
    let mut rest = without_symbology(text)?;
    let mut elements = Vec::new();
    loop {
        // After a value of known length FNC1 need not stand, but may; so may one at the end.
        rest = rest.trim_start_matches(SEPARATOR);
        if rest.is_empty() {
            return Ok(elements);
        }
        let (ai, behind) = split_ai(rest)?;
        let (value, behind) = split_value(ai, behind)?;
        elements.push(Element::checked(ai, value)?);
        rest = behind;
    }
}

/// Reads what is printed: each identifier in brackets. White space between groups of digits is no part of a value,
/// since no character set of GS1 has it.
pub(super) fn parse_printed(text: &str) -> Result<Vec<Element>, Gs1Error> {
    let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let mut elements = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let Some((ai, behind)) = split_bracket(rest) else {
            return Err(unknown(rest.trim_start_matches('(')));
        };
        // Brackets may stand in a value; only those around a known identifier end it.
        let is_next = |&(at, _): &(usize, &str)| {
            split_bracket(&behind[at..]).is_some_and(|(ai, _)| rule_of(ai).is_some())
        };
        let end = behind.match_indices('(').find(is_next).map_or(behind.len(), |(at, _)| at);
        let (value, next) = behind.split_at(end);
        elements.push(Element::checked(ai, value)?);
        rest = next;
    }
    Ok(elements)
}

fn without_symbology(text: &str) -> Result<&str, Gs1Error> {
    if !text.starts_with(']') {
        return Ok(text);
    }
    let end = text.char_indices().nth(3).map_or(text.len(), |(at, _)| at);
    let (symbology, rest) = text.split_at(end);
    match CARRIERS.contains(&symbology) {
        true => Ok(rest),
        false => Err(Gs1Error::whole(Gs1Fault::Symbology(symbology.to_owned()))),
    }
}

fn split_ai(text: &str) -> Result<(&str, &str), Gs1Error> {
    let length = text.get(..2).and_then(ai_length).ok_or_else(|| unknown(text))?;
    let (ai, rest) = text.split_at_checked(length).ok_or_else(|| unknown(text))?;
    match rule_of(ai) {
        Some(_) => Ok((ai, rest)),
        None => Err(unknown(ai)),
    }
}

fn split_value<'a>(ai: &str, text: &'a str) -> Result<(&'a str, &'a str), Gs1Error> {
    let end = text.find(SEPARATOR).unwrap_or(text.len());
    let Some(length) = predefined_length(ai) else { return Ok(text.split_at(end)) };
    match text[..end].char_indices().nth(length) {
        Some((at, _)) => Ok(text.split_at(at)),
        // Up to FNC1 or to the end: if that is too short, the check says by how much.
        None => Ok(text.split_at(end)),
    }
}

/// An identifier in brackets at the beginning, and what is behind it.
fn split_bracket(text: &str) -> Option<(&str, &str)> {
    let (ai, behind) = text.strip_prefix('(')?.split_once(')')?;
    let is_ai = (2..=4).contains(&ai.len()) && ai.bytes().all(|byte| byte.is_ascii_digit());
    is_ai.then_some((ai, behind))
}

fn unknown(text: &str) -> Gs1Error {
    let quoted = text.chars().take(QUOTED_MAX).collect();
    Gs1Error::whole(Gs1Fault::Unknown(quoted))
}
