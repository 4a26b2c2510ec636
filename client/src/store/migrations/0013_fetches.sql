-- A file that a message promises is of no stop.
CREATE TABLE promised (
    fact BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    stop BLOB,
    class INTEGER NOT NULL,
    ended INTEGER,
    ended_n INTEGER,
    PRIMARY KEY (fact, sha256)
) WITHOUT ROWID;
INSERT INTO promised SELECT fact, sha256, size, stop, class, ended, ended_n FROM uploads;
DROP TABLE uploads;
ALTER TABLE promised RENAME TO uploads;

-- Files of messages that this person wants to have here, and how much of each has come. What is here whole is in `files`
-- as well, and stays until its message goes or the person lets go of it.
CREATE TABLE fetches (
    sha256 BLOB PRIMARY KEY,
    message BLOB NOT NULL,
    size INTEGER NOT NULL,
    name BLOB NOT NULL,
    key BLOB NOT NULL,
    got INTEGER NOT NULL,
    -- NULL while it comes, 0 once it is here; any other number but the next is that of a problem.
    ended INTEGER
) WITHOUT ROWID;
