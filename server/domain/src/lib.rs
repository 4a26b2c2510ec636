//! The deciding core of the server: what becomes of a batch, who may what, and the audit tree, without I/O.
