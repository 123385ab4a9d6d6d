//! Schedules drawn from a number.

use super::house::DEVICES;
use super::op::{Call, Fault, Forgery, Op};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Acts of one mood, after which another begins.
const MOOD: usize = 12;

/// How a stretch of a schedule is.
#[derive(Clone, Copy)]
enum Mood {
    /// Clerks work, now and then something goes wrong.
    Busy,
    /// The network is bad.
    Rough,
    /// Machines are restarted, filled up and set.
    Shaken,
}

/// `length` things that follow from `seed`.
pub fn draw(seed: u64, length: usize) -> Vec<Op> {
    let mut dice = StdRng::seed_from_u64(seed);
    // The third one only makes some schedules longer.
    let devices = if dice.random_range(0..4) == 0 { DEVICES } else { DEVICES - 1 };
    let mut ops = Vec::with_capacity(length);
    while ops.len() < length {
        let mood = [Mood::Busy, Mood::Rough, Mood::Rough, Mood::Shaken][dice.random_range(0..4)];
        ops.extend((0..MOOD.min(length - ops.len())).map(|_| op(mood, devices, &mut dice)));
    }
    ops
}

fn op(mood: Mood, devices: u8, dice: &mut StdRng) -> Op {
    let trouble = match mood {
        Mood::Busy => 5,
        Mood::Rough => 30,
        Mood::Shaken => 40,
    };
    let n = dice.random_range(0..devices);
    match dice.random_range(0..100) {
        roll if roll < trouble => match mood {
            Mood::Busy | Mood::Rough => net(n, dice),
            Mood::Shaken => shake(n, dice),
        },
        roll if roll < trouble + 20 => wait(dice),
        _ => clerk(n, dice),
    }
}

/// Old visits are rarely touched again; all are few.
fn visit(dice: &mut StdRng) -> u8 {
    dice.random_range(0..12)
}

fn clerk(n: u8, dice: &mut StdRng) -> Op {
    let (visit, other) = (visit(dice), visit(dice));
    match dice.random_range(0..40) {
        0..10 => Op::Arrive(n),
        10..20 => Op::Tap(n, visit, dice.random_range(0..16)),
        20..25 => Op::Close(n, visit),
        25 => Op::Reopen(n, visit),
        26 | 27 => Op::HandOver(n, visit),
        28 => Op::Retime(n, visit),
        29 => Op::Correct(n, visit),
        30 => Op::Void(n, visit),
        31 => Op::Link(n, visit, other),
        32 | 33 => Op::Merge(n, visit, other),
        34 => Op::Split(n, visit),
        35 => Op::Give(n, visit),
        36 if dice.random_range(0..3) == 0 => Op::Erase(n, visit),
        37 if dice.random_range(0..8) == 0 => Op::Write(n, visit, dice.random_range(20..60)),
        _ => Op::Ask(n),
    }
}

fn wait(dice: &mut StdRng) -> Op {
    Op::Wait(match dice.random_range(0..20) {
        0..10 => dice.random_range(1..200),
        10..16 => dice.random_range(200..6_000),
        16..19 => dice.random_range(6_000..70_000),
        _ => dice.random_range(70_000..400_000),
    })
}

fn net(n: u8, dice: &mut StdRng) -> Op {
    let call = match dice.random_range(0..10) {
        0..4 => Call::Batches,
        4..6 => Call::Feed,
        6 => Call::Hello,
        7 => Call::Config,
        8 => Call::Contacts,
        _ => Call::Any,
    };
    Op::Net(n, call, fault(dice), dice.random_range(1..4))
}

fn fault(dice: &mut StdRng) -> Fault {
    match dice.random_range(0..16) {
        0 => Fault::DropBefore,
        1 | 2 => Fault::DropAfter,
        3 => Fault::CutRequest(dice.random_range(0..400)),
        4 => Fault::CutAnswer(dice.random_range(0..600)),
        5 | 6 => Fault::Twice,
        7 => Fault::LateThere(dice.random_range(1..120)),
        8 => Fault::LateBack(dice.random_range(1..120)),
        9 => Fault::Replay,
        10..12 => Fault::Forged(forgery(dice)),
        12 => Fault::Portal,
        13 => [Fault::Redirect, Fault::NoContent][dice.random_range(0..2)],
        14 => Fault::BadGateway,
        _ => Fault::Busy(dice.random_range(0..200)),
    }
}

fn forgery(dice: &mut StdRng) -> Forgery {
    use Forgery::{Device, Digest, Fewer, More, Purpose, Request, Stranger, Unsigned};
    [Stranger, Unsigned, Purpose, Request, Digest, Device, Fewer, More][dice.random_range(0..8)]
}

fn shake(n: u8, dice: &mut StdRng) -> Op {
    // Mostly by hours, sometimes by weeks, into the past as well.
    let hours = [-1_000, -30, -9, -1, 1, 2, 26, 1_000][dice.random_range(0..8)];
    match dice.random_range(0..24) {
        0..6 => Op::Restart(n),
        6..9 => Op::Jump(n, hours),
        9 => Op::HqJump(hours),
        10 => Op::Full(n),
        11 | 12 => Op::Room(n),
        13 => Op::HqFull,
        14 | 15 => Op::HqRoom,
        16 | 17 => Op::HqRestart,
        18..21 => Op::HqBackup,
        21 | 22 => Op::HqRestore,
        _ if dice.random_range(0..4) == 0 => Op::Revoke(n),
        _ => Op::Roster,
    }
}
