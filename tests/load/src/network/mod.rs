//! Several devices and a headquarters over a network that does whatever networks do, on a clock that jumps.
//!
//! A schedule is a list of acts and troubles. It plays in this process and without sockets, yet everything
//! between device and headquarters is the real bytes: the real sender, the real router, real databases. Time is
//! virtual, so waiting costs nothing. The same list plays the same way, so what fails stays as a list.

mod audit;
mod clock;
mod draw;
mod forge;
mod house;
mod line;
mod op;
mod play;
mod shrink;
mod till;
mod trial;

pub use draw::draw;
pub use op::{Call, Fault, Forgery, Op};
pub use play::play;
pub use trial::{Counts, Failure, simulate, soak_network};
