//! What an engine decides: in stories, under random happenings, and its bounds.

mod hand;
mod limits;
mod links;
mod outbox;
mod random;
mod stories;
mod tablet;
