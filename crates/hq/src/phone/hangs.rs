//! Which questions hang on which answers, as class names: `style.css` shows and hides them without a script.

use floorbook_model::Question;

/// Questions that the style sheet knows by number; no pack has more.
const NUMBERED: usize = 8;

/// The classes of the question at a place: one for its own condition, and one for each further up, so that it
/// goes with the question it hangs on. None for a question that is always there.
pub(super) fn waits(questions: &[Question], at: usize) -> Option<String> {
    let mut numbers = Vec::new();
    let mut next = Some(at).filter(|at| *at < NUMBERED);
    while let Some(at) = next {
        let Some(only_if) = questions.get(at).and_then(|question| question.only_if.as_ref()) else { break };
        numbers.push(at);
        next = questions.iter().take(at).position(|earlier| earlier.group.key == only_if.key);
    }
    classes("waits", numbers)
}

/// The classes of an answer that others wait for.
pub(super) fn opens(questions: &[Question], key: &str, code: &String) -> Option<String> {
    let waits = |question: &Question| {
        question.only_if.as_ref().is_some_and(|only_if| only_if.key == key && only_if.any_of.contains(code))
    };
    classes("opens", questions.iter().enumerate().filter(|(_, question)| waits(question)).map(|(at, _)| at))
}

fn classes(word: &str, numbers: impl IntoIterator<Item = usize>) -> Option<String> {
    let classes: Vec<String> = numbers.into_iter().map(|number| format!("{word}-{number}")).collect();
    (!classes.is_empty()).then(|| classes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Questions with the condition of each, a key and an answer.
    fn questions(conditions: &[Option<(&str, &str)>]) -> Vec<Question> {
        let label = json!({ "zh": "", "en": "" });
        let question = |(at, condition): (usize, &Option<(&str, &str)>)| {
            let only_if = condition.map_or(Value::Null, |(key, code)| json!({ "key": key, "any_of": [code] }));
            let key = format!("k{at}");
            let group =
                json!({ "key": key, "kind": "single", "label": label, "hint": null, "front": 0, "choices": [] });
            json!({ "group": group, "only_if": only_if })
        };
        serde_json::from_value(conditions.iter().enumerate().map(question).collect()).unwrap()
    }

    #[test]
    fn a_question_waits_for_its_answer_and_with_the_one_it_hangs_on() {
        let questions = questions(&[None, Some(("k0", "a")), Some(("k1", "b")), Some(("k0", "a"))]);
        let waits: Vec<_> = (0..5).map(|at| waits(&questions, at)).collect();
        let waits: Vec<_> = waits.iter().map(Option::as_deref).collect();
        assert_eq!(waits, [None, Some("waits-1"), Some("waits-2 waits-1"), Some("waits-3"), None]);
        assert_eq!(opens(&questions, "k0", &"a".to_owned()).as_deref(), Some("opens-1 opens-3"));
        assert_eq!(opens(&questions, "k0", &"b".to_owned()), None);
        assert_eq!(opens(&questions, "k1", &"b".to_owned()).as_deref(), Some("opens-2"));
    }

    #[test]
    fn questions_that_hang_on_each_other_or_have_no_number_end_nothing() {
        let round = questions(&[Some(("k1", "a")), Some(("k0", "a")), Some(("k2", "a"))]);
        assert_eq!(waits(&round, 1).as_deref(), Some("waits-1 waits-0"));
        assert_eq!(waits(&round, 2).as_deref(), Some("waits-2"));
        let many = questions(&[Some(("k0", "a")); NUMBERED + 1]);
        assert_eq!(waits(&many, NUMBERED), None, "shown, and says when it is meant");
    }

    #[test]
    fn the_style_sheet_knows_every_number() {
        let style = include_str!("style.css");
        for number in 0..NUMBERED {
            assert!(style.contains(&format!("form:not(:has(.opens-{number}:checked)) .waits-{number}")), "{number}");
        }
    }
}
