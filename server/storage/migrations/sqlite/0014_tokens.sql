-- What programs are given instead of a credential: only hashes are kept.
CREATE TABLE api_token (
    hash BLOB PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    enrolment BLOB NOT NULL REFERENCES enrolment (enrolment),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_token_by_enrolment ON api_token (enrolment);
