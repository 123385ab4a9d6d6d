//! A clerk who does everything at random, 100,000 times, and a notebook that says what must come
//! of it. Fails when a tap is lost or doubled, a minute is wrong, or anything is refused that should
//! not be. A failure names its seed and the number of the act; the same seed plays the same acts.
//!
//! Not deterministic: when the background seals and sends. Nothing that is checked depends on it.

mod acts;
mod notebook;

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, manager};
use acts::Restless;
use notebook::{Notebook, Page, Standing};

/// Acts of all seeds together.
const ACTS: usize = 100_000;
const SEEDS: [u64; 2] = [20_261_124, 7];

#[test]
fn a_restless_clerk_never_loses_a_tap_or_a_minute() {
    let plays: Vec<_> = SEEDS.iter().map(|seed| std::thread::spawn(|| play(*seed, ACTS / SEEDS.len()))).collect();
    for (seed, play) in SEEDS.iter().zip(plays) {
        play.join().unwrap_or_else(|_| panic!("seed {seed} failed, see above"));
    }
}

fn play(seed: u64, acts: usize) {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), acts::CLERK_PIN, &approved()).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let mut restless = Restless::new(till, seed);
    for n in 0..acts {
        restless.acts_once(n);
    }
    let (till, notebook) = restless.stops();
    till.drain();
    compare(&house, &notebook, seed);
}

/// Headquarters holds every visit once and as the notebook says.
fn compare(house: &House, notebook: &Notebook, seed: u64) {
    let rows = house.rows();
    assert_eq!(rows.len(), notebook.pages.len(), "seed {seed}: each visit is one row");
    for row in rows {
        let id = row["visit"].as_str().unwrap().parse().unwrap();
        let page = notebook.pages.get(&id).unwrap_or_else(|| panic!("seed {seed}: nobody opened {id}"));
        assert_row(&row, page, &format!("seed {seed}, visit {id}"));
    }
}

fn assert_row(row: &serde_json::Value, page: &Page, at: &str) {
    let state = match page.standing {
        Standing::Open => "open",
        Standing::Closed => "closed",
        Standing::Merged => "merged",
        Standing::Voided => "voided",
    };
    assert_eq!(row["state"], state, "{at}");
    if page.standing == Standing::Voided {
        return;
    }
    assert_eq!(row["size"], page.size, "{at}");
    assert_eq!(row["clerk"], page.serving.as_str(), "{at}");
    if page.standing != Standing::Closed {
        return;
    }
    let outcome = page.outcome.as_ref().unwrap();
    assert_eq!(row["outcome"], outcome.code.as_str(), "{at}");
    let stayed_s = (page.left_ms.unwrap() - page.entered_ms).max(0) / 1_000;
    assert_eq!(row["dwell_s"], stayed_s, "{at}: a wrong minute");
}
