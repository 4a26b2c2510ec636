-- Which facts are about which trip or stop, so that what each has become is folded from few.
CREATE TABLE of_trips (
    subject BLOB NOT NULL,
    is_stop INTEGER NOT NULL,
    fact BLOB NOT NULL,
    PRIMARY KEY (subject, is_stop, fact)
) WITHOUT ROWID;

-- On which day a trip begins, as it was planned at any time.
CREATE TABLE trip_days (
    day TEXT NOT NULL,
    trip BLOB NOT NULL,
    PRIMARY KEY (day, trip)
) WITHOUT ROWID;

-- Of which trips a stop ever was.
CREATE TABLE trip_stops (
    trip BLOB NOT NULL,
    stop BLOB NOT NULL,
    PRIMARY KEY (trip, stop)
) WITHOUT ROWID;
