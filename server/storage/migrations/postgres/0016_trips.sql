-- Trips and stops: what each has become, as the contract has it in JSON.
CREATE TABLE trip (
    trip BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    day TEXT NOT NULL,
    driver BIGINT
);
CREATE INDEX trip_by_day ON trip (day, trip);
CREATE INDEX trip_by_driver ON trip (driver, day, trip);

-- A stop is of no trip while a restore has lost its plan. Since when something waits for a decision of dispatch:
-- NULL if nothing does.
CREATE TABLE stop (
    stop BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    trip BYTEA,
    conflict_at_ms BIGINT
);
CREATE INDEX stop_by_trip ON stop (trip, stop);
CREATE INDEX stop_by_conflict ON stop (conflict_at_ms, stop) WHERE conflict_at_ms IS NOT NULL;
