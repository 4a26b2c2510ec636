-- Evidence in the record: which fact brought it, for which stop, by whom.
CREATE TABLE proof (
    fact BYTEA PRIMARY KEY,
    stop BYTEA NOT NULL,
    author BIGINT NOT NULL
);
CREATE INDEX proof_by_stop ON proof (stop, fact);

-- The bytes that it promises.
CREATE TABLE promised (
    fact BYTEA NOT NULL,
    item BIGINT NOT NULL,
    is_preview BIGINT NOT NULL,
    stop BYTEA NOT NULL,
    author BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (fact, item, is_preview)
);
CREATE INDEX promised_by_hash ON promised (sha256, author);
CREATE INDEX promised_by_stop ON promised (stop, fact, item);

-- Bytes that are here, whole, by what they hash to.
CREATE TABLE file (
    sha256 BYTEA PRIMARY KEY,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    stored_at_ms BIGINT NOT NULL
);

-- Uploads that have begun. How far each has come, its file on the disk of the server tells that took it. A part, which is
-- put together with others, has no hash.
CREATE TABLE upload (
    upload BYTEA PRIMARY KEY,
    author BIGINT NOT NULL,
    sha256 BYTEA,
    size BIGINT NOT NULL,
    touched_at_ms BIGINT NOT NULL
);
CREATE INDEX upload_by_author ON upload (author);
CREATE INDEX upload_by_time ON upload (touched_at_ms);
