//! The page for a visitor's own phone, and the code that leads there.

use floorbook_core as core;
use qrcode::{Color, EcLevel};
use serde::Serialize;
use specta::Type;
use std::fmt::Write;

/// How it stands with the page for a visitor's phone.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum PhonePage {
    /// There is none.
    None,
    /// A phone may scan the code; `seen` once one has opened the page.
    Offered { url: String, qr: QrCode, seen: bool },
    /// A visitor left a contact by it, under this receipt code; the device is locked.
    Given { code: String },
    /// A visitor left nothing; the device is locked.
    Refused,
}

impl From<&core::Phone> for PhonePage {
    fn from(phone: &core::Phone) -> Self {
        match phone {
            core::Phone::Absent => Self::None,
            core::Phone::Offered { url, is_seen } => match QrCode::of(url) {
                Some(qr) => Self::Offered { url: url.clone(), qr, seen: *is_seen },
                None => Self::None, // an address that no code holds
            },
            core::Phone::Given(code) => Self::Given { code: code.clone() },
            core::Phone::Refused => Self::Refused,
        }
    }
}

/// A QR code: `size` modules a side, and the dark ones as the path of an SVG.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct QrCode {
    size: u32,
    path: String,
}

impl QrCode {
    fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (width, colors) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len()).ok()?;
                }
                x += run.len();
            }
        }
        Some(Self { size: u32::try_from(width).ok()?, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_by_the_runs_of_its_dark_modules() {
        let code = QrCode::of("https://visit.brand.example/v/AAECAwQFBgcICQoLDA0ODw").unwrap();
        assert!(code.size <= 37, "large enough modules for any phone");
        // The first row begins with a finder pattern, seven modules wide.
        assert!(code.path.starts_with("M0 0h7v1h-7z") && code.path.contains("M0 1h1v1h-1zM6 1h1v1h-1z"));
        assert!(QrCode::of(&"a".repeat(8_000)).is_none());
    }
}
