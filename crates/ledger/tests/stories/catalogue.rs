//! Articles have names, and a store has many.

use crate::shop::{NOON_MS, Shop};
use floorbook_ledger::Article;
use std::time::{Duration, Instant};

const MANY: usize = 50_000;

fn article(code: &str, name: &str) -> Article {
    Article { code: code.to_owned(), name: name.to_owned(), category: "外套".to_owned() }
}

fn many() -> Vec<Article> {
    (0..MANY).map(|n| article(&format!("69{n:011}"), &format!("羊毛大衣 Coat {n}"))).collect()
}

fn found(shop: &Shop, query: &str) -> Vec<String> {
    shop.book.ledger().find_articles(query, 20).unwrap().into_iter().map(|article| article.code).collect()
}

#[test]
fn an_import_replaces_the_catalogue_as_a_whole() {
    let shop = Shop::open();
    let ledger = shop.book.ledger();
    assert_eq!((ledger.catalogue().unwrap().count, ledger.catalogue().unwrap().imported_ms), (0, None));
    ledger.replace_catalogue(&many(), NOON_MS).unwrap();
    assert_eq!(ledger.catalogue().unwrap().count, MANY as u64);
    ledger.replace_catalogue(&[article("A-1", "Scarf")], NOON_MS + 1).unwrap();
    let shop = shop.reopened();
    let catalogue = shop.book.ledger().catalogue().unwrap();
    assert_eq!((catalogue.count, catalogue.imported_ms), (1, Some(NOON_MS + 1)));
    assert_eq!(found(&shop, "Coat"), [""; 0], "nothing of the old one is left");
}

#[test]
fn an_article_is_found_by_the_start_of_its_number_and_by_any_part_of_its_name() {
    let shop = Shop::open();
    let articles = [
        article("AB-1", "羊毛双面呢大衣"),
        article("AB-12", "Linen shirt 100%"),
        article("B-2", "Silk_scarf"),
        article("C-3", "Belt for ab-1"),
    ];
    shop.book.ledger().replace_catalogue(&articles, NOON_MS).unwrap();
    assert_eq!(found(&shop, "ab-"), ["AB-1", "AB-12", "C-3"], "numbers before names");
    assert_eq!(found(&shop, "AB-1"), ["AB-1", "AB-12"], "a whole number is meant as one");
    assert_eq!(found(&shop, "ab-12"), ["AB-12"], "whatever the case");
    assert_eq!(found(&shop, "双面呢"), ["AB-1"]);
    assert_eq!(found(&shop, "SHIRT"), ["AB-12"]);
    for (query, codes) in [("%", &["AB-12"][..]), ("_", &["B-2"]), ("\\", &[]), ("'", &[]), ("B-1", &["C-3"])] {
        assert_eq!(found(&shop, query), codes, "{query} is a character like any other");
    }
    assert_eq!(shop.book.ledger().find_articles("b", 2).unwrap().len(), 2);
}

#[test]
fn names_are_known_for_the_numbers_that_the_catalogue_has() {
    let shop = Shop::open();
    let ledger = shop.book.ledger();
    ledger.replace_catalogue(&[article("AB-1", "大衣"), article("B-2", "Scarf")], NOON_MS).unwrap();
    let names = ledger.article_names(&["ab-1", "B-2", "4006381333931", "AB"]).unwrap();
    let names: Vec<(&str, &str)> = names.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    assert_eq!(names, [("B-2", "Scarf"), ("ab-1", "大衣")], "each under the number that was asked for");
}

#[test]
fn fifty_thousand_articles_are_searched_before_the_next_key_is_struck() {
    let shop = Shop::open();
    shop.book.ledger().replace_catalogue(&many(), NOON_MS).unwrap();
    for (query, hits) in
        [("6900000049999", 1), ("690000004", 20), ("大衣", 20), ("coat 49999", 1), ("nothing like it", 0)]
    {
        let quickest = (0..5).map(|_| {
            let start = Instant::now();
            assert_eq!(found(&shop, query).len(), hits, "{query}");
            start.elapsed()
        });
        let quickest = quickest.min().unwrap();
        assert!(quickest < Duration::from_millis(200), "{query} took {quickest:?}, without optimisation");
    }
}
