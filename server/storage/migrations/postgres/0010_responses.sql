-- The first answer (1) and the first acknowledgement (0) of each person to each message; made from the facts,
-- as far as `indexed` says.
CREATE TABLE response (
    message BYTEA NOT NULL,
    person BIGINT NOT NULL,
    how BIGINT NOT NULL,
    id BYTEA NOT NULL,
    responded_at_ms BIGINT NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (message, person, how)
);
CREATE INDEX response_by_id ON response (id);
CREATE INDEX response_by_asked ON response (asked_at_ms);
