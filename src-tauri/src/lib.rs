//! The shell: one window, its commands, the keyring and the life of the program. No SQL and no
//! rules of the trade; every command is one call on [`floorbook_core::Device`].

#[macro_use]
mod matrix;
mod bindings;
#[deny(dead_code)] // a command without a row in the matrix
mod commands;
mod dto;
mod error;
mod gate;
mod keyring;
mod options;
#[cfg(desktop)]
mod place;
mod renderer;
mod trial;
mod watch;
mod window;

use clap::Parser;
use floorbook_core::{Device, Environment, PinCost, State, SystemClock, SystemRng, leave_no_core};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tauri::{AppHandle, Builder, Manager, Wry};
use tracing_subscriber::EnvFilter;

/// What the commands share.
pub(crate) struct Shell {
    device: OnceLock<Device>,
    pub(crate) trial: Arc<trial::Trial>,
    pub(crate) started: Instant,
}

impl Shell {
    /// The device; waits for it while it starts.
    pub(crate) fn device(&self) -> &Device {
        self.device.wait()
    }
}

/// Runs Floorbook until its window closes.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let started = Instant::now();
    renderer::choose();
    log_to_stderr();
    leave_no_core();
    let options = options::Options::parse();
    let bindings = bindings::builder();
    let app = alone(Builder::default(), &options)
        .invoke_handler(gate::before(bindings.invoke_handler()))
        .setup(move |app| {
            bindings.mount_events(app);
            let dir = options.data_dir(app.path())?;
            let environment = Environment {
                vault: Arc::new(keyring::OsKeyring::new(&dir, options.data.is_some())),
                clock: Arc::new(SystemClock::new(&SystemRng)),
                rng: Arc::new(SystemRng),
                runtime: tauri::async_runtime::handle().inner().clone(),
                pin_cost: PinCost::STANDARD,
                dir,
            };
            let dir = environment.dir.clone();
            app.manage(Shell { device: OnceLock::new(), trial: trial::Trial::new(&dir), started });
            let invitation = options.hq.clone().zip(options.code.clone());
            start_device(app.handle().clone(), environment, invitation);
            window::open(app, &options, &dir)?;
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

/// A second start brings the first one's window forward and ends. Not so with a folder of its own:
/// there the folder's lock decides who may use it.
#[cfg(desktop)]
fn alone(builder: Builder<Wry>, options: &options::Options) -> Builder<Wry> {
    if options.data.is_some() {
        return builder;
    }
    builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::come_forward(app)))
}

/// The system itself starts an app only once.
#[cfg(mobile)]
fn alone(builder: Builder<Wry>, _: &options::Options) -> Builder<Wry> {
    builder
}

/// Keyring and database open while the web view does: the clerk waits for the slower of them only.
fn start_device(app: AppHandle, environment: Environment, invitation: Option<(String, String)>) {
    std::thread::spawn(move || {
        let shell = app.state::<Shell>();
        let device = shell.device.get_or_init(|| {
            let device = Device::start(environment);
            if let Some((hq_url, code)) = invitation.filter(|_| matches!(device.state(), State::Setup)) {
                pair(&device, &hq_url, &code);
            }
            device
        });
        shell.trial.resume(device);
        watch::follow(&app);
    });
}

/// Pairs as the command line says. When that fails the setup screen is there to do it by hand.
fn pair(device: &Device, hq_url: &str, code: &str) {
    const NAME: &str = "收银台 1";
    if let Err(error) = tauri::async_runtime::block_on(device.pair(hq_url, code, NAME, false)) {
        tracing::warn!(error = ?error, "pairing from the command line failed");
    }
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("FLOORBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
