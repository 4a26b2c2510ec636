-- What followed because nobody had acknowledged a message, and 1 where someone has stopped it: which
-- message each of these facts is about.
CREATE TABLE escalations (
    id BLOB PRIMARY KEY,
    message BLOB NOT NULL,
    stopped INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX escalations_by_message ON escalations (message);
