//! A contact belongs to the device that took it, and nobody else touches it.

use crate::house::{CountedRng, Device, House};
use floorbook_hq::Because;
use floorbook_model::{Body, ContactId, VisitId};
use floorbook_protocol::{
    ContactName, ContactRecord, OpeningKey, QuarantineCode, Receipt, RecordResult, SealingKey, receipt_code,
};

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "asked" };

struct Desk {
    house: House,
    key: OpeningKey,
    contact: ContactId,
    visit: VisitId,
    rng: CountedRng,
}

impl Desk {
    fn open() -> Self {
        let rng = CountedRng::default();
        let (contact, visit) = (ContactId::from_bytes([7; 16]), VisitId::from_bytes([8; 16]));
        Self { house: House::open(), key: OpeningKey::make(&rng), contact, visit, rng }
    }

    fn sealing_key(&self) -> SealingKey {
        self.key.sealing_key()
    }

    /// A record of `device`, sealed.
    fn record(&self, device: &Device, revision: u32, name: &str) -> String {
        let grant = &device.grant;
        let named = ContactName {
            contact: self.contact,
            visit: self.visit,
            store: grant.store.id.clone(),
            device: grant.device,
            revision,
        };
        let plain = format!("{{\"name\":\"{name}\"}}");
        let record = ContactRecord::seal(named, plain.as_bytes(), &self.sealing_key(), &self.rng).unwrap();
        serde_json::to_string(&record).unwrap()
    }

    async fn sends(&self, device: &Device, line: &str) -> RecordResult {
        only(&self.house.send_contacts(device, &[line.to_owned()]).await.unwrap())
    }

    async fn erases(&self, device: &mut Device) {
        let line = device.event(self.visit, Body::ContactErased { contact: self.contact });
        assert_eq!(only(&self.house.send(device, &[line]).await.unwrap()), RecordResult::Accepted);
    }

    /// The name that is kept; `None` once it is erased.
    fn kept(&self) -> Option<String> {
        let opened = self.house.hq.open_contact(&receipt_code(self.contact), &self.key, BECAUSE).unwrap();
        opened.card?.get("name")?.as_str().map(str::to_owned)
    }
}

fn only(receipt: &Receipt) -> RecordResult {
    receipt.record_results().next().unwrap().clone()
}

const FOREIGN: RecordResult = RecordResult::Quarantined(QuarantineCode::ForeignOrigin);
const CONFLICT: RecordResult = RecordResult::Quarantined(QuarantineCode::Conflict);

#[tokio::test]
async fn a_later_revision_takes_the_place_of_an_earlier_one_and_nothing_else_does() {
    let desk = Desk::open();
    let device = desk.house.device_of("north").await;
    let first = desk.record(&device, 1, "first");
    assert_eq!(desk.sends(&device, &first).await, RecordResult::Accepted);
    assert_eq!(desk.sends(&device, &first).await, RecordResult::Duplicate);
    assert_eq!(desk.sends(&device, &desk.record(&device, 1, "other")).await, CONFLICT);
    assert_eq!(desk.kept().as_deref(), Some("first"));
    assert_eq!(desk.sends(&device, &desk.record(&device, 2, "second")).await, RecordResult::Accepted);
    assert_eq!(desk.sends(&device, &first).await, CONFLICT, "what was changed does not come back");
    assert_eq!(desk.kept().as_deref(), Some("second"));
}

#[tokio::test]
async fn another_device_neither_changes_nor_erases_it() {
    let desk = Desk::open();
    let owner = desk.house.device_of("north").await;
    assert_eq!(desk.sends(&owner, &desk.record(&owner, 1, "mine")).await, RecordResult::Accepted);
    for store in ["north", "south"] {
        let mut rogue = desk.house.device_of(store).await;
        assert_eq!(desk.sends(&rogue, &desk.record(&rogue, u32::MAX, "theirs")).await, FOREIGN, "{store}");
        assert_eq!(desk.sends(&rogue, &desk.record(&owner, 2, "stolen")).await, FOREIGN, "{store}: signed by another");
        desk.erases(&mut rogue).await;
        assert_eq!(desk.kept().as_deref(), Some("mine"), "{store}");
    }
    let opened = desk.house.hq.open_contact(&receipt_code(desk.contact), &desk.key, BECAUSE).unwrap();
    assert!(opened.history.is_empty(), "what others say of it is no part of its proof");
}

#[tokio::test]
async fn what_comes_of_an_erased_contact_is_taken_and_kept_nowhere() {
    let desk = Desk::open();
    let mut device = desk.house.device_of("north").await;
    desk.erases(&mut device).await;
    assert_eq!(desk.sends(&device, &desk.record(&device, 1, "late")).await, RecordResult::Accepted);
    assert_eq!(desk.kept(), None, "it was erased before it came");
    assert_eq!(desk.sends(&device, &desk.record(&device, 2, "later")).await, RecordResult::Accepted);
    assert_eq!(desk.kept(), None);
}

#[tokio::test]
async fn a_line_that_is_no_contact_is_said_and_holds_nothing_up() {
    let desk = Desk::open();
    let device = desk.house.device_of("north").await;
    let lines = ["{}".to_owned(), desk.record(&device, 1, "good")];
    let receipt = desk.house.send_contacts(&device, &lines).await.unwrap();
    let results: Vec<RecordResult> = receipt.record_results().cloned().collect();
    assert_eq!(results, [RecordResult::Quarantined(QuarantineCode::Malformed), RecordResult::Accepted]);
    assert_eq!(desk.kept().as_deref(), Some("good"));
}
