-- Files that messages promise, and that travel by themselves.
CREATE TABLE attached (
    fact BLOB PRIMARY KEY,
    author INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attached_by_hash ON attached (sha256, author);

-- Files that nothing promises, since when that was seen first.
CREATE TABLE orphan (
    sha256 BLOB PRIMARY KEY,
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Links to single files that end by themselves: only hashes of their secrets are kept.
CREATE TABLE file_link (
    hash BLOB PRIMARY KEY,
    author INTEGER NOT NULL,
    -- What shows it: a message, or the evidence of a stop.
    message BLOB,
    stop BLOB,
    sha256 BLOB NOT NULL,
    name TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_link_by_author ON file_link (author, expires_at_ms);
