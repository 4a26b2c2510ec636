-- Which message each edit is about, own ones from the tap on. It takes effect if its fact has the author
-- and the conversation of the message.
CREATE TABLE edits (
    id BLOB PRIMARY KEY,
    message BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX edits_by_message ON edits (message);

-- Which message each deletion is about, and who is said to have written it.
CREATE TABLE deletions (
    id BLOB PRIMARY KEY,
    message BLOB NOT NULL,
    author INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_by_message ON deletions (message);

-- So many seconds after its recording a message goes for ever, and 1 once it has.
ALTER TABLE facts ADD COLUMN expires_after_s INTEGER;
ALTER TABLE facts ADD COLUMN expired INTEGER;
CREATE INDEX facts_by_expiry ON facts (recorded_at_ms + expires_after_s * 1000)
    WHERE expires_after_s IS NOT NULL AND expired IS NULL;
CREATE INDEX facts_expired ON facts (id) WHERE expired = 1;
