//! Who vouches for a new PIN.

use floorbook_core as core;
use floorbook_model::ClerkId;
use serde::Deserialize;
use specta::Type;

/// manager: one who has a PIN, not the one who gets a new one. `recovery_code`: for a manager's PIN only.
#[derive(Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub(crate) enum Approval {
    Manager { clerk_id: String, pin: String },
    RecoveryCode { code: String },
}

/// `None` when it names nobody.
pub(crate) fn read_approval(approval: Option<Approval>) -> Option<core::Approval> {
    Some(match approval {
        None => core::Approval::Nobody,
        Some(Approval::Manager { clerk_id, pin }) => {
            core::Approval::Manager { id: clerk_id.parse::<ClerkId>().ok()?, pin }
        }
        Some(Approval::RecoveryCode { code }) => core::Approval::RecoveryCode(code),
    })
}
