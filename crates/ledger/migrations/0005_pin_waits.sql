-- A wait after wrong PINs is counted on the steady clock: a wall clock that is set shortens none.
-- One that was running begins anew.
CREATE TABLE pins_waiting (
    clerk    TEXT    NOT NULL PRIMARY KEY,
    hash     TEXT    NOT NULL,           -- Argon2id, PHC string
    failures INTEGER NOT NULL DEFAULT 0, -- since the last success; raised before verifying
    boot     INTEGER NOT NULL DEFAULT 0, -- names the origin of the steady clock
    since_ms INTEGER NOT NULL DEFAULT 0  -- the last wrong try, steady milliseconds
) STRICT, WITHOUT ROWID;
INSERT INTO pins_waiting (clerk, hash, failures) SELECT clerk, hash, failures FROM pins;
DROP TABLE pins;
ALTER TABLE pins_waiting RENAME TO pins;
