//! However events arrive, everybody sees the same visit.

use crate::anything::{cases, event, events, patch, visit_id};
use floorbook_model::{Body, Closing, Event, FieldValue, Outcome, Status, Visit};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Events of one history: as they were made, and as they came in, disordered and some of them twice.
fn arrivals() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    (events(), vec(any::<Index>(), 0..12)).prop_flat_map(|(made, again)| {
        let repeats = again.iter().filter(|_| !made.is_empty()).map(|index| index.get(&made).clone());
        let came: Vec<Event> = made.iter().cloned().chain(repeats).collect();
        (Just(made), Just(came).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn any_order_and_any_repetition_give_the_same_visit((made, came) in arrivals()) {
        let visit = Visit::fold(visit_id(1), &made);
        prop_assert_eq!(Visit::fold(visit_id(1), &came), visit, "order and repetition say nothing");
    }

    #[test]
    fn any_split_into_groups_gives_the_same_visit(
        (made, came) in arrivals(),
        groups in vec(0..4_usize, 36),
        order in Just([0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let part = |group: usize| {
            let members = came.iter().zip(&groups).filter(|(_, of)| **of == group).map(|(event, _)| event);
            Visit::fold(visit_id(1), members)
        };
        let mut joined = Visit::new(visit_id(1));
        for group in order {
            joined.join(&part(group));
            joined.join(&part(group));
        }
        prop_assert_eq!(joined, Visit::fold(visit_id(1), &made), "a device and headquarters each hold a part");
    }

    #[test]
    fn at_the_same_time_people_are_right_and_not_a_rule(made in event(), rule in event(), left_ms in any::<i64>()) {
        let sale = Closing { outcome: Outcome::of("buy"), ..Closing::by_rule(left_ms) };
        let sold = Event { visit: Some(visit_id(1)), body: Body::VisitClosed(sale.clone()), ..made };
        let body = Body::VisitClosed(Closing::by_rule(left_ms));
        let rule = Event { visit: Some(visit_id(1)), body, hlc: sold.hlc, ..rule };
        for events in [[&sold, &rule], [&rule, &sold]] {
            let visit = Visit::fold(visit_id(1), events);
            prop_assert_eq!(visit.status(), &Status::Closed(sale.clone()));
        }
    }

    #[test]
    fn events_of_other_visits_leave_no_trace(made in events()) {
        let own = made.iter().filter(|event| event.visit == Some(visit_id(1)));
        prop_assert_eq!(Visit::fold(visit_id(1), &made), Visit::fold(visit_id(1), own));
    }

    #[test]
    fn a_tap_not_yet_sealed_shows_over_everything_and_changes_nothing_else(made in events(), patch in patch()) {
        let visit = Visit::fold(visit_id(1), &made);
        let shown = visit.clone().overlaid(&patch);
        for (field, value) in &patch {
            let value = Some(value).filter(|value| **value != FieldValue::Nothing);
            prop_assert_eq!(shown.field(field), value, "the clerk sees what was tapped last");
        }
        let others = |visit: &Visit| -> Vec<(String, FieldValue)> {
            let kept = visit.fields().filter(|(field, _)| !patch.contains_key(*field));
            kept.map(|(field, value)| (field.to_owned(), value.clone())).collect()
        };
        prop_assert_eq!(others(&shown), others(&visit));
        prop_assert_eq!((shown.opening(), shown.status()), (visit.opening(), visit.status()));
    }
}
