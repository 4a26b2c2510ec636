//! How a text is cut into words to be found again: the same on a device and on the server.
//!
//! A word is found by its beginning, without regard to case, accents and the like. That serves all
//! languages of Waypost, which have spaces and endings; where words do not split (as in Chinese) a text
//! is found by its beginning alone.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::{Argument, Body, WORD_CHARS_MAX};

/// Begins what is no word but a mark beside the words of a message, such as its author. No text holds it.
const MARK: char = '\u{e000}';

/// Stands in a mark for whatever is neither letter nor digit.
const DASH: char = '\u{e001}';

/// The words of a text, folded, in its order; each at most [`crate::WORD_CHARS_MAX`] characters.
///
/// ```
/// use waypost_protocol::words;
///
/// let found: Vec<_> = words("Straße 4: ZAŻÓŁĆ, İstanbul").collect();
/// assert_eq!(found, ["strasse", "4", "zazolc", "istanbul"]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    // By whatever is neither letter nor digit. Marks belong to their letter until they are folded away.
    let parts = text.split(|c: char| !is_letter(c) && !is_combining_mark(c) && !is_joint(c));
    parts.map(folded).filter(|word| !word.is_empty())
}

/// All that a message can be found by.
pub fn words_of(body: &Body) -> BTreeSet<String> {
    sentences_of(body).into_iter().flat_map(words).collect()
}

/// All that is said by words in a message or an edit, each text as it stands there.
pub(crate) fn sentences_of(body: &Body) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    match body {
        Body::Text { text, .. } | Body::Edit { text, .. } => found.push(text),
        Body::Template { arguments, .. } => {
            found.extend(arguments.values().filter_map(text_of));
        }
        Body::File { file, text, .. } => {
            found.extend([text.as_str(), &file.name]);
        }
        Body::StopMoved { text, template, .. } => {
            found.push(text);
            let arguments = template.iter().flat_map(|it| it.arguments.values());
            found.extend(arguments.filter_map(text_of));
        }
        Body::ConsigneeSaid { said, .. } => {
            found.extend(said.arguments.values().filter_map(text_of));
        }
        Body::Location { place, .. } => found.extend(place.name.as_deref()),
        Body::Incident { text, place, .. } => {
            found.push(text);
            found.extend(place.as_ref().and_then(|place| place.name.as_deref()));
        }
        Body::Contact { contact, .. } => {
            found.push(&contact.name);
            let others = [&contact.company, &contact.phone, &contact.mail].into_iter().flatten();
            found.extend(others.map(String::as_str));
        }
        Body::Broadcast { message, .. } => return sentences_of(message),
        _ => {}
    }
    found
}

/// A mark beside the words of a message: `sort` says what `of` is.
pub fn mark(sort: char, of: impl std::fmt::Display) -> String {
    let of = of.to_string();
    let plain = of.chars().map(|c| if c.is_alphanumeric() { c } else { DASH });
    [MARK, sort].into_iter().chain(plain).collect()
}

/// A word that is looked for, with what says the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SoughtWord {
    /// The beginning of a word, folded as by [`words`].
    pub word: String,
    /// The templates whose text has such a word in some language.
    pub templates: BTreeSet<String>,
}

fn text_of(argument: &Argument) -> Option<&str> {
    match argument {
        Argument::Text(text) | Argument::Choice(text) => Some(text),
        Argument::Stop { name, .. } => Some(name),
        Argument::Place(place) => place.name.as_deref(),
        Argument::Number(_) | Argument::Minutes(_) | Argument::TimeOfDay(_) => None,
    }
}

/// What stands inside of a word without being heard: the soft hyphen, joiners, the Arabic stroke.
fn is_joint(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{640}')
}

/// A letter or a digit, and no sign that only looks like one: the databases' own cutters see those otherwise.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{1f130}'..='\u{1f189}')
}

fn folded(word: &str) -> String {
    let bare = word.nfkd().filter(|c| !is_combining_mark(*c) && !is_joint(*c));
    let lower = bare.flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c));
    let mut folded = String::with_capacity(word.len());
    for c in lower {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ґ' => folded.push('г'),
            'ى' => folded.push('ي'),
            'ة' => folded.push('ه'),
            c if is_letter(c) => folded.push(c),
            _ => {}
        }
    }
    folded.chars().take(WORD_CHARS_MAX).collect()
}
