//! Whether somebody may have been here before, from coarse cues only.

use crate::anything::{brief, cases, patch, visit_id};
use floorbook_model::{FieldValue, Patch, Visit, likeness, may_be_same};
use proptest::prelude::*;

fn looks(said: &[(&str, &[&str])]) -> Visit {
    let list = |codes: &[&str]| FieldValue::List(codes.iter().map(|&code| code.to_owned()).collect());
    let value = |codes: &[&str]| if let [code] = codes { FieldValue::Text((*code).to_owned()) } else { list(codes) };
    let patch: Patch = said.iter().map(|(field, codes)| ((*field).to_owned(), value(codes))).collect();
    Visit::new(visit_id(1)).overlaid(&patch)
}

#[test]
fn two_cards_on_which_little_is_said_are_no_likeness() {
    assert_eq!(likeness(&looks(&[]), &looks(&[])), None);
    assert_eq!(likeness(&looks(&[("age", &["a20"])]), &looks(&[("age", &["a20"])])), None, "half the town is young");
}

#[test]
fn what_is_worn_speaks_for_and_against() {
    let dark = looks(&[("age", &["a20"]), ("style", &["street"]), ("colour", &["dark"])]);
    let light = looks(&[("age", &["a20"]), ("style", &["street"]), ("colour", &["white"])]);
    assert!(likeness(&dark, &dark).is_some());
    assert_eq!(likeness(&dark, &light), None, "clothes do not change within a day");
    let hat = [("accessories", &["hat", "glasses"][..]), ("garments", &["coat", "jeans"][..])];
    let [alone, with_friends] =
        [["alone"], ["friends"]].map(|company| looks(&[&hat[..], &[("company", &company[..])]].concat()));
    assert!(likeness(&alone, &with_friends).is_some(), "the company may change");
    assert!(likeness(&alone, &with_friends) < likeness(&alone, &alone));
}

#[test]
fn unsure_says_nothing() {
    let sure = looks(&[("style", &["street"]), ("colour", &["dark"])]);
    let unsure = looks(&[("age", &["unsure"]), ("style", &["street"]), ("colour", &["dark"])]);
    assert_eq!(likeness(&sure, &unsure), likeness(&sure, &sure));
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn another_age_band_is_another_person(one in patch(), other in patch(), brief in brief(2)) {
        let aged = |patch: Patch, age: &str| {
            let age = Patch::from([("age".to_owned(), FieldValue::Text(age.to_owned()))]);
            Visit::new(visit_id(1)).overlaid(&patch).overlaid(&age)
        };
        let (young, old) = (aged(one, "a20"), aged(other, "a65"));
        prop_assert_eq!(likeness(&young, &old), None);
        let old = floorbook_model::Brief { age: Some("a65".to_owned()), ..brief };
        prop_assert!(!may_be_same(&young, &old));
    }

    #[test]
    fn likeness_is_the_same_from_both_sides(one in patch(), other in patch()) {
        let [one, other] = [one, other].map(|patch| Visit::new(visit_id(1)).overlaid(&patch));
        prop_assert_eq!(likeness(&one, &other).is_some(), likeness(&other, &one).is_some());
    }
}
