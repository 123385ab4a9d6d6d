//! Who waits for news of a store, in this process.

use floorbook_model::StoreId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// One bell a store.
#[derive(Debug, Default)]
pub(crate) struct News {
    bells: Mutex<BTreeMap<StoreId, watch::Sender<()>>>,
}

impl News {
    /// Rings for those who wait for news of a store.
    pub(crate) fn tell(&self, store: &StoreId) {
        if let Some(bell) = self.bells.lock().unwrap_or_else(PoisonError::into_inner).get(store) {
            bell.send_replace(());
        }
    }

    /// Rings for all: nobody knows what was missed.
    pub(crate) fn tell_all(&self) {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|bell| {
            bell.send_replace(());
        });
    }

    /// Hears what is told from now on.
    pub(crate) fn listen(&self, store: &StoreId) -> watch::Receiver<()> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.entry(store.clone()).or_default().subscribe()
    }
}
