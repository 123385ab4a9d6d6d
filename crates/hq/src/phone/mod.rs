//! Pages on which visitors fill the form of a turned screen on their own phone. Headquarters carries what they
//! type from the phone to the device and keeps nothing of it: pages live in memory, and the device decides.

mod addresses;
mod device;
mod hangs;
mod language;
mod pages;
mod serve;
mod typed;
mod view;
mod visitor;
mod words;

pub(crate) use pages::Pages;
pub use serve::{Visitors, serve_visitors};
