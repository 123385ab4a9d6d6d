//! Every visit comes out once, whole, and does no harm where it is opened.

use crate::house::{Device, House};
use floorbook_hq::{ExportFilter, ExportSummary};
use floorbook_model::{Body, Closing, DwellSource, FieldValue, Outcome, Patch, Step, VisitId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn jsonl(house: &House, filter: &ExportFilter) -> (Vec<Value>, ExportSummary) {
    let mut out = Vec::new();
    let summary = house.hq.export_jsonl(&mut out, filter).unwrap();
    let lines = String::from_utf8(out).unwrap();
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), summary)
}

fn csv(house: &House) -> String {
    let mut out = Vec::new();
    house.hq.export_csv(&mut out, &ExportFilter::default()).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

fn noted(device: &mut Device, visit: VisitId, patch: &[(&str, FieldValue)]) -> String {
    let patch: Patch = patch.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect();
    device.event(visit, Body::VisitNoted { patch })
}

fn closed(device: &mut Device, visit: VisitId, left_ms: i64) -> String {
    let reasons = vec!["price".to_owned(), "size".to_owned()];
    let outcome =
        Outcome { reasons, amount_minor: Some(12_900), receipt: Some("R-1".to_owned()), ..Outcome::of("none") };
    device.event(visit, Body::VisitClosed(Closing { left_ms, dwell_source: DwellSource::Observed, outcome }))
}

#[tokio::test]
async fn every_visit_comes_out_exactly_once_however_it_was_sent() {
    let house = House::open();
    let mut sent = BTreeSet::new();
    for store in ["north", "north", "south"] {
        let mut device = house.device_of(store).await;
        let mut lines = Vec::new();
        for _ in 0..900 {
            let (visit, line) = device.opens();
            sent.insert(visit.to_string());
            lines.push(line);
        }
        house.send(&device, &lines[450..]).await.unwrap();
        house.send(&device, &lines).await.unwrap();
    }
    let (lines, summary) = jsonl(&house, &ExportFilter::default());
    let came: BTreeSet<String> = lines.iter().map(|line| line["visit"].as_str().unwrap().to_owned()).collect();
    assert_eq!((lines.len(), came), (2_700, sent));
    assert_eq!(summary, ExportSummary { visits: 2_700, ..ExportSummary::default() });
    let south = ExportFilter { store: Some("south".parse().unwrap()), with_voided: false };
    assert_eq!(jsonl(&house, &south).1.visits, 900);
}

#[tokio::test]
async fn a_visit_has_all_that_was_said_of_it() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (visit, opened) = device.opens();
    let step = |zone: &str| Step { zone: zone.to_owned(), at_ms: 7 };
    let lines = [
        opened,
        noted(
            &mut device,
            visit,
            &[("age", text("a20")), ("note", text("想要👗 “红色”,\n明天来")), ("size", text("5"))],
        ),
        noted(&mut device, visit, &[("zones", FieldValue::Path(vec![step("newin"), step("bags"), step("fit")]))]),
        noted(&mut device, visit, &[("attention", FieldValue::List(vec!["bag".into(), "coat".into()]))]),
        noted(&mut device, visit, &[("budget", text("b3")), ("age", text("a35"))]),
        closed(&mut device, visit, 90_000),
    ];
    house.send(&device, &lines).await.unwrap();
    let (lines, _) = jsonl(&house, &ExportFilter::default());
    let line = &lines[0];
    for (column, value) in [
        ("store", json!("north")),
        ("device", json!(device.grant.device.to_string())),
        ("left", json!("1970-01-01T08:01:30+08:00")),
        ("dwell_s", json!(0)),
        ("dwell_source", json!("observed")),
        ("state", json!("closed")),
        ("size", json!(5)),
        ("age", json!("a35")),
        ("company", Value::Null),
        ("zones", json!("newin>bags>fit")),
        ("attention", json!("bag;coat")),
        ("outcome", json!("none")),
        ("reasons", json!("price;size")),
        ("amount_minor", json!(12_900)),
        ("currency", json!("CNY")),
        ("receipt", json!("R-1")),
        ("clerk", json!("c01")),
        ("note", json!("想要👗 “红色”,\n明天来")),
        ("pack", json!("small")),
        ("pack_version", json!(1)),
        ("fields", json!({ "budget": "b3" })),
    ] {
        assert_eq!(line[column], value, "{column}");
    }
    assert!(line["entered"].as_str().unwrap().ends_with("+08:00"), "{line}");
    assert!(csv(&house).contains("\"想要👗 “红色”,\n明天来\""));
}

#[tokio::test]
async fn voided_visits_are_left_out_unless_asked_for() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (visit, opened) = device.opens();
    let voided = device.event(visit, Body::VisitVoided);
    let kept = device.opens().1;
    house.send(&device, &[opened, voided, kept]).await.unwrap();
    let (lines, summary) = jsonl(&house, &ExportFilter::default());
    assert_eq!((lines.len(), summary.voided), (1, 1));
    let (lines, _) = jsonl(&house, &ExportFilter { store: None, with_voided: true });
    assert_eq!(lines.iter().filter(|line| line["state"] == "voided").count(), 1);
}

#[tokio::test]
async fn a_visit_whose_opening_is_still_under_way_is_counted_and_comes_later() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (visit, opened) = device.opens();
    let note = noted(&mut device, visit, &[("age", text("a20"))]);
    house.send(&device, &[note]).await.unwrap();
    assert_eq!(jsonl(&house, &ExportFilter::default()).1.unopened, 1);
    house.send(&device, &[opened]).await.unwrap();
    assert_eq!(jsonl(&house, &ExportFilter::default()).0[0]["age"], "a20");
}

#[tokio::test]
async fn a_device_cannot_change_the_visits_of_another_store() {
    let house = House::open();
    let (mut north, mut south) = (house.device_of("north").await, house.device_of("south").await);
    let (visit, opened) = north.opens();
    house.send(&north, &[opened]).await.unwrap();
    let meddling = south.event(visit, Body::VisitVoided);
    house.send(&south, &[meddling]).await.unwrap();
    let (lines, _) = jsonl(&house, &ExportFilter::default());
    assert_eq!((lines.len(), &lines[0]["state"]), (1, &json!("open")));
}

#[tokio::test]
async fn events_of_later_versions_are_kept_and_passed_over() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (visit, opened) = device.opens();
    let later = device.event(visit, Body::VisitReopened).replace("visit_reopened", "visit_sung_to");
    let strange = device.event(visit, Body::VisitReopened).replace("{\"kind\":\"visit_reopened\"}", "7");
    assert_eq!(house.send(&device, &[opened, later, strange]).await.unwrap().results.len(), 1);
    let (lines, summary) = jsonl(&house, &ExportFilter::default());
    assert_eq!((lines.len(), summary.unreadable_events), (1, 1));
}

#[tokio::test]
async fn csv_opens_as_utf8_with_crlf_and_no_formula_in_it() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut lines = Vec::new();
    for note in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1"] {
        let (visit, opened) = device.opens();
        lines.push(opened);
        lines.push(noted(&mut device, visit, &[("note", text(note))]));
    }
    house.send(&device, &lines).await.unwrap();
    let csv = csv(&house);
    let table = csv.strip_prefix('\u{feff}').expect("Excel needs the mark");
    assert!(table.starts_with("visit,store,device,day,entered,left,dwell_s,"), "{table}");
    assert_eq!(table.matches("\r\n").count(), 11);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let note = reader.headers().unwrap().iter().position(|name| name == "note").unwrap();
    for row in reader.records() {
        assert!(row.unwrap()[note].starts_with('\''), "{table}");
    }
}

#[tokio::test]
async fn clocks_ten_thousand_years_off_export_without_a_time() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (visit, opened) = device.opens();
    let wrong = closed(&mut device, visit, i64::MAX);
    let again = closed(&mut device, visit, i64::MIN);
    house.send(&device, &[opened, wrong]).await.unwrap();
    assert_eq!(jsonl(&house, &ExportFilter::default()).0[0]["left"], Value::Null);
    house.send(&device, &[again]).await.unwrap();
    assert_eq!(jsonl(&house, &ExportFilter::default()).0[0]["dwell_s"], 0);
}
