//! Sums that move with their visits are the sums that a recount gives.

use crate::anything::{brief, cases};
use floorbook_model::{Brief, Figures, VisitState, contribution};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Sums = BTreeMap<String, i64>;

const VISITS: u8 = 6;

/// Visit `n` takes a new form, `None` meaning that it leaves the day.
fn changes() -> impl Strategy<Value = Vec<(u8, Option<Brief>)>> {
    let change = (0..VISITS).prop_flat_map(|n| (Just(n), prop::option::weighted(0.9, brief(n))));
    vec(change, 0..40)
}

fn moved(sums: &mut Sums, brief: &Brief, sign: i64) {
    for (figure, amount) in contribution(brief) {
        *sums.entry(figure).or_insert(0) += sign * amount;
    }
}

fn recount<'a>(briefs: impl IntoIterator<Item = &'a Brief>) -> Sums {
    let mut sums = Sums::new();
    briefs.into_iter().for_each(|brief| moved(&mut sums, brief, 1));
    sums
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn replacing_visits_moves_the_sums_exactly(changes in changes()) {
        let (mut day, mut sums) = (BTreeMap::new(), Sums::new());
        for (n, new) in changes {
            if let Some(old) = day.remove(&n) {
                moved(&mut sums, &old, -1);
            }
            if let Some(new) = new {
                moved(&mut sums, &new, 1);
                day.insert(n, new);
            }
            let counted = recount(day.values());
            prop_assert_eq!(Figures::from_sums(&sums), Figures::from_sums(&counted), "a zero left behind is no figure");
            sums.iter().for_each(|(figure, sum)| assert_eq!(counted.get(figure).unwrap_or(&0), sum, "{figure}"));
        }
    }

    #[test]
    fn the_figures_count_what_the_lines_say(day in vec(brief(1), 0..12)) {
        let figures = Figures::from_sums(&recount(&day));
        let count = |fits: &dyn Fn(&Brief) -> bool| {
            i64::try_from(day.iter().filter(|brief| brief.state != VisitState::Voided && fits(brief)).count()).unwrap()
        };
        let bought = |brief: &Brief| brief.outcome.as_ref().is_some_and(|outcome| outcome.is_bought());
        prop_assert_eq!(figures.parties, count(&|_| true), "voided visits count for nothing");
        prop_assert_eq!(figures.open, count(&|brief| brief.state == VisitState::Open));
        prop_assert_eq!(figures.bought, count(&bought));
        prop_assert_eq!(figures.hours.iter().map(|hour| hour.parties).sum::<i64>(), figures.parties);
        prop_assert_eq!(figures.hours.iter().map(|hour| hour.bought).sum::<i64>(), figures.bought);
    }
}
