//! The application identifiers that are understood, and how their values are built: data, and looking it up.
//!
//! GS1 General Specifications, section 3.2 (identifiers and formats) and figure 7.8.4-2 (lengths that are known in
//! advance). What is not listed here is refused by name: a guess at its length would shift all that follows.

/// One identifier, or one of a family whose last digit says where the decimal point is.
pub(super) struct Rule {
    /// Its digits; of a family without the last one.
    pub(super) ai: &'static str,
    /// The short title that is printed beside a code.
    pub(super) title: &'static str,
    /// What its value is made of, one after the other.
    pub(super) parts: &'static [Part],
    /// Whether one more digit (0 to 5; of an amount 0 to 9) says how many of the value's digits are behind the decimal
    /// point.
    pub(super) is_measure: bool,
}

/// A stretch of a value. Only the last part of a value may have a variable length.
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) min: usize,
    pub(super) max: usize,
}

/// What may stand in a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Digits.
    Digits,
    /// Digits, the last of which is the check digit of all (section 7.9.1).
    Checked,
    /// Character set 82 (figure 7.11-1).
    Text,
    /// Character set 39 (figure 7.11-2).
    Narrow,
    /// Character set 64 (figure 7.11-3), for what is base64.
    Base64,
    /// YYMMDD; the day may be 00.
    Date,
    /// YYMMDDHH.
    DateHour,
    /// YYMMDDHHMM, where 9999 says that no time is meant.
    DateMinute,
    /// 0 or 1.
    Flag,
}

const fn digits(length: usize) -> Part {
    Part { kind: Kind::Digits, min: length, max: length }
}

const fn digits_to(max: usize) -> Part {
    Part { kind: Kind::Digits, min: 1, max }
}

const fn checked(length: usize) -> Part {
    Part { kind: Kind::Checked, min: length, max: length }
}

const fn text(max: usize) -> Part {
    Part { kind: Kind::Text, min: 1, max }
}

const fn optional(kind: Kind, max: usize) -> Part {
    Part { kind, min: 0, max }
}

const fn exact(kind: Kind, length: usize) -> Part {
    Part { kind, min: length, max: length }
}

const fn rule(ai: &'static str, title: &'static str, parts: &'static [Part]) -> Rule {
    Rule { ai, title, parts, is_measure: false }
}

const fn measure(ai: &'static str, title: &'static str) -> Rule {
    Rule { ai, title, parts: SIX_DIGITS, is_measure: true }
}

const fn amount(ai: &'static str, title: &'static str, parts: &'static [Part]) -> Rule {
    Rule { ai, title, parts, is_measure: true }
}

const SIX_DIGITS: &[Part] = &[digits(6)];
const DATE: &[Part] = &[exact(Kind::Date, 6)];
const MINUTE: &[Part] = &[exact(Kind::DateMinute, 10)];
const FLAG: &[Part] = &[exact(Kind::Flag, 1)];
const COUNTRY: &[Part] = &[digits(3)];
const TEMPERATURE: &[Part] = &[digits(6), optional(Kind::Text, 1)];

/// The rule of an identifier.
pub(super) fn rule_of(ai: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| match rule.is_measure {
        true => match ai.as_bytes() {
            [.., b'0'..=b'5'] => ai.len() == 4 && ai.starts_with(rule.ai),
            // Amounts of money may have more places than measures.
            [b'3', b'9', _, b'6'..=b'9'] => ai.starts_with(rule.ai),
            _ => false,
        },
        false => rule.ai == ai,
    })
}

/// How long an identifier is that begins with these two digits; `None` if none does.
pub(super) fn ai_length(first_two: &str) -> Option<usize> {
    let known = RULES.iter().find(|rule| rule.ai.starts_with(first_two))?;
    Some(known.ai.len() + usize::from(known.is_measure))
}

/// How many characters follow an identifier whose length is known in advance, so that no FNC1 need end it (figure
/// 7.8.4-2). Of all others a value runs to the next FNC1 or to the end, even where its length is always the same.
pub(super) fn predefined_length(ai: &str) -> Option<usize> {
    let whole = match ai.get(..2)? {
        "00" | "04" => match ai {
            "00" => 20,
            _ => 18,
        },
        "01" | "02" | "03" | "41" => 16,
        "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" | "19" => 8,
        "20" => 4,
        "31" | "32" | "33" | "34" | "35" | "36" => 10,
        _ => return None,
    };
    Some(whole - ai.len())
}

#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule("00", "SSCC", &[checked(18)]),
    rule("01", "GTIN", &[checked(14)]),
    rule("02", "CONTENT", &[checked(14)]),
    rule("03", "MTO GTIN", &[checked(14)]),
    rule("10", "BATCH/LOT", &[text(20)]),
    rule("11", "PROD DATE", DATE),
    rule("12", "DUE DATE", DATE),
    rule("13", "PACK DATE", DATE),
    rule("15", "BEST BEFORE", DATE),
    rule("16", "SELL BY", DATE),
    rule("17", "USE BY", DATE),
    rule("20", "VARIANT", &[digits(2)]),
    rule("21", "SERIAL", &[text(20)]),
    rule("22", "CPV", &[text(20)]),
    rule("235", "TPX", &[text(28)]),
    rule("240", "ADDITIONAL ID", &[text(30)]),
    rule("241", "CUST. PART No.", &[text(30)]),
    rule("242", "MTO VARIANT", &[digits_to(6)]),
    rule("243", "PCN", &[text(20)]),
    rule("250", "SECONDARY SERIAL", &[text(30)]),
    rule("251", "REF. TO SOURCE", &[text(30)]),
    rule("253", "GDTI", &[checked(13), optional(Kind::Text, 17)]),
    rule("254", "GLN EXTENSION", &[text(20)]),
    rule("255", "GCN", &[checked(13), optional(Kind::Digits, 12)]),
    rule("30", "VAR. COUNT", &[digits_to(8)]),
    measure("310", "NET WEIGHT (kg)"),
    measure("311", "LENGTH (m)"),
    measure("312", "WIDTH (m)"),
    measure("313", "HEIGHT (m)"),
    measure("314", "AREA (m2)"),
    measure("315", "NET VOLUME (l)"),
    measure("316", "NET VOLUME (m3)"),
    measure("320", "NET WEIGHT (lb)"),
    measure("321", "LENGTH (in)"),
    measure("322", "LENGTH (ft)"),
    measure("323", "LENGTH (yd)"),
    measure("324", "WIDTH (in)"),
    measure("325", "WIDTH (ft)"),
    measure("326", "WIDTH (yd)"),
    measure("327", "HEIGHT (in)"),
    measure("328", "HEIGHT (ft)"),
    measure("329", "HEIGHT (yd)"),
    measure("330", "GROSS WEIGHT (kg)"),
    measure("331", "LENGTH (m), log"),
    measure("332", "WIDTH (m), log"),
    measure("333", "HEIGHT (m), log"),
    measure("334", "AREA (m2), log"),
    measure("335", "VOLUME (l), log"),
    measure("336", "VOLUME (m3), log"),
    measure("337", "KG PER m2"),
    measure("340", "GROSS WEIGHT (lb)"),
    measure("341", "LENGTH (in), log"),
    measure("342", "LENGTH (ft), log"),
    measure("343", "LENGTH (yd), log"),
    measure("344", "WIDTH (in), log"),
    measure("345", "WIDTH (ft), log"),
    measure("346", "WIDTH (yd), log"),
    measure("347", "HEIGHT (in), log"),
    measure("348", "HEIGHT (ft), log"),
    measure("349", "HEIGHT (yd), log"),
    measure("350", "AREA (in2)"),
    measure("351", "AREA (ft2)"),
    measure("352", "AREA (yd2)"),
    measure("353", "AREA (in2), log"),
    measure("354", "AREA (ft2), log"),
    measure("355", "AREA (yd2), log"),
    measure("356", "NET WEIGHT (tr oz)"),
    measure("357", "NET VOLUME (oz)"),
    measure("360", "NET VOLUME (qt)"),
    measure("361", "NET VOLUME (gal)"),
    measure("362", "VOLUME (qt), log"),
    measure("363", "VOLUME (gal), log"),
    measure("364", "VOLUME (in3)"),
    measure("365", "VOLUME (ft3)"),
    measure("366", "VOLUME (yd3)"),
    measure("367", "VOLUME (in3), log"),
    measure("368", "VOLUME (ft3), log"),
    measure("369", "VOLUME (yd3), log"),
    rule("37", "COUNT", &[digits_to(8)]),
    amount("390", "AMOUNT", &[digits_to(15)]),
    amount("391", "AMOUNT", &[digits(3), digits_to(15)]),
    amount("392", "PRICE", &[digits_to(15)]),
    amount("393", "PRICE", &[digits(3), digits_to(15)]),
    rule("400", "ORDER NUMBER", &[text(30)]),
    rule("401", "GINC", &[text(30)]),
    rule("402", "GSIN", &[checked(17)]),
    rule("403", "ROUTE", &[text(30)]),
    rule("410", "SHIP TO LOC", &[checked(13)]),
    rule("411", "BILL TO", &[checked(13)]),
    rule("412", "PURCHASE FROM", &[checked(13)]),
    rule("413", "SHIP FOR LOC", &[checked(13)]),
    rule("414", "LOC No.", &[checked(13)]),
    rule("415", "PAY TO", &[checked(13)]),
    rule("416", "PROD/SERV LOC", &[checked(13)]),
    rule("417", "PARTY", &[checked(13)]),
    rule("420", "SHIP TO POST", &[text(20)]),
    rule("421", "SHIP TO POST", &[digits(3), text(9)]),
    rule("422", "ORIGIN", COUNTRY),
    rule("424", "COUNTRY - PROCESS.", COUNTRY),
    rule("426", "COUNTRY - FULL PROCESS", COUNTRY),
    rule("427", "ORIGIN SUBDIVISION", &[text(3)]),
    rule("4300", "SHIP TO COMP", &[text(35)]),
    rule("4301", "SHIP TO NAME", &[text(35)]),
    rule("4302", "SHIP TO ADD1", &[text(70)]),
    rule("4303", "SHIP TO ADD2", &[text(70)]),
    rule("4304", "SHIP TO SUB", &[text(70)]),
    rule("4305", "SHIP TO LOC", &[text(70)]),
    rule("4306", "SHIP TO REG", &[text(70)]),
    rule("4307", "SHIP TO COUNTRY", &[exact(Kind::Text, 2)]),
    rule("4308", "SHIP TO PHONE", &[text(30)]),
    rule("4309", "SHIP TO GEO", &[digits(20)]),
    rule("4310", "RTN TO COMP", &[text(35)]),
    rule("4311", "RTN TO NAME", &[text(35)]),
    rule("4312", "RTN TO ADD1", &[text(70)]),
    rule("4313", "RTN TO ADD2", &[text(70)]),
    rule("4314", "RTN TO SUB", &[text(70)]),
    rule("4315", "RTN TO LOC", &[text(70)]),
    rule("4316", "RTN TO REG", &[text(70)]),
    rule("4317", "RTN TO COUNTRY", &[exact(Kind::Text, 2)]),
    rule("4318", "RTN TO POST", &[text(20)]),
    rule("4319", "RTN TO PHONE", &[text(30)]),
    rule("4320", "SRV DESCRIPTION", &[text(35)]),
    rule("4321", "DANGEROUS GOODS", FLAG),
    rule("4322", "AUTH LEAVE", FLAG),
    rule("4323", "SIG REQUIRED", FLAG),
    rule("4324", "NBEF DEL DT", MINUTE),
    rule("4325", "NAFT DEL DT", MINUTE),
    rule("4326", "REL DATE", DATE),
    rule("4330", "MAX TEMP F", TEMPERATURE),
    rule("4331", "MAX TEMP C", TEMPERATURE),
    rule("4332", "MIN TEMP F", TEMPERATURE),
    rule("4333", "MIN TEMP C", TEMPERATURE),
    rule("7001", "NSN", &[digits(13)]),
    rule("7002", "MEAT CUT", &[text(30)]),
    rule("7003", "EXPIRY TIME", MINUTE),
    rule("7004", "ACTIVE POTENCY", &[digits_to(4)]),
    rule("7005", "CATCH AREA", &[text(12)]),
    rule("7006", "FIRST FREEZE DATE", DATE),
    rule("7040", "UIC+EXT", &[exact(Kind::Text, 4)]),
    rule("8001", "DIMENSIONS", &[digits(14)]),
    rule("8002", "CMT No.", &[text(20)]),
    rule("8003", "GRAI", &[checked(14), optional(Kind::Text, 16)]),
    rule("8004", "GIAI", &[text(30)]),
    rule("8005", "PRICE PER UNIT", &[digits(6)]),
    rule("8006", "ITIP", &[checked(14), digits(4)]),
    rule("8007", "IBAN", &[text(34)]),
    rule("8008", "PROD TIME", &[exact(Kind::DateHour, 8), optional(Kind::Digits, 4)]),
    rule("8010", "CPID", &[Part { kind: Kind::Narrow, min: 1, max: 30 }]),
    rule("8011", "CPID SERIAL", &[digits_to(12)]),
    rule("8013", "GMN", &[text(25)]),
    rule("8017", "GSRN - PROVIDER", &[checked(18)]),
    rule("8018", "GSRN - RECIPIENT", &[checked(18)]),
    rule("8019", "SRIN", &[digits_to(10)]),
    rule("8020", "REF No.", &[text(25)]),
    rule("8026", "ITIP CONTENT", &[checked(14), digits(4)]),
    rule("8030", "DIGSIG", &[Part { kind: Kind::Base64, min: 1, max: 90 }]),
    rule("8200", "PRODUCT URL", &[text(70)]),
    rule("90", "INTERNAL", &[text(30)]),
    rule("91", "INTERNAL", &[text(90)]),
    rule("92", "INTERNAL", &[text(90)]),
    rule("93", "INTERNAL", &[text(90)]),
    rule("94", "INTERNAL", &[text(90)]),
    rule("95", "INTERNAL", &[text(90)]),
    rule("96", "INTERNAL", &[text(90)]),
    rule("97", "INTERNAL", &[text(90)]),
    rule("98", "INTERNAL", &[text(90)]),
    rule("99", "INTERNAL", &[text(90)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_known_in_advance_agree_with_the_formats() {
        for rule in RULES {
            let ai = format!("{}{}", rule.ai, if rule.is_measure { "0" } else { "" });
            if let Some(length) = predefined_length(&ai) {
                let min: usize = rule.parts.iter().map(|part| part.min).sum();
                let max: usize = rule.parts.iter().map(|part| part.max).sum();
                assert_eq!((min, max), (length, length), "{ai}");
            }
        }
    }

    #[test]
    fn identifiers_are_told_apart_by_their_first_digits() {
        for (nth, rule) in RULES.iter().enumerate() {
            let length = rule.ai.len() + usize::from(rule.is_measure);
            assert_eq!(ai_length(&rule.ai[..2]), Some(length), "{}", rule.ai);
            assert!(RULES[nth + 1..].iter().all(|other| other.ai != rule.ai), "{} twice", rule.ai);
            let open = rule.parts.iter().position(|part| part.min != part.max);
            assert!(open.is_none_or(|at| at + 1 == rule.parts.len()), "{}", rule.ai);
        }
    }
}
