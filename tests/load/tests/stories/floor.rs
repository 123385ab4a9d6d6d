//! What happens on a floor between an arrival and its end, and how it is taken back.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, manager, outcome, tap};
use floorbook_core::{Arrival, CoreError, Correcting, UndoKind};
use floorbook_model::{ClerkId, CorrectionReason, DwellSource, Status, VisitId};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn colleague() -> ClerkId {
    "m02".parse().unwrap()
}

fn minutes(till: &Till, id: VisitId) -> i64 {
    let board = till.device.board().unwrap();
    let card = board.running.iter().find(|card| card.id() == id).unwrap();
    (i64::try_from(board.steady_ms).unwrap() - card.since_steady_ms) / MINUTE_MS
}

fn correcting(left_ms: Option<i64>) -> Correcting {
    Correcting {
        patch: tap("age", "a35"),
        outcome: Some(outcome("buy")),
        entered_ms: None,
        left_ms,
        reason: CorrectionReason::LateNews,
    }
}

#[test]
fn a_stay_is_measured_on_the_steady_clock() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(2).unwrap().visit.id();
    till.clock.pass(10 * MINUTE_MS);
    till.clock.jump(3 * HOUR_MS);
    assert_eq!(minutes(&till, visit), 10);
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.clock.pass(5 * MINUTE_MS);
    let closed = till.device.close_visit(visit, outcome("none")).unwrap().visit;
    let stayed_ms = closed.closing().unwrap().left_ms - closed.entered_ms().unwrap();
    assert_eq!((stayed_ms, closed.dwell_source()), (15 * MINUTE_MS, Some(DwellSource::Observed)));
}

#[test]
fn every_move_is_taken_back_in_turn() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let earlier = device.arrive(1).unwrap().visit.id();
    device.close_visit(earlier, outcome("none")).unwrap();
    let (visit, other) = (device.arrive(3).unwrap().visit.id(), device.arrive(1).unwrap().visit.id());
    till.clock.pass(10 * MINUTE_MS);
    let part = device.name_visit();
    device.hand_over(visit, &colleague(), Some(" looks for a coat ")).unwrap();
    let entered_ms = device.visit(visit).unwrap().entered_ms().unwrap();
    device.set_entered(visit, entered_ms - 5 * MINUTE_MS).unwrap();
    device.link_earlier(visit, Some(earlier)).unwrap();
    device.split_visit(visit, part, 1).unwrap();
    device.merge_visits(other, visit).unwrap();
    let card = device.visit(visit).unwrap();
    assert_eq!((card.size(), card.serving(), card.earlier()), (3, Some(&colleague()), Some(earlier)));
    assert_eq!(card.handed().unwrap().over.note.as_deref(), Some("looks for a coat"));
    assert_eq!((minutes(&till, visit), minutes(&till, part)), (15, 15));

    let kinds: Vec<UndoKind> = (0..5)
        .map(|_| {
            let kind = device.board().unwrap().undo.unwrap().kind;
            device.undo().unwrap();
            kind
        })
        .collect();
    let expected = [UndoKind::Merge, UndoKind::Split, UndoKind::Earlier, UndoKind::Time, UndoKind::HandOver];
    assert_eq!(kinds, expected);
    let card = device.visit(visit).unwrap();
    assert_eq!((card.size(), card.serving(), card.earlier(), card.handed()), (3, Some(&manager()), None, None));
    assert_eq!((minutes(&till, visit), device.visit(part).unwrap().status()), (10, &Status::Voided));
    assert_eq!(device.visit(other).unwrap().status(), &Status::Open);
    let closed = device.close_visit(visit, outcome("none")).unwrap().visit;
    assert_eq!(closed.dwell_source(), Some(DwellSource::Observed), "a time taken back was not set by hand");
    till.drain();
}

#[test]
fn a_correction_is_taken_back_and_so_is_a_time_of_leaving() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let visit = device.arrive(1).unwrap().visit.id();
    device.note(visit, &tap("age", "a20")).unwrap();
    till.clock.pass(10 * MINUTE_MS);
    let closed = device.close_visit(visit, outcome("none")).unwrap().visit;
    let left_ms = closed.closing().unwrap().left_ms;
    device.set_left(visit, left_ms - MINUTE_MS).unwrap();
    let corrected = device.correct_visit(visit, correcting(Some(left_ms + MINUTE_MS))).unwrap();
    assert_eq!((corrected.visit.text("age"), corrected.today.bought), (Some("a35"), 1));
    assert_eq!(corrected.visit.corrected(), Some(CorrectionReason::LateNews));
    assert_eq!(corrected.visit.dwell_source(), Some(DwellSource::Adjusted));
    device.undo().unwrap();
    let back = device.undo().unwrap();
    assert_eq!((back.visit.closing(), back.visit.text("age")), (closed.closing(), Some("a20")));
    assert_eq!((back.visit.corrected(), back.today.bought), (None, 0));
}

#[test]
fn what_cannot_be_is_refused_and_leaves_nothing() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let (visit, closed) = (device.arrive(2).unwrap().visit.id(), device.arrive(1).unwrap().visit.id());
    let now_ms = device.close_visit(closed, outcome("none")).unwrap().visit.closing().unwrap().left_ms;
    let bad = [
        device.hand_over(visit, &manager(), None),
        device.hand_over(visit, &"c99".parse().unwrap(), None),
        device.split_visit(visit, device.name_visit(), 2),
        device.split_visit(visit, closed, 1),
        device.split_visit(visit, visit, 1),
        device.merge_visits(visit, visit),
        device.set_entered(visit, now_ms + 1),
        device.set_left(closed, now_ms - 1),
        device.link_earlier(visit, Some(visit)),
        device.correct_visit(closed, correcting(Some(now_ms - 1))),
        device.correct_visit(closed, Correcting { patch: tap("age", "wealthy"), ..correcting(None) }),
    ];
    for (n, refused) in bad.into_iter().enumerate() {
        assert!(matches!(refused, Err(CoreError::BadInput)), "{n}: {refused:?}");
    }
    let ended = [
        device.hand_over(closed, &colleague(), None),
        device.merge_visits(visit, closed),
        device.set_entered(closed, now_ms),
        device.set_left(visit, now_ms),
        device.correct_visit(visit, correcting(None)),
        device.link_earlier(visit, Some(device.name_visit())),
    ];
    for (n, refused) in ended.into_iter().enumerate() {
        assert!(matches!(refused, Err(CoreError::VisitNotOpen)), "{n}: {refused:?}");
    }
    let long = "想".repeat(floorbook_model::NOTE_CHARS_MAX + 1);
    assert!(matches!(device.hand_over(visit, &colleague(), Some(&long)), Err(CoreError::NoteTooLong)));
    assert_eq!(device.board().unwrap().undo.unwrap().kind, UndoKind::Outcome, "no refusal can be taken back");
}

#[test]
fn a_forgotten_visit_is_closed_and_its_steps_stand_in_nobodys_way() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let kept = device.arrive(1).unwrap().visit.id();
    let forgotten = device.arrive(1).unwrap().visit.id();
    device.note(forgotten, &tap("age", "a20")).unwrap();
    till.drain(); // seals
    till.clock.pass(i64::from(device.profile().unwrap().pack.idle_close_min) * MINUTE_MS - 1);
    device.note(kept, &tap("age", "a35")).unwrap();
    device.undo().unwrap();
    till.clock.pass(1);
    device.close_idle().unwrap(); // or the background came first
    let closed = device.visit(forgotten).unwrap();
    assert_eq!(
        (closed.closing().unwrap().outcome.code.as_str(), closed.dwell_source()),
        ("unseen", Some(DwellSource::Estimated))
    );
    assert_eq!(closed.closing().unwrap().left_ms, closed.entered_ms().unwrap());
    assert!(matches!(device.undo(), Err(CoreError::VisitNotOpen)), "its tap can no longer be taken back");
    assert_eq!(device.undo().unwrap().visit.id(), forgotten, "its arrival can");
    assert_eq!(device.undo().unwrap().visit.id(), kept);
}

#[test]
fn arrivals_go_round_and_a_mistake_costs_nobody_a_turn() {
    let house = House::rotating();
    let till = Till::open(&house);
    let device = &till.device;
    device.enrol_pin(&clerk(), "739105", &approved()).unwrap();
    assert_eq!(device.board().unwrap().lineup, Some(vec![manager(), clerk()]), "who signs in is on the floor");
    let id = device.name_visit();
    for _ in 0..2 {
        let change = device.arrive_as(Arrival { id, size: 1, later: true }).unwrap();
        assert_eq!(change.visit.serving(), Some(&manager()));
        assert_eq!(change.lineup, Some(vec![clerk(), manager()]), "said twice it is one turn");
    }
    let undone = device.undo().unwrap();
    assert_eq!((undone.lineup, undone.undo), (Some(vec![manager(), clerk()]), None));
    assert_eq!(device.skip_turn(&manager()).unwrap().lineup, Some(vec![clerk(), manager()]));
    assert_eq!(device.step_away(&clerk()).unwrap().lineup, Some(vec![manager()]));
    device.unlock(&clerk(), "739105").unwrap();
    assert_eq!(device.board().unwrap().lineup, Some(vec![manager(), clerk()]));
    assert!(matches!(device.step_in(&"c99".parse().unwrap()), Err(CoreError::BadInput)));
}

#[test]
fn where_arrivals_do_not_go_round_nobody_stands_in_line() {
    let house = House::open();
    let till = Till::open(&house);
    assert_eq!(till.device.board().unwrap().lineup, None);
    assert_eq!(till.device.arrive(1).unwrap().visit.serving(), Some(&manager()));
}
