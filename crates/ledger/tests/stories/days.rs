//! A day in lines and figures is what a recount of its events gives.

use crate::shop::{DAY_MS, MINUTE_MS, NOON_MS, Shop, clerk, text};
use floorbook_ledger::{Act, LedgerError, Rows};
use floorbook_model::{Brief, BusinessDay, Figures, Visit, VisitId, VisitState, contribution};
use std::collections::{BTreeMap, BTreeSet};

/// Every visit folded from the stored lines, without any projection.
fn recount(shop: &Shop) -> BTreeMap<BusinessDay, Vec<Brief>> {
    let mut visits: BTreeMap<VisitId, Visit> = BTreeMap::new();
    for sealed in shop.sealed() {
        let id = sealed.event.visit.unwrap();
        visits.entry(id).or_insert_with(|| Visit::new(id)).apply(&sealed.event);
    }
    let mut days: BTreeMap<BusinessDay, Vec<Brief>> = BTreeMap::new();
    for visit in visits.values() {
        let brief = Brief::of(visit, &shop.book.origin().calendar).unwrap();
        days.entry(brief.day).or_default().push(brief);
    }
    days
}

fn assert_day_is(shop: &Shop, day: BusinessDay, briefs: &[Brief], act: usize) {
    let mut sums = BTreeMap::new();
    for (figure, amount) in briefs.iter().flat_map(contribution) {
        *sums.entry(figure).or_insert(0) += amount;
    }
    assert_eq!(shop.book.figures(day).unwrap(), Figures::from_sums(&sums), "figures of {day} after act {act}");
    let mut lines: Vec<Brief> = briefs.iter().filter(|brief| brief.state != VisitState::Voided).cloned().collect();
    lines.sort_by_key(|brief| std::cmp::Reverse((brief.entered_ms, brief.id)));
    assert_eq!(
        shop.book.day_page(day, Rows::All, None, 1_000).unwrap().briefs,
        lines,
        "lines of {day} after act {act}"
    );
}

fn random_act(shop: &Shop, visits: &mut Vec<VisitId>) {
    let roll = |bound| shop.rng.below(bound);
    let actor = ["c01", "c02"][usize::try_from(roll(2)).unwrap()];
    shop.clock.jump(match roll(12) {
        0 => DAY_MS / 2,
        1 => -10 * MINUTE_MS,
        _ => MINUTE_MS,
    });
    if visits.is_empty() || roll(4) == 0 {
        visits.push(shop.arrives());
        return;
    }
    let visit = visits[usize::try_from(roll(visits.len() as u64)).unwrap()];
    let taps = [("size", "5"), ("interest", "4"), ("interest", "1"), ("age", "a20")];
    let result = match roll(9) {
        0 => shop.act(actor, visit, shop.close_as("buy")),
        1 => shop.act(actor, visit, shop.close_as("none")),
        2 => shop.act(actor, visit, Act::Reopen),
        3 => shop.act(actor, visit, Act::Void),
        4 => shop.book.seal(i64::MAX).map(drop),
        n => {
            let (field, value) = taps[usize::try_from(n - 5).unwrap()];
            shop.book.note(&clerk(actor), visit, &[(field.to_owned(), text(value))].into()).map(drop)
        }
    };
    assert!(matches!(result, Ok(()) | Err(LedgerError::VisitNotOpen(_))), "{result:?}");
}

#[test]
fn three_hundred_random_acts_leave_the_figures_of_a_recount() {
    for seed in [1, 2] {
        let (mut shop, mut visits) = (Shop::seeded(seed), Vec::new());
        for act in 1..=300 {
            random_act(&shop, &mut visits);
            if act % 100 == 0 {
                shop = shop.reopened();
            }
            if act % 10 == 0 {
                recount(&shop).iter().for_each(|(day, briefs)| assert_day_is(&shop, *day, briefs, act));
            }
        }
        assert!(recount(&shop).len() > 3, "the acts spread over some days");
    }
}

#[test]
fn a_void_leaves_nothing_in_the_figures() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "interest", "4");
    shop.closes("c01", visit, "none");
    shop.act("c01", visit, Act::Void).unwrap();
    assert_eq!(shop.book.figures(shop.today()).unwrap(), Figures::default());
    assert!(shop.book.day_page(shop.today(), Rows::All, None, 50).unwrap().briefs.is_empty());
    assert!(shop.book.running().unwrap().is_empty());
    assert_eq!(shop.sealed().len(), 4, "nothing is erased");
}

#[test]
fn paging_a_day_returns_each_visit_once() {
    let shop = Shop::open();
    let mut expected = BTreeSet::new();
    for n in 0..47 {
        let visit = shop.arrives();
        if n % 9 == 0 {
            shop.act("c01", visit, Act::Void).unwrap();
        } else {
            expected.insert(visit);
        }
        if n % 5 == 0 {
            shop.clock.pass(MINUTE_MS); // several come in the same millisecond
        }
    }
    for limit in [1, 2, 7, 41, 42] {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = shop.book.day_page(shop.today(), Rows::All, before, limit).unwrap();
            assert!(page.briefs.len() <= limit);
            before = page.briefs.last().map(|brief| (brief.entered_ms, brief.id));
            seen.extend(page.briefs.iter().map(|brief| (brief.entered_ms, brief.id)));
            if !page.more {
                break;
            }
        }
        assert!(seen.is_sorted_by(|a, b| a > b), "latest first, none twice, by {limit}");
        assert_eq!(seen.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>(), expected, "by {limit}");
    }
}

#[test]
fn an_arrival_while_paging_moves_nothing() {
    let shop = Shop::open();
    let early: Vec<VisitId> = (0..6).map(|_| shop.arrives()).collect();
    let first = shop.book.day_page(shop.today(), Rows::All, None, 3).unwrap();
    shop.clock.pass(MINUTE_MS);
    shop.arrives();
    let last = first.briefs.last().unwrap();
    let second = shop.book.day_page(shop.today(), Rows::All, Some((last.entered_ms, last.id)), 3).unwrap();
    let seen: BTreeSet<VisitId> = first.briefs.iter().chain(&second.briefs).map(|brief| brief.id).collect();
    assert_eq!(seen, early.into_iter().collect(), "the list does not slide under the reader");
}

#[test]
fn the_neighbours_of_a_day_are_days_with_a_visit() {
    let shop = Shop::open();
    let day = |n: i64| shop.book.origin().calendar.day_of(NOON_MS + n * DAY_MS);
    for n in 0..6 {
        let visit = shop.arrives();
        if n == 1 || n == 4 {
            shop.act("c01", visit, Act::Void).unwrap();
        }
        shop.clock.pass(DAY_MS);
    }
    assert_eq!(shop.book.days_around(day(2)).unwrap(), (Some(day(0)), Some(day(3))), "a voided visit makes no day");
    assert_eq!(shop.book.days_around(day(3)).unwrap(), (Some(day(2)), Some(day(5))));
    assert_eq!(shop.book.days_around(day(-9)).unwrap(), (None, Some(day(0))));
}
