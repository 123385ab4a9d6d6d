//! Tells the other receivers of a database what came, and hears what they tell: `NOTIFY` and `LISTEN`, on a
//! connection of its own.

use super::PostgresError;
use super::connect::Connections;
use crate::news::News;
use floorbook_model::StoreId;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::{AsyncMessage, Client, Config, Notification};
use tokio_postgres_rustls::MakeRustlsConnect;

const LISTEN: &str = "LISTEN floorbook_news";
const NOTIFY: &str = "SELECT pg_notify('floorbook_news', $1)";
/// How long to wait before a connection that was lost is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// What this receiver has to tell; nothing unless it serves.
#[derive(Debug, Default)]
pub(super) struct Herald(OnceLock<UnboundedSender<StoreId>>);

impl Herald {
    /// Begins, for as long as `connections` are open. `tag` is the name of this receiver.
    pub(super) fn start(&self, connections: &Connections, news: &Arc<News>, tag: u64) {
        let (tell, told) = unbounded_channel();
        if self.0.set(tell).is_ok() {
            let (config, tls) = connections.config();
            let talk = Talk { config, tls, news: Arc::clone(news), tag: format!("{tag:016x}") };
            connections.spawn(talk.go_on(told));
        }
    }

    pub(super) fn tell(&self, store: &StoreId) {
        if let Some(tell) = self.0.get() {
            tell.send(store.clone()).ok(); // only fails at the end of everything
        }
    }
}

struct Talk {
    config: Config,
    tls: MakeRustlsConnect,
    news: Arc<News>,
    tag: String,
}

impl Talk {
    async fn go_on(self, mut told: UnboundedReceiver<StoreId>) {
        while let Err(error) = self.once(&mut told).await {
            tracing::warn!(%error, "news of other receivers come late until the database is back");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Until the connection is lost; `Ok` when there is nobody any more who tells.
    async fn once(&self, told: &mut UnboundedReceiver<StoreId>) -> Result<(), PostgresError> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await?;
        let hear = async {
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notification(said) = message? {
                    self.hear(&said);
                }
            }
            Err(PostgresError::lost())
        };
        tokio::select! {
            ended = hear => ended,
            ended = self.say(&client, told) => ended,
        }
    }

    async fn say(&self, client: &Client, told: &mut UnboundedReceiver<StoreId>) -> Result<(), PostgresError> {
        client.batch_execute(LISTEN).await?;
        self.news.tell_all();
        while let Some(store) = told.recv().await {
            let mut stores = BTreeSet::from([store]);
            while let Ok(store) = told.try_recv() {
                stores.insert(store);
            }
            for store in stores {
                client.execute(NOTIFY, &[&format!("{} {store}", self.tag)]).await?;
            }
        }
        Ok(())
    }

    /// What this receiver said itself is known.
    fn hear(&self, said: &Notification) {
        let Some((tag, store)) = said.payload().split_once(' ') else { return };
        if tag != self.tag
            && let Ok(store) = store.parse()
        {
            self.news.tell(&store, None);
        }
    }
}
