-- Headquarters, schema 3: what it wants of its devices, and what they sealed while their key was away.

-- X25519, 32 bytes: opens what devices sealed while their own key was away; NULL until it is made.
ALTER TABLE headquarters ADD COLUMN spool_key BLOB;

ALTER TABLE stores ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- rises with every change of its kit
ALTER TABLE stores ADD COLUMN policy TEXT; -- its rules, JSON; NULL while they are the usual ones
UPDATE stores SET epoch = made_ms;

ALTER TABLE devices ADD COLUMN wipe_ms INTEGER;       -- when it was told to destroy its key; NULL while it was not
ALTER TABLE devices ADD COLUMN wipe_heard_ms INTEGER; -- when it fetched that order
ALTER TABLE devices ADD COLUMN asked_ms INTEGER;      -- when it last asked what is wanted of it
ALTER TABLE devices ADD COLUMN waiting INTEGER;       -- records that it still held then
ALTER TABLE devices ADD COLUMN version TEXT;          -- of its program then
ALTER TABLE devices ADD COLUMN escrow TEXT;           -- its root secret, sealed to the key that opens contacts, JSON
-- The device whose key was away while this one's events were sealed; NULL for one that was paired.
ALTER TABLE devices ADD COLUMN stands_in_for INTEGER REFERENCES devices (number);

-- How far the others of the store had got when a device was paired: what came later it is told whatever clocks say.
CREATE TABLE joined (
    device  INTEGER NOT NULL REFERENCES devices (number),
    peer    INTEGER NOT NULL REFERENCES devices (number),
    through INTEGER NOT NULL, -- of the peer, every seq up to this one was held
    PRIMARY KEY (device, peer)
) STRICT, WITHOUT ROWID;
INSERT INTO joined SELECT d.number, p.number, p.acked_through
    FROM devices AS d JOIN devices AS p ON p.store = d.store AND p.number <> d.number;

-- What each device said of its own log: its last word on each of its business days.
CREATE TABLE ledgers (
    device   INTEGER NOT NULL REFERENCES devices (number),
    day      INTEGER NOT NULL, -- by its clock, days since 1970-01-01
    said_ms  INTEGER NOT NULL, -- when it came
    highest  INTEGER NOT NULL, -- the highest number that it had ever named until then
    held     INTEGER NOT NULL, -- of the numbers that it named, so many were here as events then
    document TEXT    NOT NULL, -- as it was signed, JSON
    PRIMARY KEY (device, day)
) STRICT, WITHOUT ROWID;

-- What a device is told that was erased.
CREATE INDEX contacts_by_erasure ON contacts (device, erased_ms) WHERE erased_ms IS NOT NULL;

-- The register also tells of devices, and of all else that operators change. What a row is chained over stays as
-- it was where it has no detail.
CREATE TABLE audit_3 (
    n       INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    act     TEXT    NOT NULL CHECK (act IN (
                'contact_opened', 'contact_erased', 'device_wiped', 'device_revoked', 'key_opened',
                'record_released', 'spool_imported', 'store_added', 'roster_set', 'pack_set', 'policy_set', 'code_made',
                'contact_key_made')),
    subject BLOB    NOT NULL, -- UUID of the contact or of the device, 16 bytes; zeros where it is about neither
    who     TEXT    NOT NULL, -- as they named themselves
    reason  TEXT    NOT NULL,
    chain   BLOB    NOT NULL, -- SHA-256 of the chain before and of this row
    detail  TEXT    NOT NULL DEFAULT '' -- which store, and what it was changed to
) STRICT;
INSERT INTO audit_3 (n, at_ms, act, subject, who, reason, chain)
    SELECT n, at_ms, act, contact, who, reason, chain FROM audit;
DROP TABLE audit;
ALTER TABLE audit_3 RENAME TO audit;
CREATE INDEX audit_by_subject ON audit (subject);
