-- Who looks after whom: the coverage of the contract in JSON.
CREATE TABLE coverage (
    coverage INTEGER PRIMARY KEY,
    state TEXT NOT NULL
) STRICT;

-- Who works when, by the fact that planned it.
CREATE TABLE shift (
    shift BLOB PRIMARY KEY,
    person INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    on_call INTEGER NOT NULL,
    cancelled INTEGER NOT NULL
) STRICT;
CREATE INDEX shift_by_until ON shift (until_ms);
CREATE INDEX shift_by_person ON shift (person, until_ms);
