//! Who looks after whom, and who works when.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::ContentError;
use super::check::{at_most, not_blank};
use crate::{COVERAGE_DISPATCHERS_MAX, COVERAGE_DRIVERS_MAX, Millis, NAME_CHARS_MAX, PersonId};
use crate::{SHIFT_HOURS_MAX, frame::is_false};

/// Which dispatchers look after which drivers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// The name on the screen.
    #[n(0)]
    #[cfg_attr(feature = "openapi", schema(example = "North", min_length = 1, max_length = 80))]
    pub name: String,
    /// Who looks after them: people of the staff, at most [`crate::COVERAGE_DISPATCHERS_MAX`].
    #[n(1)]
    #[serde(default)]
    pub dispatchers: Vec<PersonId>,
    /// After whom, at most [`crate::COVERAGE_DRIVERS_MAX`].
    #[n(2)]
    #[serde(default)]
    pub drivers: Vec<PersonId>,
}

impl Coverage {
    pub(super) fn check(&self) -> Result<(), ContentError> {
        not_blank("name", &self.name, NAME_CHARS_MAX)?;
        at_most("dispatchers", self.dispatchers.len(), COVERAGE_DISPATCHERS_MAX)?;
        at_most("drivers", self.drivers.len(), COVERAGE_DRIVERS_MAX)
    }
}

/// When someone works.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shift {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// From when on (milliseconds since 1970).
    #[n(1)]
    pub from: Millis,
    /// Until when, exclusive; at most [`crate::SHIFT_HOURS_MAX`] hours later.
    #[n(2)]
    pub until: Millis,
    /// Whether they are on call then: whom a chain tells what nobody has acknowledged.
    #[n(3)]
    #[cbor(skip_if = "is_false")]
    #[serde(default)]
    pub on_call: bool,
}

impl Shift {
    /// Whether it is at this time.
    pub fn covers(&self, at: Millis) -> bool {
        (self.from..self.until).contains(&at)
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        let hours_max = SHIFT_HOURS_MAX * 60 * 60 * 1000;
        match self.until.checked_sub(self.from).is_some_and(|long| (1..=hours_max).contains(&long))
        {
            true => Ok(()),
            false => {
                let what = format!("must be after `from`, at most {SHIFT_HOURS_MAX} hours");
                Err(ContentError { field: "until", what })
            }
        }
    }
}
