-- The published versions of templates, each with the number of the fact that says what it is.
CREATE TABLE template (
    template TEXT NOT NULL,
    version BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (template, version)
);
