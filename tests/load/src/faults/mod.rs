//! Proof that the database of a device survives what happens to machines: power cuts, disk errors, flipped
//! bits, kills. Everything is drawn from one number; a failure names the number that plays it again.

mod audit;
mod cut;
mod disk;
mod flips;
mod kills;
mod life;
mod play;
mod power;
mod refusals;
mod tally;
mod vfs;

pub use disk::Trouble;
pub use flips::bit_flips;
pub use kills::kills;
pub use life::live;
pub use power::power_cuts;
pub use refusals::refusals;
pub use tally::Tally;
