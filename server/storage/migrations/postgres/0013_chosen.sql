-- What people have chosen to hear of: the settings of the contract in JSON.
CREATE TABLE chosen (
    person BIGINT PRIMARY KEY,
    state TEXT NOT NULL
);
