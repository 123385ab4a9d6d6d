//! Events are numbered without gaps, and each is chained to the one before it.

use crate::shop::{MINUTE_MS, Sealed, Shop, key, path_in};
use floorbook_ledger::{Act, SCHEMA};
use floorbook_model::Stamp;
use floorbook_sqlite::Database;
use sha2::{Digest, Sha256};

/// The number of the first event whose link does not fit.
fn first_break(sealed: &[Sealed]) -> Option<u64> {
    let mut before = [0; 32];
    for Sealed { chain, line, event } in sealed {
        let expected: [u8; 32] = Sha256::new().chain_update(before).chain_update(line).finalize().into();
        if *chain != expected {
            return Some(event.seq);
        }
        before = expected;
    }
    None
}

fn busy_hour() -> Shop {
    let mut shop = Shop::open();
    for n in 0..12 {
        let visit = shop.arrives();
        shop.taps("c01", visit, "age", "a20");
        shop.clock.jump(if n % 4 == 3 { -MINUTE_MS } else { MINUTE_MS });
        match n % 3 {
            0 => shop.closes("c02", visit, "buy"),
            1 => shop.act("c01", visit, Act::Void).unwrap(),
            _ => drop(shop.book.seal(i64::MAX).unwrap()),
        }
        let _refused = shop.act("c01", floorbook_model::VisitId::from_bytes([1; 16]), Act::Void).unwrap_err();
        if n == 5 {
            shop = shop.reopened();
        }
    }
    shop
}

#[test]
fn numbers_have_no_gaps_over_refusals_and_restarts() {
    let sealed = busy_hour().sealed();
    let numbers: Vec<u64> = sealed.iter().map(|sealed| sealed.event.seq).collect();
    assert_eq!(numbers, (1..=u64::try_from(sealed.len()).unwrap()).collect::<Vec<_>>());
    assert!(sealed.is_sorted_by_key(|sealed| Stamp::of(&sealed.event)), "a later event never counts as an earlier one");
}

#[test]
fn every_line_is_chained_to_all_before_it() {
    let mut sealed = busy_hour().sealed();
    assert_eq!(first_break(&sealed), None);
    sealed[7].line = sealed[7].line.replace("north", "south");
    assert_eq!(first_break(&sealed), Some(8), "a changed line is named");
    sealed.remove(7);
    assert_eq!(first_break(&sealed), Some(9), "a missing line is noticed");
}

#[test]
fn no_id_is_given_twice() {
    let sealed = busy_hour().sealed();
    let mut ids: Vec<_> = sealed.iter().map(|sealed| sealed.event.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), sealed.len());
}

#[test]
fn a_device_says_how_far_its_chain_got_and_what_has_not_left() {
    let shop = busy_hour();
    let (said, sealed) = (shop.book.day_ledger().unwrap(), shop.sealed());
    let count = u64::try_from(sealed.len()).unwrap();
    assert_eq!((said.through, said.count, said.waiting, said.set_aside), (count, count, count, 0));
    assert_eq!(said.chain.0, sealed.last().unwrap().chain);
    let waiting = shop.book.outbox(0, 2, usize::MAX).unwrap();
    shop.book.set_aside(&[waiting[0].n, waiting[1].n]).unwrap();
    let said = shop.book.day_ledger().unwrap();
    assert_eq!((said.through, said.waiting, said.set_aside), (count, count - 2, 2));
}

#[test]
fn a_device_that_lost_events_of_its_own_says_fewer() {
    let shop = busy_hour().reopened();
    let through = shop.book.day_ledger().unwrap().through;
    let shop = shop.reopened();
    let lost = "DELETE FROM outbox; DELETE FROM events WHERE seq IN (3, 4)";
    let database = Database::open(&path_in(shop.folder.path()), &key(), SCHEMA).unwrap();
    let done: rusqlite::Result<()> = database.write(|tx| tx.execute_batch(lost));
    done.unwrap();
    let said = shop.book.day_ledger().unwrap();
    assert_eq!((said.through, said.count, said.waiting), (through, through - 2, 0));
}
