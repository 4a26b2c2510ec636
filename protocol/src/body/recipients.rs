//! To whom a broadcast goes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::ContentError;
use crate::frame::is_false;
use crate::{BROADCAST_GROUPS_MAX, BROADCAST_RECIPIENTS_MAX, PersonId};

/// To whom a broadcast goes: all of these together, each person once, and never its author. Who is in
/// a group, the server says when it records the broadcast.
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
}

impl Recipients {
    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
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
        Ok(())
    }
}
