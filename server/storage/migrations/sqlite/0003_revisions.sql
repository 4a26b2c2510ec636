-- Later words about a message: what its author made of it, and that it is gone from the screens. A row
-- has an effect where author and conversation are those of the message.
CREATE TABLE edit (
    n INTEGER PRIMARY KEY,
    message BLOB NOT NULL,
    author INTEGER NOT NULL,
    conversation TEXT NOT NULL
) STRICT;
CREATE INDEX edit_by_message ON edit (message, n);

CREATE TABLE deletion (
    message BLOB NOT NULL,
    author INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (message, author, conversation)
) STRICT, WITHOUT ROWID;

-- When a message goes for ever; NULL if it stays, or is gone.
ALTER TABLE fact ADD COLUMN expires_at_ms INTEGER;
CREATE INDEX fact_by_expiry ON fact (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
