//! The front door from the outside: raw sockets over real TLS, and a real client library.

mod answers;
mod attacks;
mod bytes_of;
mod flow;
mod support;
mod takeover;
