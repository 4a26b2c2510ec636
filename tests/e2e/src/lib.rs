//! Stories through the whole system.
