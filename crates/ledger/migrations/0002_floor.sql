-- Running visits on the steady clock, so that minutes stay right when the wall clock jumps. A row
-- outlives its visit's end, because the end may be taken back; rows of an earlier boot go.
CREATE TABLE running (
    visit      BLOB    NOT NULL PRIMARY KEY, -- visit id, 16 bytes
    boot       INTEGER NOT NULL,             -- names the origin of the steady clock
    since_ms   INTEGER NOT NULL,             -- when the party came in, steady milliseconds; may lie before the origin
    touched_ms INTEGER NOT NULL              -- last sign of life, steady milliseconds
) STRICT, WITHOUT ROWID;

-- Clerks on the floor in the order in which arrivals go to them.
CREATE TABLE lineup (
    clerk TEXT    NOT NULL PRIMARY KEY,
    day   INTEGER NOT NULL, -- business day, days since 1970-01-01; another day's rows do not count
    turn  INTEGER NOT NULL  -- the lowest is next
) STRICT, WITHOUT ROWID;

ALTER TABLE visits ADD COLUMN dwell     TEXT;                       -- observed, adjusted or estimated, once closed
ALTER TABLE visits ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0; -- 1 when put right later
ALTER TABLE visits ADD COLUMN earlier   BLOB;                       -- earlier visit of the same visitor, 16 bytes
ALTER TABLE visits ADD COLUMN pieces    INTEGER;                    -- articles sold
ALTER TABLE visits ADD COLUMN follow_up INTEGER;                    -- day of the follow-up, days since 1970-01-01
UPDATE visits SET dwell = 'observed' WHERE state = 1;
CREATE INDEX visits_unchecked ON visits (day, entered_ms, id) WHERE dwell = 'estimated' AND corrected = 0;
