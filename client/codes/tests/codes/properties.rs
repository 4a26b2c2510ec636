//! What holds for every text: no panic, nothing lost between reading and writing, no wrong digit taken for right.

use proptest::prelude::*;
use waypost_codes::{Code, Format, Gs1, Gs1Date, Gs1Fault, names};

/// Values that their identifiers allow, without check digits.
fn element() -> impl Strategy<Value = String> {
    prop_oneof![
        "10[!-\"%-/0-9:-?A-Z_a-z]{1,20}\u{1d}",
        "21[!-\"%-/0-9:-?A-Z_a-z]{1,20}\u{1d}",
        "400[0-9A-Z/-]{1,30}\u{1d}",
        "37[0-9]{1,8}\u{1d}",
        "(15|17)[0-9]{2}(0[1-9]|1[0-2])(0[0-9]|1[0-9]|2[0-8])",
        "3[12][0-6][0-5][0-9]{6}",
        "20[0-9]{2}",
        "421[0-9]{3}[0-9A-Z]{1,9}\u{1d}",
        "8200https://example[.]com/[a-z]{1,40}\u{1d}",
        Just("00340123450000000017".to_owned()),
        Just("0109521234543213".to_owned()),
        Just("40295212340000000013\u{1d}".to_owned()),
    ]
}

/// Texts that come near to being GS1.
fn nearly() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "[\\]C1dQe(0-9)A\u{1d}ä]{0,60}",
        "\\((00|01|10|17|3103|421)\\)[0-9A(){1,3}]{0,24}",
        "https://[a-z.]{0,9}/[0-9a-zA-Z/%?=&_.-]{0,60}",
        prop::collection::vec(any::<u8>(), 0..80)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in nearly(), reference in nearly(), format in 0_usize..4) {
        if let Ok(said) = Gs1::parse(&text) {
            for element in said.elements() {
                let _number = element.measure();
                prop_assert!(!element.title().is_empty());
            }
        }
        let format = [Format::Qr, Format::Ean13, Format::Itf14, Format::DataBarExpanded][format];
        let symbology = (text.len() % 2 == 0).then(|| "]Q3".to_owned());
        let code = Code { format, text, symbology, corners: Vec::new() };
        let _is_named = names(&code, &reference);
        if !code.text.trim().is_empty() {
            prop_assert!(names(&code, &code.text));
        }
    }

    #[test]
    fn what_is_read_is_written_and_read_again(parts in prop::collection::vec(element(), 1..8)) {
        if let Ok(said) = Gs1::parse(&parts.concat()) {
            let written = said.element_string();
            let is_ended = written.ends_with('\u{1d}');
            prop_assert!(!is_ended);
            prop_assert_eq!(Gs1::parse(&written), Ok(said));
        }
    }

    #[test]
    fn one_element_is_always_read(part in element()) {
        let said = Gs1::parse(&part);
        prop_assert!(said.is_ok(), "{:?}", said);
    }

    #[test]
    fn a_check_digit_that_is_off_is_refused(number in "[0-9]{17}", by in 1_u32..10) {
        let sscc = (0..10).map(|digit| format!("(00){number}{digit}"));
        let sscc: Vec<_> = sscc.filter(|text| Gs1::parse(text).is_ok()).collect();
        prop_assert_eq!(sscc.len(), 1, "one digit fits, and no other");
        let (start, digit) = sscc[0].split_at(sscc[0].len() - 1);
        let off = (digit.parse::<u32>().unwrap() + by) % 10;
        let error = Gs1::parse(&format!("{start}{off}")).unwrap_err();
        let is_said = matches!(error.fault, Gs1Fault::CheckDigit { should_be, .. } if digit.starts_with(should_be));
        prop_assert!(is_said, "{}", error);
    }

    #[test]
    fn a_date_is_never_far_away(digits in "[0-9]{6}", this_year in 1_000_u16..9_000) {
        if let Some(date) = Gs1Date::parse(&digits) {
            let day = date.seen_in(this_year);
            let away = i32::from(day.year) - i32::from(this_year);
            prop_assert!((-49..=50).contains(&away), "{} in {}", day, this_year);
            prop_assert_eq!(day.year % 100, u16::from(date.year));
        }
    }
}
