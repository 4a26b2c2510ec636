-- The words of messages and edits, by the rowid of their fact, and marks beside them. The index holds no
-- text: it is made from the facts when somebody searches. The words are folded before they come here.
CREATE VIRTUAL TABLE message_words USING fts5(
    words,
    content = '',
    contentless_delete = 1,
    detail = 'none',
    prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 0"
);

-- Up to which rowid of the facts the index is made.
ALTER TABLE progress ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;
