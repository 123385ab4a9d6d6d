-- When a tap was made on the steady clock: it may be sealed much later, after a sleep or a restart,
-- and is a sign of life of its own time. Taps of an older version have only the wall clock.
ALTER TABLE pending ADD COLUMN boot      INTEGER; -- names the origin of the steady clock
ALTER TABLE pending ADD COLUMN steady_ms INTEGER; -- last tap, steady milliseconds

-- The wall clock at the last sign of life bridges a start of the machine. Rows of an older version
-- go: the next start makes them anew out of the events.
DELETE FROM running;
ALTER TABLE running ADD COLUMN touched_wall_ms INTEGER NOT NULL DEFAULT 0; -- milliseconds UTC
