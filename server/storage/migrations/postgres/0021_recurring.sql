-- Trips that come again and again, as they were set, and how far they are planned.
CREATE TABLE recurring_trip (
    reference TEXT PRIMARY KEY,
    set_by BIGINT NOT NULL,
    -- What was set, as JSON.
    definition TEXT NOT NULL,
    set_at_ms BIGINT NOT NULL,
    -- The last day that was looked at; nothing, while none was.
    planned_until TEXT,
    -- When to look again.
    due_at_ms BIGINT NOT NULL,
    -- Why it could not be planned.
    problem TEXT
);

-- All that is about trips and stops, for those who follow that alone. The numbers stand in `kind.rs` of the protocol.
CREATE INDEX fact_of_trips ON fact (n) WHERE kind BETWEEN 120 AND 127;
