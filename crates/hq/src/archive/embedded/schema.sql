-- Headquarters, schema 1. Times are milliseconds UTC. The file is encrypted as a whole, so keys
-- may stand in it.

CREATE TABLE headquarters (
    one              INTEGER PRIMARY KEY CHECK (one = 1), -- there is one row
    signing_seed     BLOB    NOT NULL, -- Ed25519 seed, 32 bytes: signs receipts and grants
    challenge_key    BLOB    NOT NULL, -- HMAC-SHA256 key, 32 bytes: marks challenges as ours
    ca_certificate   BLOB    NOT NULL, -- DER; what pairing codes pin
    ca_key           BLOB    NOT NULL, -- PKCS#8 DER
    host_names       TEXT    NOT NULL, -- JSON list: names and addresses of the server certificate
    leaf_certificate BLOB    NOT NULL, -- DER; what the server shows
    leaf_key         BLOB    NOT NULL, -- PKCS#8 DER
    leaf_ends_ms     INTEGER NOT NULL  -- when the server certificate expires
) STRICT;

-- Published packs never change: a device that holds (id, version) holds these bytes.
CREATE TABLE packs (
    number  INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL, -- trade
    version INTEGER NOT NULL, -- rising
    body    TEXT    NOT NULL, -- the pack as JSON
    UNIQUE (id, version)
) STRICT;

CREATE TABLE stores (
    id        TEXT    PRIMARY KEY, -- code, e.g. north-gate
    name      TEXT    NOT NULL,    -- as people call it
    time_zone TEXT    NOT NULL,    -- IANA name
    cut_hour  INTEGER NOT NULL,    -- local hour at which the day begins, 0-23
    currency  TEXT    NOT NULL,    -- ISO 4217
    pack      INTEGER NOT NULL REFERENCES packs (number),
    made_ms   INTEGER NOT NULL     -- when it was added
) STRICT, WITHOUT ROWID;

CREATE TABLE clerks (
    store    TEXT    NOT NULL REFERENCES stores (id),
    id       TEXT    NOT NULL, -- code, e.g. c01
    place    INTEGER NOT NULL, -- order on the sign-in screen
    name     TEXT    NOT NULL, -- on their tile
    role     TEXT    NOT NULL CHECK (role IN ('clerk', 'manager')),
    PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing_codes (
    secret_hash BLOB    PRIMARY KEY, -- SHA-256 of the secret part; the secret itself is never kept
    store       TEXT    NOT NULL REFERENCES stores (id),
    uses_left   INTEGER NOT NULL,    -- devices that may still pair with it
    expires_ms  INTEGER NOT NULL     -- first moment at which it is too old
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    number        INTEGER PRIMARY KEY, -- short name inside this database
    id            BLOB    NOT NULL UNIQUE, -- UUID, 16 bytes
    store         TEXT    NOT NULL REFERENCES stores (id),
    public_key    BLOB    NOT NULL, -- Ed25519, 32 bytes
    name          TEXT    NOT NULL, -- as people call it
    code_hash     BLOB    NOT NULL, -- the code that paired it: its lost answer is given again
    paired_ms     INTEGER NOT NULL, -- when it was paired
    revoked_ms    INTEGER,          -- when it was shut out; NULL while welcome
    acked_through INTEGER NOT NULL DEFAULT 0, -- every seq up to this one is held
    seq_max       INTEGER NOT NULL DEFAULT 0, -- highest seq that is held
    heard_ms      INTEGER           -- last batch; NULL before the first
) STRICT;

-- Append only, in order of arrival.
CREATE TABLE events (
    n      INTEGER PRIMARY KEY, -- order of arrival
    device INTEGER NOT NULL,    -- devices.number; not a declared reference, which costs a lookup a row
    seq    INTEGER NOT NULL,    -- number on its device, from 1
    id     BLOB    NOT NULL,    -- UUID, 16 bytes
    visit  BLOB,                -- UUID, 16 bytes; NULL when it is about none
    line   TEXT    NOT NULL     -- the event, exactly as its device sealed it
) STRICT;
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_number ON events (device, seq);
CREATE INDEX events_by_visit ON events (visit) WHERE visit IS NOT NULL;

-- Records set aside, each once; a person looks at them.
CREATE TABLE quarantine (
    n           INTEGER PRIMARY KEY, -- order of arrival
    device      INTEGER NOT NULL REFERENCES devices (number), -- who signed the batch
    line_hash   BLOB    NOT NULL, -- SHA-256 of line
    seq         INTEGER,          -- number on its device; NULL when it cannot be told
    code        TEXT    NOT NULL CHECK (code IN ('malformed', 'foreign_origin', 'conflict')),
    batch       BLOB    NOT NULL, -- UUID of the first batch that brought it, 16 bytes
    received_ms INTEGER NOT NULL, -- when that batch came
    line        BLOB    NOT NULL, -- the record, exactly as it came
    UNIQUE (device, line_hash)
) STRICT;
CREATE INDEX quarantine_by_number ON quarantine (device, seq) WHERE seq IS NOT NULL;
