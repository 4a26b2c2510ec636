-- Links with which a consignee follows a stop: only hashes of their secrets are kept.
CREATE TABLE tracking_link (
    hash BYTEA PRIMARY KEY,
    link BYTEA NOT NULL UNIQUE,
    stop BYTEA NOT NULL,
    made_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX tracking_link_by_stop ON tracking_link (stop);
