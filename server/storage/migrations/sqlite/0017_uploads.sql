-- Evidence in the record: which fact brought it, for which stop, by whom.
CREATE TABLE proof (
    fact BLOB PRIMARY KEY,
    stop BLOB NOT NULL,
    author INTEGER NOT NULL
) STRICT;
CREATE INDEX proof_by_stop ON proof (stop, fact);

-- The bytes that it promises.
CREATE TABLE promised (
    fact BLOB NOT NULL,
    item INTEGER NOT NULL,
    is_preview INTEGER NOT NULL,
    stop BLOB NOT NULL,
    author INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (fact, item, is_preview)
) STRICT;
CREATE INDEX promised_by_hash ON promised (sha256, author);
CREATE INDEX promised_by_stop ON promised (stop, fact, item);

-- Bytes that are here, whole, by what they hash to.
CREATE TABLE file (
    sha256 BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    stored_at_ms INTEGER NOT NULL
) STRICT;

-- Uploads that have begun. How far each has come, its file on the disk of the server tells that took it. A part, which is
-- put together with others, has no hash.
CREATE TABLE upload (
    upload BLOB PRIMARY KEY,
    author INTEGER NOT NULL,
    sha256 BLOB,
    size INTEGER NOT NULL,
    touched_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_by_author ON upload (author);
CREATE INDEX upload_by_time ON upload (touched_at_ms);
