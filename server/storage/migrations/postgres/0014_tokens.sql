-- What programs are given instead of a credential: only hashes are kept.
CREATE TABLE api_token (
    hash BYTEA PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    enrolment BYTEA NOT NULL REFERENCES enrolment (enrolment),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX api_token_by_enrolment ON api_token (enrolment);
