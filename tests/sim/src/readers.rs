//! Who may read a fact.

use std::collections::BTreeSet;

use waypost_protocol::PersonId;

/// Who may read a fact.
#[derive(Clone)]
pub(crate) enum Readers {
    Everyone,
    StaffAnd(BTreeSet<PersonId>),
    People(BTreeSet<PersonId>),
}

impl Readers {
    /// Whether a person is among them.
    pub(crate) fn hold(&self, person: PersonId, is_staff: bool) -> bool {
        match self {
            Self::Everyone => true,
            Self::StaffAnd(people) => is_staff || people.contains(&person),
            Self::People(people) => people.contains(&person),
        }
    }
}
