//! A device and its headquarters agree on what was logged.

use crate::support::{House, Till, tap};

#[test]
fn what_a_device_says_of_its_day_adds_up_with_what_came() {
    let house = House::open();
    let till = Till::open(&house);
    for _ in 0..5 {
        let visit = till.device.arrive(2).unwrap().visit.id();
        till.device.note(visit, &tap("matters", "comfort")).unwrap();
    }
    till.drain();
    till.hears();
    let lines = house.hq().ledgers().unwrap();
    let line = lines.last().unwrap();
    assert_eq!(line.said.device, till.id(&house));
    assert_eq!((line.said.through, line.said.count, line.said.waiting), (line.held, line.held, 0));
    assert!(line.held >= 10 && line.missing.is_empty() && line.flaws.is_empty(), "{line:?}");
}
