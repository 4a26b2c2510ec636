//! A small world for tests: databases, a server in the process, people with devices.

pub mod postgres;
