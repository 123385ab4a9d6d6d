//! The list of commands and events, and the TypeScript that is made of it.

use crate::commands::{self, contact, floor, items, phrase, recovery, sending};
use crate::watch::{BoardChanged, DeviceChanged, ExportProgress, PhoneChanged, SyncChanged};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

macro_rules! collected {
    ($($module:ident :: $command:ident => $access:ident,)*) => { collect_commands![$($module::$command),*] };
}

pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(matrix!(collected))
        .events(collect_events![SyncChanged, BoardChanged, DeviceChanged, ExportProgress, PhoneChanged])
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
        // Milliseconds and minor units stay far below 2^53.
        .dangerously_cast_bigints_to_number()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_bindings_are_fresh() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/ipc/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        builder().export(specta_typescript::Typescript::default(), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("FLOORBOOK_WRITE_BINDINGS").is_some() {
            std::fs::write(&committed, &fresh).unwrap();
        }
        assert_eq!(std::fs::read_to_string(committed).unwrap(), fresh, "run `cargo xtask bindings`");
    }
}
