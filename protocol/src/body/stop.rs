//! What is done at a stop, and what follows from it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{ContentError, Place, ReasonCode, SignedManifest, StopKind};
use crate::{FactId, Millis, STALE_FIX_MS, StopId};

/// How far a stop is.
///
/// ```
/// use waypost_protocol::StopState::*;
///
/// assert!(Assigned.may_become(Completed), "nobody has to tap everything");
/// assert!(Attempted.may_become(Completed), "there is a second try");
/// assert!(!Cancelled.may_become(Completed), "someone has to decide");
/// ```
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
pub enum StopState {
    /// Planned.
    #[default]
    #[n(0)]
    Assigned,
    /// Its driver has accepted it.
    #[n(1)]
    Accepted,
    /// On the way there.
    #[n(2)]
    EnRoute,
    /// There.
    #[n(3)]
    Arrived,
    /// Loading or unloading.
    #[n(4)]
    Servicing,
    /// Done.
    #[n(5)]
    Completed,
    /// Tried in vain; there may be another try.
    #[n(6)]
    Attempted,
    /// The goods were not taken.
    #[n(7)]
    Refused,
    /// Not to be done any more.
    #[n(8)]
    Cancelled,
}

impl StopState {
    /// Every state, in the order in which a stop goes through them.
    pub const ALL: [Self; 9] = [
        Self::Assigned,
        Self::Accepted,
        Self::EnRoute,
        Self::Arrived,
        Self::Servicing,
        Self::Completed,
        Self::Attempted,
        Self::Refused,
        Self::Cancelled,
    ];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Accepted => "accepted",
            Self::EnRoute => "en-route",
            Self::Arrived => "arrived",
            Self::Servicing => "servicing",
            Self::Completed => "completed",
            Self::Attempted => "attempted",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing is left to do.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::Cancelled)
    }

    /// Whether it says how it went at the stop.
    pub fn is_outcome(self) -> bool {
        matches!(self, Self::Completed | Self::Attempted | Self::Refused)
    }

    /// The status in element 1650 (AT701) of a shipment status message of X12 (transaction set 214), if there is
    /// one that says the same.
    pub fn x12(self, kind: StopKind) -> Option<&'static str> {
        let at_pickup = kind == StopKind::Pickup;
        match self {
            Self::Assigned => None,
            Self::Accepted => Some("XB"),
            Self::EnRoute => Some("X6").filter(|_| !at_pickup),
            Self::Arrived if at_pickup => Some("X3"),
            Self::Arrived => Some("X1"),
            Self::Servicing => None,
            Self::Completed if at_pickup => Some("CP"),
            Self::Completed => Some("D1"),
            Self::Attempted => Some("AH").filter(|_| !at_pickup),
            Self::Refused => Some("A7").filter(|_| !at_pickup),
            Self::Cancelled => Some("CA"),
        }
    }

    /// The status in Recommendation 24 of UNECE, as a status message of UN/EDIFACT (IFTSTA) tells it, if there is
    /// one that says the same.
    pub fn rec24(self, kind: StopKind) -> Option<&'static str> {
        let at_pickup = kind == StopKind::Pickup;
        match self {
            Self::Assigned => None,
            Self::Accepted => Some("321"),
            Self::EnRoute => Some("31").filter(|_| !at_pickup),
            Self::Arrived => Some("1"),
            Self::Servicing if at_pickup => Some("132"),
            Self::Servicing => Some("135"),
            Self::Completed if at_pickup => Some("13"),
            Self::Completed => Some("21"),
            Self::Attempted if at_pickup => Some("53"),
            Self::Attempted => Some("210"),
            Self::Refused => Some("106").filter(|_| !at_pickup),
            Self::Cancelled => Some("324"),
        }
    }

    /// Whether a stop that is so may become so. On the way everything may follow everything: people drive
    /// on, and come back. What is final stays, unless dispatch decides otherwise.
    pub fn may_become(self, next: Self) -> bool {
        match next {
            Self::Assigned => false,
            Self::Accepted => self == Self::Assigned,
            _ => !self.is_final() && self != next,
        }
    }
}

/// How well a device knew where it was.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Fix {
    /// It knew.
    #[n(0)]
    Current,
    /// It knew where it had been, more than [`crate::STALE_FIX_MS`] before.
    #[n(1)]
    Stale,
    /// It looked, and did not know.
    #[default]
    #[n(2)]
    None,
    /// It was not allowed to look.
    #[n(3)]
    Denied,
}

/// Where a device was.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GeoStamp {
    /// How well it knew.
    #[n(0)]
    pub fix: Fix,
    /// Where, if it knew.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it was there, by its clock, if it knew.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
}

impl GeoStamp {
    /// What a fix of that time is worth now.
    pub fn of(place: Place, at: Millis, now: Millis) -> Self {
        let is_stale = now.saturating_sub(at) > STALE_FIX_MS;
        let fix = if is_stale { Fix::Stale } else { Fix::Current };
        Self { fix, place: Some(place), at: Some(at) }
    }

    /// Without a place.
    pub fn without(fix: Fix) -> Self {
        Self { fix, place: None, at: None }
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        self.place.iter().try_for_each(Place::check)?;
        let knows = matches!(self.fix, Fix::Current | Fix::Stale);
        match (self.place.is_some(), self.at.is_some()) == (knows, knows) {
            true => Ok(()),
            false => {
                let what = "there is a place and a time if the device knew them".into();
                Err(ContentError { field: "at", what })
            }
        }
    }
}

/// A stop becomes so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopMove {
    /// Which stop.
    #[n(0)]
    pub stop: StopId,
    /// What it becomes: anything but `assigned`.
    #[n(1)]
    pub to: StopState,
    /// Why, if it did not go as planned.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// The fact with the plan that its author had before their eyes.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<FactId>,
    /// Where the device was.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<GeoStamp>,
    /// What proves it.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Box<SignedManifest>>,
}

impl StopMove {
    /// That stop becomes so, and nothing else is said.
    pub fn to(stop: StopId, to: StopState) -> Self {
        Self { stop, to, reason: None, seen: None, at: None, proof: None }
    }

    /// Checks that it leads somewhere, and what it proves. Whether the stop may become so now, the record
    /// tells.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        let wrong = |field, what: &str| Err(ContentError { field, what: what.into() });
        if self.to == StopState::Assigned {
            return wrong("to", "a stop is assigned by its plan");
        }
        self.at.iter().try_for_each(GeoStamp::check)?;
        let Some(proof) = &self.proof else { return Ok(()) };
        let manifest = proof.manifest()?;
        if manifest.stop != self.stop || manifest.outcome != self.to {
            return wrong("proof", "proves another stop, or another outcome");
        }
        manifest.check()
    }
}
