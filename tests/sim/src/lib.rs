//! The engine and the domain over a simulated network, store and clock.
