//! Simulated drivers on real client code, for the demo and for load.
