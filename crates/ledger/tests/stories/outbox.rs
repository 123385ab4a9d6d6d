//! The outbox empties by a receipt and by nothing else.

use crate::shop::{DAY_MS, NOON_MS, Shop};
use floorbook_ledger::{Counts, LedgerError};
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{QuarantineCode, Receipt, RecordResult, Run, runs_of};
use std::collections::BTreeSet;

fn shop_with(records: usize) -> Shop {
    let shop = Shop::open();
    for _ in 0..records {
        shop.arrives();
    }
    shop
}

fn waiting(shop: &Shop) -> Vec<i64> {
    shop.book.outbox(0, 10_000, usize::MAX).unwrap().iter().map(|record| record.n).collect()
}

fn receipt(results: Vec<Run>) -> Receipt {
    Receipt {
        batch: BatchId::from_bytes([5; 16]),
        device: DeviceId::from_bytes([9; 16]),
        digest: String::new(),
        results,
        acked_through: 0,
        server_time_ms: 0,
    }
}

#[test]
fn every_record_goes_where_the_receipt_says() {
    use RecordResult::{Accepted, Duplicate, Quarantined, Retry};
    let shop = shop_with(7);
    let sent = waiting(&shop);
    let conflict = Quarantined(QuarantineCode::Conflict);
    let foreign = Quarantined(QuarantineCode::ForeignOrigin);
    let results = runs_of([Accepted, Duplicate, Duplicate, conflict, Retry, foreign, Accepted]);
    shop.book.settle(&sent, &receipt(results), "{\"proof\":1}").unwrap();
    assert_eq!(waiting(&shop), [sent[4]], "only what is to be sent again stays");
    assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 1, quarantined: 2 });
    let aside = shop.rows("SELECT n, code FROM quarantine ORDER BY n", |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(aside, [(sent[3], "conflict".to_owned()), (sent[5], "foreign_origin".to_owned())]);
    let kept: Vec<String> = shop.rows("SELECT document FROM receipts", |row| row.get(0));
    assert_eq!(kept, ["{\"proof\":1}"], "the signed word is kept as proof");
    assert_eq!(shop.sealed().len(), 7, "no event is ever deleted");
    let shop = shop.reopened();
    assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 1, quarantined: 2 });
}

#[test]
fn a_receipt_for_another_number_of_records_changes_nothing() {
    let shop = shop_with(4);
    let sent = waiting(&shop);
    let counts = [vec![], vec![3], vec![5], vec![1, 4], vec![u32::MAX, 5], vec![u32::MAX; 9]];
    for counts in counts {
        let runs = counts.iter().map(|count| Run { count: *count, result: RecordResult::Accepted }).collect();
        let refused = shop.book.settle(&sent, &receipt(runs), "{}");
        assert!(matches!(refused, Err(LedgerError::ReceiptMismatch)), "{counts:?}: {refused:?}");
        assert_eq!(waiting(&shop), sent, "{counts:?}");
    }
    assert!(shop.rows("SELECT 1 FROM receipts", |_| Ok(())).is_empty());
}

#[test]
fn the_same_receipt_twice_is_the_same_as_once() {
    let shop = shop_with(3);
    let sent = waiting(&shop);
    let results =
        runs_of([RecordResult::Accepted, RecordResult::Quarantined(QuarantineCode::Malformed), RecordResult::Retry]);
    for _ in 0..2 {
        shop.book.settle(&sent, &receipt(results.clone()), "{}").unwrap();
        assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 1, quarantined: 1 });
    }
}

#[test]
fn what_is_written_meanwhile_stays() {
    let shop = shop_with(3);
    let sent = waiting(&shop);
    shop.arrives();
    shop.book.settle(&sent, &receipt(vec![Run { count: 3, result: RecordResult::Accepted }]), "{}").unwrap();
    assert_eq!(waiting(&shop).len(), 1, "a receipt speaks of what was sent, not of what came later");
}

#[test]
fn batches_obey_their_limits_and_miss_nothing() {
    let shop = shop_with(40);
    let all = waiting(&shop);
    let line_bytes = shop.book.outbox(0, 1, usize::MAX).unwrap()[0].line.len() + 1;
    for (records_max, bytes_max) in [(1, usize::MAX), (7, usize::MAX), (40, 3 * line_bytes), (40, 1), (41, usize::MAX)]
    {
        let (mut seen, mut after_n) = (Vec::new(), 0);
        loop {
            let batch = shop.book.outbox(after_n, records_max, bytes_max).unwrap();
            let bytes: usize = batch.iter().map(|record| record.line.len() + 1).sum();
            assert!(batch.len() <= records_max);
            assert!(bytes <= bytes_max || batch.len() == 1, "one record always travels, or it would block the others");
            let Some(last) = batch.last() else { break };
            after_n = last.n;
            seen.extend(batch.iter().map(|record| record.n));
        }
        assert_eq!(seen, all, "oldest first, each once, by {records_max} and {bytes_max}");
    }
}

#[test]
fn what_travels_is_the_sealed_line() {
    let shop = shop_with(3);
    let travels: Vec<String> =
        shop.book.outbox(0, 9, usize::MAX).unwrap().into_iter().map(|record| record.line).collect();
    let sealed: Vec<String> = shop.sealed().into_iter().map(|sealed| sealed.line).collect();
    assert_eq!(travels, sealed);
}

#[test]
fn a_record_that_cannot_travel_is_set_aside_and_can_be_put_back() {
    let shop = shop_with(4);
    let all = waiting(&shop);
    let run = |count, result| Run { count, result };
    let conflict = RecordResult::Quarantined(QuarantineCode::Conflict);
    shop.book.settle(&all[..2], &receipt(vec![run(1, RecordResult::Accepted), run(1, conflict)]), "{}").unwrap();
    shop.book.set_aside(&[all[3]]).unwrap();
    assert_eq!(waiting(&shop), [all[2]], "it stands in nobody's way");
    assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 1, quarantined: 2 });
    let shop = shop.reopened();
    shop.book.put_back().unwrap();
    shop.book.put_back().unwrap();
    assert_eq!(waiting(&shop), all[2..], "in its old place");
    assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 2, quarantined: 1 }, "headquarters' word stays");
    let ids: BTreeSet<_> = shop.sealed().iter().map(|sealed| sealed.event.id).collect();
    assert_eq!(ids.len(), 4, "no event is ever deleted");
}

#[test]
fn what_was_written_today_is_told_apart_from_the_backlog() {
    let shop = shop_with(3);
    assert_eq!(shop.book.before_today(NOON_MS).unwrap(), 0, "all of it is of today");
    shop.clock.pass(DAY_MS);
    let tomorrow = NOON_MS + DAY_MS;
    let (backlog, newest) = (shop.book.before_today(tomorrow).unwrap(), shop.book.newest().unwrap());
    assert_eq!((backlog, newest), (waiting(&shop)[2], waiting(&shop)[2]), "none of it is");
    shop.arrives();
    shop.arrives();
    assert_eq!(shop.book.before_today(tomorrow).unwrap(), backlog, "a new day begins behind what was there");
    let between = shop.book.outbox_between(backlog, shop.book.newest().unwrap(), 9, usize::MAX).unwrap();
    assert_eq!(between.len(), 2);
    assert_eq!(shop.book.outbox_between(0, backlog, 9, usize::MAX).unwrap().len(), 3);
    shop.book.settle(&waiting(&shop), &receipt(vec![Run { count: 5, result: RecordResult::Accepted }]), "{}").unwrap();
    assert_eq!(shop.book.before_today(tomorrow).unwrap(), 0, "nothing waits");
}

#[test]
fn what_a_rule_closes_today_is_of_today() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(DAY_MS);
    let yesterday = shop.book.newest().unwrap();
    shop.arrives();
    assert_eq!(shop.book.close_idle(DAY_MS).unwrap(), [visit]);
    assert_eq!(shop.book.before_today(NOON_MS + DAY_MS).unwrap(), yesterday, "although it is as old as its visit");
}

#[test]
fn somebody_looks_at_what_was_set_aside_and_sends_it_again_as_it_is() {
    let shop = shop_with(5);
    let (all, lines) = (waiting(&shop), shop.sealed());
    let conflict = RecordResult::Quarantined(QuarantineCode::Conflict);
    shop.book.settle(&all[..2], &receipt(vec![Run { count: 2, result: conflict }]), "{}").unwrap();
    shop.book.set_aside(&all[2..4]).unwrap();
    let listed = shop.book.quarantined(i64::MAX, 9).unwrap();
    let said: Vec<(i64, &str, &str)> = listed.iter().map(|it| (it.n, it.code.as_str(), it.line.as_str())).collect();
    let expected = [(3, "unsendable"), (2, "unsendable"), (1, "conflict"), (0, "conflict")]
        .map(|(at, code)| (all[at], code, lines[at].line.as_str()));
    assert_eq!(said, expected, "the last one first, as it was sealed");
    assert!(listed.iter().all(|it| it.since_ms == NOON_MS));
    let page = shop.book.quarantined(listed[1].n, 1).unwrap();
    assert_eq!(page, listed[2..3], "and page by page");
    for _ in 0..2 {
        shop.book.retry_quarantined(all[0]).unwrap();
        assert_eq!(waiting(&shop), [all[0], all[4]], "in its old place");
        assert_eq!(shop.book.counts().unwrap(), Counts { waiting: 2, quarantined: 3 });
    }
}

#[test]
fn a_receipt_speaks_only_of_what_was_sent_whatever_came_back_in_between() {
    let shop = shop_with(3);
    let all = waiting(&shop);
    shop.book.set_aside(&[all[1]]).unwrap();
    let sent = waiting(&shop);
    shop.book.retry_quarantined(all[1]).unwrap();
    shop.book.settle(&sent, &receipt(vec![Run { count: 2, result: RecordResult::Accepted }]), "{}").unwrap();
    assert_eq!(waiting(&shop), [all[1]], "it was not on the way");
}

#[test]
fn what_headquarters_lost_of_what_it_signed_for_waits_again() {
    let shop = shop_with(5);
    let sent = waiting(&shop);
    shop.book.settle(&sent[..4], &receipt(vec![Run { count: 4, result: RecordResult::Accepted }]), "{}").unwrap();
    for through in [4, 5, 6] {
        assert_eq!(shop.book.send_again_after(through).unwrap(), 0, "it holds all that it signed for");
    }
    assert_eq!(waiting(&shop), sent[4..]);
    assert_eq!(shop.book.send_again_after(1).unwrap(), 3, "the last one waits anyway");
    assert_eq!(waiting(&shop), sent[1..]);
    assert_eq!(shop.book.send_again_after(1).unwrap(), 0, "it waits");
}

#[test]
fn a_record_that_was_set_aside_there_is_set_aside_anew_and_one_that_cannot_be_sent_is_not_tried() {
    let shop = shop_with(3);
    let sent = waiting(&shop);
    let conflict = RecordResult::Quarantined(QuarantineCode::Conflict);
    shop.book.settle(&sent[..1], &receipt(vec![Run { count: 1, result: conflict }]), "{}").unwrap();
    shop.book.set_aside(&sent[1..2]).unwrap();
    assert_eq!(shop.book.send_again_after(1).unwrap(), 0, "headquarters waits for the one that cannot be sent");
    assert_eq!(shop.book.send_again_after(0).unwrap(), 1);
    assert_eq!(waiting(&shop), [sent[0], sent[2]]);
    assert_eq!(shop.book.counts().unwrap().quarantined, 1);
}
