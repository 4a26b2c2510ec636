//! Whether a value is what its identifier promises: lengths, characters, check digits and dates.

use super::error::{Gs1Error, Gs1Fault};
use super::table::{Kind, Part, Rule};
use super::value::Gs1Date;

/// Refuses a value that does not follow its rule.
pub(super) fn check(ai: &str, rule: &Rule, value: &str) -> Result<(), Gs1Error> {
    check_value(rule, value).map_err(|fault| Gs1Error::at(ai, fault))
}

/// The check digit that belongs behind these digits, for all keys alike (GS1 General Specifications, section 7.9.1):
/// from the right, every other digit counts three times. `None` if one of them is no digit.
pub(crate) fn check_digit(digits: &str) -> Option<char> {
    let mut sum = 0;
    for (nth, digit) in digits.chars().rev().enumerate() {
        let weight = if nth % 2 == 0 { 3 } else { 1 };
        // Modulo 10 at each step: a long row of digits must not run over.
        sum = (sum + weight * digit.to_digit(10)?) % 10;
    }
    char::from_digit((10 - sum) % 10, 10)
}

fn check_value(rule: &Rule, value: &str) -> Result<(), Gs1Fault> {
    let min = rule.parts.iter().map(|part| part.min).sum();
    let max = rule.parts.iter().map(|part| part.max).sum();
    let length = value.chars().count();
    if !(min..=max).contains(&length) {
        return Err(Gs1Fault::Length { is: length, min, max });
    }
    let mut rest = value;
    for part in rule.parts {
        let end = rest.char_indices().nth(part.max).map_or(rest.len(), |(at, _)| at);
        let (piece, behind) = rest.split_at(end);
        check_part(part, piece)?;
        rest = behind;
    }
    Ok(())
}

fn check_part(part: &Part, piece: &str) -> Result<(), Gs1Fault> {
    if let Some(wrong) = piece.chars().find(|&character| !may_stand(part.kind, character)) {
        return Err(Gs1Fault::Character(wrong));
    }
    match part.kind {
        Kind::Checked => check_last_digit(piece),
        Kind::Date | Kind::DateHour | Kind::DateMinute => check_moment(part.kind, piece),
        Kind::Digits | Kind::Text | Kind::Narrow | Kind::Base64 | Kind::Flag => Ok(()),
    }
}

fn may_stand(kind: Kind, character: char) -> bool {
    match kind {
        Kind::Digits | Kind::Checked | Kind::Date | Kind::DateHour | Kind::DateMinute => {
            character.is_ascii_digit()
        }
        Kind::Text => {
            character.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(character)
        }
        Kind::Narrow => {
            character.is_ascii_digit()
                || character.is_ascii_uppercase()
                || "#-/".contains(character)
        }
        Kind::Base64 => character.is_ascii_alphanumeric() || "-_=".contains(character),
        Kind::Flag => matches!(character, '0' | '1'),
    }
}

fn check_last_digit(piece: &str) -> Result<(), Gs1Fault> {
    let mut digits = piece.chars();
    let Some(is) = digits.next_back() else { return Ok(()) };
    match check_digit(digits.as_str()) {
        Some(should_be) if should_be != is => Err(Gs1Fault::CheckDigit { is, should_be }),
        _ => Ok(()),
    }
}

fn check_moment(kind: Kind, piece: &str) -> Result<(), Gs1Fault> {
    let fault = || Gs1Fault::Date(piece.to_owned());
    let (date, time) = piece.split_at_checked(6).ok_or_else(fault)?;
    let date = Gs1Date::parse(date).ok_or_else(fault)?;
    if kind == Kind::Date {
        return Ok(());
    }
    let two = |from: usize| time.get(from..from + 2).and_then(|two| two.parse::<u8>().ok());
    let is_time = match kind {
        Kind::DateMinute if time == "9999" => true,
        Kind::DateMinute => two(0).is_some_and(|h| h < 24) && two(2).is_some_and(|m| m < 60),
        _ => two(0).is_some_and(|hour| hour < 24),
    };
    // A moment needs its day; only a date may leave it open.
    if is_time && date.day.is_some() { Ok(()) } else { Err(fault()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_specification() {
        // Section 7.9.1 works out 629104150021 -> 3; the others are printed examples of GS1.
        assert_eq!(check_digit("629104150021"), Some('3'));
        assert_eq!(check_digit("34012345000000001"), check_digit("034012345000000001"));
        assert_eq!(check_digit("10614141543219876"), check_digit("010614141543219876"));
        assert_eq!(check_digit("952012345678"), Some('8'));
        assert_eq!(check_digit("12a"), None);
    }
}
