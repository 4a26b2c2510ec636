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
    /// Messages go for ever so many seconds after they were recorded, from [`crate::EXPIRES_AFTER_S_MIN`]
    /// to [`crate::EXPIRES_AFTER_S_MAX`]: those that are written from here on, on every device. One that
    /// names a shorter time itself goes then.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after_s: Option<u32>,
}

impl GroupSettings {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
