//! The record on SQLite or PostgreSQL, from one SQL text.
