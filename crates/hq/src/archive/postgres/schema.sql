-- Headquarters on PostgreSQL, schema 1: what the embedded one has at its schema 3. Times are milliseconds UTC.
-- Secrets are sealed with a key derived from the key file.

CREATE TABLE headquarters (
    one              BIGINT PRIMARY KEY CHECK (one = 1), -- there is one row
    signing_seed     BYTEA  NOT NULL, -- sealed; Ed25519 seed: signs receipts and grants
    challenge_key    BYTEA  NOT NULL, -- sealed; HMAC-SHA256 key: marks challenges as ours
    ca_certificate   BYTEA  NOT NULL, -- DER; what pairing codes pin
    ca_key           BYTEA  NOT NULL, -- sealed; PKCS#8 DER
    host_names       TEXT   NOT NULL, -- JSON list: names and addresses of the server certificate
    leaf_certificate BYTEA  NOT NULL, -- DER; what the server shows
    leaf_key         BYTEA  NOT NULL, -- sealed; PKCS#8 DER
    leaf_ends_ms     BIGINT NOT NULL, -- when the server certificate expires
    contact_key      TEXT,            -- JSON; public half of the key that opens contacts
    spool_key        BYTEA,           -- sealed; X25519: opens what devices sealed while their key was away
    scoured          BIGINT NOT NULL DEFAULT 0 -- erased contacts of which nothing stands in the table's file
);

-- Published packs never change: a device that holds (id, version) holds these bytes.
CREATE TABLE packs (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      TEXT COLLATE "C" NOT NULL, -- trade
    version BIGINT NOT NULL,           -- rising
    body    TEXT   NOT NULL,           -- the pack as JSON
    UNIQUE (id, version)
);

CREATE TABLE stores (
    id        TEXT COLLATE "C" PRIMARY KEY, -- code, e.g. north-gate
    name      TEXT   NOT NULL, -- as people call it
    time_zone TEXT   NOT NULL, -- IANA name
    cut_hour  BIGINT NOT NULL, -- local hour at which the day begins, 0-23
    currency  TEXT   NOT NULL, -- ISO 4217
    pack      BIGINT NOT NULL REFERENCES packs (number),
    made_ms   BIGINT NOT NULL, -- when it was added
    epoch     BIGINT NOT NULL, -- rises with every change of its kit
    policy    TEXT             -- its rules, JSON; NULL while they are the usual ones
);

CREATE TABLE clerks (
    store TEXT COLLATE "C" NOT NULL REFERENCES stores (id),
    id    TEXT COLLATE "C" NOT NULL, -- code, e.g. c01
    place BIGINT NOT NULL,           -- order on the sign-in screen
    name  TEXT   NOT NULL,           -- on their tile
    role  TEXT   NOT NULL CHECK (role IN ('clerk', 'manager')),
    PRIMARY KEY (store, id)
);

CREATE TABLE pairing_codes (
    secret_hash BYTEA  PRIMARY KEY, -- SHA-256 of the secret part; the secret itself is never kept
    store       TEXT COLLATE "C" NOT NULL REFERENCES stores (id),
    uses_left   BIGINT NOT NULL,    -- devices that may still pair with it
    expires_ms  BIGINT NOT NULL     -- first moment at which it is too old
);

CREATE TABLE devices (
    number        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- short name inside this database
    id            UUID   NOT NULL UNIQUE,
    store         TEXT COLLATE "C" NOT NULL REFERENCES stores (id),
    public_key    BYTEA  NOT NULL, -- Ed25519, 32 bytes
    name          TEXT   NOT NULL, -- as people call it
    code_hash     BYTEA  NOT NULL, -- the code that paired it: its lost answer is given again
    paired_ms     BIGINT NOT NULL, -- when it was paired
    revoked_ms    BIGINT,          -- when it was shut out; NULL while welcome
    acked_through BIGINT NOT NULL DEFAULT 0, -- every seq up to this one is held
    seq_max       BIGINT NOT NULL DEFAULT 0, -- highest seq that is held
    heard_ms      BIGINT,          -- last batch; NULL before the first
    wipe_ms       BIGINT,          -- when it was told to destroy its key; NULL while it was not
    wipe_heard_ms BIGINT,          -- when it fetched that order
    asked_ms      BIGINT,          -- when it last asked what is wanted of it
    waiting       BIGINT,          -- records that it still held then
    version       TEXT,            -- of its program then
    escrow        TEXT,            -- its root secret, sealed to the key that opens contacts, JSON
    stands_in_for BIGINT REFERENCES devices (number) -- whose key was away; NULL for one that was paired
) WITH (fillfactor = 50); -- every batch changes its device: there is room for the new row beside the old one

-- How far the others of the store had got when a device was paired: what came later it is told whatever clocks say.
CREATE TABLE joined (
    device  BIGINT NOT NULL REFERENCES devices (number),
    peer    BIGINT NOT NULL REFERENCES devices (number),
    through BIGINT NOT NULL, -- of the peer, every seq up to this one was held
    PRIMARY KEY (device, peer)
);

-- What each device said of its own log: its last word on each of its business days.
CREATE TABLE ledgers (
    device   BIGINT NOT NULL REFERENCES devices (number),
    day      BIGINT NOT NULL, -- by its clock, days since 1970-01-01
    said_ms  BIGINT NOT NULL, -- when it came
    highest  BIGINT NOT NULL, -- the highest number that it had ever named until then
    held     BIGINT NOT NULL, -- of the numbers that it named, so many were here as events then
    document TEXT   NOT NULL, -- as it was signed, JSON
    PRIMARY KEY (device, day)
);

-- Append only. The key of the partitions is the id, a UUIDv7: its first 48 bits are the time. Every month has a
-- partition, made when its first event comes; ids of no time at all are in events_other.
CREATE SEQUENCE events_n;
CREATE TABLE events (
    n      BIGINT NOT NULL DEFAULT nextval('events_n'), -- order of arrival
    device BIGINT NOT NULL, -- devices.number; not a declared reference, which costs a lookup a row
    seq    BIGINT NOT NULL, -- number on its device, from 1; once a device, which the lock of the device's row holds
    id     UUID   NOT NULL,
    visit  UUID,            -- NULL when it is about none
    line   TEXT   NOT NULL  -- the event, exactly as its device sealed it
) PARTITION BY RANGE (id);
ALTER SEQUENCE events_n OWNED BY events.n;
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE INDEX events_by_number ON events (device, seq);
CREATE INDEX events_by_visit ON events (visit, n) WHERE visit IS NOT NULL;
CREATE TABLE events_other PARTITION OF events DEFAULT;

-- Records set aside, each once; a person looks at them.
CREATE TABLE quarantine (
    n           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- order of arrival
    device      BIGINT NOT NULL REFERENCES devices (number), -- who signed the batch
    line_hash   BYTEA  NOT NULL, -- SHA-256 of line
    seq         BIGINT,          -- number on its device; NULL when it cannot be told
    code        TEXT   NOT NULL CHECK (code IN ('malformed', 'foreign_origin', 'conflict')),
    batch       UUID   NOT NULL, -- the first batch that brought it
    received_ms BIGINT NOT NULL, -- when that batch came
    line        BYTEA  NOT NULL, -- the record, exactly as it came
    UNIQUE (device, line_hash)
);
CREATE INDEX quarantine_by_number ON quarantine (device, seq) WHERE seq IS NOT NULL;

CREATE TABLE contacts (
    id          UUID   PRIMARY KEY,
    visit       UUID   NOT NULL,
    store       TEXT COLLATE "C" NOT NULL, -- where it was left
    device      BIGINT NOT NULL,           -- devices.number: only that device changes or erases it
    code        TEXT COLLATE "C" NOT NULL, -- receipt code that the visitor holds
    revision    BIGINT NOT NULL,           -- the last one that came
    received_ms BIGINT NOT NULL,           -- when that came
    erased_ms   BIGINT,                    -- when it was erased; NULL while it is kept
    record      TEXT                       -- sealed, as it came; NULL once it is erased
);
CREATE INDEX contacts_by_code ON contacts (code);
CREATE INDEX contacts_by_erasure ON contacts (device, erased_ms) WHERE erased_ms IS NOT NULL;

-- Every look at a contact, every erasure by headquarters, lost devices, and whatever else operators change. Each
-- row is chained to the one before it.
CREATE TABLE audit (
    n       BIGINT PRIMARY KEY,
    at_ms   BIGINT NOT NULL,
    act     TEXT   NOT NULL CHECK (act IN (
                'contact_opened', 'contact_erased', 'device_wiped', 'device_revoked', 'key_opened',
                'record_released', 'spool_imported', 'store_added', 'roster_set', 'pack_set', 'policy_set', 'code_made',
                'contact_key_made')),
    subject UUID   NOT NULL, -- the contact or the device; zeros where it is about neither
    who     TEXT   NOT NULL, -- as they named themselves
    reason  TEXT   NOT NULL,
    detail  TEXT   NOT NULL, -- which store, and what it was changed to
    chain   BYTEA  NOT NULL  -- SHA-256 of the chain before and of this row
);
CREATE INDEX audit_by_subject ON audit (subject);
