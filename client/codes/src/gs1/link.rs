//! GS1 Digital Link URIs: a primary key and what qualifies it in the path, all else in the query.
//!
//! GS1 Digital Link Standard, URI Syntax, release 1.4. Any domain may be used, and the keys need not begin the path.
//! Compressed links are told apart and refused; the short names of early releases (`/gtin/…`) are not known.

use url::Url;

use super::error::{Gs1Error, Gs1Fault};
use super::{Element, table};

/// What may stand first in a path, each with what may follow it there (URI Syntax, section 4.7).
const KEYS: [(&str, &[&str]); 16] = [
    ("00", &[]),
    ("01", &["22", "10", "21", "235"]),
    ("253", &[]),
    ("255", &[]),
    ("401", &[]),
    ("402", &[]),
    ("414", &["254", "7040"]),
    ("415", &["8020"]),
    ("417", &["7040"]),
    ("8003", &[]),
    ("8004", &["7040"]),
    ("8006", &["22", "10", "21"]),
    ("8010", &["8011"]),
    ("8013", &[]),
    ("8017", &["8019"]),
    ("8018", &["8019"]),
];

/// The shortest compressed part: a key of ten digits.
const COMPRESSED_MIN: usize = 10;

/// Reads a link.
pub(super) fn parse(text: &str) -> Result<Vec<Element>, Gs1Error> {
    let address = Url::parse(text).map_err(|_| Gs1Error::whole(Gs1Fault::Address))?;
    let mut segments: Vec<&str> = address.path().split('/').skip(1).collect();
    // A slash at the end is no segment.
    if segments.last().is_some_and(|last| last.is_empty()) {
        segments.pop();
    }
    let mut elements = read_path(&segments)?;
    for (name, value) in pairs(address.query().unwrap_or_default()) {
        // Names that are no numbers belong to others: linkType, context, a shop's own.
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            elements.push(Element::checked(name, &plain(name, value)?)?);
        }
    }
    Ok(elements)
}

fn read_path(segments: &[&str]) -> Result<Vec<Element>, Gs1Error> {
    let is_key = |segment: &str| KEYS.iter().find(|(key, _)| *key == segment);
    let starts = 0..segments.len().saturating_sub(1);
    let Some((start, key)) = starts.into_iter().find_map(|at| Some((at, is_key(segments[at])?)))
    else {
        let is_compressed = segments.last().is_some_and(|last| is_compressed(last));
        let fault = if is_compressed { Gs1Fault::Compressed } else { Gs1Fault::NoKey };
        return Err(Gs1Error::whole(fault));
    };
    let (name, qualifiers) = *key;
    let mut elements = Vec::new();
    for pair in segments[start..].chunks(2) {
        let &[ai, value] = pair else {
            let fault = match pair.first() {
                Some(left) if left.len() >= COMPRESSED_MIN => Gs1Fault::Compressed,
                _ => Gs1Fault::Qualifier(name.to_owned()),
            };
            return Err(Gs1Error::at(name, fault));
        };
        if !elements.is_empty() && !qualifiers.contains(&ai) {
            return Err(Gs1Error::at(ai, Gs1Fault::Qualifier(name.to_owned())));
        }
        elements.push(Element::checked(ai, &plain(ai, value)?)?);
    }
    Ok(elements)
}

/// The value behind the percent signs. A GTIN may be written with the 8, 12 or 13 digits of its bar code.
fn plain(ai: &str, value: &str) -> Result<String, Gs1Error> {
    let value = decoded(value).ok_or_else(|| Gs1Error::at(ai, Gs1Fault::Address))?;
    let is_gtin = matches!(ai, "01" | "02") && matches!(value.len(), 8 | 12 | 13);
    Ok(if is_gtin { format!("{value:0>14}") } else { value })
}

fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split(['&', ';']).filter_map(|pair| pair.split_once('='))
}

/// Whether a path's end looks like a compressed link: base64url whose first byte holds the first two digits of a
/// primary key, or stands for several keys at once (a letter as its second hexadecimal digit).
fn is_compressed(segment: &str) -> bool {
    let sextet = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    };
    let Some(sextets) = segment.bytes().map(sextet).collect::<Option<Vec<_>>>() else {
        return false;
    };
    if sextets.len() < COMPRESSED_MIN {
        return false;
    }
    let first = (sextets[0] << 2) | (sextets[1] >> 4);
    let (high, low) = (first >> 4, first & 0x0F);
    match (high, low) {
        (0..=9, 0..=9) => {
            let two = format!("{high}{low}");
            KEYS.iter().any(|(key, _)| key.starts_with(&two)) && table::ai_length(&two).is_some()
        }
        (0..=9, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_qualifier_is_known() {
        for (key, qualifiers) in KEYS {
            assert!(table::rule_of(key).is_some(), "{key}");
            assert!(qualifiers.iter().all(|ai| table::rule_of(ai).is_some()), "{key}");
        }
    }
}
