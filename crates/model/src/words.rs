//! What a note must not hold: signs that name a person, and words that judge one. A guard against
//! habit, not against intent: who spells a number out in poetry gets past it.

use regex::Regex;
use std::sync::LazyLock;

/// What keeps a text from being kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has what looks like a phone, identity or bank number, a licence plate, an address of e-mail
    /// or a WeChat id.
    Personal,
    /// It has a word that judges a person.
    Judging,
}

/// The forms of what names a person. Separators stand only where people write them, so that a row of
/// prices is not taken for a number.
static PERSONAL: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Mobile phones of mainland China, 3-4-4.
        r"(?:^|[^0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?:$|[^0-9])",
        // Fixed lines with their area code.
        r"(?:^|[^0-9])0[0-9]{2,3}[ -]?[0-9]{7,8}(?:$|[^0-9])",
        // Numbers of other countries, written with a plus.
        r"\+[0-9]{1,3}(?:[ -]?[0-9]){6,12}(?:$|[^0-9])",
        // Citizen identity numbers (GB 11643): region, date of birth, order, check digit.
        r"(?:^|[^0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]",
        // Licence plates (GA 36).
        r"(?i)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·.-]?[A-HJ-NP-Z0-9]{5,6}(?:$|[^A-Z0-9])",
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        r"(?i)(?:微信|v信|薇信|wechat|weixin|wx|vx)(?:号|id)?\s*[:：是为=]?\s*[a-z0-9][a-z0-9_-]{4,}",
    ]
    .iter()
    .map(|form| Regex::new(form).expect("the forms are tested"))
    .collect()
});

/// Runs of digits as long as those of bank cards, in groups of four or without.
static LONG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9])([0-9](?:[ -]?[0-9]){14,18})(?:$|[^0-9])").expect("the form is tested"));

/// Why `text` should not be kept; `blocked` are the pack's own words.
pub fn unfit(text: &str, blocked: &[String]) -> Option<Unfit> {
    let plain = plain(text);
    if PERSONAL.iter().any(|form| form.is_match(&plain)) || has_card_number(&plain) {
        return Some(Unfit::Personal);
    }
    let small = plain.to_lowercase();
    blocked.iter().any(|word| stands_in(&small, &word.to_lowercase())).then_some(Unfit::Judging)
}

/// Full-width and spelled digits, letters and signs, as machines write them.
pub fn plain(text: &str) -> String {
    text.chars().map(plain_of).collect()
}

fn plain_of(c: char) -> char {
    const SPELLED: &str = "零一二三四五六七八九";
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '〇' => '0',
        '幺' => '1',
        c => SPELLED.chars().zip('0'..='9').find(|(spelled, _)| *spelled == c).map_or(c, |(_, digit)| digit),
    }
}

/// Bank cards carry a check digit (ISO/IEC 7812-1, Luhn); one number in ten does by chance.
fn has_card_number(text: &str) -> bool {
    LONG.captures_iter(text).filter_map(|found| found.get(1)).any(|found| {
        let digits: Vec<u32> = found.as_str().chars().filter_map(|c| c.to_digit(10)).collect();
        let doubled = |(at, digit): (usize, &u32)| match at % 2 {
            1 => digit * 2 / 10 + digit * 2 % 10,
            _ => *digit,
        };
        (16..=19).contains(&digits.len()) && digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
    })
}

/// Chinese words stand anywhere, Latin ones as whole words: "fat" is not "father".
fn stands_in(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !word.is_ascii() || !(touches(before) || touches(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked() -> Vec<String> {
        ["难缠", "fat"].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_names_a_person_is_found_however_it_is_written() {
        for text in [
            "电话13800138000",
            "打 138-0013-8000 找她",
            "１３８００１３８０００",
            "幺三八零零一三八零零零",
            "+86 138 0013 8000",
            "+44 20 7946 0958",
            "010-62345678",
            "身份证11010519491231002X",
            "卡号 6222 0212 3456 7890 128",
            "车是京A·12345",
            "粤b12345",
            "粤B D12345 停门口".replace(' ', "").as_str(),
            "chen.li@example.com",
            "加微信 chenli_88",
            "VX：abc12345",
        ] {
            assert_eq!(unfit(text, &blocked()), Some(Unfit::Personal), "{text}");
        }
    }

    #[test]
    fn what_shops_write_all_day_is_left_alone() {
        for text in [
            "看中 399 499 599 1299 四件",
            "条码 6901234567892",
            "货号 AB-2024-1180",
            "尺码 38 39 40，要 170/88A",
            "11月28日 15:30 再来",
            "妈妈生日，想要粉色",
            "比网上贵 200",
            "微信里看到的新款",
            "会员日 2026-11-11",
            "father and daughter",
            "二十三号来取",
        ] {
            assert_eq!(unfit(text, &blocked()), None, "{text}");
        }
    }

    #[test]
    fn words_that_judge_a_person_are_found_as_words() {
        assert_eq!(unfit("这客人难缠", &blocked()), Some(Unfit::Judging));
        assert_eq!(unfit("Fat, in a hurry", &blocked()), Some(Unfit::Judging));
    }
}
