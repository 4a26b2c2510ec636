-- Messages that wait to be acknowledged: the number of each, from when on the minutes of its chain
-- count, its chain (NULL: its recipients are reminded), and its next step.
CREATE TABLE watch (
    message BLOB PRIMARY KEY,
    n INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    chain INTEGER,
    step INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX watch_by_due ON watch (due_at_ms);

-- Messages by which others were told one that was watched.
CREATE TABLE watch_copy (
    copy BLOB PRIMARY KEY,
    message BLOB NOT NULL
) STRICT;

-- What follows when nobody acknowledges: the steps of the contract in JSON.
CREATE TABLE chain (
    chain INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    steps TEXT NOT NULL
) STRICT;
