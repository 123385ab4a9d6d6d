//! Several receivers are one headquarters, and none of their work waits for another's.

use crate::house::{HandClock, House};
use floorbook_hq::{Because, ExportFilter, Hq};
use floorbook_model::{Clock, Recorded};
use floorbook_protocol::{ProblemKind, RecordResult, Run, SigningKey, encode_batch};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock, mpsc};
use tokio::task::JoinSet;

fn count(runs: &[Run], wanted: &RecordResult) -> u32 {
    runs.iter().filter(|run| run.result == *wanted).map(|run| run.count).sum()
}

fn exported(house: &House) -> u64 {
    house.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap().visits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_batch_at_two_receivers_at_once_is_stored_once() {
    let house = House::open();
    let other = house.another();
    let mut device = house.device_of("north").await;
    for round in 1..=8 {
        let lines = device.opens_many(50);
        let letter = device.letter(encode_batch(&lines).unwrap(), house.challenge().await);
        let (here, there) = tokio::join!(house.deliver(&device, &letter), other.deliver(&device, &letter));
        let (here, there) = (here.unwrap(), there.unwrap());
        let both = [here.results, there.results].concat();
        assert_eq!(count(&both, &RecordResult::Accepted), 50, "round {round}");
        assert_eq!(count(&both, &RecordResult::Duplicate), 50, "round {round}");
        assert_eq!((here.acked_through, there.acked_through), (round * 50, round * 50));
    }
    assert_eq!((exported(&house), exported(&other)), (400, 400));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_of_one_device_may_come_by_two_ways_at_once() {
    let house = House::open();
    let other = house.another();
    let mut device = house.device_of("north").await;
    for round in 1..=8 {
        let lines = device.opens_many(40);
        let (here, there) = tokio::join!(house.send(&device, &lines[..25]), other.send(&device, &lines[15..]));
        let through = [here.unwrap(), there.unwrap()].map(|receipt| receipt.acked_through);
        assert_eq!(through.into_iter().max(), Some(round * 40), "whichever was the later holds all");
    }
    assert_eq!(exported(&house), 320);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_for_one_device_pairs_one_wherever_they_come() {
    let house = House::open();
    let other = house.another();
    for seed in (0..16).step_by(2) {
        let code = house.code(1);
        let keys = [seed, seed + 1].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let (here, there) = tokio::join!(house.pair(&code, &keys[0]), other.pair(&code, &keys[1]));
        let refused: Vec<_> = [here, there].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused, [ProblemKind::CodeUnknown]);
    }
    assert_eq!(house.hq.devices().unwrap().len(), 8);
}

#[tokio::test]
async fn a_device_of_one_receiver_is_known_to_the_other_and_both_sign_alike() {
    let house = House::open();
    let other = house.another();
    let mut device = house.device_of("north").await;
    assert_eq!((house.hq.public_key(), house.hq.ca_der()), (other.hq.public_key(), other.hq.ca_der()));
    let lines = device.opens_many(2);
    let letter = device.letter(encode_batch(&lines).unwrap(), house.challenge().await);
    let receipt = other.deliver(&device, &letter).await.expect("a challenge of one is good at the other");
    assert_eq!(receipt.acked_through, 2);
    other.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    assert_eq!(house.send(&device, &lines).await, Err(ProblemKind::DeviceRevoked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_register_stays_one_chain_whoever_writes_it() {
    let house = House::open();
    let other = house.another();
    let because = floorbook_hq::Because { who: "Officer", reason: "lost" };
    let mut wipes = JoinSet::new();
    for hq in [&house.hq, &other.hq] {
        for _ in 0..6 {
            let (hq, device) = (hq.clone(), house.device_of("north").await.grant.device);
            wipes.spawn_blocking(move || hq.wipe_device(device, because).unwrap());
        }
    }
    wipes.join_all().await;
    let devices: BTreeSet<_> = house.on_record("device_wiped").into_iter().map(|line| line.subject).collect();
    assert_eq!(devices.len(), 12);
}

/// A file whose first line is not written before somebody says so.
struct SlowFile {
    began: mpsc::Sender<()>,
    may_go_on: mpsc::Receiver<()>,
}

impl Write for SlowFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.began.send(()).ok(); // only the first time somebody listens
        self.may_go_on.recv().ok();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intake_waits_for_no_export() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(3);
    house.send(&device, &lines).await.unwrap();
    let ((began, begins), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel());
    let hq = house.hq.clone();
    let export = tokio::task::spawn_blocking(move || {
        hq.export_jsonl(&mut SlowFile { began, may_go_on }, &ExportFilter::default()).unwrap().visits
    });
    begins.recv().unwrap();
    let more = device.opens_many(1);
    assert_eq!(house.send(&device, &more).await.unwrap().acked_through, 4);
    drop(go_on);
    assert!(export.await.unwrap() >= 3, "and the export has all that was there before");
}

/// Goes as `clock` does, and brings the receiver down when it is looked at after its device was heard of.
struct LastClock {
    clock: Arc<HandClock>,
    witness: OnceLock<Arc<Hq>>,
}

impl Clock for LastClock {
    fn now(&self) -> Recorded {
        let is_stored = |hq: &Arc<Hq>| hq.devices().unwrap().iter().any(|device| device.acked_through > 0);
        assert!(!self.witness.get().is_some_and(is_stored), "the receiver ends here");
        self.clock.now()
    }
}

#[tokio::test]
async fn a_receiver_that_ends_between_commit_and_answer_costs_nothing() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let clock = Arc::new(LastClock { clock: house.clock.clone(), witness: OnceLock::new() });
    let doomed = house.another_by(clock.clone());
    clock.witness.set(house.hq.clone()).unwrap();
    let lines = device.opens_many(3);
    let letter = device.letter(encode_batch(&lines).unwrap(), house.challenge().await);
    assert!(doomed.try_put(&letter).await.is_err(), "there is no answer");
    doomed.kill();
    assert_eq!(house.hq.devices().unwrap()[0].acked_through, 3, "though it was stored");
    let receipt = house.deliver(&device, &letter).await.unwrap();
    assert_eq!(receipt.results, [Run { count: 3, result: RecordResult::Duplicate }]);
    assert_eq!(exported(&house), 3);
}
