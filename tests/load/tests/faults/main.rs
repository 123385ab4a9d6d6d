//! What happens to machines happens to the database of a device, and nothing of it is lost.

mod flips;
mod kills;
mod power;
mod refusals;
