//! People in vCards (RFC 6350, and 2.1 and 3.0 before it), as address books give them out.

use calcard::vcard::{VCard, VCardProperty};
use calcard::{Entry, Parser};
use waypost_protocol::words;

use super::Line;

/// What a card may say that only Waypost understands.
const HANDLE: &str = "X-WAYPOST-HANDLE";
const ROLE: &str = "X-WAYPOST-ROLE";

/// The cards of a file, each with the number of its first line.
pub(super) fn read(file: &[u8]) -> Result<Vec<(u64, Line)>, String> {
    let text = std::str::from_utf8(file).map_err(|_| "the file is not in UTF-8".to_owned())?;
    let lines = || (1..).zip(text.lines().map(|it| it.trim_start_matches('\u{feff}').trim()));
    let first_lines = lines().filter(|(_, line)| line.eq_ignore_ascii_case("BEGIN:VCARD"));
    let mut first_lines = first_lines.map(|(number, _)| number);
    let ends = lines().filter(|(_, line)| line.eq_ignore_ascii_case("END:VCARD")).count();
    let mut parser = Parser::new(text);
    let mut cards = Vec::new();
    loop {
        match parser.entry() {
            Entry::Eof if cards.is_empty() => return Err("there is no vCard in the file".into()),
            // Of a file that was cut the last card may be cut as well.
            Entry::Eof if cards.len() != ends => return Err("a vCard has no end".into()),
            Entry::Eof => return Ok(cards),
            Entry::VCard(card) => cards.push((first_lines.next().unwrap_or(0), line_of(&card))),
            Entry::InvalidLine(line) => {
                let begin: String = line.chars().take(40).collect();
                return Err(format!("this is no line of a vCard: `{begin}`"));
            }
            _ => return Err("something in the file is no vCard".into()),
        }
    }
}

fn line_of(card: &VCard) -> Line {
    let own = |name: &str| told(card, &VCardProperty::Other(name.to_owned()));
    let name = told(card, &VCardProperty::Fn);
    let mail = told(card, &VCardProperty::Email);
    let nickname = told(card, &VCardProperty::Nickname);
    let called = nickname.as_deref().or(mail.as_deref().and_then(|it| it.split('@').next()));
    let handle = own(HANDLE).or_else(|| called.or(name.as_deref()).map(as_handle));
    let language =
        told(card, &VCardProperty::Lang).or_else(|| told(card, &VCardProperty::Language));
    Line { handle: handle.unwrap_or_default(), role: own(ROLE), language, name }
}

/// The first text that a card has of this sort.
fn told(card: &VCard, property: &VCardProperty) -> Option<String> {
    let entries = card.entries.iter().filter(|entry| entry.name == *property);
    let texts = entries.flat_map(|entry| &entry.values).filter_map(|value| value.as_text());
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// A short name that follows from a longer one.
fn as_handle(name: &str) -> String {
    words(name).collect::<Vec<_>>().join(".")
}
