//! What an engine decides: in stories, under random happenings, and its bounds.

mod limits;
mod links;
mod random;
mod stories;
mod tablet;
