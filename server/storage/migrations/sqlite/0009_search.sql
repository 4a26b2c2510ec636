-- The words of messages, by their numbers, and marks beside them; see search.rs. The index holds no text:
-- it is made from the facts. The words are folded before they come here.
CREATE VIRTUAL TABLE message_words USING fts5(
    words,
    content = '',
    contentless_delete = 1,
    detail = 'none',
    prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 0"
);

-- Up to which fact the index has heard of the record.
CREATE TABLE indexed (
    id INTEGER PRIMARY KEY,
    up_to INTEGER NOT NULL
) STRICT;
INSERT INTO indexed (id, up_to) VALUES (1, 0);
