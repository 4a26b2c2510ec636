-- The end of the record: one row, locked by every commit.
CREATE TABLE head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    frontier BYTEA NOT NULL,
    last_person BIGINT NOT NULL,
    last_group BIGINT NOT NULL,
    backed_up_to BIGINT NOT NULL,
    origin TEXT NOT NULL
);

-- Where each epoch began: facts beyond after_n belong to it or a later one.
CREATE TABLE epoch (
    epoch BIGINT PRIMARY KEY,
    after_n BIGINT NOT NULL
);

-- Every fact, in order. The leaf outlives content and salt when they are erased.
CREATE TABLE fact (
    n BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    id BYTEA NOT NULL UNIQUE,
    author BIGINT NOT NULL,
    enrolment BYTEA,
    conversation TEXT,
    kind BIGINT NOT NULL,
    content BYTEA,
    salt BYTEA,
    offset_minutes BIGINT NOT NULL,
    skew_ms BIGINT,
    recorded_at_ms BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    leaf BYTEA NOT NULL
);
CREATE INDEX fact_by_conversation ON fact (conversation, n);

-- What was refused for ever, so that a repeat gets the same answer.
CREATE TABLE rejection (
    id BYTEA PRIMARY KEY,
    author BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    code BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    n BIGINT NOT NULL
);

CREATE TABLE person (
    person BIGINT PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    pseudonym BYTEA NOT NULL,
    added_n BIGINT NOT NULL
);

CREATE TABLE enrolment (
    enrolment BYTEA PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (person),
    device BYTEA NOT NULL,
    device_name TEXT NOT NULL,
    credential_hash BYTEA NOT NULL UNIQUE,
    public_key BYTEA NOT NULL,
    enrolled_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    stored_up_to BIGINT NOT NULL
);
CREATE INDEX enrolment_by_person ON enrolment (person);

CREATE TABLE token (
    token_hash BYTEA PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (person),
    issued_by BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_by BYTEA
);

CREATE TABLE lane (
    enrolment BYTEA NOT NULL,
    conversation TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (enrolment, conversation)
);

-- The newest fact of each conversation, so that a pull passes by what has not changed.
CREATE TABLE conversation (
    conversation TEXT PRIMARY KEY,
    last_n BIGINT NOT NULL,
    title TEXT
);

-- Who reads a conversation from which fact on (exclusive) and up to which (inclusive).
CREATE TABLE membership (
    person BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    from_n BIGINT NOT NULL,
    to_n BIGINT,
    PRIMARY KEY (person, conversation, from_n)
);
CREATE INDEX membership_by_conversation ON membership (conversation, person);

CREATE TABLE read_mark (
    person BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    up_to BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person, conversation)
);

-- The rows of each receipts fact n, and which authors each concerns.
CREATE TABLE receipt (
    n BIGINT NOT NULL,
    position BIGINT NOT NULL,
    person BIGINT NOT NULL,
    state BIGINT NOT NULL,
    conversation TEXT,
    up_to BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (n, position)
);
CREATE INDEX receipt_by_person ON receipt (person, state, up_to);

CREATE TABLE receipt_author (
    author BIGINT NOT NULL,
    n BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (author, n, position)
);
-- Other servers on this record read by number whom new receipts concern. A record on SQLite has one
-- server, which knows it.
CREATE INDEX receipt_author_by_n ON receipt_author (n);

-- Signed statements about the audit tree.
CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    signature BYTEA NOT NULL,
    signed_at_ms BIGINT NOT NULL
);
