-- Messages that wait to be acknowledged: the number of each, from when on the minutes of its chain
-- count, its chain (NULL: its recipients are reminded), and its next step.
CREATE TABLE watch (
    message BYTEA PRIMARY KEY,
    n BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    chain BIGINT,
    step BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL
);
CREATE INDEX watch_by_due ON watch (due_at_ms);

-- Messages by which others were told one that was watched.
CREATE TABLE watch_copy (
    copy BYTEA PRIMARY KEY,
    message BYTEA NOT NULL
);

-- What follows when nobody acknowledges: the steps of the contract in JSON.
CREATE TABLE chain (
    chain BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    steps TEXT NOT NULL
);
