//! The gate that every call of the window passes before its command runs.

use crate::Shell;
use crate::dto::ErrorCode;
use crate::error::AppError;
use floorbook_core::Access;
use tauri::ipc::Invoke;
use tauri::{Manager, Wry};

macro_rules! wants {
    ($($module:ident :: $command:ident => $access:ident,)*) => {
        /// What a command wants; `None` for what is no command.
        fn wants(command: &str) -> Option<Access> {
            match command {
                $(stringify!($command) => Some(Access::$access),)*
                _ => None,
            }
        }
    };
}

matrix!(wants);

/// Lets only those calls through to `commands` that the matrix allows now.
pub(crate) fn before(
    commands: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    move |invoke| match pass(&invoke) {
        Ok(()) => commands(invoke),
        Err(error) => {
            invoke.resolver.reject(error);
            true
        }
    }
}

fn pass(invoke: &Invoke<Wry>) -> Result<(), AppError> {
    let access = wants(invoke.message.command()).ok_or(ErrorCode::Internal)?;
    if access == Access::Anyone {
        return Ok(());
    }
    // This is the window's own thread: what comes while the device still starts is refused, not waited for.
    let shell = invoke.message.webview_ref().state::<Shell>();
    Ok(shell.device.get().ok_or(ErrorCode::Locked)?.allows(access)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    macro_rules! names {
        ($($module:ident :: $command:ident => $access:ident,)*) => { [$(stringify!($command)),*] };
    }

    #[test]
    fn the_capability_of_the_window_names_the_commands_and_two_events() {
        let capability: serde_json::Value = serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
        let named: BTreeSet<&str> =
            capability["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let commands = matrix!(names).map(|name| format!("allow-{}", name.replace('_', "-")));
        let events = ["core:event:allow-listen", "core:event:allow-unlisten"];
        assert_eq!(named, commands.iter().map(String::as_str).chain(events).collect());
    }

    #[test]
    fn what_is_no_command_is_refused() {
        assert_eq!(wants("unlock"), Some(Access::Paired));
        assert_eq!(wants("plugin:event|emit"), None);
    }
}
