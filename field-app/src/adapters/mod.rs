//! One adapter for each global of the screens, named like it.

pub(crate) mod conversation;
pub(crate) mod day;
pub(crate) mod enrolment;
pub(crate) mod link;
pub(crate) mod looks;
pub(crate) mod refused;
pub(crate) mod roster;
pub(crate) mod templates;
pub(crate) mod urgent;
