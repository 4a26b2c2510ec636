//! What a person may do, by name. What each name allows is decided in the server's domain.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What a person may do. The rights are in the server's domain.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Role {
    /// Drives, reports, answers.
    #[n(0)]
    Driver,
    /// Looks after drivers.
    #[n(1)]
    Dispatcher,
    /// Runs the server: people, enrolments, revocations.
    #[n(2)]
    Admin,
}

impl Role {
    /// Whether this role works at a desk: it reads the staff stream and sees presence.
    pub fn is_staff(self) -> bool {
        match self {
            Self::Driver => false,
            Self::Dispatcher | Self::Admin => true,
        }
    }

    /// The name, as in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Dispatcher => "dispatcher",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Driver, Self::Dispatcher, Self::Admin]
            .into_iter()
            .find(|role| role.name() == s)
            .ok_or_else(|| format!("`{s}` is no role; use driver, dispatcher or admin"))
    }
}
