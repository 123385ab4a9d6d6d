//! Text that has broken other programs is text here: it comes back as it was typed, or is refused whole.

use crate::support::{House, MANAGER_PIN, Till, manager, outcome};
use floorbook_core::{ContactCard, CoreError, Given};
use floorbook_hq::Because;
use floorbook_hq::ExportFilter;
use floorbook_model::{FieldValue, Outcome, Patch, VisitId};
use floorbook_tests::hostile::HOSTILE;
use serde_json::Value;
use std::collections::BTreeMap;

const BECAUSE: Because<'_> = Because { who: "'; DROP TABLE audit; --", reason: "<script>window.owned=1</script>" };

fn rows(house: &House) -> BTreeMap<String, Value> {
    house.rows().into_iter().map(|row| (row["visit"].as_str().unwrap().to_owned(), row)).collect()
}

/// The cells of a column of the CSV file, by visit, as a spreadsheet reads them.
fn column(house: &House, name: &str) -> BTreeMap<String, String> {
    let (mut out, filter) = (Vec::new(), ExportFilter { store: None, with_voided: true });
    house.hq().export_csv(&mut out, &filter).unwrap();
    let mut reader = csv::Reader::from_reader(&out[3..]);
    let at = reader.headers().unwrap().iter().position(|column| column == name).unwrap();
    reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[at].to_owned())).collect()
}

#[test]
fn a_note_comes_back_as_it_was_typed_everywhere() {
    let house = House::open();
    let till = Till::open(&house);
    let mut typed: BTreeMap<VisitId, &str> = BTreeMap::new();
    for text in HOSTILE {
        let visit = till.device.arrive(1).unwrap().visit.id();
        let note = Patch::from([("note".to_owned(), FieldValue::Text(text.to_owned()))]);
        till.device.note(visit, &note).unwrap();
        till.device.hand_over(visit, &"c01".parse().unwrap(), Some(text)).unwrap();
        typed.insert(visit, text);
    }
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    for card in till.device.board().unwrap().running {
        let text = typed[&card.visit.id()];
        assert_eq!(card.visit.text("note"), Some(text));
        assert_eq!(card.visit.handed().unwrap().over.note.as_deref(), Some(text.trim()));
        till.device.close_visit(card.visit.id(), outcome("buy")).unwrap();
    }
    till.drain();
    let (rows, cells) = (rows(&house), column(&house, "note"));
    for (visit, text) in typed {
        assert_eq!(rows[&visit.to_string()]["note"].as_str(), Some(text));
        let cell = &cells[&visit.to_string()];
        assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), text.strip_prefix('\'').unwrap_or(text));
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']), "{cell:?} runs in a spreadsheet");
    }
}

#[test]
fn a_receipt_is_a_number_or_it_is_refused() {
    let house = House::open();
    let till = Till::open(&house);
    for text in HOSTILE {
        let visit = till.device.arrive(1).unwrap().visit.id();
        let bought = Outcome { receipt: Some(text.to_owned()), ..outcome("buy") };
        match till.device.close_visit(visit, bought) {
            Ok(change) => assert_eq!(change.visit.closing().unwrap().outcome.receipt.as_deref(), Some(text)),
            Err(error) => assert!(matches!(error, CoreError::BadInput), "{text:?}: {error:?}"),
        }
    }
}

#[test]
fn no_code_and_no_article_number_is_a_story() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    for text in HOSTILE {
        for (field, value) in [
            ("age", FieldValue::Text(text.to_owned())),
            ("attention", FieldValue::List(vec![text.to_owned()])),
            ("items", FieldValue::List(vec![text.to_owned()])),
            (text, FieldValue::Text("a35".to_owned())),
        ] {
            if field == "items" && floorbook_model::is_item(text) {
                continue; // a row of signs without blanks may be what a scanner sent
            }
            let patch = Patch::from([(field.to_owned(), value)]);
            assert!(matches!(till.device.note(visit, &patch), Err(CoreError::BadInput)), "{field:?} {text:?}");
        }
    }
}

#[test]
fn the_names_of_articles_are_found_and_shown_as_they_are() {
    let house = House::open();
    let till = Till::open(&house);
    let mut sheet = csv::Writer::from_writer(Vec::new());
    let names: Vec<&str> = HOSTILE.into_iter().filter(|text| !text.contains('\0')).collect(); // such a file is no text
    for (number, text) in names.iter().enumerate() {
        sheet.write_record([&format!("A{number:02}"), *text, "all"]).unwrap();
    }
    let imported = till.device.import_catalogue(&sheet.into_inner().unwrap()).unwrap();
    assert!(imported.count + imported.skipped_count == names.len() && imported.count > 30, "{imported:?}");
    for (number, text) in names.iter().enumerate() {
        for found in till.device.find_items(&format!("A{number:02}")).unwrap() {
            let seen = |text: &str| text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect::<String>();
            assert_eq!(seen(&found.name.unwrap()), seen(text), "what does not show is left out, nothing else");
        }
        till.device.find_items(text).unwrap();
    }
}

#[test]
fn what_a_visitor_types_is_sealed_and_opened_as_it_is_or_refused_whole() {
    let house = House::open();
    let till = Till::open(&house);
    let mut kept = 0;
    for text in HOSTILE {
        let visit = till.device.arrive(1).unwrap().visit.id();
        till.device.turn_to_visitor(visit).unwrap();
        let card = ContactCard {
            name: Some(text.to_owned()),
            phone: Some("13800138000".to_owned()),
            address: Some(text.to_owned()),
            ..ContactCard::default()
        };
        let given = Given {
            card,
            purposes: vec!["notify".to_owned()],
            is_of_age: true,
            locale: "en".to_owned(),
            answers: Patch::new(),
        };
        let code = match till.device.give_contact(&given) {
            Ok(code) => code,
            Err(error) => {
                assert!(matches!(error, CoreError::BadInput), "{text:?}: {error:?}");
                let shows = text.chars().all(|c| c.is_ascii() && !c.is_control());
                assert!(!shows || text.len() > 40, "{text:?} shows as it is and is short");
                till.device.unlock(&manager(), MANAGER_PIN).unwrap();
                continue;
            }
        };
        kept += 1;
        till.device.unlock(&manager(), MANAGER_PIN).unwrap();
        till.drain();
        let opened = house.hq().open_contact(&code, &house.contact_key(), BECAUSE).unwrap();
        assert_eq!(opened.card.unwrap()["name"].as_str(), Some(text.trim()));
        let contact = till.device.contact_of(visit).unwrap().unwrap();
        assert!(till.device.copy_contact(contact.id).unwrap().to_json().is_ok());
    }
    assert!(kept > 25, "{kept}");
    let audit = house.on_record("contact_opened");
    assert_eq!((audit.len(), audit[0].who.as_str()), (kept, BECAUSE.who), "and the register holds");
    for text in HOSTILE {
        drop(till.device.find_contacts(text));
    }
}
