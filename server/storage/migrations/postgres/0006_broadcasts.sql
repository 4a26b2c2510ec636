-- Whom a broadcast has reached, each with the number of the message that brought it to them.
CREATE TABLE broadcast (
    message BYTEA NOT NULL,
    person BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (message, person)
);
