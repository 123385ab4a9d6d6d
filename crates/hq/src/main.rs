//! `floorbook-hq`: the command line of headquarters. It brings the machine's clock and
//! randomness, and prints; what is done is done by the library.

mod aside;
mod cli;
mod contact;
mod device;
mod ledger;
mod store;
mod system;

use anyhow::{Context, Result, bail};
use clap::Parser;
use cli::{Cli, Command, Export, Format, SpoolCommand, VisitorArgs};
use floorbook_hq::{Because, ExportFilter, ExportSummary, Hq, Place};
use floorbook_model::{Clock, Rng};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use system::{SystemClock, SystemRng, leave_no_core};
use tokio::sync::{Notify, watch};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    leave_no_core();
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Causes in one line: an operator is not helped by a stack trace.
            drop(writeln!(io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let rng = Arc::new(SystemRng);
    let clock = Arc::new(SystemClock::start(&*rng));
    let place = Place { dir: cli.data, key_file: cli.key_file, database: cli.database, database_ca: cli.database_ca };
    if let Command::Init { names, contact_key } = cli.command {
        let contact_key = contact_key.unwrap_or_else(|| place.dir.join("contact.key"));
        return init(&place, &names, &contact_key, clock, rng);
    }
    let hq = Hq::open(&place, clock, rng)?;
    match cli.command {
        Command::Init { .. } => Ok(()), // done above, before there is anything to open
        Command::Contact(command) => contact::run(&hq, command),
        Command::Audit => contact::audit(&hq),
        Command::Ledger { device } => ledger::run(&hq, device),
        Command::Spool(SpoolCommand::Import { file, said }) => import_spool(&hq, &file, said.as_words()),
        Command::Quarantine(command) => aside::run(&hq, &command),
        Command::Store(command) => store::run(&hq, command),
        Command::Device(command) => device::run(&hq, command),
        Command::Code { store, devices, said, quiet } => {
            let code = hq.make_code(&store, devices, said.as_words())?;
            if !quiet {
                say(format_args!("store {store}, good for 15 minutes and {devices} device(s):"))?;
            }
            say(format_args!("{code}"))
        }
        Command::Serve { listen, visitors, until_stdin_closes } => serve(hq, listen, &visitors, until_stdin_closes),
        Command::Export(export) => write_export(&hq, &export),
    }
}

fn init(place: &Place, names: &[String], contact_key: &Path, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<()> {
    let hq = Hq::init(place, names, clock, rng)?;
    let (where_to, loss) = match &place.database {
        None => (format!("in {}", place.dir.display()), "nothing can be read"),
        Some(_) => ("in the database".to_owned(), "no device is answered"),
    };
    say(format_args!(
        "headquarters made {where_to}\nkey of the database: {} (without it {loss}; keep a copy elsewhere)",
        place.key_path().display()
    ))?;
    contact::make_key(&hq, contact_key, Because::default())
}

fn import_spool(hq: &Hq, path: &Path, because: Because<'_>) -> Result<()> {
    let file = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let summary = hq.import_spool(&file, because)?;
    say(format_args!(
        "{} new, {} known already, {} refused, {} bytes that are no record",
        summary.accepted, summary.duplicates, summary.refused, summary.lost_bytes
    ))?;
    if summary.refused > 0 || summary.lost_bytes > 0 {
        bail!("not everything of {} was taken in; keep the file", path.display());
    }
    Ok(())
}

fn serve(hq: Hq, listen: SocketAddr, visitors: &VisitorArgs, until_stdin_closes: bool) -> Result<()> {
    let hq = Arc::new(hq);
    let (listener, address) = bind(listen)?;
    let for_visitors = visitors.visitor_listen.map(bind).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (stop, stopped) = (stop_signal(until_stdin_closes)?, watch::Sender::new(false));
        let until_stopped = || {
            let mut stopped = stopped.subscribe();
            async move { drop(stopped.wait_for(|stopped| *stopped).await) }
        };
        let (for_devices, for_phones) = (until_stopped(), until_stopped());
        tokio::spawn(async move {
            stop.await;
            stopped.send_replace(true);
        });
        let devices = floorbook_hq::serve(Arc::clone(&hq), listener, for_devices);
        let Some((listener, at)) = for_visitors else {
            say(format_args!("listening https://{address}"))?;
            return Ok(devices.await?);
        };
        say(format_args!("pages for visitors at {at}\nlistening https://{address}"))?;
        let phones = floorbook_hq::serve_visitors(hq, listener, visitors.as_visitors(), for_phones);
        tokio::try_join!(devices, phones)?;
        Ok(())
    })
}

fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen).with_context(|| format!("cannot listen at {listen}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Completes on ctrl-c, on SIGTERM and, if asked, at the end of standard input.
fn stop_signal(until_stdin_closes: bool) -> Result<impl Future<Output = ()> + Send + 'static> {
    let stop = Arc::new(Notify::new());
    if until_stdin_closes {
        let stop = Arc::clone(&stop);
        // A thread of its own: the runtime would wait for a blocked read before it ends.
        std::thread::spawn(move || {
            let mut buffer = [0; 256];
            while io::stdin().read(&mut buffer).is_ok_and(|length| length > 0) {}
            stop.notify_one();
        });
    }
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let stop = Arc::clone(&stop);
        tokio::spawn(async move {
            terminate.recv().await;
            stop.notify_one();
        });
    }
    Ok(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = stop.notified() => {}
        }
    })
}

fn write_export(hq: &Hq, export: &Export) -> Result<()> {
    let summary = match &export.output {
        None => write_visits(hq, export, &mut BufWriter::new(io::stdout().lock()))?,
        Some(path) => write_file(hq, export, path)?,
    };
    tracing::info!(
        visits = summary.visits,
        voided = summary.voided,
        unopened = summary.unopened,
        unreadable_events = summary.unreadable_events,
        "exported; voided visits and those whose opening has not arrived are counted, not written"
    );
    Ok(())
}

/// Under another name until it is complete and durable. Visits are for their owner's eyes.
fn write_file(hq: &Hq, export: &Export, path: &Path) -> Result<ExportSummary> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut out =
        BufWriter::new(create_for_owner(&partial).with_context(|| format!("cannot write {}", path.display()))?);
    let summary = write_visits(hq, export, &mut out)?;
    out.into_inner()?.sync_all()?;
    fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(summary)
}

fn create_for_owner(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_visits(hq: &Hq, export: &Export, out: &mut impl Write) -> Result<ExportSummary> {
    if let Some(store) = &export.store
        && !hq.stores()?.iter().any(|line| line.record.id == *store)
    {
        bail!("no store {store}");
    }
    let filter = ExportFilter { store: export.store.clone(), with_voided: export.voided };
    let summary = match export.format {
        Format::Jsonl => hq.export_jsonl(out, &filter)?,
        Format::Csv => hq.export_csv(out, &filter)?,
    };
    out.flush()?;
    Ok(summary)
}

fn say(line: std::fmt::Arguments<'_>) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
