//! The numbered statements of MQTT 3.1.1 that bind a server, in bytes written by hand over real
//! TLS. `docs/mqtt-conformance.md` says which test holds which statement.

// What helps tests is a test, which clippy does not know.
#![allow(clippy::unwrap_used)]

mod by_hand;
mod connack;
mod connect;
mod connect_fields;
mod delivery;
mod endings;
mod headers;
mod publish;
mod sessions;
mod subscribe;
mod texts;
mod topics;
mod unsubscribe;

// The same house as that of the other tests of the edge; each uses a part of it.
#[allow(dead_code)]
#[path = "../edge/bytes_of.rs"]
mod bytes_of;
#[allow(dead_code)]
#[path = "../edge/support.rs"]
mod support;
