-- How often the record was written to: who has seen the last of it need not read again what it left.
ALTER TABLE head ADD COLUMN commits BIGINT NOT NULL DEFAULT 0;
