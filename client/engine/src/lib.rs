//! The deciding core of the client: outbox, inbox, cursor and link, without I/O.
