//! One of everything that travels, the same in every run.

use floorbook_model::{
    Body, BusinessDay, Choice, Closing, Consent, ContactId, Correction, CorrectionReason, DeviceId, DwellSource, Event,
    EventId, FieldValue, Group, GroupKind, HandOver, Hlc, Label, Notice, NoticeRef, Opening, Outcome, Pack, PackRef,
    Patch, Question, Recorded, RevealReason, Rng, SCHEMA, Step, VisitId,
};
use floorbook_protocol::{
    ChainHead, Clerk, Config, ConfigRequest, DayLedger, FeedHead, FeedRequest, Hello, Kit, NotKept, OpeningKey, Order,
    PROTOCOL_MAX, PairGrant, PairRequest, PhoneAnswer, PhoneForm, PhoneGiven, PhoneRequest, PhoneSaid, Policy, Purpose,
    QuarantineCode, Receipt, RecordResult, Role, SPOOL_HEAD, Signed, SignedHead, SigningKey, SpoolRecord, StoreRecord,
    TypedCard, Verdict, path, runs_of,
};
use serde_json::json;

pub(crate) const CHALLENGE: &str = "AZMAAAAAcACAAAAAAAAAAQ";

pub(crate) fn device_key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

pub(crate) fn hq_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn visit() -> VisitId {
    "01930000-0000-7000-8000-000000000003".parse().unwrap()
}

fn event(seq: u64, body: Body) -> Event {
    Event {
        schema: SCHEMA,
        id: EventId::from_bytes([u8::try_from(seq).unwrap(); 16]),
        store: "north-gate".parse().unwrap(),
        device: "01930000-0000-7000-8000-000000000002".parse().unwrap(),
        seq,
        hlc: Hlc(1_795_420_800_000, 3),
        recorded: Recorded {
            wall_ms: 1_795_420_800_000,
            offset_min: 480,
            steady_ms: 42_000,
            boot: 7,
            server_offset_ms: (seq > 1).then_some(-120),
        },
        actor: "c01".parse().unwrap(),
        visit: Some(visit()),
        body,
    }
}

/// One event of every kind of the first day; the batch that is agreed holds them.
pub(crate) fn events() -> Vec<Event> {
    let pack = PackRef { id: "apparel".to_owned(), version: 1 };
    let patch = Patch::from([
        ("age".to_owned(), FieldValue::Text("a20".to_owned())),
        ("attention".to_owned(), FieldValue::List(vec!["coat".to_owned(), "bag".to_owned()])),
        ("note".to_owned(), FieldValue::Text("想找外套 \"blue\"".to_owned())),
        ("path".to_owned(), FieldValue::Path(vec![Step { zone: "window".to_owned(), at_ms: 1_795_420_801_000 }])),
        ("style".to_owned(), FieldValue::Nothing),
    ]);
    let closing = |outcome| Closing { left_ms: 1_795_421_400_000, dwell_source: DwellSource::Observed, outcome };
    let bought = Outcome { amount_minor: Some(129_900), receipt: Some("R-0001".to_owned()), ..Outcome::of("buy") };
    let lost = Outcome { reasons: vec!["price".to_owned()], ..Outcome::of("none") };
    vec![
        event(1, Body::VisitOpened(Opening::new(1_795_420_800_000, 2, pack))),
        event(2, Body::VisitNoted { patch }),
        event(3, Body::VisitClosed(closing(bought))),
        event(4, Body::VisitReopened),
        event(5, Body::VisitClosed(Closing { dwell_source: DwellSource::Estimated, ..closing(lost) })),
        event(6, Body::VisitVoided),
    ]
}

/// One event of every kind about contacts.
pub(crate) fn contact_events() -> Vec<Event> {
    let contact = ContactId::from_bytes([5; 16]);
    let consent = Consent {
        notice: NoticeRef { version: 1, hash: "00ff".repeat(16) },
        locale: "zh-CN".to_owned(),
        purposes: vec!["news".to_owned(), "notify".to_owned()],
        given_ms: 1_795_420_800_000,
    };
    vec![
        event(1, Body::ContactGiven { contact, revision: 1, consent }),
        event(2, Body::ConsentWithdrawn { contact, purposes: vec!["news".to_owned()] }),
        event(3, Body::ContactRevealed { contact, reason: RevealReason::FollowUp }),
        event(4, Body::ContactErased { contact }),
    ]
}

/// What opens the sealed contact that is agreed.
pub(crate) fn contact_key() -> OpeningKey {
    OpeningKey::from_bytes(&[3; 32]).unwrap()
}

/// The lines of a spool: three events of a stand-in, sealed, the last one signed.
pub(crate) fn spool_lines() -> Vec<String> {
    let (device, stand_in) = (DeviceId::from_bytes([2; 16]), DeviceId::from_bytes([6; 16]));
    let seal = |(n, line): (u64, &String)| {
        let record = SpoolRecord::seal(device, stand_in, n, line, &contact_key().sealing_key(), &Fixed).unwrap();
        let record = if n == 3 { record.signed(&device_key()) } else { record };
        serde_json::to_string(&record).unwrap()
    };
    (1..).zip(&lines()).take(3).map(seal).collect()
}

/// The same as a file.
pub(crate) fn spool_file() -> Vec<u8> {
    let frame = |line: &String| serde_json::from_str::<SpoolRecord>(line).unwrap().to_frame().unwrap();
    let frames = spool_lines().iter().flat_map(frame).collect::<Vec<u8>>();
    [SPOOL_HEAD, &frames].concat()
}

pub(crate) struct Fixed;

impl Rng for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(9);
    }
}

/// One event of every kind that the floor has brought since, and what it added to the others.
pub(crate) fn floor_events() -> Vec<Event> {
    let pack = PackRef { id: "electronics".to_owned(), version: 1 };
    let opening = Opening {
        serving: Some("c02".parse().unwrap()),
        later: true,
        split_from: Some(visit()),
        ..Opening::new(1_795_420_800_000, 1, pack)
    };
    let (from, to) = ("c01".parse().unwrap(), "c02".parse().unwrap());
    let outcome = Outcome { pieces: Some(2), follow_up: BusinessDay::parse("2026-11-28"), ..Outcome::of("lead") };
    let closing = Closing { left_ms: 1_795_421_400_000, dwell_source: DwellSource::Adjusted, outcome };
    let correction = Correction {
        patch: Patch::from([("age".to_owned(), FieldValue::Text("a35".to_owned()))]),
        entered_ms: Some(1_795_420_700_000),
        closing: Some(closing),
        reason: Some(CorrectionReason::LateNews),
    };
    vec![
        event(1, Body::VisitOpened(opening)),
        event(2, Body::VisitHandedOver(HandOver { from, to, note: Some("要看 M 码".to_owned()) })),
        event(3, Body::VisitRetimed { entered_ms: 1_795_420_500_000 }),
        event(4, Body::VisitLinked { earlier: Some(visit()) }),
        event(5, Body::VisitMerged { into: visit() }),
        event(6, Body::VisitCorrected(correction)),
    ]
}

pub(crate) fn lines() -> Vec<String> {
    events().iter().map(|event| serde_json::to_string(event).unwrap()).collect()
}

pub(crate) fn hello() -> Hello {
    Hello { versions: vec![PROTOCOL_MAX], challenge: CHALLENGE.to_owned(), server_time_ms: 1_795_420_800_000 }
}

pub(crate) fn pair_request() -> PairRequest {
    PairRequest {
        code: "01AHRZ234".to_owned(),
        device_key: device_key().public(),
        device_name: "Counter 1".to_owned(),
        challenge: CHALLENGE.to_owned(),
    }
}

pub(crate) fn pair_grant() -> PairGrant {
    let clerk = |id: &str, name: &str, role| Clerk { id: id.parse().unwrap(), name: name.to_owned(), role };
    PairGrant {
        device: "01930000-0000-7000-8000-000000000002".parse().unwrap(),
        device_key: device_key().public(),
        device_name: "Counter 1".to_owned(),
        store: StoreRecord {
            id: "north-gate".parse().unwrap(),
            name: "North Gate".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            cut_hour: 4,
            currency: "CNY".to_owned(),
        },
        hq_key: hq_key().public(),
        pack: small_pack(),
        roster: vec![clerk("m01", "小李", Role::Manager), clerk("c01", "Ann", Role::Clerk)],
        policy: Policy { seal_after_ms: 5_000, manager_after_days: None, wipe_after_days: None },
        contact_key: None,
        spool_key: None,
        epoch: 0,
    }
}

/// As headquarters grants that takes contacts and spools.
pub(crate) fn pair_grant_full() -> PairGrant {
    let key = Some(contact_key().sealing_key());
    let policy = Policy { seal_after_ms: 5_000, manager_after_days: Some(7), wipe_after_days: Some(90) };
    PairGrant { policy, contact_key: key.clone(), spool_key: key, epoch: 1_764_000_000_000, ..pair_grant() }
}

pub(crate) fn config_request() -> ConfigRequest {
    ConfigRequest { epoch: 1_764_000_000_000, waiting: 12, version: "0.1.0".to_owned(), escrow: None, ledger: None }
}

/// As a device asks that brings its root secret, and says what its log has.
pub(crate) fn config_request_full() -> ConfigRequest {
    let contact: serde_json::Value = serde_json::from_str(include_str!("../golden/contact.json")).unwrap();
    let escrow = serde_json::from_value(contact.get("sealed").unwrap().clone()).unwrap();
    ConfigRequest { escrow, ledger: Some(signed_ledger()), ..config_request() }
}

/// Of the six events that are agreed: four have left, one waits, one was set aside.
pub(crate) fn day_ledger() -> DayLedger {
    DayLedger {
        device: pair_grant().device,
        day: BusinessDay::parse("2026-11-23").unwrap(),
        at_ms: 1_795_420_860_000,
        through: 6,
        count: 6,
        chain: lines().iter().fold(ChainHead::default(), |chain, line| chain.after(line)),
        waiting: 1,
        set_aside: 1,
    }
}

pub(crate) fn signed_ledger() -> Signed {
    Signed::seal(Purpose::Ledger, &day_ledger(), &device_key()).unwrap()
}

fn feed_device() -> DeviceId {
    "01930000-0000-7000-8000-000000000004".parse().unwrap()
}

pub(crate) fn feed_request() -> FeedRequest {
    let device = feed_device();
    FeedRequest {
        have: [(device, 41)].into(),
        days: 14,
        wait_ms: 25_000,
        epoch: 1_764_000_000_000,
        ahead: Some([(device, 57)].into()),
        lines: Some(250),
    }
}

pub(crate) fn feed_head() -> FeedHead {
    FeedHead {
        device: pair_grant().device,
        request: "01930000-0000-7000-8000-000000000009".parse().unwrap(),
        digest: HEAD.digest.to_owned(),
        more: true,
        config: false,
        epoch: 1_764_000_000_000,
        ahead: 2,
        ahead_through: [(feed_device(), 59)].into(),
        through: [(feed_device(), 51)].into(),
    }
}

pub(crate) fn config() -> Config {
    let PairGrant { device, store, pack, roster, .. } = pair_grant();
    Config {
        device,
        request: "01930000-0000-7000-8000-000000000009".parse().unwrap(),
        server_time_ms: 1_764_000_060_000,
        order: Order::Stay,
        acked_through: None,
        erased: vec!["01930000-0000-7000-8000-00000000000a".parse().unwrap()],
        kit: Some(Kit {
            epoch: 1_764_000_000_001,
            store,
            pack,
            roster,
            policy: Policy { seal_after_ms: 5_000, manager_after_days: Some(7), wipe_after_days: Some(90) },
            contact_key: Some(contact_key().sealing_key()),
            spool_key: Some(contact_key().sealing_key()),
        }),
    }
}

/// Everything that a device says of a page for a phone.
pub(crate) fn phone_requests() -> Vec<PhoneRequest> {
    let label = |zh: &str, en: &str| Label { zh: zh.to_owned(), en: en.to_owned() };
    let choice = |code: &str| Choice { code: code.to_owned(), label: label(code, code), also: vec![] };
    let group = Group {
        key: "matters".to_owned(),
        kind: GroupKind::Single,
        label: label("更看重什么？", "What matters most?"),
        hint: None,
        front: 2,
        choices: vec![choice("look"), choice("price")],
    };
    let form = PhoneForm {
        store: "北门店".to_owned(),
        notice: Notice { version: 1, text: label("您填写的内容…", "What you type…") },
        purposes: vec![choice("notify")],
        questions: vec![Question { group, only_if: None }],
    };
    let wait = |verdict| PhoneRequest::Wait { page: PHONE_PAGE.to_owned(), verdict };
    vec![
        PhoneRequest::Open(form),
        wait(None),
        wait(Some(Verdict::NotKept { why: NotKept::PhoneInvalid })),
        wait(Some(Verdict::Kept { code: "ABCDE-FGHJK".to_owned() })),
        PhoneRequest::Close { page: PHONE_PAGE.to_owned() },
    ]
}

/// Everything that headquarters says of it.
pub(crate) fn phone_answers() -> Vec<PhoneAnswer> {
    let mut card = TypedCard::default();
    (card.name, card.phone) = ("陈女士".to_owned(), "138 0013 8000".to_owned());
    let given = PhoneGiven {
        card,
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: Patch::from([("matters".to_owned(), FieldValue::Text("look".to_owned()))]),
    };
    let (page, url) = (PHONE_PAGE.to_owned(), format!("https://visit.example.com/v/{PHONE_PAGE}"));
    let said = [
        PhoneSaid::Opened { page, url },
        PhoneSaid::NotOffered,
        PhoneSaid::Quiet,
        PhoneSaid::Seen,
        PhoneSaid::Given(given),
        PhoneSaid::Refused,
        PhoneSaid::Closed,
    ];
    let PairGrant { device, .. } = pair_grant();
    let request = "01930000-0000-7000-8000-000000000009".parse().unwrap();
    said.map(|said| PhoneAnswer { device, request, said }).into()
}

const PHONE_PAGE: &str = "AAECAwQFBgcICQoLDA0ODw";

/// As headquarters answers that says how far it has got.
pub(crate) fn config_held() -> Config {
    Config { acked_through: Some(12), erased: Vec::new(), kit: None, ..config() }
}

pub(crate) fn receipt() -> Receipt {
    let quarantined = RecordResult::Quarantined;
    Receipt {
        batch: "01930000-0000-7000-8000-000000000009".parse().unwrap(),
        device: "01930000-0000-7000-8000-000000000002".parse().unwrap(),
        digest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:".to_owned(),
        results: runs_of([
            RecordResult::Accepted,
            RecordResult::Accepted,
            RecordResult::Duplicate,
            quarantined(QuarantineCode::Malformed),
            quarantined(QuarantineCode::ForeignOrigin),
            quarantined(QuarantineCode::Conflict),
            RecordResult::Retry,
        ]),
        acked_through: 3,
        server_time_ms: 1_795_420_800_500,
    }
}

pub(crate) const HEAD: SignedHead<'_> = SignedHead {
    path: path::BATCHES,
    digest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    device: "01930000-0000-7000-8000-000000000002",
    batch: "01930000-0000-7000-8000-000000000009",
    challenge: CHALLENGE,
};

fn small_pack() -> Pack {
    let label = |text: &str| json!({ "zh": text, "en": text });
    let choice = |code: &str| json!({ "code": code, "label": label(code) });
    serde_json::from_value(json!({
        "id": "small", "version": 1, "name": label("small"), "reasons": [choice("price")],
        "outcomes": [
            { "code": "buy", "label": label("buy"), "pad": true, "asks": ["amount", "receipt"] },
            { "code": "none", "label": label("none"), "pad": true, "asks": ["reasons"] },
        ],
        "groups": [{
            "key": "age", "kind": "single", "label": label("age"), "hint": null, "front": 1,
            "choices": [choice("a20"), choice("unsure")]
        }],
    }))
    .unwrap()
}
