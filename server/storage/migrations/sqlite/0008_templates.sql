-- The published versions of templates, each with the number of the fact that says what it is.
CREATE TABLE template (
    template TEXT NOT NULL,
    version INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (template, version)
) STRICT;
