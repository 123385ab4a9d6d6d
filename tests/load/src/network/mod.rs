//! Several devices and a headquarters over a network that does whatever networks do, on a clock that jumps.
//!
//! A schedule is a list of acts and troubles. It plays in this process and without sockets, yet everything
//! between device and headquarters is the real bytes: the real sender, the real router, real databases. Time is
//! virtual, so waiting costs nothing. What fails is made small and stays as a list. Of what is ready in the same
//! millisecond databases decide what comes first, so the same list plays almost, not quite, the same way again.

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
pub use trial::{simulate, soak_network};
