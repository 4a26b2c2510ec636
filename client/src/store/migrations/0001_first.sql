-- The store of one enrolment. Times end in _ms and are milliseconds since 1970 (UTC).

-- Who this device speaks for, and where the server is.
CREATE TABLE enrolment (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    enrolment BLOB NOT NULL,
    device BLOB NOT NULL,
    person INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    host TEXT NOT NULL,
    https_port INTEGER NOT NULL,
    mqtt_port INTEGER NOT NULL,
    credential TEXT NOT NULL,
    ca_pem TEXT NOT NULL,
    signing_key BLOB NOT NULL
) STRICT;

-- The cursor, and the marks that the server has not confirmed (CBOR).
CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    stored_marks BLOB NOT NULL,
    read_marks BLOB NOT NULL,
    skew_ms INTEGER,
    writes INTEGER NOT NULL
) STRICT;

INSERT INTO progress (one, epoch, n, stored_marks, read_marks, writes)
VALUES (1, 0, 0, x'80', x'80', 0);

CREATE TABLE lanes (
    conversation TEXT PRIMARY KEY,
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every fact that this device knows, its own from the moment of the tap. `content` is kept as its
-- author wrote it, so that a kind that is newer than this version is understood after an update.
CREATE TABLE facts (
    id BLOB PRIMARY KEY,
    conversation TEXT,
    author INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    content BLOB NOT NULL,
    offset_minutes INTEGER NOT NULL,
    skew_ms INTEGER,
    -- Its place in the record; NULL while it waits.
    epoch INTEGER,
    n INTEGER,
    recorded_at_ms INTEGER,
    -- 0 if this version did not know the kind when it came.
    understood INTEGER NOT NULL
) STRICT;

CREATE INDEX facts_by_conversation ON facts (conversation, epoch, n);
CREATE INDEX facts_by_author ON facts (author, n);

-- Own copies of what this person said. They go when the server's record is safe.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY REFERENCES facts (id),
    number INTEGER NOT NULL,
    needs BLOB,
    -- 0 waits, 1 accepted, 2 rejected.
    state INTEGER NOT NULL,
    -- Where it was accepted, or the end of the record when it was rejected.
    epoch INTEGER,
    n INTEGER,
    code INTEGER,
    discarded INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_by_state ON outbox (state);

-- How far each message has come with each recipient, by the recipient's clock. First time wins.
CREATE TABLE receipts (
    message BLOB NOT NULL,
    person INTEGER NOT NULL,
    delivered_at_ms INTEGER,
    read_at_ms INTEGER,
    acknowledged_at_ms INTEGER,
    PRIMARY KEY (message, person)
) STRICT, WITHOUT ROWID;

-- How far the moves of each person have been applied to own messages.
CREATE TABLE receipt_progress (
    person INTEGER NOT NULL,
    -- 2 delivered (conversation ''), 3 read.
    state INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    PRIMARY KEY (person, state, conversation)
) STRICT, WITHOUT ROWID;

-- How far this person has read.
CREATE TABLE reads (
    conversation TEXT PRIMARY KEY,
    up_to INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL
) STRICT;

CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Who may read a group, from one number of the record to another.
CREATE TABLE members (
    group_id INTEGER NOT NULL,
    person INTEGER NOT NULL,
    since_n INTEGER NOT NULL,
    until_n INTEGER,
    PRIMARY KEY (group_id, person, since_n)
) STRICT, WITHOUT ROWID;
