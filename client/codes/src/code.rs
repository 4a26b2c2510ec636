//! A code that was read.

use std::fmt;

use crate::gs1::{Gs1, Gs1Error, is_web_address};

/// A code that was read.
#[derive(Clone, PartialEq, Debug)]
pub struct Code {
    /// What kind of symbol it is.
    pub format: Format,
    /// What it says. FNC1 within it is [`crate::SEPARATOR`]; one that stands first is left out, as
    /// [`Code::symbology`] says it. At most [`crate::TEXT_MAX`] bytes.
    pub text: String,
    /// The symbology identifier of ISO/IEC 15424 (`]C1`, `]d2`), if the symbol says that its text is GS1.
    pub symbology: Option<String>,
    /// Where it is in the picture that was given, in pixels from its upper left corner: four corners of a symbol of
    /// two dimensions, the two ends of a line through one that has bars only, or none. They are as exact as the finder
    /// is: enough to mark the place, not to cut it out.
    pub corners: Vec<Corner>,
}

/// A point of a picture, in pixels from its upper left corner.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Corner {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// What kind of symbol a code is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// QR code (ISO/IEC 18004), also its micro and rectangular forms.
    Qr,
    /// Data Matrix (ISO/IEC 16022).
    DataMatrix,
    /// Aztec (ISO/IEC 24778).
    Aztec,
    /// PDF417 (ISO/IEC 15438).
    Pdf417,
    /// Code 128 (ISO/IEC 15417), and with FNC1 in front GS1-128.
    Code128,
    /// Code 39 (ISO/IEC 16388), without a check character; of four characters or more.
    Code39,
    /// EAN-13 (ISO/IEC 15420).
    Ean13,
    /// EAN-8 (ISO/IEC 15420).
    Ean8,
    /// UPC-A (ISO/IEC 15420).
    UpcA,
    /// ITF-14: interleaved 2 of 5 (ISO/IEC 16390) of 14 digits.
    Itf14,
    /// GS1 DataBar (ISO/IEC 24724): omnidirectional.
    DataBar,
    /// GS1 DataBar (ISO/IEC 24724): expanded.
    DataBarExpanded,
}

impl Format {
    /// A name for machines that stays what it is: lower case, digits and hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::DataMatrix => "data-matrix",
            Self::Aztec => "aztec",
            Self::Pdf417 => "pdf417",
            Self::Code128 => "code-128",
            Self::Code39 => "code-39",
            Self::Ean13 => "ean-13",
            Self::Ean8 => "ean-8",
            Self::UpcA => "upc-a",
            Self::Itf14 => "itf-14",
            Self::DataBar => "databar",
            Self::DataBarExpanded => "databar-expanded",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Code {
    /// What it says in terms of GS1; `None` if it does not claim to be GS1: neither by FNC1 or its kind, nor as a GS1
    /// Digital Link. Bar codes of trade (EAN, UPC, ITF-14) are the item's GTIN.
    ///
    /// An address of the web that is no GS1 Digital Link is `None` as well.
    ///
    /// # Errors
    /// If it claims to be GS1 and is not: see [`Gs1::parse`].
    pub fn gs1(&self) -> Option<Result<Gs1, Gs1Error>> {
        match self.format {
            Format::Ean13 | Format::Ean8 | Format::UpcA => {
                Some(Gs1::parse(&format!("(01){:0>14}", self.text)))
            }
            // Others than GS1 use this symbol too: with a check digit that is not GS1's it claims nothing.
            Format::Itf14 => Gs1::parse(&format!("(01){}", self.text)).ok().map(Ok),
            _ if self.symbology.is_some() => Some(Gs1::parse(&self.text)),
            _ if is_web_address(&self.text) => Gs1::parse(&self.text).ok().map(Ok),
            _ => None,
        }
    }
}
