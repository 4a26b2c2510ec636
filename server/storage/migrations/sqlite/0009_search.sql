-- The words of messages, by their numbers, and marks beside them; see search.rs. The index holds no text:
-- it is made from the facts. The words are folded before they come here. Beginnings of so many letters are
-- found as they stand; for a longer one all words that begin so would be put together at each search.
CREATE VIRTUAL TABLE message_words USING fts5(
    words,
    content = '',
    contentless_delete = 1,
    detail = 'none',
    prefix = '1 2 3 4 5 6 7 8',
    tokenize = "unicode61 remove_diacritics 0"
);

-- Up to which fact the index has heard of the record.
CREATE TABLE indexed (
    id INTEGER PRIMARY KEY,
    up_to INTEGER NOT NULL
) STRICT;
INSERT INTO indexed (id, up_to) VALUES (1, 0);
