//! Lists the commands, so that a window can call none that its capability does not name.

#[macro_use]
#[path = "src/matrix.rs"]
mod matrix;

macro_rules! names {
    ($($module:ident :: $command:ident => $access:ident,)*) => { &[$(stringify!($command)),*] };
}

fn main() {
    const COMMANDS: &[&str] = matrix!(names);
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        panic!("{error:#}");
    }
}
