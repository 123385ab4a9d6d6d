//! What every answer carries beside the visit.

use crate::shop::{DAY_MS, MINUTE_MS, Shop};

#[test]
fn a_glance_has_the_day_so_far_and_each_visit_in_its_place() {
    let shop = Shop::open();
    let ids = [0; 3].map(|_| {
        shop.clock.pass(MINUTE_MS);
        shop.arrives()
    });
    shop.closes("c01", ids[1], "buy");
    let visits = [ids[2], ids[0]].map(|id| shop.book.visit(id).unwrap());
    let glance = shop.book.glance(shop.today(), &visits.each_ref()).unwrap();
    assert_eq!((glance.parties, glance.bought), (3, 1));
    assert_eq!(glance.since_ms, [shop.clock.steady_ms(), shop.clock.steady_ms() - 2 * MINUTE_MS]);
}

#[test]
fn a_day_on_which_nobody_came_has_zeros() {
    let shop = Shop::open();
    shop.arrives();
    shop.clock.pass(DAY_MS);
    let glance = shop.book.glance(shop.today(), &[]).unwrap();
    assert_eq!((glance.parties, glance.bought, glance.since_ms.len()), (0, 0, 0));
}
