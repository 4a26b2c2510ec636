//! What GS1 has put into a code: application identifiers and their values.
//!
//! It follows the GS1 General Specifications (element strings: section 7.8) and GS1 Digital Link URI Syntax. It looks
//! nothing up: whether a number was ever given out is not known here.

mod check;
mod error;
mod link;
mod table;
mod text;
mod value;

use std::fmt;

pub use error::{Gs1Error, Gs1Fault};
pub use value::{Gs1Date, Gs1Day, Gs1Measure};

pub(crate) use check::check_digit;

/// Most characters of a text that is looked at: more than the largest QR code holds (7,089 digits).
pub const LENGTH_MAX: usize = 8_192;

/// What FNC1 becomes when a symbol is read: the end of a value whose length is not known in advance.
pub const SEPARATOR: char = '\u{1d}';

/// Application identifiers with their values, in the order in which they were read. There is at least one, and each
/// value has the length, the characters, the check digit and the date that its identifier asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gs1 {
    elements: Vec<Element>,
}

/// One application identifier with its value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Element {
    ai: String,
    value: String,
}

impl Gs1 {
    /// Reads an element string as a symbol carries it (`00340123450000000017`, with FNC1 as [`SEPARATOR`] and with or
    /// without a symbology identifier such as `]C1`), what is printed below it (`(00)340123450000000017`), or a GS1
    /// Digital Link URI (`https://id.gs1.org/00/340123450000000017`).
    ///
    /// Which one it is, its first characters tell. Nothing tells an element string from an order number of digits:
    /// ask only for what is known to be GS1.
    ///
    /// # Errors
    /// If it is longer than [`LENGTH_MAX`], names an identifier that is not known, or has a value that its identifier
    /// does not allow.
    pub fn parse(text: &str) -> Result<Self, Gs1Error> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if text.len() > LENGTH_MAX {
            return Err(Gs1Error::whole(Gs1Fault::TooLong));
        }
        let elements = match text {
            _ if is_web_address(text) => link::parse(text)?,
            _ if text.starts_with('(') => text::parse_printed(text)?,
            _ => text::parse_element_string(text)?,
        };
        Self::from_elements(elements)
    }

    /// The same as an element string, without a symbology identifier: FNC1 is a [`SEPARATOR`], and only where one must
    /// stand.
    #[must_use]
    pub fn element_string(&self) -> String {
        let mut text = String::new();
        for (nth, element) in self.elements.iter().enumerate() {
            text.push_str(&element.ai);
            text.push_str(&element.value);
            let is_last = nth + 1 == self.elements.len();
            if !is_last && table::predefined_length(&element.ai).is_none() {
                text.push(SEPARATOR);
            }
        }
        text
    }

    /// All elements, in order.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The value of an application identifier, if it is there.
    #[must_use]
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.elements.iter().find(|element| element.ai == ai).map(Element::value)
    }

    /// Which logistic unit (a pallet, a parcel) this is: 18 digits (00).
    #[must_use]
    pub fn sscc(&self) -> Option<&str> {
        self.value("00")
    }

    /// Which kind of trade item this is: 14 digits (01).
    #[must_use]
    pub fn gtin(&self) -> Option<&str> {
        self.value("01")
    }

    /// Which kind of trade item is in the logistic unit: 14 digits (02).
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        self.value("02")
    }

    /// How many trade items are in the logistic unit (37).
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        self.value("37")?.parse().ok()
    }

    /// Batch or lot (10).
    #[must_use]
    pub fn batch(&self) -> Option<&str> {
        self.value("10")
    }

    /// Serial number (21).
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// The customer's order number (400).
    #[must_use]
    pub fn order(&self) -> Option<&str> {
        self.value("400")
    }

    /// Until when it is at its best (15), or else may be used (17). See [`Gs1Date::seen_in`].
    #[must_use]
    pub fn best_before(&self) -> Option<Gs1Date> {
        Gs1Date::parse(self.value("15").or_else(|| self.value("17"))?)
    }

    /// Net weight in kilograms (310n).
    #[must_use]
    pub fn net_weight(&self) -> Option<Gs1Measure> {
        self.measure("310")
    }

    /// Gross weight in kilograms (330n).
    #[must_use]
    pub fn gross_weight(&self) -> Option<Gs1Measure> {
        self.measure("330")
    }

    /// The measure of a family (`310` to `369`), in the unit that the family stands for.
    #[must_use]
    pub fn measure(&self, family: &str) -> Option<Gs1Measure> {
        let is_of = |element: &&Element| {
            family.len() == 3 && element.ai.len() == 4 && element.ai.starts_with(family)
        };
        self.elements.iter().find(is_of)?.measure()
    }

    /// Takes what was read, once each.
    fn from_elements(read: Vec<Element>) -> Result<Self, Gs1Error> {
        let mut elements: Vec<Element> = Vec::new();
        for element in read {
            match elements.iter().find(|earlier| earlier.ai == element.ai) {
                None => elements.push(element),
                Some(earlier) if earlier.value == element.value => {}
                Some(_) => return Err(Gs1Error::at(&element.ai, Gs1Fault::Twice)),
            }
        }
        if elements.is_empty() {
            return Err(Gs1Error::whole(Gs1Fault::Empty));
        }
        Ok(Self { elements })
    }
}

/// As it is printed below a symbol: `(01)09521234543213(10)ABC123`.
impl fmt::Display for Gs1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements.iter().try_for_each(|element| write!(f, "({}){}", element.ai, element.value))
    }
}

impl Element {
    /// The application identifier: two to four digits.
    #[must_use]
    pub fn ai(&self) -> &str {
        &self.ai
    }

    /// Its value, as it was read.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The short title that GS1 prints beside it, in English; a measure's with its unit.
    #[must_use]
    pub fn title(&self) -> &'static str {
        table::rule_of(&self.ai).map_or("", |rule| rule.title)
    }

    /// The value as a number, if it is a measure (31nn to 36nn).
    #[must_use]
    pub fn measure(&self) -> Option<Gs1Measure> {
        let is_measure =
            self.ai.len() == 4 && self.ai.starts_with('3') && !self.ai.starts_with("39");
        let places = self.ai.bytes().last()?.checked_sub(b'0')?;
        is_measure.then(|| Gs1Measure::parse(&self.value, places)).flatten()
    }

    /// An element whose value follows the rule of its identifier.
    fn checked(ai: &str, value: &str) -> Result<Self, Gs1Error> {
        let unknown = || Gs1Error::whole(Gs1Fault::Unknown(ai.to_owned()));
        let rule = table::rule_of(ai).ok_or_else(unknown)?;
        check::check(ai, rule, value)?;
        Ok(Self { ai: ai.to_owned(), value: value.to_owned() })
    }
}

/// Whether it begins as an address of the web does.
pub(crate) fn is_web_address(text: &str) -> bool {
    let begins = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("https://") || begins("http://")
}
