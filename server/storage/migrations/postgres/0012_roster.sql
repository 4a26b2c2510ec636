-- Who looks after whom: the coverage of the contract in JSON.
CREATE TABLE coverage (
    coverage BIGINT PRIMARY KEY,
    state TEXT NOT NULL
);

-- Who works when, by the fact that planned it.
CREATE TABLE shift (
    shift BYTEA PRIMARY KEY,
    person BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    on_call BIGINT NOT NULL,
    cancelled BIGINT NOT NULL
);
CREATE INDEX shift_by_until ON shift (until_ms);
CREATE INDEX shift_by_person ON shift (person, until_ms);
