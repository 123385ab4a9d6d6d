//! One paired device at work.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, is_locked, manager, outcome, tap};
use floorbook_core::{CoreError, Rows, State, UndoKind};
use floorbook_model::{FieldValue, NOTE_CHARS_MAX, Outcome, Patch, Status, Step, VisitId};

#[test]
fn every_step_is_taken_back_in_turn() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let visit = device.arrive(2).unwrap().visit.id();
    device.note(visit, &tap("age", "a20")).unwrap();
    device.note(visit, &tap("age", "a35")).unwrap();
    till.pass_s(60);
    let closed = device.close_visit(visit, outcome("none")).unwrap().visit;
    till.pass_s(60);
    let amended = device.close_visit(visit, outcome("buy")).unwrap();
    assert_eq!(amended.visit.closing().unwrap().left_ms, closed.closing().unwrap().left_ms, "the party left once");
    assert_eq!((amended.today.parties, amended.today.bought), (1, 1));

    assert_eq!(amended.undo.map(|undo| (undo.kind, undo.visit)), Some((UndoKind::Outcome, visit)));
    let undone = device.undo().unwrap();
    assert_eq!((undone.visit.closing(), undone.today.bought), (closed.closing(), 0), "the earlier outcome is back");
    let undone = device.undo().unwrap();
    assert_eq!((undone.visit.status(), undone.undo.unwrap().kind), (&Status::Open, UndoKind::Tap));
    assert_eq!(device.undo().unwrap().visit.text("age"), Some("a20"));
    let undone = device.undo().unwrap();
    assert_eq!((undone.visit.text("age"), undone.undo.unwrap().kind), (None, UndoKind::Arrival));
    let undone = device.undo().unwrap();
    assert_eq!((undone.visit.status(), undone.today.parties, undone.undo), (&Status::Voided, 0, None));
    assert!(matches!(device.undo(), Err(CoreError::NothingToUndo)));
    assert!(device.board().unwrap().running.is_empty());
}

#[test]
fn nobody_takes_back_the_steps_of_another() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), "739105", &approved()).unwrap();
    till.device.arrive(1).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert!(matches!(till.device.undo(), Err(CoreError::NothingToUndo)));
    assert_eq!(till.device.board().unwrap().running.len(), 1);
}

#[test]
fn a_megabyte_of_note_is_refused_and_nothing_is_lost() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    let longest = "想".repeat(NOTE_CHARS_MAX);
    till.device.note(visit, &tap("note", &longest)).unwrap();
    let mut patch = tap("note", &"想".repeat(1 << 20));
    patch.extend(tap("age", "a20"));
    assert!(matches!(till.device.note(visit, &patch), Err(CoreError::NoteTooLong)));
    let kept = till.device.visit(visit).unwrap();
    assert_eq!(
        (kept.text("note"), kept.text("age")),
        (Some(longest.as_str()), None),
        "nothing of a refused tap is kept"
    );
    till.drain();
}

#[test]
fn only_what_the_form_offers_is_taken() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let visit = device.arrive(1).unwrap().visit.id();
    let code = "wealthy".to_owned();
    let refused: [(&str, FieldValue); 7] = [
        ("age", FieldValue::Text(code.clone())),
        ("age", FieldValue::List(vec!["a20".to_owned()])),
        ("face", FieldValue::Text("round".to_owned())),
        ("style", FieldValue::Text("13800000000".to_owned())),
        ("attention", FieldValue::List(vec![code.clone()])),
        ("path", FieldValue::Path(vec![Step { zone: code, at_ms: 1 }])),
        ("size", FieldValue::Text("6".to_owned())),
    ];
    for (field, value) in refused {
        let patch = Patch::from([(field.to_owned(), value)]);
        assert!(matches!(device.note(visit, &patch), Err(CoreError::BadInput)), "{patch:?} passed");
    }
    let outcomes = [
        outcome("stolen"),
        Outcome { reasons: vec!["ugly".to_owned()], ..outcome("none") },
        Outcome { receipt: Some("x".repeat(10_000)), ..outcome("buy") },
    ];
    for outcome in outcomes {
        assert!(matches!(device.close_visit(visit, outcome), Err(CoreError::BadInput)));
    }
    assert!(
        matches!(device.arrive(0), Err(CoreError::BadInput)) && matches!(device.arrive(6), Err(CoreError::BadInput))
    );
    assert_eq!(device.visit(visit).unwrap().fields().count(), 0);
    assert_eq!(device.visit(visit).unwrap().status(), &Status::Open);
}

#[test]
fn a_lock_hides_everything() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let visit = device.arrive(1).unwrap().visit.id();
    device.note(visit, &tap("age", "a20")).unwrap();
    device.lock().unwrap();
    assert!(matches!(device.state(), State::Locked));
    assert!(is_locked(device.board()) && is_locked(device.visit(visit)) && is_locked(device.arrive(1)));
    assert!(is_locked(device.note(visit, &tap("age", "a35"))) && is_locked(device.close_visit(visit, outcome("buy"))));
    assert!(
        is_locked(device.undo())
            && is_locked(device.day(None, Rows::All, None))
            && is_locked(device.day_rows(None, Rows::All, None, 9))
    );
    assert!(is_locked(device.visit(VisitId::from_bytes([1; 16]))), "not even whether a visit exists");
    device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(device.visit(visit).unwrap().text("age"), Some("a20"), "what was tapped was durable");
    assert_eq!(device.undo().unwrap().visit.text("age"), None, "the same clerk may still take it back");
}

#[test]
fn a_restart_is_locked_paired_and_loses_nothing() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(3).unwrap().visit.id();
    till.device.note(visit, &tap("style", "casual")).unwrap();
    let till = till.restarted();
    assert!(is_locked(till.device.board()));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let board = till.device.board().unwrap();
    assert_eq!((board.running.len(), board.running[0].size(), board.today.parties), (1, 3, 1));
    assert_eq!(board.running[0].text("style"), Some("casual"));
    let plain = std::fs::read(till.database()).unwrap().windows(6).any(|part| part == b"casual");
    assert!(!plain, "what is on the disk is encrypted");
}
