//! The words by which the quick line knows what a form offers: what is written on a chip, how it
//! sounds, and how its sounds begin.

use crate::{CoreError, Device};
use floorbook_model::{Choice, Label, Pack};
use pinyin::ToPinyinMulti;

/// A character may be read in several ways; of the readings of a whole word so many are kept, the
/// usual ones first.
const READINGS_MAX: usize = 8;

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuickKind {
    /// A chip of a group.
    Choice,
    /// A way to end.
    Outcome,
    /// A lost reason.
    Reason,
}

/// Something that can be said on the quick line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickWord {
    /// What it stands for.
    pub kind: QuickKind,
    /// Its group; empty for outcomes and reasons.
    pub group: String,
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub label: Label,
    /// All that may be typed for it, lower-case: labels, code, full pinyin, initials, further words.
    pub words: Vec<String>,
}

impl Device {
    /// Everything that can be said on the quick line, in the order of the form.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn quick_words(&self) -> Result<Vec<QuickWord>, CoreError> {
        Ok(of_pack(&self.paired()?.profile.pack))
    }
}

fn of_pack(pack: &Pack) -> Vec<QuickWord> {
    let of_choice = |kind, group: &str, Choice { code, label, also }: &Choice| word(kind, group, code, label, also);
    let choices = pack
        .groups
        .iter()
        .flat_map(|group| group.choices.iter().map(|choice| of_choice(QuickKind::Choice, &group.key, choice)));
    let outcomes = pack.outcomes.iter().map(|outcome| word(QuickKind::Outcome, "", &outcome.code, &outcome.label, &[]));
    let reasons = pack.reasons.iter().map(|reason| of_choice(QuickKind::Reason, "", reason));
    choices.chain(outcomes).chain(reasons).collect()
}

fn word(kind: QuickKind, group: &str, code: &str, label: &Label, also: &[String]) -> QuickWord {
    let mut words = Vec::new();
    for said in [label.zh.as_str(), &label.en, code].into_iter().chain(also.iter().map(String::as_str)) {
        for form in forms(said) {
            if !words.contains(&form) {
                words.push(form);
            }
        }
    }
    QuickWord { kind, group: group.to_owned(), code: code.to_owned(), label: label.clone(), words }
}

/// A word, and where it is Chinese its readings and their initials.
fn forms(said: &str) -> Vec<String> {
    let said = said.to_lowercase();
    let mut forms = vec![said.clone()];
    if said.chars().any(|c| c.to_pinyin_multi().is_some()) {
        for reading in readings(&said) {
            let initials = reading.iter().filter_map(|syllable| syllable.chars().next()).collect();
            forms.extend([reading.concat(), initials]);
        }
    }
    forms
}

/// The likeliest readings of a word, syllable by syllable: those with the fewest unusual ones.
fn readings(said: &str) -> Vec<Vec<String>> {
    let mut readings = vec![(0, Vec::new())];
    for syllables in said.chars().map(syllables).filter(|syllables| !syllables.is_empty()) {
        let mut longer: Vec<(usize, Vec<String>)> = readings
            .iter()
            .flat_map(|(cost, before)| {
                syllables
                    .iter()
                    .enumerate()
                    .map(move |(rank, syllable)| (cost + rank, before.iter().chain([syllable]).cloned().collect()))
            })
            .collect();
        longer.sort_by_key(|(cost, _)| *cost);
        longer.truncate(READINGS_MAX);
        readings = longer;
    }
    readings.into_iter().map(|(_, reading)| reading).collect()
}

/// How a character sounds, without tones and as keyboards write it; the usual sound first.
fn syllables(c: char) -> Vec<String> {
    let Some(sounds) = c.to_pinyin_multi() else {
        return if c.is_alphanumeric() { vec![c.to_string()] } else { Vec::new() };
    };
    let mut syllables = Vec::new();
    for sound in sounds {
        let syllable = sound.plain().replace('ü', "v");
        if !syllables.contains(&syllable) {
            syllables.push(syllable);
        }
    }
    syllables
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPAREL: &str = include_str!("../../../assets/packs/apparel.json");

    fn words_of(zh: &str, also: &[&str]) -> Vec<String> {
        let label = Label { zh: zh.to_owned(), en: "En".to_owned() };
        let also: Vec<String> = also.iter().map(|&word| word.to_owned()).collect();
        word(QuickKind::Choice, "g", "code", &label, &also).words
    }

    fn assert_said(zh: &str, typed: &[&str]) {
        let words = words_of(zh, &[]);
        for typed in typed {
            assert!(words.iter().any(|word| word == typed), "{zh} is not known as {typed}: {words:?}");
        }
    }

    #[test]
    fn a_chip_is_known_by_its_labels_its_code_its_sound_and_its_initials() {
        assert_eq!(words_of("缺货", &[])[..3], ["缺货", "quehuo", "qh"]);
        assert_said("青年", &["青年", "en", "code", "qingnian", "qn"]);
        assert_said("试衣间", &["shiyijian", "syj"]);
    }

    #[test]
    fn a_character_of_several_sounds_is_known_by_each() {
        assert_said("长裤", &["changku", "ck", "zhangku", "zk"]);
        assert_said("年长", &["nianzhang", "nz"]);
        assert_said("重", &["zhong", "chong"]);
        assert_said("女装", &["nvzhuang", "nz"]);
    }

    #[test]
    fn further_words_sound_too() {
        let words = words_of("运动", &["体育", "Gym"]);
        for typed in ["yundong", "yd", "体育", "tiyu", "ty", "gym"] {
            assert!(words.iter().any(|word| word == typed), "{typed}: {words:?}");
        }
    }

    #[test]
    fn latin_letters_in_a_chinese_label_are_typed_as_they_stand() {
        assert_said("T恤", &["t恤", "txu", "tx"]);
        assert_said("VIP 客户", &["vipkehu", "vipkh"]);
    }

    #[test]
    fn many_readings_are_kept_few_and_the_usual_one_stays() {
        let readings = readings("大大大大大大大大");
        assert_eq!((readings.len(), readings[0].concat()), (READINGS_MAX, "da".repeat(8)));
    }

    #[test]
    fn every_word_of_a_form_is_lower_case_and_stands_once_in_a_lasting_order() {
        let pack: Pack = serde_json::from_str(APPAREL).unwrap();
        let all = of_pack(&pack);
        let choices: usize = pack.groups.iter().map(|group| group.choices.len()).sum();
        assert_eq!(all.len(), choices + pack.outcomes.len() + pack.reasons.len());
        assert_eq!(all, of_pack(&pack));
        for QuickWord { label, words, .. } in &all {
            let mut once = words.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), words.len(), "{label:?}: {words:?}");
            assert!(words.iter().all(|word| *word == word.to_lowercase() && !word.is_empty()), "{words:?}");
            assert!(
                words.iter().any(|word| word.is_ascii() && *word != label.en.to_lowercase()),
                "{label:?} has no sound"
            );
        }
    }
}
