-- Conversations that the staff read from their beginning, without a row for each of them: what is known
-- about groups, and what the staff share.
ALTER TABLE conversation ADD COLUMN staff_reads INTEGER NOT NULL DEFAULT 0;
UPDATE conversation SET staff_reads = 1 WHERE conversation LIKE 'about-%';
DROP INDEX conversation_about_groups;
CREATE INDEX conversation_of_the_staff ON conversation (last_n) WHERE staff_reads = 1;

-- Who reads what from when until when, by a row of their own or because they are of the staff. The types of
-- both halves must be the same: otherwise the view is made as a whole each time someone asks for a row of it.
CREATE VIEW stay AS
    SELECT person, conversation, from_n, to_n, opened_from_n, moderates_from_n FROM membership
    UNION ALL
    SELECT m.person, c.conversation, CAST(0 AS INTEGER), CAST(NULL AS INTEGER), CAST(NULL AS INTEGER),
        CAST(NULL AS INTEGER)
    FROM membership m JOIN conversation c ON c.staff_reads = 1
    WHERE m.conversation = 'staff' AND m.to_n IS NULL;

-- What has become of what the staff share: the case of the contract in JSON, and beside it what the queue
-- is ordered by.
CREATE TABLE cases (
    conversation TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_open ON cases (priority DESC, since_ms, conversation) WHERE is_open = 1;
