//! What integrators meet: the HTTP interface of a real server over real TLS, as its document says
//! it, and what it answers to everything that is wrong.

mod attachments;
mod broadcasts;
mod cases;
mod certificates;
mod consignees;
mod document;
mod enrolling;
mod escalations;
mod feed;
mod fuzzing;
mod groups;
mod guide;
mod imports;
mod limits;
mod notifications;
mod presence;
mod recurring;
mod refusals;
mod repeats;
mod reports;
mod responses;
mod revisions;
mod rights;
mod roster;
mod search;
mod stores;
mod syncing;
mod templates;
mod tokens;
mod tracking;
mod trips;
mod uploads;
mod websocket;

// Two test binaries share it, and each uses a part.
#[allow(dead_code)]
#[path = "../support/office.rs"]
mod office;

#[allow(dead_code)]
#[path = "../support/venv.rs"]
mod venv;
