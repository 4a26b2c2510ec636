-- What was opened to this person and is still to be fetched: what a conversation said before this number,
-- and the epoch in which it was opened.
CREATE TABLE openings (
    conversation TEXT PRIMARY KEY,
    before_n INTEGER NOT NULL,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether those who join may read what was said before: 1 for yes.
ALTER TABLE groups ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
