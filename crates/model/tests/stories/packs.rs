//! The packs that ship pass the lint; what is never collected does not.

use floorbook_model::{Choice, Finding, Pack, check_pack};

fn shipped() -> Vec<Pack> {
    let files = [
        include_str!("../../../../assets/packs/apparel.json"),
        include_str!("../../../../assets/packs/jewellery.json"),
        include_str!("../../../../assets/packs/electronics.json"),
    ];
    files.iter().map(|file| serde_json::from_str(file).unwrap()).collect()
}

#[test]
fn the_shipped_packs_may_be_used() {
    for pack in shipped() {
        assert_eq!(check_pack(&pack), [], "{} is refused", pack.id);
    }
}

#[test]
fn a_field_that_is_never_collected_is_refused() {
    for field in ["face", "height", "religion", "ethnicity", "id_card", "plate", "phone"] {
        let mut pack = shipped().remove(0);
        pack.groups[0].key = field.to_owned();
        let found = check_pack(&pack);
        assert!(found.iter().any(|f| matches!(f, Finding::NeverCollected(_))), "{field} passed: {found:?}");
    }
}

#[test]
fn a_judging_word_is_refused_in_either_language() {
    for (zh, en) in [("看着有钱", "Wealthy"), ("穷", "Short of money"), ("普通", "Ugly coat"), ("普通", "Looks poor")]
    {
        let mut pack = shipped().remove(0);
        let label = &mut pack.groups[0].choices[0].label;
        (label.zh, label.en) = (zh.to_owned(), en.to_owned());
        let found = check_pack(&pack);
        assert!(found.iter().any(|f| matches!(f, Finding::NeverCollected(_))), "{zh}/{en} passed");
    }
}

#[test]
fn a_word_inside_another_word_is_innocent() {
    let mut pack = shipped().remove(0);
    pack.groups[0].choices[0].label.en = "Trace, enrich".to_owned();
    assert_eq!(check_pack(&pack), []);
}

#[test]
fn every_kind_of_mistake_is_found() {
    type Mistake = (&'static str, fn(&mut Pack));
    let broken: [Mistake; 8] = [
        ("free text as a code", |pack| pack.groups[0].choices[0].code = "Li 138".to_owned()),
        ("the same chip twice", |pack| {
            let twin: Choice = pack.groups[0].choices[0].clone();
            pack.groups[0].choices.insert(0, twin);
        }),
        ("an empty label", |pack| pack.reasons[0].label.zh = "  ".to_owned()),
        ("a label longer than a chip", |pack| pack.reasons[0].label.en = "x".repeat(25)),
        ("no way to say unsure", |pack| drop(pack.groups[0].choices.pop())),
        ("front beyond the list", |pack| pack.groups[0].front = 99),
        ("contacts, and no word for a child", |pack| {
            let age = pack.groups.iter_mut().find(|group| group.key == "age").unwrap();
            age.choices.retain(|choice| choice.code != "child");
        }),
        ("no way to buy", |pack| pack.outcomes.retain(|outcome| outcome.code != "buy")),
    ];
    for (mistake, make) in broken {
        let mut pack = shipped().remove(0);
        make(&mut pack);
        assert!(!check_pack(&pack).is_empty(), "{mistake} passed");
    }
}

#[test]
fn an_unknown_key_in_a_pack_is_refused() {
    let text = include_str!("../../../../assets/packs/apparel.json").replacen('{', "{\"script\": \"x\",", 1);
    assert!(serde_json::from_str::<Pack>(&text).is_err(), "a pack is data of a known form, nothing else");
}
