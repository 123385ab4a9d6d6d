//! The desktop journeys: the built app and the built receiver, on a desktop of their own, the way people use
//! them. `cargo xtask test` builds both and runs these; they never take part in a bare `cargo test`.

mod access;
mod budgets;
mod carry;
mod contact;
mod counter;
mod hostile;
mod interruption;
mod looks;
mod offline;
mod pairing;
mod phone;
mod phrase;
mod reader;
mod recovery;
mod secrecy;
mod several;
mod shop;
mod spool;
mod startup;
mod tapper;
mod tree;
mod window;
mod wishes;
