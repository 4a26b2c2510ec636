-- Files that messages promise, and that travel by themselves.
CREATE TABLE attached (
    fact BYTEA PRIMARY KEY,
    author BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL
);
CREATE INDEX attached_by_hash ON attached (sha256, author);

-- Files that nothing promises, since when that was seen first.
CREATE TABLE orphan (
    sha256 BYTEA PRIMARY KEY,
    since_ms BIGINT NOT NULL
);

-- Links to single files that end by themselves: only hashes of their secrets are kept.
CREATE TABLE file_link (
    hash BYTEA PRIMARY KEY,
    author BIGINT NOT NULL,
    -- What shows it: a message, or the evidence of a stop.
    message BYTEA,
    stop BYTEA,
    sha256 BYTEA NOT NULL,
    name TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX file_link_by_author ON file_link (author, expires_at_ms);
