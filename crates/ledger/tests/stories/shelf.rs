//! A visit that a page tells from beginning to end stays in the page. Nobody who reads it can tell.

use crate::peers::{line, line_of, page, visit};
use crate::shop::{DAY_MS, MINUTE_MS, NOON_MS, Shop, clerk, opening, text};
use floorbook_ledger::Act;
use floorbook_model::{Body, Closing, DwellSource, Hlc, Outcome, Patch, Status, VisitId};
use std::collections::BTreeSet;

/// A visit of ten minutes with a note.
fn story() -> [String; 3] {
    let closing = Closing { left_ms: NOON_MS, dwell_source: DwellSource::Observed, outcome: Outcome::of("buy") };
    [
        line(1, Body::VisitOpened(opening(NOON_MS - 10 * MINUTE_MS))),
        line(2, Body::VisitNoted { patch: Patch::from([("note".to_owned(), text("blue"))]) }),
        line(3, Body::VisitClosed(closing)),
    ]
}

/// How many rows and how many pages hold events.
fn kept(shop: &Shop) -> (usize, usize) {
    (shop.rows("SELECT 1 FROM events", |_| Ok(())).len(), shop.rows("SELECT 1 FROM pages", |_| Ok(())).len())
}

#[test]
fn it_reads_like_one_that_came_piece_by_piece() {
    let (whole, pieces) = (Shop::open(), Shop::open());
    assert_eq!(whole.hears(&story()), BTreeSet::from([visit()]));
    story().iter().for_each(|line| drop(pieces.hears(&[line])));
    assert_eq!((kept(&whole), kept(&pieces)), ((0, 1), (3, 0)));
    let [of_whole, of_pieces] = [&whole, &pieces].map(|shop| {
        let (visit, today) = (shop.book.visit(visit()).unwrap(), shop.today());
        (visit, shop.book.figures(today).unwrap(), shop.book.peers().unwrap())
    });
    assert_eq!(of_whole, of_pieces);
    assert_eq!(of_whole.0.text("note"), Some("blue"));
}

#[test]
fn what_becomes_of_it_later_comes_on_top() {
    let shop = Shop::open();
    // Written by a clock that is a day ahead: what is done here must count all the same.
    let ahead: Vec<String> = (1..).zip(story()).map(|(n, line)| later(&line, n, DAY_MS)).collect();
    shop.hears(&ahead);
    shop.act("c01", visit(), shop.close_as("leave")).unwrap();
    assert_eq!(shop.book.visit(visit()).unwrap().closing().unwrap().outcome.code, "leave");
    shop.hears(&[line_of(visit(), 4, Hlc(NOON_MS + 2 * DAY_MS, 0), Body::VisitReopened)]);
    let running = shop.book.running().unwrap();
    assert_eq!((running.len(), running[0].text("note")), (1, Some("blue")));
    assert_eq!(kept(&shop), (2, 1), "an act of this device and one of the other");
}

fn later(line: &str, seq: i64, by_ms: i64) -> String {
    let hlc = NOON_MS + seq;
    line.replace(&format!("\"hlc\":[{hlc},0]"), &format!("\"hlc\":[{},0]", hlc + by_ms))
}

#[test]
fn one_that_comes_before_its_turn_and_in_its_turn_is_there_once() {
    let shop = Shop::open();
    shop.book.absorb(vec![page(&story(), 3)]).unwrap();
    assert!(shop.book.peers().unwrap().is_empty(), "it came before its turn");
    shop.act("c01", visit(), Act::Reopen).unwrap();
    let newest = shop.book.newest().unwrap();
    shop.hears(&story());
    assert!(!shop.book.went_on_elsewhere(&[visit()], newest).unwrap(), "nobody did anything meanwhile");
    assert_eq!(kept(&shop), (4, 0), "what comes twice is kept in rows, each once");
    shop.act("c01", visit(), shop.close_as("buy")).unwrap();
    assert_eq!(shop.book.figures(shop.today()).unwrap().parties, 1);
}

#[test]
fn one_that_is_torn_or_still_here_is_kept_in_rows() {
    let [opened, noted, closed] = story();
    let shop = Shop::open();
    shop.book.absorb(vec![page(&[&opened, &noted], 0), page(&[&closed], 0)]).unwrap();
    assert_eq!(kept(&shop), (3, 0), "torn between two pages");
    let shop = Shop::open();
    let other = VisitId::from_bytes([9; 16]);
    let next = line_of(other, 4, Hlc(NOON_MS + 4, 0), Body::VisitOpened(opening(NOON_MS)));
    shop.hears(&[&opened, &noted, &closed, &next]);
    assert_eq!(kept(&shop), (1, 1), "the next visitor is still here");
    assert_eq!(shop.book.running().unwrap()[0].id(), other);
}

#[test]
fn it_goes_into_another_card_and_comes_back() {
    let shop = Shop::open();
    shop.hears(&story());
    let here = shop.arrives();
    shop.act("c01", visit(), Act::Reopen).unwrap();
    let pair = shop.book.merge(&clerk("c01"), visit(), here).unwrap();
    assert_eq!(*shop.book.visit(visit()).unwrap().status(), Status::Merged(here));
    assert_eq!(shop.book.visit(here).unwrap().text("note"), Some("blue"));
    shop.book.unmerge(&clerk("c01"), (here, visit()), &pair.before).unwrap();
    assert_eq!(*shop.book.visit(visit()).unwrap().status(), Status::Open);
}

#[test]
fn it_is_found_however_its_name_is_spelt() {
    let shop = Shop::open();
    let name = visit().to_string();
    shop.hears(&story().map(|line| line.replace(&name, &name.replace('-', ""))));
    assert_eq!((kept(&shop), shop.book.visit(visit()).unwrap().text("note")), ((0, 1), Some("blue")));
}
