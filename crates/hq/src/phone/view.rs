//! The pages as HTML: no script, nothing from elsewhere, every text escaped where it is written.

use super::hangs::{opens, waits};
use super::language::Language;
use super::typed::{ANSWER, Place, Typed};
use super::words::{Said, Words};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_model::{Choice, GroupKind, Label, Question};
use floorbook_protocol::{NotKept, PhoneForm};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// What a page may load and where it may send: its own style, and itself.
pub(super) fn content_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// What is wrong with what was handed in.
#[derive(Clone, Copy)]
pub(super) enum Wrong {
    /// The device says so.
    NotKept(NotKept),
    /// Another phone was quicker.
    Busy,
    /// The device does not answer.
    Away,
}

/// A page in one language.
pub(super) struct View {
    language: Language,
    words: &'static Words,
}

impl View {
    pub(super) fn in_language(language: Language) -> Self {
        Self { language, words: Words::of(language) }
    }

    /// A page that says one thing.
    pub(super) fn says(&self, of: impl Fn(&'static Words) -> &'static Said) -> String {
        let Said { title, next } = of(self.words);
        self.page(title, None, &html! { h1 { (title) } p { (next) } })
    }

    /// The receipt.
    pub(super) fn thanks(&self, store: &str, code: &str) -> String {
        let Words { thanks, code: heading, code_use, .. } = self.words;
        self.page(
            thanks,
            Some(store),
            &html! {
                h1 { (thanks) }
                h2 { (heading) }
                p.code #receipt { (code) }
                p { (code_use) }
            },
        )
    }

    /// The form, with what was typed and what is wrong with it.
    pub(super) fn form(&self, form: &PhoneForm, typed: &Typed, wrong: Option<Wrong>) -> String {
        let words = self.words;
        let said = wrong.map(|wrong| (self.said(wrong), place_of(wrong, typed)));
        let title = match &said {
            Some((said, _)) => format!("{}{}", words.error, said.title),
            None => words.title.to_owned(),
        };
        let place = said.as_ref().map(|(_, place)| *place);
        let body = html! {
            h1 { (words.title) }
            p.quiet { (words.lead) }
            @if let Some((said, place)) = &said { (summary(said, *place)) }
            form #form method="post" action=(format!("?lang={}", self.language.tag())) {
                (self.fields(typed, place))
                @for (at, question) in form.questions.iter().enumerate() {
                    (self.question(question, waits(&form.questions, at), &form.questions, typed))
                }
                (self.notice(form))
                (self.consent(form, typed, place))
                div.ends {
                    button.main type="submit" { (words.submit) }
                    button type="submit" name="none" value="yes" { (words.none) }
                }
            }
        };
        self.page(&title, Some(&form.store), &body)
    }

    fn page(&self, title: &str, store: Option<&str>, body: &Markup) -> String {
        let other = self.language.other();
        let page = html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        p { strong { "Floorbook" } @if let Some(store) = store { " " span.quiet { bdi { (store) } } } }
                        a lang=(other.tag()) hreflang=(other.tag()) href=(format!("?lang={}", other.tag())) {
                            (self.words.other_language)
                        }
                    }
                    main { (body) }
                }
            }
        };
        page.into_string()
    }

    fn fields(&self, typed: &Typed, wrong: Option<Place>) -> Markup {
        let (words, card) = (self.words, &typed.card);
        let is_wide = [&card.wechat, &card.email, &card.address].iter().any(|text| !text.is_empty());
        let is_wide = is_wide || matches!(wrong, Some(Place::Wechat | Place::Email));
        let field = |id, label, value, max, is_wrong| Field { id, label, value, max, hint: None, is_wrong };
        html! {
            (field("name", words.name, &card.name, 40, false).shown("name", "text"))
            (Field { hint: Some(words.phone_hint), ..field("phone", words.phone, &card.phone, 40, wrong == Some(Place::Phone)) }
                .shown("tel", "tel"))
            details open[is_wide] {
                summary { (words.more) }
                (Field { hint: Some(words.wechat_hint), ..field("wechat", words.wechat, &card.wechat, 40, wrong == Some(Place::Wechat)) }
                    .shown("off", "text"))
                (field("email", words.email, &card.email, 120, wrong == Some(Place::Email)).shown("email", "email"))
                (field("address", words.address, &card.address, 120, false).shown("street-address", "text"))
            }
        }
    }

    fn question(&self, question: &Question, waits: Option<String>, all: &[Question], typed: &Typed) -> Markup {
        let group = &question.group;
        let kind = if group.kind == GroupKind::Many { "checkbox" } else { "radio" };
        html! {
            fieldset class=[waits] {
                legend { (self.label(&group.label)) }
                @if let Some(text) = self.only_if(question, all) { p.quiet { (text) } }
                div.chips {
                    @for Choice { code, label, .. } in &group.choices {
                        label.chip {
                            input type=(kind) name=(format!("{ANSWER}{}", group.key)) value=(code)
                                class=[opens(all, &group.key, code)] checked[typed.answers(&group.key, code)];
                            (self.label(label))
                        }
                    }
                }
            }
        }
    }

    /// When a question is meant, for browsers that cannot hide it until then.
    fn only_if(&self, question: &Question, all: &[Question]) -> Option<String> {
        let only_if = question.only_if.as_ref()?;
        let before = all.iter().find(|earlier| earlier.group.key == only_if.key)?;
        let named = before.group.choices.iter().filter(|choice| only_if.any_of.contains(&choice.code));
        let named: Vec<&str> = named.map(|choice| self.label(&choice.label)).collect();
        Some(format!("{}{}", self.words.only_if, named.join(self.words.or)))
    }

    fn notice(&self, form: &PhoneForm) -> Markup {
        html! {
            section.card aria-labelledby="notice" {
                h2 #notice { (self.words.notice) }
                p { (self.label(&form.notice.text)) }
                p.quiet { (self.words.way) }
                p.quiet { (self.words.notice_version) (form.notice.version) }
            }
        }
    }

    fn consent(&self, form: &PhoneForm, typed: &Typed, wrong: Option<Place>) -> Markup {
        let words = self.words;
        html! {
            fieldset #purposes tabindex="-1" {
                legend { (words.purposes) }
                @for Choice { code, label, .. } in &form.purposes {
                    label.tick {
                        input type="checkbox" name="purpose" value=(code) checked[typed.purposes.contains(code)]
                            aria-invalid=[(wrong == Some(Place::Purposes)).then_some("true")]
                            aria-describedby=[(wrong == Some(Place::Purposes)).then_some("wrong")];
                        (self.label(label))
                    }
                }
            }
            label.tick {
                input #age type="checkbox" name="age" value="yes" checked[typed.is_of_age]
                    aria-describedby=[(wrong == Some(Place::Age)).then_some("wrong")];
                (words.of_age)
            }
        }
    }

    fn label<'a>(&self, label: &'a Label) -> &'a str {
        match self.language {
            Language::Chinese => &label.zh,
            Language::English => &label.en,
        }
    }

    fn said(&self, wrong: Wrong) -> &'static Said {
        match wrong {
            Wrong::NotKept(why) => self.words.why(why),
            Wrong::Busy => &self.words.busy,
            Wrong::Away => &self.words.away,
        }
    }
}

/// One line to type in.
struct Field<'a> {
    id: &'static str,
    label: &'static str,
    value: &'a str,
    max: u16,
    hint: Option<&'static str>,
    is_wrong: bool,
}

impl Field<'_> {
    fn shown(&self, autocomplete: &str, kind: &str) -> Markup {
        let Self { id, label, value, max, hint, is_wrong } = self;
        let hint_id = format!("{id}-hint");
        let described = match (hint, is_wrong) {
            (Some(_), true) => Some(format!("wrong {hint_id}")),
            (Some(_), false) => Some(hint_id.clone()),
            (None, true) => Some("wrong".to_owned()),
            (None, false) => None,
        };
        html! {
            div.field {
                label for=(id) { (label) }
                input id=(id) name=(id) type=(kind) value=(value) maxlength=(max) autocomplete=(autocomplete)
                    autocapitalize="off" spellcheck="false"
                    aria-invalid=[is_wrong.then_some("true")] aria-describedby=[described];
                @if let Some(hint) = hint { span.quiet id=(hint_id) { (hint) } }
            }
        }
    }
}

fn place_of(wrong: Wrong, typed: &Typed) -> Place {
    match wrong {
        Wrong::NotKept(why) => typed.place_of(why),
        Wrong::Busy | Wrong::Away => Place::Form,
    }
}

/// What is wrong, above the form, with the way to it. It has the focus, so that it is heard.
fn summary(said: &Said, place: Place) -> Markup {
    let id = match place {
        Place::Phone => "phone",
        Place::Wechat => "wechat",
        Place::Email => "email",
        Place::Purposes => "purposes",
        Place::Age => "age",
        Place::Form => "form",
    };
    html! {
        div.wrong #wrong role="alert" tabindex="-1" autofocus {
            a href=(format!("#{id}")) { strong { (said.title) } }
            (said.next)
        }
    }
}
