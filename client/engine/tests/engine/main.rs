//! What an engine decides: in stories, under random happenings, and its bounds.

mod doing;
mod edges;
mod fetches;
mod hand;
mod limits;
mod links;
mod openings;
mod outbox;
mod random;
mod stories;
mod tablet;
mod uploads;
