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
    /// Works in the office and talks to the staff.
    #[n(3)]
    Colleague,
    /// Checks the record.
    #[n(4)]
    Auditor,
    /// A program: a CRM, an ERP.
    #[n(5)]
    Bot,
}

impl Role {
    /// Every role, from those who drive to those who check.
    pub const ALL: [Role; 6] =
        [Self::Driver, Self::Colleague, Self::Dispatcher, Self::Admin, Self::Bot, Self::Auditor];

    /// Whether this role works at a desk: it reads the staff stream and sees presence.
    pub fn is_staff(self) -> bool {
        match self {
            Self::Driver | Self::Colleague | Self::Auditor | Self::Bot => false,
            Self::Dispatcher | Self::Admin => true,
        }
    }

    /// The name, as in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Dispatcher => "dispatcher",
            Self::Admin => "admin",
            Self::Colleague => "colleague",
            Self::Auditor => "auditor",
            Self::Bot => "bot",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.name() == s).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{s}` is no role; there are {names}")
        })
    }
}
