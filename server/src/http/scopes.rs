//! What a token may be used for: less than its person may do, never more.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that a token may be used for.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Reads what its person may read.
    Read,
    /// Says what its person may say: messages, acknowledgements, incidents, what they choose.
    Say,
    /// Does what its person may do beside that: people, groups, templates, shifts, enrolments.
    Manage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 3] = [Self::Read, Self::Say, Self::Manage];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Say => "say",
            Self::Manage => "manage",
        }
    }
}

/// What a token may be used for, in words with a space between.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scopes(pub BTreeSet<Scope>);

/// What a request needs of a token, all of it; `None` if no token is enough: what hands out credentials is done with
/// that of an enrolment alone.
pub fn scopes_of(method: &Method, path: &str) -> Option<&'static [Scope]> {
    const SAYS: [&str; 7] = [
        "/v1/conversations/",
        "/v1/messages/",
        "/v1/broadcasts",
        "/v1/incidents",
        "/v1/cases/",
        "/v1/me/",
        "/v1/uploads",
    ];
    let begins = |paths: &[&str]| paths.iter().any(|it| path.starts_with(it));
    match () {
        // A frame speaks for one device, which keeps its own account of what it said and stored.
        () if begins(&["/v1/me/tokens", "/v1/enrolment-links", "/v1/sync"]) => None,
        () if [Method::GET, Method::HEAD].contains(method) => Some(&[Scope::Read]),
        () if begins(&SAYS) => Some(&[Scope::Say]),
        () => Some(&[Scope::Manage]),
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let scope = |name: &str| {
            let found = Scope::ALL.into_iter().find(|scope| scope.name() == name);
            found.ok_or_else(|| format!("`{name}` is no scope"))
        };
        s.split_whitespace().map(scope).collect::<Result<_, _>>().map(Self)
    }
}
