-- What was said before from_n is open to this member from here on (exclusive); NULL if it is not.
ALTER TABLE membership ADD COLUMN opened_from_n INTEGER;

-- What is known about groups lies in streams of its own; the staff read all of them.
CREATE INDEX conversation_about_groups ON conversation (last_n)
    WHERE conversation LIKE 'about-%';
