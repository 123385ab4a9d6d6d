//! The same events come out of both archives as the same bytes.

use crate::house::{House, data};
use crate::place::place_in;
use floorbook_hq::{ExportFilter, Place};
use floorbook_model::{Body, Closing, DwellSource, FieldValue, Outcome, Patch};
use std::sync::Arc;

/// Both exports, with the name of the device, which each headquarters makes up, taken out.
async fn exports(place: impl Fn(&std::path::Path) -> Place, story: &[String], origin: &str) -> [String; 2] {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let place = place(&data(&folder));
    let house = House::open_in(folder, place);
    let device = house.device_of("north").await;
    let name = device.grant.device.to_string();
    let lines: Vec<String> = story.iter().map(|line| line.replace(origin, &name)).collect();
    let (first, second) = lines.split_at(1_000);
    for part in [second, first, second] {
        house.send(&device, part).await.unwrap();
    }
    let filter = ExportFilter { store: None, with_voided: true };
    let (mut csv, mut jsonl) = (Vec::new(), Vec::new());
    house.hq.export_csv(&mut csv, &filter).unwrap();
    house.hq.export_jsonl(&mut jsonl, &filter).unwrap();
    [csv, jsonl].map(|bytes| String::from_utf8(bytes).unwrap().replace(&name, "device"))
}

#[tokio::test]
async fn the_same_events_are_the_same_file() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut story = Vec::new();
    for n in 0..600_u32 {
        let (visit, opened) = device.opens();
        let patch = Patch::from([("note".to_owned(), FieldValue::Text(format!("想要👗 “{n}”,\nβ")))]);
        let noted = device.event(visit, Body::VisitNoted { patch });
        let outcome = Outcome { amount_minor: Some(n), ..Outcome::of("buy") };
        let closing = Closing { left_ms: n.into(), dwell_source: DwellSource::Observed, outcome };
        story.extend([opened, noted, device.event(visit, Body::VisitClosed(closing))]);
    }
    let origin = device.grant.device.to_string();
    let embedded = exports(|dir| Place::in_folder(dir), &story, &origin).await;
    let postgres = exports(place_in, &story, &origin).await;
    assert!(embedded[0].lines().count() > 600 && embedded[1].lines().count() == 600);
    assert_eq!(embedded, postgres);
}
