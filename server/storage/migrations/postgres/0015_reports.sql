-- Messages that were reported or flagged: what became of each, as the contract has it in JSON.
CREATE TABLE reported (
    message BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    is_open BIGINT NOT NULL
);
CREATE INDEX reported_by_time ON reported (is_open, since_ms, message);

-- The rules by which messages are flagged: those of the contract in JSON.
CREATE TABLE flag_rules (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL
);

-- After how many seconds messages of a direct conversation go; NULL if they stay.
ALTER TABLE conversation ADD COLUMN expires_after_s BIGINT;

-- Who judges reads what was reported from the beginning.
INSERT INTO membership (person, conversation, from_n)
    SELECT person, 'reports', 0 FROM person WHERE role = 'admin';
