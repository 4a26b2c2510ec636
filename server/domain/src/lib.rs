//! The deciding core of the server.
//!
//! It answers four questions and does nothing else: what becomes of a batch of requests
//! ([`decide`]), who may do what ([`access`]), which device is pushed what ([`live`]), and what the
//! audit tree says ([`audit`]).
//! Whoever calls it reads what the batch needs ([`Wanted`] → [`Known`]), decides, writes the
//! [`Decision`] in the same transaction and only then lets anyone see it.
//!
//! It refuses to know a database, a network, a clock or a random number: time and salts are
//! arguments.

pub mod access;
pub mod audit;
mod batch;
mod broadcast;
mod cases;
mod check;
mod decide;
mod deed;
mod escalation;
mod evidence;
mod expiry;
mod known;
pub mod live;
mod marks;
mod notifications;
pub mod page;
mod record;
mod reports;
pub mod rights;
mod roster;
mod runs;
mod trips;
pub mod uplink;
mod wanted;

pub use batch::{Actor, Deed, DeedDone, Reply, Request};
pub use broadcast::wanted_by_broadcasts;
pub use decide::{Clockwork, decide};
pub use escalation::{Watch, Watching, edited, wanted_by_steps, wanted_by_watches};
pub use evidence::is_signed_by;
pub use known::{
    EnrolmentState, GroupState, Known, Past, PastOutcome, PersonState, Reached, TokenState,
};
pub use marks::{AuthorsOf, MarkRange, ranges};
pub use record::{Decision, Head, LaneMoved, Recorded, Rejection, StoredUpTo};
pub use roster::{Roster, ShiftState, wanted_by_roster};
pub use wanted::Wanted;
