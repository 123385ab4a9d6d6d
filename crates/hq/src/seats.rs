//! Who waits at the feed. A device has two seats, for one whose answer is lost on the way asks again; whoever
//! takes a third ends the oldest.

use floorbook_model::DeviceId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

const SEATS: usize = 2;

type Taken = BTreeMap<DeviceId, VecDeque<Arc<Notify>>>;

/// The seats that are taken.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<Taken>);

/// One that is taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    device: DeviceId,
    end: Arc<Notify>,
}

impl Seats {
    pub(crate) fn take(self: &Arc<Self>, device: DeviceId) -> Seat {
        let end = Arc::new(Notify::new());
        let mut taken = self.hold();
        let of_device = taken.entry(device).or_default();
        of_device.push_back(Arc::clone(&end));
        if of_device.len() > SEATS
            && let Some(oldest) = of_device.pop_front()
        {
            oldest.notify_one();
        }
        Seat { seats: Arc::clone(self), device, end }
    }

    fn hold(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Until somebody else has it.
    pub(crate) async fn ended(&self) {
        self.end.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.hold();
        if let Some(of_device) = taken.get_mut(&self.device) {
            of_device.retain(|end| !Arc::ptr_eq(end, &self.end));
            if of_device.is_empty() {
                taken.remove(&self.device);
            }
        }
    }
}
