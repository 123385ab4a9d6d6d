//! Who may have been here before, today.

use crate::shop::{DAY_MS, MINUTE_MS, Shop};
use floorbook_model::VisitId;

const COAT: [(&str, &[&str]); 3] =
    [("style", &["street"]), ("colour", &["dark"]), ("accessories", &["glasses", "hat"])];

fn came_as(shop: &Shop, age: &str) -> VisitId {
    let visit = shop.arrives_as(&[&COAT[..], &[("age", &[age])]].concat());
    shop.clock.pass(5 * MINUTE_MS);
    shop.closes("c01", visit, "none");
    visit
}

fn likely(shop: &Shop, id: VisitId) -> Vec<VisitId> {
    shop.book.likely_same(id).unwrap().into_iter().map(|brief| brief.id).collect()
}

#[test]
fn the_same_look_is_proposed_and_another_age_never() {
    let shop = Shop::open();
    let same = came_as(&shop, "a20");
    came_as(&shop, "a35");
    let unsure = came_as(&shop, "unsure");
    let again = shop.arrives_as(&[&COAT[..], &[("age", &["a20"])]].concat());
    assert_eq!(likely(&shop, again), [same, unsure], "the likest first");
}

#[test]
fn at_most_three_are_proposed_the_latest_of_equals_first() {
    let shop = Shop::open();
    let came: Vec<VisitId> = (0..5).map(|_| came_as(&shop, "a20")).collect();
    let again = shop.arrives_as(&[&COAT[..], &[("age", &["a20"])]].concat());
    assert_eq!(likely(&shop, again), [came[4], came[3], came[2]]);
}

#[test]
fn taps_that_wait_are_looked_at_too() {
    let shop = Shop::open();
    let same = came_as(&shop, "a20");
    let again = shop.arrives();
    assert!(likely(&shop, again).is_empty(), "nothing is known of them yet");
    shop.taps("c01", again, "style", "street");
    shop.taps("c01", again, "colour", "dark");
    assert_eq!(likely(&shop, again), [same]);
    shop.taps("c01", again, "age", "a50");
    assert!(likely(&shop, again).is_empty());
}

#[test]
fn only_who_came_earlier_today_and_left_is_proposed() {
    let shop = Shop::open();
    came_as(&shop, "a20");
    shop.clock.pass(DAY_MS);
    let look = [&COAT[..], &[("age", &["a20"])]].concat();
    let still_here = shop.arrives_as(&look);
    shop.clock.pass(MINUTE_MS);
    let visit = shop.arrives_as(&look);
    shop.clock.pass(MINUTE_MS);
    came_as(&shop, "a20");
    assert!(likely(&shop, visit).is_empty(), "yesterday, still here, and later are other people");
    shop.closes("c01", still_here, "none");
    assert_eq!(likely(&shop, visit), [still_here]);
}
