-- The root over each 1,024 leaves of the audit tree, so that the proof that one is in it costs the same however long
-- the record is.
CREATE TABLE audit_block (
    block BIGINT PRIMARY KEY,
    root BYTEA NOT NULL
);
