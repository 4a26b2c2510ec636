//! A small world for tests: databases, server processes, people with devices.

#[cfg(feature = "people")]
mod person;
pub mod postgres;
#[cfg(feature = "people")]
mod server;
pub mod watchdog;
#[cfg(feature = "people")]
mod world;

#[cfg(feature = "people")]
pub use person::Person;
#[cfg(feature = "people")]
pub use server::{Ports, ServerProcess, built};
#[cfg(feature = "people")]
pub use world::{On, World};
