//! Who waits for news of a store, in this process.

use floorbook_model::{DeviceId, StoreId};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// One bell a store.
#[derive(Debug, Default)]
pub(crate) struct News {
    bells: Mutex<BTreeMap<StoreId, watch::Sender<Rung>>>,
}

/// How often a bell rang.
#[derive(Debug, Default)]
struct Rung {
    times: u64,
    /// Of these, for what each device sent itself.
    own: BTreeMap<DeviceId, u64>,
}

impl Rung {
    fn once_more(&mut self, sender: Option<DeviceId>) {
        self.times += 1;
        if let Some(device) = sender {
            *self.own.entry(device).or_default() += 1;
        }
    }

    fn of_others(&self, device: DeviceId) -> u64 {
        self.times - self.own.get(&device).copied().unwrap_or(0)
    }
}

impl News {
    /// Rings for those who wait for news of a store, but not for the device that sent them.
    pub(crate) fn tell(&self, store: &StoreId, sender: Option<DeviceId>) {
        if let Some(bell) = self.bells.lock().unwrap_or_else(PoisonError::into_inner).get(store) {
            bell.send_modify(|rung| rung.once_more(sender));
        }
    }

    /// Rings for all: nobody knows what was missed.
    pub(crate) fn tell_all(&self) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.values().for_each(|bell| bell.send_modify(|rung| rung.once_more(None)));
    }

    /// Hears for `device` what is told from now on.
    pub(crate) fn listen(&self, store: &StoreId, device: DeviceId) -> Listener {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        let bell = bells.entry(store.clone()).or_default().subscribe();
        let heard = bell.borrow().of_others(device);
        Listener { bell, device, heard }
    }
}

/// Listens for one device.
#[derive(Debug)]
pub(crate) struct Listener {
    bell: watch::Receiver<Rung>,
    device: DeviceId,
    heard: u64,
}

impl Listener {
    /// Until it rings; at once where it did since it was last heard.
    pub(crate) async fn ring(&mut self) {
        let Self { bell, device, heard } = self;
        if let Ok(rung) = bell.wait_for(|rung| rung.of_others(*device) != *heard).await {
            *heard = rung.of_others(*device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_device_hears_of_the_others_and_not_of_itself() {
        let (news, store) = (News::default(), "north".parse().unwrap());
        let [one, other] = [1, 2].map(|n| DeviceId::from_bytes([n; 16]));
        let mut listener = news.listen(&store, one);
        news.tell(&store, Some(one));
        assert!(listener.ring().now_or_never().is_none(), "it knows what it sent");
        news.tell(&store, Some(other));
        news.tell(&store, Some(one));
        assert!(listener.ring().now_or_never().is_some(), "its own does not hide what another one sent");
        assert!(listener.ring().now_or_never().is_none(), "it was heard");
        news.tell(&store, None);
        assert!(listener.ring().now_or_never().is_some());
        news.tell_all();
        assert!(listener.ring().now_or_never().is_some());
    }
}
