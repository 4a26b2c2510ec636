-- The end of the record: one row, locked by every commit.
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    last_person INTEGER NOT NULL,
    last_group INTEGER NOT NULL,
    backed_up_to INTEGER NOT NULL,
    origin TEXT NOT NULL
) STRICT;

-- Where each epoch began: facts beyond after_n belong to it or a later one.
CREATE TABLE epoch (
    epoch INTEGER PRIMARY KEY,
    after_n INTEGER NOT NULL
) STRICT;

-- Every fact, in order. The leaf outlives content and salt when they are erased.
CREATE TABLE fact (
    n INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    author INTEGER NOT NULL,
    enrolment BLOB,
    conversation TEXT,
    kind INTEGER NOT NULL,
    content BLOB,
    salt BLOB,
    offset_minutes INTEGER NOT NULL,
    skew_ms INTEGER,
    recorded_at_ms INTEGER NOT NULL,
    digest BLOB NOT NULL,
    leaf BLOB NOT NULL
) STRICT;
CREATE INDEX fact_by_conversation ON fact (conversation, n);

-- What was refused for ever, so that a repeat gets the same answer.
CREATE TABLE rejection (
    id BLOB PRIMARY KEY,
    author INTEGER NOT NULL,
    digest BLOB NOT NULL,
    code INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    person INTEGER PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    pseudonym BLOB NOT NULL,
    added_n INTEGER NOT NULL
) STRICT;

CREATE TABLE enrolment (
    enrolment BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (person),
    device BLOB NOT NULL,
    device_name TEXT NOT NULL,
    credential_hash BLOB NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    enrolled_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    stored_up_to INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_by_person ON enrolment (person);

CREATE TABLE token (
    token_hash BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (person),
    issued_by INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE lane (
    enrolment BLOB NOT NULL,
    conversation TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (enrolment, conversation)
) STRICT, WITHOUT ROWID;

-- The newest fact of each conversation, so that a pull passes by what has not changed.
CREATE TABLE conversation (
    conversation TEXT PRIMARY KEY,
    last_n INTEGER NOT NULL,
    title TEXT
) STRICT, WITHOUT ROWID;

-- Who reads a conversation from which fact on (exclusive) and up to which (inclusive).
CREATE TABLE membership (
    person INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    from_n INTEGER NOT NULL,
    to_n INTEGER,
    PRIMARY KEY (person, conversation, from_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_conversation ON membership (conversation, person);

CREATE TABLE read_mark (
    person INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (person, conversation)
) STRICT, WITHOUT ROWID;

-- The rows of each receipts fact n, and which authors each concerns.
CREATE TABLE receipt (
    n INTEGER NOT NULL,
    position INTEGER NOT NULL,
    person INTEGER NOT NULL,
    state INTEGER NOT NULL,
    conversation TEXT,
    up_to INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (n, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_by_person ON receipt (person, state, up_to);

CREATE TABLE receipt_author (
    author INTEGER NOT NULL,
    n INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (author, n, position)
) STRICT, WITHOUT ROWID;

-- Signed statements about the audit tree.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    signature BLOB NOT NULL,
    signed_at_ms INTEGER NOT NULL
) STRICT;
