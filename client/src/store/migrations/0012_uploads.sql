-- Bytes that lie beside this store, each in a file of its own that this key opens.
CREATE TABLE files (
    sha256 BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    name BLOB NOT NULL,
    key BLOB NOT NULL
) WITHOUT ROWID;

-- What was captured at a stop and is no part of what was said there yet.
CREATE TABLE captured (
    id INTEGER PRIMARY KEY,
    stop BLOB NOT NULL,
    item BLOB NOT NULL
);

-- What facts of this person promise, until the server has it and the record is safe.
CREATE TABLE uploads (
    fact BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    stop BLOB NOT NULL,
    class INTEGER NOT NULL,
    ended INTEGER,
    ended_n INTEGER,
    PRIMARY KEY (fact, sha256)
) WITHOUT ROWID;

-- What may be sent by a network that is paid for by the byte.
ALTER TABLE progress ADD COLUMN on_metered INTEGER NOT NULL DEFAULT 0;
