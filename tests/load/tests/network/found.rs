//! Every schedule that showed a mistake of ours, and those that show what guards against one.

use floorbook_load::network::Call::{Any, Batches, Config, Contacts, Feed};
use floorbook_load::network::Fault::{
    CutAnswer, CutRequest, DropAfter, DropBefore, Forged, LateBack, LateThere, Replay, Twice,
};
use floorbook_load::network::Forgery::{Device, Digest, Fewer, More, Purpose, Request, Stranger, Unsigned};
use floorbook_load::network::Op::{
    Arrive, Ask, Close, Erase, Full, Give, HqBackup, HqFull, HqJump, HqRestart, HqRestore, HqRoom, Jump, Merge, Net,
    Restart, Room, Roster, Tap, Wait, Write,
};
use floorbook_load::network::{Op, play};

fn holds(ops: &[Op]) {
    if let Err(broken) = play(ops) {
        panic!("{broken}\n{ops:?}");
    }
}

#[test]
fn a_new_kit_that_a_device_does_not_take_is_not_asked_for_all_the_time() {
    holds(&[Roster]);
}

#[test]
fn what_a_device_logs_whose_clock_is_weeks_behind_reaches_the_others() {
    holds(&[Jump(0, -1000)]);
    holds(&[Jump(1, 1000), Arrive(0), Wait(3_000), Jump(1, -2000), Arrive(1)]);
}

#[test]
fn headquarters_that_is_put_back_gets_again_what_it_had_signed_for() {
    holds(&[HqBackup, Arrive(1), Wait(67_278), HqRestore]);
    holds(&[HqBackup, Arrive(0), Wait(157), HqRestore]);
    holds(&[Net(1, Batches, DropAfter, 3), Arrive(0), HqBackup, Wait(199), HqRestore]);
}

#[test]
fn what_comes_after_the_copy_does_not_hide_what_was_lost_with_it() {
    holds(&[Arrive(0), Wait(200), HqBackup, Arrive(0), Wait(200), HqRestore, Arrive(0), Wait(200), Close(0, 1)]);
    holds(&[HqBackup, Arrive(0), Wait(200), HqRestore, Net(0, Config, DropBefore, 2), Arrive(0), Restart(0), Wait(5)]);
}

#[test]
fn a_receipt_that_is_late_from_before_headquarters_was_put_back_costs_nothing() {
    holds(&[HqBackup, Net(0, Batches, LateBack(20), 1), Arrive(0), Wait(10_000), HqRestore, Wait(30_000)]);
}

#[test]
fn nothing_leaves_the_outbox_for_an_answer_that_was_made_up() {
    for forgery in [Stranger, Unsigned, Purpose, Request, Digest, Device, Fewer, More] {
        for call in [Batches, Contacts, Config, Feed] {
            holds(&[Net(0, call, Forged(forgery), 1), Arrive(0), Give(0, 0), Wait(200), Ask(0), Wait(3_000)]);
        }
    }
}

#[test]
fn an_answer_of_before_stands_for_nothing_else() {
    holds(&[Arrive(0), Wait(200), Net(0, Batches, Replay, 2), Arrive(0), Wait(200), Ask(0), Wait(200)]);
    holds(&[Give(0, 0), Arrive(0), Give(0, 0), Wait(200), Net(0, Contacts, Replay, 2), Give(0, 0), Wait(200)]);
    holds(&[Arrive(1), Wait(200), Net(0, Feed, Replay, 3), Arrive(1), Wait(90_000)]);
}

#[test]
fn a_batch_that_comes_twice_or_late_is_stored_once() {
    holds(&[Net(0, Batches, Twice, 3), Arrive(0), Tap(0, 0, 1), Close(0, 0), Wait(200)]);
    holds(&[Net(0, Batches, LateThere(100), 1), Arrive(0), Wait(70_000), Arrive(0), Wait(70_000)]);
    holds(&[Net(0, Batches, DropAfter, 4), Arrive(0), Arrive(0), Arrive(0), Arrive(0), Wait(200), Ask(0), Wait(200)]);
    holds(&[Net(0, Contacts, Twice, 2), Arrive(0), Give(0, 0), Wait(200), Erase(0, 0)]);
}

#[test]
fn batches_that_overtake_each_other_are_all_stored() {
    let mut ops = vec![Net(0, Batches, LateThere(9), 1), Net(0, Batches, LateBack(9), 1)];
    ops.extend([Arrive(0); 10]);
    ops.extend([Wait(5_000), Net(1, Feed, LateBack(5), 2), Wait(20_000)]);
    holds(&ops);
}

#[test]
fn wherever_a_request_or_an_answer_is_cut_nothing_is_lost() {
    for bytes in (0..700).step_by(50) {
        holds(&[Net(0, Any, CutRequest(bytes), 4), Arrive(0), Arrive(1), Wait(500), Ask(0), Wait(500)]);
        holds(&[Net(0, Any, CutAnswer(bytes), 4), Arrive(0), Arrive(1), Wait(500), Ask(0), Wait(500)]);
    }
}

#[test]
fn long_notes_fill_more_than_one_batch() {
    let mut ops = vec![Net(0, Any, DropBefore, 9), Arrive(0)];
    for _ in 0..40 {
        ops.extend([Write(0, 0, 60), Close(0, 0), Op::Reopen(0, 0)]);
    }
    holds(&ops);
}

#[test]
fn whoever_comes_later_is_right_although_the_clock_of_the_first_was_ahead() {
    holds(&[Jump(0, 1000), Arrive(0), Tap(0, 0, 1), Ask(0), Wait(500), Tap(1, 0, 1), Close(1, 0), Ask(1), Wait(500)]);
}

#[test]
fn a_challenge_of_before_the_clock_of_headquarters_was_set_costs_nothing() {
    holds(&[Arrive(0), Wait(500), HqJump(26), Arrive(0), Arrive(1), HqJump(-30), HqRestart, Wait(500)]);
}

#[test]
fn what_others_logged_while_a_disk_was_full_comes_once_there_is_room() {
    holds(&[Full(1), Arrive(0), Wait(3_000), Room(1), Arrive(0), Wait(3_000)]);
    holds(&[HqFull, Arrive(0), Arrive(1), Wait(3_000), HqRoom, Wait(3_000)]);
}

#[test]
fn whoever_asks_waits_no_longer_although_much_went_wrong_before() {
    holds(&[Net(0, Any, DropBefore, 30), Arrive(0), Wait(400_000)]);
}

#[test]
fn of_cards_that_two_devices_merged_into_each_other_the_same_one_stays_everywhere() {
    holds(&[Arrive(0), Arrive(1), Wait(680), Merge(1, 6, 9), Merge(0, 7, 10)]);
    holds(&[Arrive(0), Arrive(0), Wait(345_489), Merge(0, 11, 10), Arrive(0), Arrive(0), Merge(1, 4, 9)]);
}
