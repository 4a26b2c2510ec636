//! Stories through the whole system; see `tests/`.
