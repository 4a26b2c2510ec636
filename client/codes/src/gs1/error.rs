//! What is wrong with a text that should have been GS1.

use std::fmt;

use thiserror::Error;

/// A text that is no GS1: at which identifier, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gs1Error {
    /// The application identifier whose value is at fault; `None` if it is the text as a whole.
    pub ai: Option<String>,
    /// What is wrong.
    pub fault: Gs1Fault,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Gs1Fault {
    /// There is nothing in it.
    #[error("there is no element in it")]
    Empty,
    /// It is longer than any symbol can hold.
    #[error("longer than {} characters", super::LENGTH_MAX)]
    TooLong,
    /// The prefix names a symbology that carries no GS1.
    #[error("the symbology {0} carries no GS1")]
    Symbology(String),
    /// What stands where an identifier should is none that is known.
    #[error("no known application identifier begins with {0:?}")]
    Unknown(String),
    /// The value is too short or too long, in characters.
    #[error("{is} characters, not {min} to {max}")]
    Length {
        /// How long it is.
        is: usize,
        /// How long it is at least.
        min: usize,
        /// How long it is at most.
        max: usize,
    },
    /// The value has a character that may not stand there.
    #[error("{0:?} may not stand in it")]
    Character(char),
    /// The check digit is that of another number.
    #[error("the check digit is {is}, and should be {should_be}")]
    CheckDigit {
        /// What it is.
        is: char,
        /// What the digits before it ask for.
        should_be: char,
    },
    /// There is no such day or time.
    #[error("{0} is no date or time")]
    Date(String),
    /// The same identifier stands there twice, with two values.
    #[error("it stands there twice, with two values")]
    Twice,
    /// It is no address of the web.
    #[error("it is no address of the web")]
    Address,
    /// The address has no primary key in its path.
    #[error("there is no primary key in its path")]
    NoKey,
    /// The path goes on with something that does not qualify its primary key.
    #[error("it does not qualify ({0})")]
    Qualifier(String),
    /// The address is a compressed GS1 Digital Link.
    #[error("compressed GS1 Digital Links are not read")]
    Compressed,
}

impl Gs1Error {
    pub(super) fn whole(fault: Gs1Fault) -> Self {
        Self { ai: None, fault }
    }

    pub(super) fn at(ai: &str, fault: Gs1Fault) -> Self {
        Self { ai: Some(ai.to_owned()), fault }
    }
}

impl fmt::Display for Gs1Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ai {
            Some(ai) => write!(f, "({ai}): {}", self.fault),
            None => write!(f, "{}", self.fault),
        }
    }
}

impl std::error::Error for Gs1Error {}
