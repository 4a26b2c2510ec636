//! What sort of thing has happened.

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use crate::lenient::known;

/// What sort of thing has happened.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum IncidentCategory {
    /// Anything else.
    #[default]
    #[n(0)]
    Other,
    /// Someone calls for help.
    #[n(1)]
    Sos,
    /// A collision, with or without people hurt.
    #[n(2)]
    Accident,
    /// The vehicle does not go on.
    #[n(3)]
    Breakdown,
    /// The way, the gate or the ramp is blocked.
    #[n(4)]
    Obstruction,
    /// Goods are damaged, missing or too warm.
    #[n(5)]
    Cargo,
    /// The customer is absent, refuses or complains.
    #[n(6)]
    Customer,
    /// A theft, a threat, a stranger.
    #[n(7)]
    Security,
    /// Someone is ill.
    #[n(8)]
    Medical,
}

impl IncidentCategory {
    /// Every category, the gravest first.
    pub const ALL: [Self; 9] = [
        Self::Sos,
        Self::Medical,
        Self::Accident,
        Self::Security,
        Self::Breakdown,
        Self::Cargo,
        Self::Obstruction,
        Self::Customer,
        Self::Other,
    ];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Sos => "sos",
            Self::Accident => "accident",
            Self::Breakdown => "breakdown",
            Self::Obstruction => "obstruction",
            Self::Cargo => "cargo",
            Self::Customer => "customer",
            Self::Security => "security",
            Self::Medical => "medical",
        }
    }
}

/// A category that this version does not know is taken for another one: that something has happened
/// matters more than what.
pub(super) fn read_category<C>(
    d: &mut Decoder<'_>,
    ctx: &mut C,
) -> Result<IncidentCategory, Error> {
    Ok(known(d, ctx)?.unwrap_or_default())
}
