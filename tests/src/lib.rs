//! Support for the suites that no single crate can hold.
//!
//! `desktop` drives the real window on a display of its own. `xtask run` plays its working day with the same
//! parts, so this library stays light: what needs the crates of the product lives beside the suites.

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod hostile;
pub mod hq;
pub mod notebook;
pub mod phone;
#[cfg(unix)]
pub mod postgres;
pub mod process;
pub mod programs;
