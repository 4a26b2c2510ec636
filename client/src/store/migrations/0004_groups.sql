-- How a group is run, and who looks after it: 1 for yes.
ALTER TABLE groups ADD COLUMN announcements INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN moderates INTEGER NOT NULL DEFAULT 0;
