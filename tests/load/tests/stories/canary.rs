//! A thousand names, numbers and words are planted in every field there is, and looked for everywhere.

use crate::pages;
use crate::support::{House, MANAGER_PIN, Till, manager};
use aho_corasick::AhoCorasick;
use floorbook_core::{ContactCard, Given, MaskedContact, State};
use floorbook_hq::ExportFilter;
use floorbook_model::{FieldValue, Outcome, Patch, VisitId};
use floorbook_protocol::ContactRecord;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const VISITS: usize = 1_000;

/// What one visitor leaves. No word is a part of another one's.
struct Canary {
    name: String,
    digits: String,
    wechat: String,
    email: String,
    address: String,
    note: String,
    line: String,
    receipt: String,
    item: String,
}

impl Canary {
    fn of(number: usize) -> Self {
        Self {
            name: format!("柳如烟甲{number:04}乙"),
            digits: format!("1390{number:04}271"),
            wechat: format!("wxq_{number:04}_zz"),
            email: format!("mail{number:04}@canary.example"),
            address: format!("桂花巷{number:04}号东院"),
            note: format!("想要珊瑚色{number:04}的围巾"),
            line: format!("请接着招呼{number:04}这位"),
            receipt: format!("RCPT/{number:04}/K"),
            item: format!("ITM{number:04}-QX"),
        }
    }

    fn given(&self) -> Given {
        let some = |text: &String| Some(text.clone());
        Given {
            card: ContactCard {
                name: some(&self.name),
                phone: some(&self.digits),
                wechat: some(&self.wechat),
                email: some(&self.email),
                address: some(&self.address),
            },
            purposes: vec!["notify".to_owned()],
            is_of_age: true,
            locale: "zh-CN".to_owned(),
            answers: Patch::from([("matters".to_owned(), FieldValue::Text("comfort".to_owned()))]),
        }
    }

    /// What only the visitor and those whom they let may know.
    fn contact(&self) -> [&str; 5] {
        [&self.name, &self.digits, &self.wechat, &self.email, &self.address]
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.contact().into_iter().chain([&*self.note, &*self.line, &*self.receipt, &*self.item])
    }
}

/// One visit with its canary in every field; the manager signs in again after the visitor.
fn logged(till: &Till, canary: &Canary) -> VisitId {
    let visit = till.device.arrive(1).unwrap().visit.id();
    let patch = Patch::from([
        ("note".to_owned(), FieldValue::Text(canary.note.clone())),
        ("items".to_owned(), FieldValue::List(vec![canary.item.clone()])),
    ]);
    till.device.note(visit, &patch).unwrap();
    till.device.hand_over(visit, &"c01".parse().unwrap(), Some(&canary.line)).unwrap();
    till.device.turn_to_visitor(visit).unwrap();
    till.device.give_contact(&canary.given()).unwrap();
    assert!(matches!(till.device.state(), State::Locked));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let outcome = Outcome { receipt: Some(canary.receipt.clone()), ..Outcome::of("buy") };
    till.device.close_visit(visit, outcome).unwrap();
    visit
}

#[test]
fn a_thousand_canaries_stand_nowhere_in_clear_and_erased_ones_nowhere_at_all() {
    let house = House::open();
    let till = Till::open(&house);
    let canaries: Vec<Canary> = (0..VISITS).map(Canary::of).collect();
    let visits: Vec<VisitId> = canaries.iter().map(|canary| logged(&till, canary)).collect();
    let everything: Vec<&str> = canaries.iter().flat_map(Canary::words).collect();
    let places = [till.database().parent().unwrap().to_owned(), house.folder().to_owned()];
    nowhere(&places, &everything, "with everything still on the device");
    till.drain();
    nowhere(&places, &everything, "sent");
    assert_eq!(house.hq().contacts().unwrap().len(), VISITS);
    exports_tell_of_visits_and_not_of_visitors(&house, &canaries);

    let contacts: Vec<MaskedContact> =
        visits.iter().map(|visit| till.device.contact_of(*visit).unwrap().unwrap()).collect();
    let sealed = sealed_at(&house);
    let (gone, kept) = contacts.split_at(VISITS / 2);
    for contact in gone {
        till.device.erase_contact(contact.id).unwrap();
    }
    till.drain();
    nowhere(&places, &everything, "half of them erased");

    let on_device = pages::in_clear(&till.database(), &till.database_key());
    let (database, key) = house.database();
    let at_headquarters = pages::in_clear(&database, &key);
    let secret: Vec<&str> = canaries.iter().flat_map(Canary::contact).collect();
    assert!(found(&on_device, &secret).is_empty(), "what visitors typed is under a key of its own");
    assert!(found(&at_headquarters, &secret).is_empty(), "headquarters' key opens no contact");

    let code = |contact: &MaskedContact| contact.code.clone();
    let codes: Vec<String> = gone.iter().map(code).collect();
    let still: Vec<String> = kept.iter().map(code).collect();
    assert!(found(&on_device, &codes).is_empty(), "the rows of the erased are gone, with the salts of their keys");
    assert_eq!(found(&on_device, &still).len(), kept.len(), "those of the others are there");
    let erased: BTreeSet<String> = gone.iter().map(|contact| contact.id.to_string()).collect();
    let (erased, others): (Vec<_>, Vec<_>) = sealed.into_iter().partition(|(contact, _)| erased.contains(contact));
    let pieces = |records: &[(String, String)]| -> Vec<String> {
        records
            .iter()
            .flat_map(|(_, text)| text.as_bytes().chunks(48))
            .map(String::from_utf8_lossy)
            .map(Into::into)
            .collect()
    };
    let left = found(&at_headquarters, &pieces(&erased));
    assert!(left.is_empty(), "no piece of what was sealed for headquarters is left: {} of them", left.len());
    assert!(found(&at_headquarters, &pieces(&others)).len() > others.len(), "those of the others are there");
}

fn exports_tell_of_visits_and_not_of_visitors(house: &House, canaries: &[Canary]) {
    let filter = ExportFilter { store: None, with_voided: true };
    let (mut csv, mut jsonl) = (Vec::new(), Vec::new());
    house.hq().export_csv(&mut csv, &filter).unwrap();
    house.hq().export_jsonl(&mut jsonl, &filter).unwrap();
    let contacts: Vec<&str> = canaries.iter().flat_map(Canary::contact).collect();
    let notes: Vec<&str> = canaries.iter().map(|canary| canary.note.as_str()).collect();
    for export in [csv, jsonl] {
        assert!(found(&export, &contacts).is_empty());
        assert_eq!(found(&export, &notes).len(), VISITS, "notes are what an export is for");
    }
}

/// What was sealed for headquarters: contact and ciphertext.
fn sealed_at(house: &House) -> Vec<(String, String)> {
    let (path, _) = house.database();
    let digits = fs::read_to_string(path.with_file_name("hq.key")).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", digits.trim())).unwrap();
    let mut query = connection.prepare("SELECT record FROM contacts WHERE record IS NOT NULL").unwrap();
    let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let sealed = rows.map(|row| {
        let line = row.unwrap();
        let record: ContactRecord = serde_json::from_str(&line).unwrap();
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        (record.contact.to_string(), value["sealed"]["text"].as_str().unwrap().to_owned())
    });
    sealed.collect()
}

/// Which of the words stand in the bytes.
fn found<S: AsRef<str>>(bytes: &[u8], words: &[S]) -> BTreeSet<usize> {
    let words = AhoCorasick::new(words.iter().map(|word| word.as_ref().as_bytes())).unwrap();
    words.find_overlapping_iter(bytes).map(|hit| hit.pattern().as_usize()).collect()
}

/// No file below the folders holds any of the words, in UTF-8 or in UTF-16.
pub(crate) fn nowhere(folders: &[impl AsRef<Path>], words: &[&str], when: &str) {
    let narrow = words.iter().map(|word| word.as_bytes().to_vec());
    let wide = words.iter().map(|word| word.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let words = AhoCorasick::new(narrow.chain(wide)).unwrap();
    let (mut hits, mut looked_at) = (String::new(), 0);
    for folder in folders {
        each_file(folder.as_ref(), &mut |path| {
            looked_at += 1;
            if words.is_match(&fs::read(path).unwrap()) {
                writeln!(hits, "{}", path.display()).unwrap();
            }
        });
    }
    assert!(looked_at >= 4, "databases, logs and keys: {looked_at}");
    assert_eq!(hits, "", "{when}");
}

fn each_file(folder: &Path, see: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { each_file(&path, see) } else { see(&path) }
    }
}
