//! What Dana does with her fingers, and what comes out of it.

mod day;
mod messages;
mod tablet;
