-- The words of messages, by their numbers, and marks beside them; see search.rs. The index holds no text:
-- it is made from the facts. The words are folded before they come here.
CREATE TABLE message_words (
    n BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX message_words_by_word ON message_words USING GIN (words);

-- Up to which fact the index has heard of the record.
CREATE TABLE indexed (
    id BIGINT PRIMARY KEY,
    up_to BIGINT NOT NULL
);
INSERT INTO indexed (id, up_to) VALUES (1, 0);
