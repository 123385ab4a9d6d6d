-- What this device is and whom it talks to: one value a key.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Append only. The line is the event exactly as it was sealed and as it travels.
CREATE TABLE events (
    n      INTEGER NOT NULL PRIMARY KEY, -- order of arrival in this file
    id     BLOB    NOT NULL UNIQUE,      -- event id, 16 bytes
    device BLOB    NOT NULL,             -- device that recorded it, 16 bytes
    seq    INTEGER NOT NULL,             -- number on that device, gapless from 1
    hlc    INTEGER NOT NULL,             -- hybrid logical time: milliseconds << 16 | counter
    visit  BLOB,                         -- visit it is about, 16 bytes
    chain  BLOB    NOT NULL,             -- SHA-256 of the chain value before it, then the line
    line   TEXT    NOT NULL,             -- JSON, UTF-8
    UNIQUE (device, seq)
) STRICT;
CREATE INDEX events_by_visit ON events (visit);

-- Own events that no receipt covers yet. Only a verified receipt removes a row.
CREATE TABLE outbox (
    n INTEGER NOT NULL PRIMARY KEY REFERENCES events (n)
) STRICT;

-- Own events that headquarters set aside; they wait for a person.
CREATE TABLE quarantine (
    n        INTEGER NOT NULL PRIMARY KEY REFERENCES events (n),
    code     TEXT    NOT NULL, -- headquarters' code
    since_ms INTEGER NOT NULL  -- when its receipt came, milliseconds UTC
) STRICT;

-- Headquarters' signed word, kept as proof.
CREATE TABLE receipts (
    batch       BLOB    NOT NULL PRIMARY KEY, -- batch id, 16 bytes
    received_ms INTEGER NOT NULL,             -- milliseconds UTC
    document    TEXT    NOT NULL              -- signed document, JSON
) STRICT, WITHOUT ROWID;

-- Taps of running visits that are durable but not yet sealed into an event.
CREATE TABLE pending (
    visit      BLOB    NOT NULL PRIMARY KEY, -- visit id, 16 bytes
    actor      TEXT    NOT NULL,             -- clerk who tapped
    touched_ms INTEGER NOT NULL,             -- last tap, milliseconds UTC
    patch      TEXT    NOT NULL              -- fields and values, JSON
) STRICT, WITHOUT ROWID;

-- Projection of events: one line a visit, clustered by business day so that a day is read in one
-- stretch however its events arrived. Lists are codes joined by commas.
CREATE TABLE visits (
    day          INTEGER NOT NULL, -- business day, days since 1970-01-01
    entered_ms   INTEGER NOT NULL, -- milliseconds UTC
    id           BLOB    NOT NULL, -- 16 bytes
    hour         INTEGER NOT NULL, -- local hour of the arrival, 0-23
    left_ms      INTEGER,          -- milliseconds UTC, once closed
    state        INTEGER NOT NULL, -- 0 open, 1 closed, 2 voided
    size         INTEGER NOT NULL, -- 1-5, 5 meaning five or more
    serving      TEXT    NOT NULL, -- clerk
    age          TEXT,             -- code
    company      TEXT,             -- code
    style        TEXT,             -- code
    interest     TEXT,             -- '0'-'4'
    attention    TEXT    NOT NULL, -- list of codes
    gesture      TEXT    NOT NULL, -- list of codes
    outcome      TEXT,             -- code, once closed
    reasons      TEXT    NOT NULL, -- list of codes
    amount_minor INTEGER,          -- minor unit of the store's currency
    receipt      TEXT,             -- number of the till
    PRIMARY KEY (day, entered_ms, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX visits_by_id ON visits (id);
CREATE INDEX visits_open ON visits (entered_ms) WHERE state = 0;

-- Sums of a day, kept as its visits change, so that a day's figures never need its visits.
CREATE TABLE day_figures (
    day    INTEGER NOT NULL, -- business day, days since 1970-01-01
    figure TEXT    NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (day, figure)
) STRICT, WITHOUT ROWID;

-- PINs of those who signed in on this device.
CREATE TABLE pins (
    clerk            TEXT    NOT NULL PRIMARY KEY,
    hash             TEXT    NOT NULL,           -- Argon2id, PHC string
    failures         INTEGER NOT NULL DEFAULT 0, -- since the last success; raised before verifying
    blocked_until_ms INTEGER NOT NULL DEFAULT 0  -- milliseconds UTC
) STRICT, WITHOUT ROWID;
