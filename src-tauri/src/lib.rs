//! The shell: one window, its commands, the keyring and the life of the program. No SQL and no
//! rules of the trade; every command is one call on [`floorbook_core::Device`].

mod bindings;
mod commands;
mod dto;
mod error;
mod keyring;
mod options;
mod renderer;
mod sync_events;
mod trial;
mod window;

use clap::Parser;
use floorbook_core::{Device, Environment, SystemClock, SystemRng};
use std::sync::Arc;
use std::time::Instant;
use tauri::Manager;
use tracing_subscriber::EnvFilter;

/// What the commands share.
pub(crate) struct Shell {
    pub(crate) device: Arc<Device>,
    pub(crate) trial: Arc<trial::Trial>,
    pub(crate) started: Instant,
}

/// Runs Floorbook until its window closes.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let started = Instant::now();
    renderer::choose();
    log_to_stderr();
    let options = options::Options::parse();
    let bindings = bindings::builder();
    let app = tauri::Builder::default()
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            let dir = options.data_dir(app.path())?;
            let environment = Environment {
                vault: Arc::new(keyring::OsKeyring::new(&dir, options.data.is_some())),
                clock: Arc::new(SystemClock::new(&SystemRng)),
                rng: Arc::new(SystemRng),
                runtime: tauri::async_runtime::handle().inner().clone(),
                dir,
            };
            let device = Arc::new(Device::start(environment));
            let trial = trial::Trial::new(device.dir());
            trial.resume(&device);
            app.manage(Shell { device, trial, started });
            sync_events::follow(app.handle());
            window::open(app, &options)?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|_, _| {}),
        Err(error) => {
            tracing::error!(error = ?error, "the window cannot be opened");
            std::process::exit(1);
        }
    }
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("FLOORBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
