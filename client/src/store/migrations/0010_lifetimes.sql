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

-- What an older version has stored goes as well. What was brought along a chain says so inside, and stands
-- between two people alone: where those have said how long they keep it, each message is looked at again.
UPDATE facts SET fleeting = 1 WHERE broadcast IS NULL AND kind IN (1, 2, 6, 8, 9, 100, 101);
UPDATE facts SET understood = 0 WHERE n IS NOT NULL AND kind IN (1, 2, 6, 8, 9, 100, 101)
    AND conversation IN (SELECT conversation FROM facts WHERE kind = 116);

-- How groups are run is looked at once more, and so is what the server has taken off the screens.
UPDATE facts SET understood = 0 WHERE n IS NOT NULL
    AND (kind IN (21, 24) OR (kind = 5 AND author = 0));
