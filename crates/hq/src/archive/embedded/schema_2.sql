-- Headquarters, schema 2: contacts that visitors left.

-- The public half of the key that opens contacts, JSON; NULL until one is made. The private half is
-- in a file of its own, which is kept offline.
ALTER TABLE headquarters ADD COLUMN contact_key TEXT;

CREATE TABLE contacts (
    id          BLOB    NOT NULL PRIMARY KEY, -- UUID, 16 bytes
    visit       BLOB    NOT NULL,             -- UUID of the visit, 16 bytes
    store       TEXT    NOT NULL,             -- where it was left
    device      INTEGER NOT NULL,             -- devices.number: only that device changes or erases it
    code        TEXT    NOT NULL,             -- receipt code that the visitor holds
    revision    INTEGER NOT NULL,             -- the last one that came
    received_ms INTEGER NOT NULL,             -- when that came
    erased_ms   INTEGER,                      -- when it was erased; NULL while it is kept
    record      TEXT                          -- sealed, as it came; NULL once it is erased
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_code ON contacts (code);

-- Every look at a contact and every erasure by headquarters. Each row is chained to the one before it, so
-- that none in the middle can be changed or taken away unseen; the last chain value, noted elsewhere, shows
-- that the end is whole.
CREATE TABLE audit (
    n       INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    act     TEXT    NOT NULL CHECK (act IN ('contact_opened', 'contact_erased')),
    contact BLOB    NOT NULL, -- UUID, 16 bytes
    who     TEXT    NOT NULL, -- as they named themselves
    reason  TEXT    NOT NULL,
    chain   BLOB    NOT NULL  -- SHA-256 of the chain before and of this row
) STRICT;
