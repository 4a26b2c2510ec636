-- From which number of the record on messages of a conversation go for ever, and after how many seconds;
-- NULL: they stay.
CREATE TABLE lifetimes (
    conversation TEXT NOT NULL,
    n INTEGER NOT NULL,
    after_s INTEGER,
    PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;

-- 1 for a message that stays as long as its conversation has it, and after how many seconds it goes by that.
ALTER TABLE facts ADD COLUMN fleeting INTEGER;
ALTER TABLE facts ADD COLUMN lifetime_s INTEGER;
CREATE INDEX facts_by_lifetime ON facts (recorded_at_ms + lifetime_s * 1000)
    WHERE lifetime_s IS NOT NULL AND expired IS NULL;

-- Of a group the same, as its last settings have it.
ALTER TABLE groups ADD COLUMN expires_after_s INTEGER;

-- What still waits may come where that was said; how groups are run is looked at once more.
UPDATE facts SET fleeting = 1 WHERE n IS NULL AND kind IN (1, 2, 6, 8, 9, 100, 101);
UPDATE facts SET understood = 0 WHERE kind IN (21, 24) AND n IS NOT NULL;
