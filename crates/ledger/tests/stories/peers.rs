//! What other devices of the store log folds into the same visits, in whatever order it comes.

use crate::shop::{DAY_MS, MINUTE_MS, NOON_MS, Shop, clerk, key, opening, path_in, text};
use floorbook_ledger::{Act, LedgerError, Page, SCHEMA};
use floorbook_model::{Body, DeviceId, Event, EventId, Hlc, Patch, Recorded, Status, VisitId};
use floorbook_protocol::encode_batch;
use floorbook_sqlite::Database;
use std::collections::BTreeSet;

pub(crate) fn door() -> DeviceId {
    DeviceId::from_bytes([3; 16])
}

pub(crate) fn visit() -> VisitId {
    VisitId::from_bytes([4; 16])
}

pub(crate) fn page<S: AsRef<str>>(lines: &[S], ahead: usize) -> Page {
    Page::read(encode_batch(lines).unwrap(), ahead).unwrap()
}

impl Shop {
    pub(crate) fn hears<S: AsRef<str>>(&self, lines: &[S]) -> BTreeSet<VisitId> {
        self.book.absorb(vec![page(lines, 0)]).unwrap()
    }
}

pub(crate) fn line(seq: u64, body: Body) -> String {
    line_of(visit(), seq, Hlc(NOON_MS + i64::try_from(seq).unwrap(), 0), body)
}

pub(crate) fn line_of(visit: VisitId, seq: u64, hlc: Hlc, body: Body) -> String {
    let event = Event {
        schema: 1,
        id: EventId::from_bytes([u8::try_from(seq).unwrap(); 16]),
        store: "north".parse().unwrap(),
        device: door(),
        seq,
        hlc,
        recorded: Recorded { wall_ms: NOON_MS, offset_min: 480, steady_ms: 0, boot: 1, server_offset_ms: None },
        actor: clerk("c02"),
        visit: Some(visit),
        body,
    };
    serde_json::to_string(&event).unwrap()
}

#[test]
fn a_visit_that_came_before_its_turn_is_shown_and_comes_again_in_its_turn() {
    let shop = Shop::open();
    let noted = Body::VisitNoted { patch: Patch::from([("note".to_owned(), text("blue"))]) };
    let (opened, noted) = (line(7, Body::VisitOpened(opening(NOON_MS))), line(8, noted));
    let early = page(&[&noted], 1);
    assert_eq!(early.ahead_through()[&door()], 8);
    assert_eq!(shop.book.absorb(vec![early]).unwrap().len(), 1);
    assert!(shop.book.running().unwrap().is_empty(), "nobody knows yet that it began");
    shop.book.absorb(vec![page(&[&opened], 1)]).unwrap();
    assert_eq!(shop.book.running().unwrap()[0].text("note"), Some("blue"));
    assert!(shop.book.peers().unwrap().is_empty(), "nothing of the door's turn was given yet");
    for seq in 1..=6 {
        shop.hears(&[line(seq, Body::VisitVoided).replace(&visit().to_string(), &unrelated(seq))]);
    }
    shop.hears(&[&opened, &noted]);
    assert_eq!((shop.book.peers().unwrap()[&door()], shop.book.running().unwrap().len()), (8, 1));
    assert_eq!(shop.rows("SELECT 1 FROM events", |_| Ok(())).len(), 8, "each once");
}

fn unrelated(seq: u64) -> String {
    VisitId::from_bytes([100 + u8::try_from(seq).unwrap(); 16]).to_string()
}

#[test]
fn a_door_whose_clock_is_behind_has_its_visitors_left_alone() {
    for behind_ms in [DAY_MS, -DAY_MS] {
        let shop = Shop::open();
        let shown = |seq, body| {
            let hlc = Hlc(NOON_MS - behind_ms + i64::try_from(seq).unwrap(), 0);
            let at_the_door = |line: String| line.replace(&NOON_MS.to_string(), &(NOON_MS - behind_ms).to_string());
            shop.hears(&[at_the_door(line_of(visit(), seq, hlc, body))]);
        };
        shown(1, Body::VisitOpened(opening(NOON_MS - 5 * MINUTE_MS - behind_ms)));
        assert_eq!(shop.minutes(visit()), 5, "as long as the door says");
        shop.clock.pass(149 * MINUTE_MS);
        assert!(shop.book.close_idle(90 * MINUTE_MS).unwrap().is_empty());
        shop.clock.pass(MINUTE_MS);
        assert_eq!(shop.book.close_idle(90 * MINUTE_MS).unwrap(), [visit()], "an hour later than its own");
    }
}

#[test]
fn of_two_cards_that_two_devices_merged_into_each_other_one_stays() {
    let shop = Shop::open();
    let mut ids = [shop.arrives(), shop.arrives()];
    ids.sort_unstable();
    let [first, second] = ids;
    let states = || [first, second].map(|id| *shop.book.visit(id).unwrap().status() == Status::Open);
    let parties = || shop.book.figures(shop.today()).unwrap().parties;
    let pair = shop.book.merge(&clerk("c01"), first, second).unwrap();
    let merged = line_of(second, 1, Hlc(NOON_MS + MINUTE_MS, 0), Body::VisitMerged { into: first });
    shop.hears(&[merged]);
    assert_eq!((states(), parties()), ([true, false], 1), "the one with the smaller name");
    assert_eq!(shop.book.running().unwrap()[0].id(), first);
    shop.taps("c01", first, "age", "a20");
    shop.book.unmerge(&clerk("c01"), (second, first), &pair.before).unwrap();
    assert_eq!((states(), parties()), ([true, false], 1), "the other merge stands");
    shop.act("c01", second, Act::Reopen).unwrap();
    assert_eq!((states(), parties()), ([true, true], 2));
}

#[test]
fn a_circle_that_ends_leaves_the_other_merge_as_it_was() {
    let shop = Shop::open();
    let (first, second) = (shop.arrives(), shop.arrives());
    shop.book.merge(&clerk("c01"), first, second).unwrap();
    shop.hears(&[line_of(second, 1, Hlc(NOON_MS + MINUTE_MS, 0), Body::VisitMerged { into: first })]);
    shop.hears(&[line_of(second, 2, Hlc(NOON_MS + MINUTE_MS, 1), Body::VisitReopened)]);
    let running: Vec<VisitId> = shop.book.running().unwrap().iter().map(floorbook_model::Visit::id).collect();
    assert_eq!(running, [second]);
    assert_eq!(shop.book.figures(shop.today()).unwrap().parties, 1);
}

#[test]
fn a_rule_takes_nothing_back_that_people_did_elsewhere() {
    for is_clock_behind in [false, true] {
        let shop = Shop::open();
        let visit = shop.arrives();
        let Hlc(opened_ms, counter) = shop.sealed()[0].event.hlc;
        let hlc = if is_clock_behind { Hlc(opened_ms, counter + 1) } else { Hlc(opened_ms + MINUTE_MS, 0) };
        shop.clock.pass(90 * MINUTE_MS);
        assert_eq!(shop.book.close_idle(90 * MINUTE_MS).unwrap(), [visit], "it has not heard of the sale");
        let Act::Close(sale) = shop.close_as("buy") else { panic!("a close") };
        shop.hears(&[line_of(visit, 1, hlc, Body::VisitClosed(sale.clone()))]);
        assert_eq!(shop.book.visit(visit).unwrap().closing(), Some(&sale));
    }
}

#[test]
fn a_visit_taken_up_again_is_closed_by_rule_again() {
    let shop = Shop::open();
    let visit = shop.arrives();
    for _ in 0..2 {
        shop.clock.pass(90 * MINUTE_MS);
        assert_eq!(shop.book.close_idle(90 * MINUTE_MS).unwrap(), [visit]);
        assert!(shop.book.visit(visit).unwrap().closing().is_some());
        shop.act("c01", visit, Act::Reopen).unwrap();
        assert!(shop.book.visit(visit).unwrap().closing().is_none());
    }
}

#[test]
fn what_a_later_version_wrote_is_there_once_the_program_reads_it() {
    let shop = Shop::open();
    let opened = line(1, Body::VisitOpened(opening(NOON_MS)));
    let noted = line(2, Body::VisitNoted { patch: Patch::from([("note".to_owned(), text("blue"))]) });
    let later = noted.replace("\"patch\":{", "\"patch\":7,\"notes\":{");
    shop.book.absorb(vec![page(&[&later], 1)]).unwrap();
    shop.hears(&[&opened, &later]);
    assert_eq!((shop.book.peers().unwrap()[&door()], shop.book.running().unwrap()[0].text("note")), (2, None));
    assert!(shop.book.absorb_unread().unwrap().is_empty(), "it cannot be read yet");
    assert_eq!(shop.rows("SELECT 1 FROM unread", |_| Ok(())).len(), 1, "it came twice");
    let database = Database::open(&path_in(shop.folder.path()), &key(), SCHEMA).unwrap();
    let readable: rusqlite::Result<usize> = database.write(|tx| tx.execute("UPDATE unread SET line = ?1", [&noted]));
    assert_eq!(readable.unwrap(), 1, "as a later version of the program does");
    assert_eq!(shop.book.absorb_unread().unwrap().into_iter().collect::<Vec<_>>(), [visit()]);
    assert_eq!(shop.book.running().unwrap()[0].text("note"), Some("blue"));
    assert!(shop.book.absorb_unread().unwrap().is_empty(), "once");
}

#[test]
fn what_is_of_a_later_schema_is_kept_and_not_read_even_where_it_could_be() {
    let shop = Shop::open();
    let opened = line(1, Body::VisitOpened(opening(NOON_MS)));
    let later = line(2, Body::VisitVoided).replace("\"schema\":1", "\"schema\":2");
    shop.hears(&[&opened, &later]);
    assert_eq!((shop.book.peers().unwrap()[&door()], shop.book.running().unwrap().len()), (2, 1), "it stands");
    assert!(shop.book.absorb_unread().unwrap().is_empty());
    assert_eq!(shop.rows("SELECT 1 FROM unread", |_| Ok(())).len(), 1, "a later program reads it");
}

#[test]
fn what_is_out_of_order_or_of_this_device_is_no_page_of_the_feed() {
    let shop = Shop::open();
    let (first, second) = (line(1, Body::VisitOpened(opening(NOON_MS))), line(2, Body::VisitReopened));
    let before = first.replace(&door().to_string(), &DeviceId::from_bytes([5; 16]).to_string());
    let own = first.replace(&door().to_string(), &shop.book.origin().device.to_string());
    for lines in [vec![&second, &first], vec![&first, &first], vec![&own]] {
        for ahead in [0, lines.len()] {
            let pages = vec![page(&[&before], 0), page(&lines, ahead)];
            assert!(matches!(shop.book.absorb(pages), Err(LedgerError::Foreign)));
        }
    }
    assert!(shop.sealed().is_empty() && shop.book.peers().unwrap().is_empty());
}
