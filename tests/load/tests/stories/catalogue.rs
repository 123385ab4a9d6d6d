//! A manager brings the store's articles, and cards show what they are called.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, is_locked, manager, tap};
use floorbook_core::{CoreError, Imported, Item, Problem, Skipped};
use floorbook_model::{FieldValue, Patch};

const ARTICLES: &str = "货号,品名,品类\r\n6901234567892,羊绒围巾,配饰\r\nAP-1001,羊毛双面呢大衣,外套\r\n";

fn items(codes: &[&str]) -> Patch {
    let codes = codes.iter().map(|&code| code.to_owned()).collect();
    Patch::from([("items".to_owned(), FieldValue::List(codes))])
}

fn named(items: &[Item]) -> Vec<(&str, Option<&str>)> {
    items.iter().map(|item| (item.code.as_str(), item.name.as_deref())).collect()
}

#[test]
fn names_stand_on_the_cards_and_an_unknown_number_stays_as_scanned() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    device.import_catalogue(ARTICLES.as_bytes()).unwrap();
    let visit = device.arrive(1).unwrap().visit.id();
    let shown = device.note(visit, &items(&["4006381333931", "ap-1001", "6901234567892"])).unwrap().visit.items;
    let expected = [("4006381333931", None), ("ap-1001", Some("羊毛双面呢大衣")), ("6901234567892", Some("羊绒围巾"))];
    assert_eq!(named(&shown), expected, "in the order of the scans");
    assert_eq!(device.board().unwrap().running[0].items, shown);
    device.import_catalogue(b"4006381333931,Pen").unwrap();
    assert_eq!(
        named(&device.visit(visit).unwrap().items)[0],
        ("4006381333931", Some("Pen")),
        "names follow the catalogue"
    );
    till.drain();
}

#[test]
fn articles_are_found_by_number_and_by_name() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    assert_eq!(device.catalogue().unwrap().imported_ms, None);
    device.import_catalogue(ARTICLES.as_bytes()).unwrap();
    assert_eq!(named(&device.find_items(" ap- ").unwrap()), [("AP-1001", Some("羊毛双面呢大衣"))]);
    assert_eq!(named(&device.find_items("围巾").unwrap()), [("6901234567892", Some("羊绒围巾"))]);
    assert!(device.find_items("  ").unwrap().is_empty(), "no question, no answer");
    assert_eq!(device.catalogue().unwrap().count, 2);
    device.lock().unwrap();
    assert!(is_locked(device.find_items("ap")) && is_locked(device.catalogue()));
    assert!(is_locked(device.import_catalogue(ARTICLES.as_bytes())));
}

#[test]
fn a_clerk_may_not_import_and_a_manager_may() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    device.enrol_pin(&clerk(), "739105", &approved()).unwrap();
    assert!(matches!(device.import_catalogue(ARTICLES.as_bytes()), Err(CoreError::ManagerNeeded)));
    assert_eq!(device.catalogue().unwrap().count, 0);
    device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(device.import_catalogue(ARTICLES.as_bytes()).unwrap().count, 2);
}

#[test]
fn fifty_thousand_articles_are_taken_and_replaced_and_a_bad_file_replaces_nothing() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let many: String = (0..50_000).map(|n| format!("69{n:011},羊毛大衣 {n},外套\n")).collect();
    let imported = device.import_catalogue(many.as_bytes()).unwrap();
    assert_eq!(imported, Imported { count: 50_000, skipped: vec![], skipped_count: 0 });
    let none = device.import_catalogue(b"code,name\nA-1,\n").unwrap();
    assert_eq!((none.count, none.skipped), (0, vec![Skipped { line: 2, problem: Problem::NoName }]));
    assert!(matches!(device.import_catalogue(b"PK\x03\x04\0\0"), Err(CoreError::FileUnreadable)));
    assert_eq!(device.catalogue().unwrap().count, 50_000);
    device.import_catalogue(ARTICLES.as_bytes()).unwrap();
    assert_eq!((device.catalogue().unwrap().count, device.find_items("大衣 7").unwrap().len()), (2, 0));
    let visit = device.arrive(1).unwrap().visit.id();
    device.note(visit, &tap("age", "a20")).unwrap();
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.device.catalogue().unwrap().count, 2);
}

#[test]
fn the_quick_line_knows_the_form_by_its_sound() {
    let house = House::open();
    let till = Till::open(&house);
    let words = till.device.quick_words().unwrap();
    let meant = |typed: &str| -> Vec<&str> {
        words.iter().filter(|word| word.words.iter().any(|word| word == typed)).map(|word| word.code.as_str()).collect()
    };
    assert_eq!((meant("qingnian"), meant("quehuo")), (vec!["a20"], vec!["stock"]));
}
