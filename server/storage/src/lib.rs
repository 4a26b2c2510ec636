//! The record on SQLite or PostgreSQL, from one SQL text.
//!
//! [`Db::commit`] is the only way to write facts: lock, read, decide, write, commit, in one
//! transaction. Everything else here reads, or keeps what is no fact (tokens, checkpoints, the
//! mark of the last backup).
//!
//! This crate alone knows which database it is. It refuses to decide anything itself.

mod attached;
mod audit;
mod backup;
mod broadcasts;
mod cases;
mod commit;
mod connect;
mod conversations;
mod decode;
mod enrolments;
mod error;
mod escalations;
mod expiry;
mod facts;
mod history;
mod index;
mod known;
mod migrate;
mod notifications;
mod orphans;
mod people;
mod pools;
mod receipts;
mod recurring;
mod remembered;
mod reports;
mod responses;
mod revisions;
mod roster;
mod search;
mod spoken;
mod sql;
mod templates;
mod tokens;
mod told;
mod tracking;
mod trips;
mod uploads;
mod write;
mod writing;

pub use attached::FileLinkRow;
pub use audit::{AuditLeaf, SignedCheckpoint};
pub use cases::Queued;
pub use connect::{Db, Dialect};
pub use conversations::{ConversationRow, Member};
pub use enrolments::{EnrolmentRow, Proved};
pub use error::StorageError;
pub use escalations::{ChainRow, WatchRow};
pub use facts::FactRow;
pub use people::PersonRow;
pub use receipts::RecipientRow;
pub use recurring::RecurringRow;
pub use responses::{RESPONSES_MAX, ResponseRow};
pub use roster::ShiftRow;
pub use search::{SEARCHED_MAX, Sought};
pub use templates::TemplateRow;
pub use tokens::TokenRow;
pub use tracking::LinkRow;
pub use trips::{Conflicted, TripsOf};
pub use uploads::{FileRow, PromisedRow, UploadRow};
