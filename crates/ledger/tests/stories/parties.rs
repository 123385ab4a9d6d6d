//! Parties that turn out to be two, or one.

use crate::shop::{MINUTE_MS, NOON_MS, Shop, clerk, text};
use floorbook_ledger::{Act, LedgerError, Rows};
use floorbook_model::{FieldValue, Patch, Status, Step, VisitId};

/// The name of the card that a split makes.
fn part() -> VisitId {
    VisitId::from_bytes([7; 16])
}

fn path(zones: &[(&str, i64)]) -> FieldValue {
    FieldValue::Path(zones.iter().map(|(zone, at_ms)| Step { zone: (*zone).to_owned(), at_ms: *at_ms }).collect())
}

fn parties(shop: &Shop) -> (i64, i64) {
    let figures = shop.book.figures(shop.today()).unwrap();
    (figures.parties, figures.people)
}

#[test]
fn who_leaves_a_party_came_in_with_it_and_comes_back_to_it() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "size", "3");
    shop.clock.pass(10 * MINUTE_MS);
    let pair = shop.book.split(&clerk("c02"), visit, part(), 1).unwrap();
    assert_eq!((pair.kept.size(), pair.other.size()), (2, 1));
    assert_eq!(pair.other.entered_ms(), Some(NOON_MS), "they came in together");
    assert_eq!(pair.other.serving(), Some(&clerk("c01")), "and are served by whom they were");
    assert_eq!(pair.other.opening().unwrap().split_from, Some(visit));
    assert_eq!((shop.minutes(part()), parties(&shop)), (10, (2, 3)));

    let pair = shop.book.unsplit(&clerk("c02"), (visit, part()), &pair.before).unwrap();
    assert_eq!((pair.kept.size(), pair.other.status()), (3, &Status::Voided));
    assert_eq!((parties(&shop), shop.book.running().unwrap().len()), ((1, 3), 1));
}

#[test]
fn somebody_always_stays_and_five_or_more_stay_five() {
    let shop = Shop::open();
    let visit = shop.arrives();
    for size in [2, 3] {
        assert!(matches!(shop.book.split(&clerk("c01"), visit, part(), size), Err(LedgerError::TooFew)));
    }
    assert_eq!((parties(&shop), shop.sealed().len()), ((1, 2), 1), "a refusal leaves nothing");
    shop.taps("c01", visit, "size", "5");
    let pair = shop.book.split(&clerk("c01"), visit, part(), 4).unwrap();
    assert_eq!((pair.kept.size(), pair.other.size()), (5, 4));
}

#[test]
fn a_split_asked_for_twice_takes_nobody_else_away() {
    let shop = Shop::open();
    let (visit, other) = (shop.arrives(), shop.arrives());
    shop.taps("c01", visit, "size", "4");
    shop.book.split(&clerk("c01"), visit, part(), 1).unwrap();
    for taken in [part(), other, visit] {
        assert!(
            matches!(shop.book.split(&clerk("c01"), visit, taken, 1), Err(LedgerError::NameTaken(id)) if id == taken)
        );
    }
    assert_eq!((shop.book.visit(visit).unwrap().size(), parties(&shop)), (3, (3, 6)));
}

/// Two cards that say different things, and what they say.
fn two(shop: &Shop) -> (VisitId, VisitId) {
    let kept = shop.arrives_as(&[("age", &["a20"]), ("attention", &["coat", "bag"])]);
    let gone = shop.arrives_as(&[("age", &["a35"]), ("style", &["sport"]), ("attention", &["bag", "hat"])]);
    let ways = [(kept, path(&[("door", 1), ("bags", 5)])), (gone, path(&[("door", 1), ("fitting", 3), ("bags", 6)]))];
    for (visit, way) in ways {
        shop.book.note(&clerk("c01"), visit, &Patch::from([("path".to_owned(), way)])).unwrap();
    }
    (kept, gone)
}

#[test]
fn a_merge_joins_what_both_cards_say_and_is_taken_back() {
    let shop = Shop::open();
    let (kept, gone) = two(&shop);
    let before = [kept, gone].map(|id| shop.book.visit(id).unwrap());
    let pair = shop.book.merge(&clerk("c02"), gone, kept).unwrap();
    assert_eq!((pair.kept.size(), pair.kept.text("age"), pair.kept.text("style")), (4, Some("a20"), Some("sport")));
    assert_eq!(pair.kept.codes("attention"), ["coat", "bag", "hat"]);
    assert_eq!(pair.kept.codes("path"), ["door", "fitting", "bags"], "one way in the order of time");
    assert_eq!(pair.other.status(), &Status::Merged(kept));

    let pair = shop.book.unmerge(&clerk("c02"), (kept, gone), &pair.before).unwrap();
    for (after, before) in [pair.kept, pair.other].iter().zip(&before) {
        let fields = |visit: &floorbook_model::Visit| -> Vec<(String, FieldValue)> {
            let said = visit.fields().filter(|(field, _)| *field != "size");
            said.map(|(field, value)| (field.to_owned(), value.clone())).collect()
        };
        assert_eq!((after.size(), fields(after), after.status()), (before.size(), fields(before), &Status::Open));
    }
}

#[test]
fn a_merged_card_counts_nowhere_and_takes_nothing() {
    let shop = Shop::open();
    let (kept, gone) = two(&shop);
    shop.book.merge(&clerk("c01"), gone, kept).unwrap();
    assert_eq!(parties(&shop), (1, 4));
    let running: Vec<VisitId> = shop.book.running().unwrap().iter().map(floorbook_model::Visit::id).collect();
    let day: Vec<VisitId> =
        shop.book.day_page(shop.today(), Rows::All, None, 9).unwrap().briefs.iter().map(|brief| brief.id).collect();
    assert_eq!((running, day), (vec![kept], vec![kept]));
    let patch = Patch::from([("age".to_owned(), text("a50"))]);
    assert!(matches!(shop.book.note(&clerk("c01"), gone, &patch), Err(LedgerError::VisitNotOpen(_))));
    for act in [shop.close_as("buy"), Act::Void, Act::Retime(NOON_MS), Act::Link(None)] {
        assert!(matches!(shop.act("c01", gone, act.clone()), Err(LedgerError::VisitNotOpen(_))), "{act:?}");
    }
    shop.clock.pass(1_000 * MINUTE_MS);
    shop.book.seal(i64::MAX).unwrap();
    assert_eq!(shop.book.close_idle(MINUTE_MS).unwrap(), [kept], "the rule sees one party");
}

#[test]
fn what_a_colleague_tapped_before_a_merge_stays_theirs() {
    let shop = Shop::open();
    let (kept, gone) = (shop.arrives(), shop.arrives());
    shop.taps("c03", gone, "age", "a65");
    shop.book.merge(&clerk("c02"), gone, kept).unwrap();
    let of_gone: Vec<String> = shop
        .sealed()
        .iter()
        .filter(|sealed| sealed.event.visit == Some(gone))
        .map(|sealed| sealed.event.actor.to_string())
        .collect();
    assert_eq!(of_gone, ["c01", "c03", "c02"]);
}

#[test]
fn only_running_visits_are_split_and_merged() {
    let shop = Shop::open();
    let (open, closed, voided) = (shop.arrives(), shop.arrives(), shop.arrives());
    shop.closes("c01", closed, "none");
    shop.act("c01", voided, Act::Void).unwrap();
    let before = shop.sealed().len();
    for ended in [closed, voided] {
        let refused = [
            shop.book.split(&clerk("c01"), ended, part(), 1),
            shop.book.merge(&clerk("c01"), ended, open),
            shop.book.merge(&clerk("c01"), open, ended),
        ];
        for result in refused {
            assert!(matches!(result, Err(LedgerError::VisitNotOpen(id)) if id == ended));
        }
    }
    assert_eq!(shop.sealed().len(), before);
}

#[test]
fn a_card_that_comes_back_from_a_merge_is_not_closed_for_what_nobody_could_do_on_it() {
    let shop = Shop::open();
    let (kept, gone) = two(&shop);
    shop.book.seal(i64::MAX).unwrap();
    let pair = shop.book.merge(&clerk("c01"), gone, kept).unwrap();
    shop.clock.pass(89 * MINUTE_MS);
    shop.book.unmerge(&clerk("c01"), (kept, gone), &pair.before).unwrap();
    shop.clock.pass(2 * MINUTE_MS);
    assert!(shop.book.close_idle(90 * MINUTE_MS).unwrap().is_empty());
    assert_eq!(shop.minutes(gone), 91);
}
