//! Two cards that were one party.

use crate::anything::{cases, visit_id};
use floorbook_model::{
    FieldValue, NOTE, NOTE_CHARS_MAX, Patch, Step, Visit, VisitId, check_patch, is_kept_of_circle, merged,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn visit(n: u8, patch: &Patch) -> Visit {
    Visit::new(visit_id(n)).overlaid(patch)
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

fn one(field: &str, value: FieldValue) -> Patch {
    Patch::from([(field.to_owned(), value)])
}

/// What the kept card says of a field after a merge.
fn after(field: &str, kept: FieldValue, gone: FieldValue) -> Option<FieldValue> {
    let (kept, gone) = (visit(1, &one(field, kept)), visit(2, &one(field, gone)));
    let patch = merged(&kept, &gone);
    kept.overlaid(&patch).field(field).cloned()
}

#[test]
fn where_only_one_thing_can_hold_the_kept_card_is_right() {
    assert_eq!(after("age", text("a20"), text("a35")), Some(text("a20")));
    assert_eq!(after("age", FieldValue::Nothing, text("a35")), Some(text("a35")));
    assert_eq!(after("age", text("a20"), FieldValue::Nothing), Some(text("a20")));
}

#[test]
fn a_group_emptied_again_on_one_card_takes_nothing_from_the_other() {
    let codes = || FieldValue::List(vec!["coat".to_owned()]);
    let way = || FieldValue::Path(vec![Step { zone: "door".to_owned(), at_ms: 1 }]);
    // What the window sends for a list without choices reads as a way without stops.
    for empty in [FieldValue::List(Vec::new()), FieldValue::Path(Vec::new())] {
        for said in [codes(), way()] {
            assert_eq!(after("attention", empty.clone(), said.clone()), Some(said.clone()), "the other card's word");
            assert_eq!(after("attention", said.clone(), empty.clone()), Some(said), "the kept card's word");
        }
    }
}

#[test]
fn sizes_are_added_up_to_five_or_more() {
    for (kept, gone, together) in [("1", "1", 2), ("2", "2", 4), ("3", "4", 5), ("5", "5", 5)] {
        let kept = visit(1, &one("size", text(kept)));
        let patch = merged(&kept, &visit(2, &one("size", text(gone))));
        assert_eq!(kept.overlaid(&patch).size(), together);
    }
}

#[test]
fn both_notes_stand_while_there_is_room_for_them() {
    assert_eq!(after(NOTE, text("coat"), text("for a wedding")), Some(text("coat\nfor a wedding")));
    assert_eq!(after(NOTE, text("coat"), text("coat")), Some(text("coat")), "said once");
    let long = "想".repeat(NOTE_CHARS_MAX - 1);
    assert_eq!(after(NOTE, text(&long), text("x")), Some(text(&long)), "a note is never cut in the middle");
}

fn list() -> impl Strategy<Value = FieldValue> {
    vec("[a-e]", 1..64).prop_map(FieldValue::List)
}

fn path() -> impl Strategy<Value = FieldValue> {
    vec(("[a-e]", 0..50_i64), 1..64).prop_map(|mut steps| {
        steps.sort_by_key(|(_, at_ms)| *at_ms);
        FieldValue::Path(steps.into_iter().map(|(zone, at_ms)| Step { zone, at_ms }).collect())
    })
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn of_every_circle_of_merges_one_card_stays_and_of_nothing_else(into in vec(prop::option::of(0..8_u8), 8)) {
        let next = |id: u8| into[usize::from(id)];
        let is_kept = |id: u8| {
            let next = |id: VisitId| Ok::<_, ()>(next(id.as_bytes()[0]).map(visit_id));
            into[usize::from(id)].is_some_and(|first| is_kept_of_circle(visit_id(id), visit_id(first), next).unwrap())
        };
        for id in 0..8 {
            let way: Vec<u8> = std::iter::successors(next(id), |at| next(*at)).take(8).collect();
            let circle = way.iter().position(|at| *at == id).map(|end| &way[..=end]);
            prop_assert_eq!(is_kept(id), circle.is_some_and(|circle| circle.iter().all(|other| id <= *other)));
        }
    }

    #[test]
    fn what_comes_of_a_merge_may_be_stored(
        kept in btree_map("[a-c]", prop_oneof![list(), path()], 0..3),
        gone in btree_map("[a-c]", prop_oneof![list(), path()], 0..3),
    ) {
        let patch = merged(&visit(1, &kept), &visit(2, &gone));
        prop_assert_eq!(check_patch(&patch), Ok(()));
    }

    #[test]
    fn a_joined_list_has_every_code_of_both_and_the_kept_ones_first(kept in vec("[a-z]", 1..9), gone in vec("[a-z]", 1..9)) {
        let Some(FieldValue::List(joined)) = after("attention", FieldValue::List(kept.clone()), FieldValue::List(gone.clone()))
        else { panic!("no list") };
        prop_assert_eq!(&joined[..kept.len()], &kept[..]);
        prop_assert!(gone.iter().all(|code| joined.contains(code)));
        prop_assert!(joined[kept.len()..].iter().all(|code| gone.contains(code) && !kept.contains(code)));
    }

    #[test]
    fn a_joined_way_goes_forward_in_time_and_never_from_a_zone_to_itself(kept in path(), gone in path()) {
        let Some(FieldValue::Path(way)) = after("path", kept, gone) else { panic!("no way") };
        prop_assert!(way.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms && pair[0].zone != pair[1].zone));
    }
}
