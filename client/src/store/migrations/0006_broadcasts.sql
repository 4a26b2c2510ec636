-- The broadcast that brought a message to its recipient.
ALTER TABLE facts ADD COLUMN broadcast BLOB;
CREATE INDEX facts_by_broadcast ON facts (broadcast) WHERE broadcast IS NOT NULL;
