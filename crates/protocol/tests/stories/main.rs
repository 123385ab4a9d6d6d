//! What travels is what was agreed, and what comes in does no harm.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod golden;
mod hostile;
mod later;
mod letters;
