-- Urgent messages of others, so that those which wait for an acknowledgement are found without reading all.
ALTER TABLE facts ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX facts_urgent ON facts (n) WHERE urgent = 1;
