//! The write-only spool: what is logged while the key of the database is away is sealed for headquarters in
//! a file. Nobody who has the device can read it, and no tap counts before it is on the disk.

mod file;
mod stand_in;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use file::{SpoolFile, sign_all};
pub(crate) use stand_in::clear;
