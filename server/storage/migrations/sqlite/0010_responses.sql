-- The first answer (1) and the first acknowledgement (0) of each person to each message; made from the facts,
-- as far as `indexed` says.
CREATE TABLE response (
    message BLOB NOT NULL,
    person INTEGER NOT NULL,
    how INTEGER NOT NULL,
    id BLOB NOT NULL,
    responded_at_ms INTEGER NOT NULL,
    asked_at_ms INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (message, person, how)
) STRICT;
CREATE INDEX response_by_id ON response (id);
CREATE INDEX response_by_asked ON response (asked_at_ms);
