//! To whom a broadcast goes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::ContentError;
use crate::frame::is_false;
use crate::{BROADCAST_COVERAGES_MAX, BROADCAST_GROUPS_MAX, BROADCAST_RECIPIENTS_MAX, PersonId};

/// To whom a broadcast goes: all of these together, each person once, and never its author. Who is in
/// a group, covered, on call or on shift, the server says when it records the broadcast.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Recipients {
    /// These people, at most [`crate::BROADCAST_RECIPIENTS_MAX`].
    #[n(0)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// Who is in these groups, at most [`crate::BROADCAST_GROUPS_MAX`].
    #[n(1)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<u32>,
    /// Everyone in the directory.
    #[n(2)]
    #[cbor(skip_if = "is_false")]
    #[serde(skip_serializing_if = "is_false")]
    pub everyone: bool,
    /// After whom these coverages look, at most [`crate::BROADCAST_COVERAGES_MAX`].
    #[n(3)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coverages: Vec<u32>,
    /// Who is on call at that moment.
    #[n(4)]
    #[cbor(skip_if = "is_false")]
    #[serde(skip_serializing_if = "is_false")]
    pub on_call: bool,
    /// Of all these only who is on shift at that moment.
    #[n(5)]
    #[cbor(skip_if = "is_false")]
    #[serde(skip_serializing_if = "is_false")]
    pub on_shift: bool,
}

impl Recipients {
    /// Whether there is nothing in it.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        *self == Self { on_shift: self.on_shift, ..Self::default() }
    }

    /// Whether it is for the roster to say who they are.
    pub fn ask_the_roster(&self) -> bool {
        self.on_call || self.on_shift
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        match self.is_empty() {
            true => Err(ContentError { field: "to", what: "names nobody".into() }),
            false => self.check_bounds(),
        }
    }

    pub(super) fn check_bounds(&self) -> Result<(), ContentError> {
        let Self { people, groups, .. } = self;
        if people.len() > BROADCAST_RECIPIENTS_MAX {
            let what = format!("at most {BROADCAST_RECIPIENTS_MAX} people");
            return Err(ContentError { field: "to", what });
        }
        if groups.len() > BROADCAST_GROUPS_MAX {
            let what = format!("at most {BROADCAST_GROUPS_MAX} groups");
            return Err(ContentError { field: "to", what });
        }
        if self.coverages.len() > BROADCAST_COVERAGES_MAX {
            let what = format!("at most {BROADCAST_COVERAGES_MAX} coverages");
            return Err(ContentError { field: "to", what });
        }
        Ok(())
    }
}
