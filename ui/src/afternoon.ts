// Tests begin at two in the afternoon of the shop, whatever the hour of the machine: just after midnight a
// day has no visits to show. Both clocks of the page still run.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two in the afternoon in the stand-in's zone, eight hours ahead of UTC. */
const BEGIN_MS = 6 * HOUR_MS;

const machine = Date.now;
const ahead = BEGIN_MS - (machine() % DAY_MS);
Date.now = () => machine() + ahead;
