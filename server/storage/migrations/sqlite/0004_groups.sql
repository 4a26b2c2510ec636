-- How a group is run: the settings of the contract in JSON. NULL for what is no group.
ALTER TABLE conversation ADD COLUMN settings TEXT;

-- Since which fact a member looks after the group; NULL for who does not.
ALTER TABLE membership ADD COLUMN moderates_from_n INTEGER;
