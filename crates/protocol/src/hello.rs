//! The first word: what headquarters speaks and a challenge to sign over. Its path and its fields stay in every
//! version, so that any two programs can tell each other that they do not understand each other.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Field of `GET /v1/hello` in which a device names the versions that it speaks: `1`, or `1, 2`.
pub const VERSIONS_HEADER: &str = "floorbook-versions";

/// Answer to `GET /v1/hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hello {
    /// Protocol versions that headquarters speaks.
    pub versions: Vec<u16>,
    /// Opaque text that a device signs over, so that a recorded request cannot be replayed
    /// later than [`crate::limits::CHALLENGE_LIFE_MS`].
    pub challenge: String,
    /// Headquarters' clock, milliseconds UTC.
    pub server_time_ms: i64,
}

/// Who has to be brought up to date before the two understand each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// The device speaks nothing that headquarters still accepts.
    Device,
    /// Headquarters does not speak yet what the device needs.
    Headquarters,
}

impl Hello {
    /// The newest version that headquarters and a device that speaks `spoken` have in common.
    ///
    /// # Errors
    /// [`Behind`] when there is none.
    pub fn common_version(&self, spoken: RangeInclusive<u16>) -> Result<u16, Behind> {
        let common = self.versions.iter().copied().filter(|version| spoken.contains(version)).max();
        let is_ahead = self.versions.iter().any(|version| version > spoken.end());
        common.ok_or(if is_ahead { Behind::Device } else { Behind::Headquarters })
    }
}

/// What a device writes into [`VERSIONS_HEADER`].
pub fn write_versions(spoken: RangeInclusive<u16>) -> String {
    spoken.map(|version| version.to_string()).collect::<Vec<_>>().join(", ")
}

/// What stands in [`VERSIONS_HEADER`]; words that are no version are passed over.
pub fn read_versions(field: &str) -> Vec<u16> {
    field.split(',').filter_map(|word| word.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(versions: &[u16]) -> Hello {
        Hello { versions: versions.to_vec(), challenge: String::new(), server_time_ms: 0 }
    }

    #[test]
    fn neighbours_find_the_newest_version_that_both_speak() {
        assert_eq!(hello(&[1, 2]).common_version(1..=1), Ok(1), "headquarters is one ahead");
        assert_eq!(hello(&[1]).common_version(1..=2), Ok(1), "the device is one ahead");
        assert_eq!(hello(&[3, 1, 2]).common_version(2..=4), Ok(3), "in whatever order they are told");
    }

    #[test]
    fn who_is_behind_is_told() {
        assert_eq!(hello(&[2, 3]).common_version(1..=1), Err(Behind::Device));
        assert_eq!(hello(&[1]).common_version(2..=3), Err(Behind::Headquarters));
        assert_eq!(hello(&[]).common_version(1..=1), Err(Behind::Headquarters));
    }

    #[test]
    fn what_a_device_speaks_is_read_as_it_was_written() {
        assert_eq!(write_versions(1..=3), "1, 2, 3");
        assert_eq!(read_versions(&write_versions(1..=3)), [1, 2, 3]);
        assert_eq!(read_versions("1,x, 70000, -1,2"), [1, 2]);
    }
}
