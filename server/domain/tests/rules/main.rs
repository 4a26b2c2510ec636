//! The rules of the domain, a file for each.

mod asked;
mod broadcasts;
mod cases;
mod choices;
mod crew;
mod decisions;
mod ends;
mod escalations;
mod expiry;
mod golden;
mod groups;
mod hears;
mod marks;
mod page;
mod presence;
mod record;
mod reports;
mod revisions;
mod rights;
mod roles;
mod roster;
mod runs;
mod templates;
mod told;
mod wanted;
mod writing;
