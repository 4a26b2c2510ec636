-- 1 while a fact is not in the record because that was restored from before it. It stays on the
-- screen; its number means something else by then.
ALTER TABLE facts ADD COLUMN lost INTEGER;
