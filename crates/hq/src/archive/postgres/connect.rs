//! Connections, and the thread that they live on.

use super::{PostgresError, tls};
use crate::HqError;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, QueueMode, RecyclingMethod, Runtime as PoolRuntime};
use pollster::block_on;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

/// More would only wait for each other: see `WORK_MAX` of the routes.
pub(super) const CONNECTIONS_MAX: usize = 8;
/// So many are there before anybody asks: one device alone may have so many batches on the way.
const CONNECTIONS_READY: usize = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may hear nothing of what it sent.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// Whoever waits for longer than this for somebody's lock comes again; a receiver that froze holds nothing for
/// longer than a minute.
const OPTIONS: &str = "-c lock_timeout=30s -c idle_in_transaction_session_timeout=60s";

/// Connections to one database.
pub(super) struct Connections {
    config: Config,
    tls: MakeRustlsConnect,
    pool: Pool,
    /// `None` once it was shut down.
    runtime: Option<Runtime>,
}

impl Connections {
    /// # Errors
    /// When `address` is none, and as [`tls::set_up`]. Nothing is connected yet.
    pub(super) fn to(address: &str, ca: Option<&Path>) -> Result<Self, HqError> {
        let mut config: Config = address.parse().map_err(PostgresError::from)?;
        let options = config.get_options().map_or(OPTIONS.to_owned(), |theirs| format!("{OPTIONS} {theirs}"));
        config.options(options);
        if config.get_application_name().is_none() {
            config.application_name("floorbook-hq");
        }
        config.connect_timeout(*config.get_connect_timeout().unwrap_or(&CONNECT_TIMEOUT));
        config.tcp_user_timeout(*config.get_tcp_user_timeout().unwrap_or(&SILENCE_MAX));
        let tls = tls::set_up(&mut config, ca)?;
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("postgres").enable_all().build();
        let runtime = runtime.map_err(HqError::Network)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config.clone(), tls.clone(), recycling);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .queue_mode(QueueMode::Lifo) // the one that was used last has its statements ready
            .runtime(PoolRuntime::Tokio1)
            .wait_timeout(Some(CONNECT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .build()
            .map_err(|error| PostgresError::saying(&error.to_string()))?;
        Ok(Self { config, tls, pool, runtime: Some(runtime) })
    }

    /// For a connection beside these.
    pub(super) fn config(&self) -> (Config, MakeRustlsConnect) {
        (self.config.clone(), self.tls.clone())
    }

    /// Runs `work` beside whatever is done with the connections, until the end of them.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }

    /// Connects before anybody waits for it.
    ///
    /// # Errors
    /// As [`Connections::take`].
    pub(super) fn warm(&self) -> Result<(), HqError> {
        let together: Result<Vec<Object>, HqError> = (0..CONNECTIONS_READY).map(|_| self.take()).collect();
        together.map(drop)
    }

    /// A connection, given back when it is dropped.
    ///
    /// # Errors
    /// When none can be had in time.
    pub(super) fn take(&self) -> Result<Object, HqError> {
        let _inside = self.runtime.as_ref().map(Runtime::enter);
        Ok(block_on(self.pool.get()).map_err(PostgresError::from)?)
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        self.pool.close();
        // Whoever drops this may be at work for another runtime, which must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Gives a connection up instead of back.
pub(super) fn throw_away(client: Object) {
    drop(Object::take(client));
}
