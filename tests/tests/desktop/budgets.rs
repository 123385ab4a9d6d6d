//! The table of budgets, row by row: a flow that costs more than its budget fails here.

use crate::shop::journey;
use floorbook_tests::desktop::{Clerk, LI, MANAGER, budgets};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The most taps that may fall on one place, one right after another.
const BURST: usize = 4;
/// From the tap on "lock" to the floor of whoever takes over, their PIN typed in between.
const SWITCH: Duration = Duration::from_secs(2);

#[test]
fn every_flow_of_the_floor_keeps_its_budget_and_headquarters_has_what_was_told() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let spent = budgets::spend(Clerk::at(&app)).await?;
        for flow in &spent {
            assert!(flow.count <= flow.limit, "{} is {}, not {}: {flow:?}", flow.figure, flow.count, flow.limit);
            assert!(flow.acts.longest_burst() <= BURST, "{} has a burst: {flow:?}", flow.figure);
        }

        app.wait_until_sent().await?;
        let rows = shop.hq.export()?;
        let row = |figure: &str| {
            let flow = spent.iter().find(|flow| flow.figure == figure).expect("the flow was played");
            rows.iter().find(|row| row["visit"] == json!(flow.visit)).expect("headquarters has its visit")
        };
        assert_eq!(row("taps_buyer")["outcome"], json!("buy"), "the outcome of the pad that was tapped");
        assert_eq!(row("taps_nonbuyer")["outcome"], json!("none"), "the outcome of the pad that was tapped");
        assert!(says(&row("taps_nonbuyer")["reasons"], "size"), "the reason that was tapped");
        for standard in ["taps_standard", "keys_standard", "line_standard"].map(row) {
            assert_eq!(standard["size"], json!(2), "the size as it was told");
            for (column, code) in [("age", "a35"), ("style", "commute"), ("company", "partner"), ("interest", "3")] {
                assert_eq!(standard[column], json!(code), "{column} as it was told");
            }
            for (column, code) in [("zones", "fit"), ("attention", "coat"), ("gesture", "try"), ("reasons", "size")] {
                assert!(says(&standard[column], code), "{column} as it was told: {standard:?}");
            }
        }
        app.quit().await
    });
}

#[test]
fn undo_and_another_visitor_take_one_tap_and_another_clerk_two_seconds() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let first = clerk.welcomes(1).await?;
        let second = clerk.welcomes(3).await?;

        let mark = app.mark();
        clerk.turns_to(&first).await?;
        assert_eq!(app.acts_since(mark).taps(), 1, "another visitor");
        clerk.turns_to(&second).await?;

        clerk.closes(&second, "buy").await?;
        let mark = app.mark();
        clerk.undoes_closing(&second).await?;
        assert_eq!(app.acts_since(mark).taps(), 1, "undo");

        let start = Instant::now();
        clerk.locks().await?;
        clerk.signs_in(MANAGER, None).await?;
        assert!(start.elapsed() <= SWITCH, "another clerk took {:?}", start.elapsed());
        let start = Instant::now();
        clerk.locks().await?;
        clerk.signs_in(LI, None).await?;
        assert!(start.elapsed() <= SWITCH, "and back took {:?}", start.elapsed());
        app.quit().await
    });
}

fn says(column: &Value, code: &str) -> bool {
    column.to_string().contains(code)
}
