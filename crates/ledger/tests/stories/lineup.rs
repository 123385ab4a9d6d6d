//! Arrivals go round among the clerks on the floor.

use crate::shop::{DAY_MS, Shop, clerk, opening};
use floorbook_model::{Clock, Opening, VisitId};

fn line(shop: &Shop) -> Vec<String> {
    shop.book.lineup(shop.today()).unwrap().iter().map(ToString::to_string).collect()
}

fn comes_in(shop: &Shop, who: &str) {
    shop.book.to_the_end(shop.today(), &clerk(who)).unwrap();
}

/// The next in line serves.
fn serves(shop: &Shop, id: VisitId) -> bool {
    let next = shop.book.lineup(shop.today()).unwrap().into_iter().next();
    let opening = Opening { serving: next, ..opening(shop.clock.wall_ms()) };
    shop.book.open_visit_as(&clerk("m01"), id, opening).unwrap().1
}

#[test]
fn the_line_goes_round() {
    let shop = Shop::open();
    for who in ["c01", "c02", "c03"] {
        comes_in(&shop, who);
    }
    let order: Vec<String> = (0..4)
        .map(|n| {
            let next = line(&shop)[0].clone();
            assert!(serves(&shop, VisitId::from_bytes([n; 16])));
            next
        })
        .collect();
    assert_eq!(order, ["c01", "c02", "c03", "c01"]);
    comes_in(&shop, "c02");
    assert_eq!(line(&shop), ["c03", "c01", "c02"], "who lets one pass goes to the end");
}

#[test]
fn an_arrival_said_twice_is_one_visit_and_one_turn() {
    let shop = Shop::open();
    comes_in(&shop, "c01");
    comes_in(&shop, "c02");
    let id = VisitId::from_bytes([1; 16]);
    assert!(serves(&shop, id));
    assert!(!serves(&shop, id), "it was there already");
    assert_eq!(line(&shop), ["c02", "c01"]);
    assert_eq!(shop.book.visit(id).unwrap().serving(), Some(&clerk("c01")));
    shop.closes("c01", id, "none");
    assert!(!serves(&shop, id), "however late it is said again");
    assert_eq!((shop.book.running().unwrap().len(), shop.book.figures(shop.today()).unwrap().parties), (0, 1));
}

#[test]
fn an_arrival_taken_back_gives_the_turn_back() {
    let shop = Shop::open();
    for who in ["c01", "c02", "c03"] {
        comes_in(&shop, who);
    }
    assert!(serves(&shop, VisitId::from_bytes([1; 16])));
    assert!(serves(&shop, VisitId::from_bytes([2; 16])));
    shop.book.to_the_front(shop.today(), &clerk("c02")).unwrap();
    shop.book.to_the_front(shop.today(), &clerk("c01")).unwrap();
    assert_eq!(line(&shop), ["c01", "c02", "c03"]);
}

#[test]
fn who_left_the_floor_is_not_called_back_to_it() {
    let shop = Shop::open();
    comes_in(&shop, "c01");
    comes_in(&shop, "c02");
    assert!(serves(&shop, VisitId::from_bytes([1; 16])));
    shop.book.leave_lineup(&clerk("c01")).unwrap();
    shop.book.to_the_front(shop.today(), &clerk("c01")).unwrap();
    assert_eq!(line(&shop), ["c02"]);
    comes_in(&shop, "c01");
    assert_eq!(line(&shop), ["c02", "c01"]);
}

#[test]
fn the_line_of_yesterday_does_not_count_and_outlives_a_restart() {
    let shop = Shop::open();
    comes_in(&shop, "c01");
    comes_in(&shop, "c02");
    let shop = shop.reopened();
    assert_eq!(line(&shop), ["c01", "c02"]);
    shop.clock.pass(DAY_MS);
    assert!(line(&shop).is_empty());
    comes_in(&shop, "c02");
    assert_eq!(line(&shop), ["c02"]);
}
