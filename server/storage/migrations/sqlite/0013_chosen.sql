-- What people have chosen to hear of: the settings of the contract in JSON.
CREATE TABLE chosen (
    person INTEGER PRIMARY KEY,
    state TEXT NOT NULL
) STRICT;
