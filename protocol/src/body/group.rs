//! How a group is run.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::frame::is_false;

/// What is allowed in a group beyond the rights of its members' roles.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GroupSettings {
    /// Only moderators write messages; the others read, and acknowledge.
    #[n(0)]
    #[cbor(skip_if = "is_false")]
    pub announcements: bool,
    /// Members may leave by themselves.
    #[n(1)]
    #[cbor(skip_if = "is_false")]
    pub leaving: bool,
    /// Who joins from here on may read what was said before.
    #[n(2)]
    #[cbor(skip_if = "is_false")]
    pub history: bool,
}

impl GroupSettings {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
