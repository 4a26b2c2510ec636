//! What fills the gaps of a template: typed values by name, formatted by each reader.

use std::collections::BTreeMap;

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use crate::lenient::{known, more};

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
}

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
