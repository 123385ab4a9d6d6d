//! A short working day, written down through the window.
//!
//! Visitors overlap: a handful comes in, each is tagged while the others wait, and they leave in another order.
//! The codes are those of the apparel pack.

use super::{Album, Clerk};
use anyhow::Result;
use std::collections::VecDeque;

/// How many visitors are in the shop at once.
const AT_ONCE: usize = 3;

/// A visit that was logged to its end.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Its id, as on its card.
    pub id: String,
    /// The code of its outcome.
    pub outcome: &'static str,
    /// What was noted.
    pub note: Option<String>,
}

struct Planned {
    size: u8,
    tags: &'static [(&'static str, &'static str)],
    note: Option<&'static str>,
    ending: Ending,
}

enum Ending {
    Bought {
        amount: &'static str,
    },
    Left {
        reason: &'static str,
    },
    Other(&'static str),
    /// A slip of the finger first, taken back.
    BoughtAfterUndo,
}

use Ending::{Bought, BoughtAfterUndo, Left, Other};

/// A dozen visitors; a longer day goes round.
const VISITORS: [Planned; 12] = [
    Planned {
        size: 1,
        tags: &[
            ("age", "a35"),
            ("company", "alone"),
            ("style", "commute"),
            ("zones", "newin"),
            ("zones", "women"),
            ("zones", "fit"),
            ("attention", "coat"),
            ("gesture", "try"),
            ("interest", "4"),
        ],
        note: Some("试了驼色大衣 M 码，肩线正好，要熨平"),
        ending: Bought { amount: "1299" },
    },
    Planned {
        size: 2,
        tags: &[("age", "a20"), ("company", "friends"), ("zones", "door"), ("zones", "sale"), ("interest", "1")],
        note: None,
        ending: Left { reason: "browse" },
    },
    Planned {
        size: 1,
        tags: &[("age", "a50"), ("style", "formal"), ("zones", "bags"), ("attention", "bag"), ("gesture", "price")],
        note: Some("想要深棕手袋配同色皮带，预算两千"),
        ending: Left { reason: "price" },
    },
    Planned {
        size: 3,
        tags: &[
            ("company", "family"),
            ("zones", "kids"),
            ("zones", "shoes"),
            ("gesture", "compare"),
            ("interest", "2"),
            ("source", "mall"),
        ],
        note: None,
        ending: Left { reason: "size" },
    },
    Planned {
        size: 2,
        tags: &[
            ("age", "a35"),
            ("company", "partner"),
            ("zones", "men"),
            ("zones", "fit"),
            ("zones", "till"),
            ("attention", "trousers"),
            ("gesture", "try"),
            ("interest", "3"),
        ],
        note: Some("先生试裤长，改短两公分，周三来取"),
        ending: BoughtAfterUndo,
    },
    Planned { size: 1, tags: &[("age", "a65")], note: None, ending: Other("other") },
    Planned {
        size: 1,
        tags: &[
            ("age", "a20"),
            ("style", "street"),
            ("accessories", "backpack"),
            ("zones", "newin"),
            ("attention", "knit"),
            ("gesture", "touch"),
            ("gesture", "stock"),
            ("interest", "3"),
        ],
        note: Some("墨绿开衫只剩 L，到货请告诉她"),
        ending: Other("lead"),
    },
    Planned { size: 5, tags: &[("company", "group"), ("zones", "door")], note: None, ending: Left { reason: "time" } },
    Planned {
        size: 1,
        tags: &[("age", "a35"), ("for", "gift"), ("colour", "beige"), ("attention", "acc"), ("interest", "4")],
        note: None,
        ending: Bought { amount: "268.50" },
    },
    Planned {
        size: 4,
        tags: &[("company", "kids"), ("age", "a50"), ("zones", "kids"), ("zones", "rest"), ("interest", "2")],
        note: Some("孩子睡着了，妈妈说下周再带来试鞋"),
        ending: Left { reason: "ask" },
    },
    Planned {
        size: 2,
        tags: &[("age", "a20"), ("style", "casual"), ("zones", "women"), ("attention", "dress"), ("gesture", "hold")],
        note: None,
        ending: Left { reason: "compare" },
    },
    Planned { size: 1, tags: &[("company", "alone"), ("zones", "till")], note: None, ending: Other("pickup") },
];

/// Logs `count` visits to their end, takes pictures on the way, and gives what was logged.
///
/// # Errors
/// When the window does not follow.
pub async fn play(clerk: Clerk<'_>, count: usize, album: &Album) -> Result<Vec<Logged>> {
    let mut logged = Vec::new();
    let mut in_shop = VecDeque::new();
    for (number, planned) in VISITORS.iter().cycle().take(count).enumerate() {
        let id = clerk.welcomes(planned.size).await?;
        in_shop.push_back((id, number, planned));
        if in_shop.len() == AT_ONCE {
            tag_all(clerk, &in_shop, number < AT_ONCE, album).await?;
            // Whoever came in the middle leaves first.
            in_shop.rotate_left(1);
            while let Some((id, number, planned)) = in_shop.pop_front() {
                logged.push(sees_out(clerk, id, number, planned, album).await?);
            }
        }
    }
    tag_all(clerk, &in_shop, false, album).await?;
    while let Some((id, number, planned)) = in_shop.pop_front() {
        logged.push(sees_out(clerk, id, number, planned, album).await?);
    }
    Ok(logged)
}

async fn tag_all(
    clerk: Clerk<'_>,
    in_shop: &VecDeque<(String, usize, &Planned)>,
    first: bool,
    album: &Album,
) -> Result<()> {
    for (place, (id, number, planned)) in in_shop.iter().enumerate() {
        clerk.turns_to(id).await?;
        let (early, late) = planned.tags.split_at(planned.tags.len() / 2);
        for (group, code) in early {
            clerk.taps(group, code).await?;
        }
        if first && place == 0 {
            switches_language(clerk, early).await?;
        }
        for (group, code) in late {
            clerk.taps(group, code).await?;
        }
        if let Some(note) = note_of(planned, *number) {
            clerk.notes(&note).await?;
        }
    }
    if let (true, Some((id, ..))) = (first, in_shop.front()) {
        clerk.turns_to(id).await?;
        album.keep_all_looks(clerk.app(), "floor").await?;
    }
    Ok(())
}

/// In the middle of a visit, and nothing may move.
async fn switches_language(clerk: Clerk<'_>, chosen: &[(&str, &str)]) -> Result<()> {
    for locale in ["en", "zh-CN"] {
        clerk.app().speak(locale).await?;
        for (group, code) in chosen {
            clerk.sees(group, code).await?;
        }
    }
    Ok(())
}

async fn sees_out(clerk: Clerk<'_>, id: String, number: usize, planned: &Planned, album: &Album) -> Result<Logged> {
    clerk.turns_to(&id).await?;
    let outcome = match planned.ending {
        Bought { amount } => {
            clerk.closes(&id, "buy").await?;
            clerk.enters_amount(amount).await?;
            "buy"
        }
        Left { reason } => {
            if number == 1 {
                clerk.app().click("outcome-none").await?;
                clerk.app().wait_for(&format!("reason-{reason}")).await?;
                album.keep(clerk.app(), "reasons").await?;
                clerk.app().click("outcome-none").await?;
            }
            clerk.closes_unsold(&id, reason).await?;
            "none"
        }
        BoughtAfterUndo => {
            clerk.closes(&id, "lead").await?;
            clerk.undoes_closing(&id).await?;
            clerk.turns_to(&id).await?;
            clerk.closes(&id, "buy").await?;
            "buy"
        }
        Other(code) => {
            clerk.closes(&id, code).await?;
            code
        }
    };
    Ok(Logged { id, outcome, note: note_of(planned, number) })
}

/// Each note is told apart by its number, so that a scan for it cannot find another one.
fn note_of(planned: &Planned, number: usize) -> Option<String> {
    planned.note.map(|note| format!("{note}（第 {} 位）", number + 1))
}
