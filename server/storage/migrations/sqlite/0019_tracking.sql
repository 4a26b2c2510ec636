-- Links with which a consignee follows a stop: only hashes of their secrets are kept.
CREATE TABLE tracking_link (
    hash BLOB PRIMARY KEY,
    link BLOB NOT NULL UNIQUE,
    stop BLOB NOT NULL,
    made_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tracking_link_by_stop ON tracking_link (stop);
