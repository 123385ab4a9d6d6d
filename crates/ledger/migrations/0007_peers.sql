-- The other devices of the store, and up to which number their events are here. A device that came late
-- has those of the last days only.
CREATE TABLE peers (
    device  BLOB    NOT NULL PRIMARY KEY, -- device id, 16 bytes
    through INTEGER NOT NULL              -- number on that device
) STRICT, WITHOUT ROWID;

-- What they wrote and this version of the program does not read. A later one does.
CREATE TABLE unread (
    device BLOB    NOT NULL, -- device id, 16 bytes
    seq    INTEGER NOT NULL, -- number on that device
    line   TEXT    NOT NULL, -- the event as it came
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

-- Pages of the feed that tell visits from beginning to end, as they came: newlines between the events, zstd.
-- What becomes of such a visit later is in events.
CREATE TABLE pages (
    n    INTEGER NOT NULL PRIMARY KEY, -- order of arrival
    body BLOB    NOT NULL
) STRICT;
CREATE TABLE page_visits (
    visit BLOB    NOT NULL PRIMARY KEY,          -- visit that is whole in its page, 16 bytes
    page  INTEGER NOT NULL REFERENCES pages (n),
    lines TEXT    NOT NULL                       -- its events: numbers of lines of the page from 0, JSON
) STRICT, WITHOUT ROWID;
