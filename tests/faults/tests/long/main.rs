//! Faults whose end comes only after a minute, because that is how long a device or a server waits
//! in silence before it gives a connection up. `scripts/test --faults` tells them.

mod certificates;
mod database;
mod network;
