-- Whom a broadcast has reached, each with the number of the message that brought it to them.
CREATE TABLE broadcast (
    message BLOB NOT NULL,
    person INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (message, person)
) STRICT;
