-- From which number of the record on someone is in the directory; NULL if it was not noted. What the staff
-- share was said before that without them.
ALTER TABLE people ADD COLUMN since_n INTEGER;
