//! What fills the gaps of a template: typed values by name, formatted by each reader.

use std::collections::BTreeMap;

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::check::not_blank;
use super::{ContentError, Place};
use crate::lenient::{known, more};
use crate::{NAME_CHARS_MAX, TEXT_CHARS_MAX};

/// The typed arguments of a template, by name.
pub type Arguments = BTreeMap<String, Argument>;

/// One typed argument of a template.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Argument {
    /// Words, shown as they are.
    #[n(0)]
    Text(#[n(0)] String),
    /// A whole number, formatted by the reader's language.
    #[n(1)]
    Number(#[n(0)] i64),
    /// A duration in minutes, formatted with the reader's plural rules.
    #[n(2)]
    Minutes(#[n(0)] u32),
    /// A time of day by the clock on the wall of whom it concerns, in minutes since midnight: below
    /// 1440.
    #[n(3)]
    TimeOfDay(#[n(0)] u16),
    /// A place on the map.
    #[n(4)]
    Place(#[n(0)] Place),
    /// A stop of a trip.
    #[n(5)]
    Stop {
        /// Which, as the server calls it.
        #[n(0)]
        stop: String,
        /// Its name, as the author saw it.
        #[n(1)]
        name: String,
    },
    /// The key of one of the options of the template, shown by its name in the reader's language.
    #[n(6)]
    Choice(#[n(0)] String),
}

impl Argument {
    pub(super) fn check(&self) -> Result<(), ContentError> {
        let wrong = |what: String| Err(ContentError { field: "arguments", what });
        match self {
            Self::Text(text) if text.chars().count() > TEXT_CHARS_MAX => {
                wrong(format!("at most {TEXT_CHARS_MAX} characters in a text"))
            }
            Self::TimeOfDay(minutes) if *minutes >= DAY_MINUTES => {
                wrong(format!("a time of day has fewer than {DAY_MINUTES} minutes"))
            }
            Self::Place(place) => place.check().or_else(|error| wrong(error.what)),
            Self::Stop { stop, name } => {
                not_blank("arguments", stop, NAME_CHARS_MAX)?;
                not_blank("arguments", name, NAME_CHARS_MAX)
            }
            Self::Choice(key) => not_blank("arguments", key, NAME_CHARS_MAX),
            Self::Text(_) | Self::Number(_) | Self::Minutes(_) | Self::TimeOfDay(_) => Ok(()),
        }
    }
}

/// The minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// Reads arguments. One of a type that this version does not know is left out: the template is
/// shown without it, and the content keeps it. A name that stands twice is refused, because two
/// readers could pick different values.
pub(super) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Arguments, Error> {
    let mut arguments = BTreeMap::new();
    let mut left = d.map()?;
    while more(d, &mut left)? {
        let position = d.position();
        let name: String = d.decode()?;
        if arguments.insert(name, known(d, ctx)?).is_some() {
            return Err(Error::message("an argument stands twice").at(position));
        }
    }
    Ok(arguments.into_iter().filter_map(|(name, argument)| Some((name, argument?))).collect())
}
