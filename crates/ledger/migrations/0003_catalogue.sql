-- Articles of the store, so that a scanned number has a name. An import replaces all of them; when
-- the last one was is in meta under 'catalogue.imported_ms', milliseconds UTC. It is not sent anywhere.
CREATE TABLE catalogue (
    code     TEXT NOT NULL COLLATE NOCASE PRIMARY KEY, -- number as scanned
    name     TEXT NOT NULL,                            -- what it is called
    category TEXT NOT NULL                             -- where the store files it; empty when nowhere
) STRICT, WITHOUT ROWID;
