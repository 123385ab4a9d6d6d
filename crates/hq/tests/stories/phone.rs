//! A visitor fills the form on their own phone; headquarters carries it and keeps nothing.

use crate::hostile::HOSTILE;
use crate::house::{Device, House, client};
use floorbook_hq::{Because, HqError, Visitors};
use floorbook_model::{FieldValue, Label, Notice, Question};
use floorbook_protocol::{
    NotKept, PhoneForm, PhoneGiven, PhoneRequest, PhoneSaid, ProblemKind, TypedCard, Verdict, limits,
};
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use std::net::TcpListener;
use std::time::Duration;

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

fn label(text: &str) -> Label {
    Label { zh: text.to_owned(), en: text.to_owned() }
}

/// A form with `text` wherever there is a text.
fn form(text: &str) -> PhoneForm {
    let choice = |code: &str| json!({ "code": code, "label": label(text) });
    let group = |key: &str, kind: &str| json!({ "key": key, "kind": kind, "label": label(text), "hint": null, "front": 2, "choices": [choice("a"), choice("b")] });
    let questions = json!([
        { "group": group("one", "single") },
        { "group": group("many", "many"), "only_if": { "key": "one", "any_of": ["a", "b"] } },
    ]);
    PhoneForm {
        store: text.to_owned(),
        notice: Notice { version: 3, text: label(text) },
        purposes: serde_json::from_value(json!([choice("notify"), choice("news")])).unwrap(),
        questions: serde_json::from_value::<Vec<Question>>(questions).unwrap(),
    }
}

/// A page of a device, and a phone that has it.
struct Scene {
    house: House,
    device: Device,
    page: String,
    url: String,
    phone: Client,
}

impl Scene {
    async fn open(patience: Duration) -> Self {
        let house = House::open();
        house.serves_phones(patience);
        let device = house.device_of("north").await;
        let (page, url) = opened(&house, &device, form("x")).await;
        let phone = client(house.hq.ca_der());
        Self { house, device, page, url, phone }
    }

    async fn says(&self, verdict: Option<Verdict>) -> PhoneSaid {
        let wanted = PhoneRequest::Wait { page: self.page.clone(), verdict };
        self.house.phone(&self.device, &wanted).await.unwrap()
    }

    async fn waits(&self) -> PhoneSaid {
        self.says(None).await
    }

    async fn looks(&self) -> (StatusCode, String) {
        read(self.phone.get(&self.url).send().await.unwrap()).await
    }

    async fn sends(&self, pairs: &[(&str, &str)]) -> (StatusCode, String) {
        read(post(&self.phone, &self.url, pairs).await).await
    }

    /// The next thing that was given.
    async fn is_given(&self) -> PhoneGiven {
        loop {
            match self.waits().await {
                PhoneSaid::Given(given) => return given,
                PhoneSaid::Seen | PhoneSaid::Quiet => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

async fn opened(house: &House, device: &Device, form: PhoneForm) -> (String, String) {
    match house.phone(device, &PhoneRequest::Open(form)).await.unwrap() {
        PhoneSaid::Opened { page, url } => (page, url),
        other => panic!("{other:?}"),
    }
}

async fn post(phone: &Client, url: &str, pairs: &[(&str, &str)]) -> Response {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = phone.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
    request.send().await.unwrap()
}

async fn read(response: Response) -> (StatusCode, String) {
    (response.status(), response.text().await.unwrap())
}

const FILLED: &[(&str, &str)] = &[
    ("name", "陈女士"),
    ("phone", "13800138000"),
    ("purpose", "notify"),
    ("age", "yes"),
    ("q-one", "a"),
    ("q-many", "a"),
    ("q-many", "b"),
];

#[tokio::test]
async fn what_a_phone_hands_in_reaches_the_device_and_its_receipt_the_phone() {
    let scene = Scene::open(LONG).await;
    let (status, shown) = scene.looks().await;
    assert!(status == StatusCode::OK && shown.contains("不留") && !shown.contains(" checked"), "nothing is ticked");
    assert_eq!(scene.waits().await, PhoneSaid::Seen);
    let device = async {
        let given = scene.is_given().await;
        let code = "ABCDE-FGHJK".to_owned();
        (given, scene.says(Some(Verdict::Kept { code })).await)
    };
    let ((given, after), (status, receipt)) = tokio::join!(device, scene.sends(FILLED));
    assert_eq!(after, PhoneSaid::Closed);
    assert!(status == StatusCode::OK && receipt.contains("ABCDE-FGHJK"), "{receipt}");
    let mut card = TypedCard::default();
    (card.name, card.phone) = ("陈女士".into(), "13800138000".into());
    assert_eq!((&given.card, given.is_of_age, given.locale.as_str()), (&card, true, "zh-CN"));
    assert_eq!(given.purposes, ["notify"]);
    assert_eq!(given.answers["one"], FieldValue::Text("a".into()));
    assert_eq!(given.answers["many"], FieldValue::List(vec!["a".into(), "b".into()]));
    assert_eq!(scene.looks().await.0, StatusCode::NOT_FOUND, "one contact, and the page is closed");
}

/// Three questions, the later ones each hanging on answer `a` of the one before.
fn chained() -> PhoneForm {
    let mut form = form("x");
    let mut last = form.questions.last().cloned().unwrap();
    last.group.key = "last".to_owned();
    last.only_if.as_mut().unwrap().key = "many".to_owned();
    form.questions.push(last);
    for only_if in form.questions.iter_mut().filter_map(|question| question.only_if.as_mut()) {
        only_if.any_of = vec!["a".to_owned()];
    }
    form
}

#[tokio::test]
async fn a_question_that_hangs_on_another_is_shown_and_counts_only_after_its_answer() {
    let mut scene = Scene::open(LONG).await;
    (scene.page, scene.url) = opened(&scene.house, &scene.device, chained()).await;
    let shown = scene.looks().await.1;
    for (tag, times) in [
        ("<fieldset>", 1),
        ("<fieldset class=\"waits-1\">", 1),
        ("<fieldset class=\"waits-2 waits-1\">", 1),
        ("name=\"q-one\" value=\"a\" class=\"opens-1\"", 1),
        ("name=\"q-many\" value=\"a\" class=\"opens-2\"", 1),
        ("class=\"opens-", 2),
    ] {
        assert_eq!(shown.matches(tag).count(), times, "{tag}: {shown}");
    }
    assert_eq!(scene.waits().await, PhoneSaid::Seen);
    let filled = [("q-many", "a"), ("q-last", "b"), ("purpose", "notify"), ("age", "yes"), ("phone", "13800138000")];
    for (first, counts) in [("b", &["one"][..]), ("a", &["last", "many", "one"])] {
        let device = async {
            let given = scene.is_given().await;
            let why = NotKept::PhoneInvalid;
            tokio::time::timeout(SHORT, scene.says(Some(Verdict::NotKept { why }))).await.unwrap_err();
            given.answers
        };
        let pairs = [&filled[..], &[("q-one", first)]].concat();
        let (answers, (_, again)) = tokio::join!(device, scene.sends(&pairs));
        assert_eq!(answers.keys().collect::<Vec<_>>(), counts);
        assert!(
            again.contains("name=\"q-last\" value=\"b\" checked"),
            "what was chosen stands on the page all the same: {again}"
        );
    }
}

#[tokio::test]
async fn what_the_device_refuses_is_said_in_words_and_stands_as_it_was_typed() {
    let scene = Scene::open(LONG).await;
    let device = async {
        scene.is_given().await;
        let why = NotKept::PhoneInvalid;
        let waits = scene.says(Some(Verdict::NotKept { why }));
        tokio::time::timeout(SHORT, waits).await.unwrap_err() // and waits on
    };
    let typed = [("phone", "138"), ("wechat", "chen_01"), ("purpose", "news"), ("age", "yes"), ("q-one", "b")];
    let (_, (status, again)) = tokio::join!(device, scene.sends(&typed));
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["手机号不对", "value=\"138\"", "value=\"chen_01\"", "href=\"#phone\"", "<title>出错了：手机号不对"]
    {
        assert!(again.contains(words), "{words}: {again}");
    }
    assert_eq!(again.matches(" checked").count(), 3, "the purpose, the age, the answer: {again}");
    let device = async {
        scene.is_given().await;
        scene.says(Some(Verdict::Kept { code: "AAAAA-AAAAA".into() })).await
    };
    assert_eq!(tokio::join!(device, scene.sends(FILLED)).1.0, StatusCode::OK, "put right");
}

#[tokio::test]
async fn a_device_that_does_not_answer_has_nothing_and_the_phone_is_told_so() {
    let scene = Scene::open(SHORT).await;
    scene.looks().await;
    let (status, said) = scene.sends(FILLED).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("什么都没有留下"), "{said}");
    assert!(said.contains("13800138000"), "what was typed stands there");
    assert_eq!(scene.waits().await, PhoneSaid::Seen, "it was taken back");
}

#[tokio::test]
async fn a_device_that_took_it_and_fell_silent_leaves_a_doubt_and_the_phone_is_told_so() {
    let scene = Scene::open(SHORT).await;
    let (_, (status, said)) = tokio::join!(scene.is_given(), scene.sends(FILLED));
    assert!(status == StatusCode::GATEWAY_TIMEOUT && said.contains("不知道有没有收好"), "{said}");
    let late = scene.says(Some(Verdict::Kept { code: "AAAAA-AAAAA".into() })).await;
    assert_eq!((late, scene.looks().await.0), (PhoneSaid::Closed, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_visitor_who_refuses_closes_the_page_and_the_device_hears_of_it() {
    let scene = Scene::open(LONG).await;
    let mut pairs = FILLED.to_vec();
    pairs.push(("none", "yes"));
    let (status, said) = scene.sends(&pairs).await;
    assert!(status == StatusCode::OK && said.contains("什么都没有留下"), "{said}");
    assert_eq!(scene.looks().await.0, StatusCode::NOT_FOUND);
    assert_eq!((scene.waits().await, scene.waits().await), (PhoneSaid::Refused, PhoneSaid::Closed));
}

#[tokio::test]
async fn of_two_phones_one_wins() {
    let scene = Scene::open(LONG).await;
    let device = async {
        let given = scene.is_given().await;
        let (status, said) = scene.sends(&[("phone", "13900139000")]).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("另一部手机"), "{said}");
        assert!(said.contains("13900139000"));
        scene.says(Some(Verdict::Kept { code: "AAAAA-AAAAA".into() })).await;
        given.card.phone.clone()
    };
    let (phone, (status, _)) = tokio::join!(device, scene.sends(FILLED));
    assert_eq!((phone.as_str(), status), ("13800138000", StatusCode::OK));
    assert_eq!(scene.sends(&[("phone", "13900139000")]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_is_closed_with_the_screen_by_another_one_and_by_time() {
    let scene = Scene::open(LONG).await;
    let asked = async {
        scene.is_given().await;
        scene.house.phone(&scene.device, &PhoneRequest::Close { page: scene.page.clone() }).await.unwrap()
    };
    let (_, (status, said)) = tokio::join!(asked, scene.sends(FILLED));
    assert!(status == StatusCode::NOT_FOUND && said.contains("已关闭"), "nothing is kept of it: {said}");

    let (first, url) = opened(&scene.house, &scene.device, form("x")).await;
    let (second, next_url) = opened(&scene.house, &scene.device, form("x")).await;
    assert_ne!(first, second);
    assert_eq!(read(scene.phone.get(url).send().await.unwrap()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(read(scene.phone.get(&next_url).send().await.unwrap()).await.0, StatusCode::OK);
    scene.house.clock.pass(i64::try_from(limits::PHONE_PAGE_LIFE_MS).unwrap());
    assert_eq!(read(scene.phone.get(next_url).send().await.unwrap()).await.0, StatusCode::NOT_FOUND);
    let wanted = PhoneRequest::Wait { page: second, verdict: None };
    assert_eq!(scene.house.phone(&scene.device, &wanted).await, Ok(PhoneSaid::Closed));
}

#[tokio::test]
async fn a_token_that_was_never_given_is_answered_like_a_page_that_is_closed() {
    let scene = Scene::open(LONG).await;
    let never = scene.url.replace(&scene.page, &"A".repeat(scene.page.len()));
    scene.sends(&[("none", "yes")]).await;
    let ends = ["", "/", "?x=1", "%00", "/../../etc/passwd"];
    let (status, closed) = scene.looks().await;
    for url in ends.iter().map(|end| format!("{never}{end}")) {
        let (other, body) = read(scene.phone.get(&url).send().await.unwrap()).await;
        assert_eq!((other, &body), (status, &closed), "{url}");
    }
    assert_eq!(read(post(&scene.phone, &never, FILLED).await).await, (status, closed.clone()));
    let put = scene.phone.put(&scene.url).send().await.unwrap();
    assert_eq!(read(put).await, (status, closed));
}

#[tokio::test]
async fn a_page_runs_nothing_loads_nothing_and_stays_nowhere() {
    let scene = Scene::open(LONG).await;
    for url in [scene.url.clone(), scene.url.replace("/v/", "/w/")] {
        let response = scene.phone.get(url).send().await.unwrap();
        let field = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        let policy = field("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!((field("cache-control"), field("referrer-policy")), ("no-store".into(), "no-referrer".into()));
        assert!(field("x-robots-tag").contains("noindex"));
        assert!(response.headers().get("set-cookie").is_none());
        let body = response.text().await.unwrap();
        for foreign in ["<script", "http:", "https:", "src=", "url(", "@import", "onload"] {
            assert!(!body.contains(foreign), "{foreign}");
        }
    }
}

#[tokio::test]
async fn a_page_speaks_the_language_of_the_phone_until_the_visitor_wants_the_other() {
    let scene = Scene::open(LONG).await;
    let english = scene.phone.get(&scene.url).header("accept-language", "en-GB").send().await.unwrap();
    let page = read(english).await.1;
    assert!(page.contains("lang=\"en\"") && page.contains("Leave nothing") && page.contains("action=\"?lang=en\""));
    let chinese = scene.phone.get(format!("{}?lang=zh-CN", scene.url)).header("accept-language", "en");
    assert!(read(chinese.send().await.unwrap()).await.1.contains("不留"));
    let device = async {
        let given = scene.is_given().await;
        scene.says(Some(Verdict::Kept { code: "AAAAA-AAAAA".into() })).await;
        given.locale
    };
    let url = format!("{}?lang=en", scene.url);
    let (locale, said) = tokio::join!(device, post(&scene.phone, &url, FILLED));
    assert_eq!(locale, "en", "the language in which the notice was read");
    assert!(read(said).await.1.contains("Your receipt code"));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[tokio::test]
async fn hostile_text_is_text_on_every_page() {
    let house = House::open();
    house.serves_phones(SHORT);
    let (device, phone) = (house.device_of("north").await, client(house.hq.ca_der()));
    let mut pages = Vec::new();
    for text in HOSTILE.into_iter().chain(["word"]) {
        let (_, url) = opened(&house, &device, form(text)).await;
        let shown = read(phone.get(&url).send().await.unwrap()).await.1;
        let typed = ["name", "phone", "wechat", "email", "address"].map(|field| (field, text));
        let again = read(post(&phone, &url, &typed).await).await.1;
        let masked = |page: &str| page.replace(&escaped(text), "\u{1}").replace(&url, "");
        if text != "word" {
            assert!(
                shown.contains(&escaped(text)) && again.contains(&format!("value=\"{}\"", escaped(text))),
                "{text:?}"
            );
        }
        pages.push((text, masked(&shown), masked(&again)));
    }
    let (_, shown, again) = pages.pop().unwrap();
    for (text, this, after) in pages {
        assert_eq!((&this, &after), (&shown, &again), "{text:?} is more than text");
    }
}

#[tokio::test]
async fn bodies_tries_and_forms_are_bounded() {
    let scene = Scene::open(SHORT).await;
    let long = "a".repeat(17 << 10);
    assert_eq!(scene.sends(&[("name", &long)]).await.0, StatusCode::BAD_REQUEST);
    let json = scene.phone.post(&scene.url).header("content-type", "application/json").body("{}");
    assert_eq!(json.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    for _ in 2..20 {
        assert_eq!(scene.sends(&[("name", &long)]).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(scene.sends(FILLED).await.0, StatusCode::NOT_FOUND, "twenty are enough");
    assert_eq!(scene.waits().await, PhoneSaid::Closed);

    let wanted = PhoneRequest::Open(form(&"n".repeat(2_000)));
    assert_eq!(scene.house.phone(&scene.device, &wanted).await, Err(ProblemKind::TooLarge));
}

#[tokio::test]
async fn an_address_that_asks_all_the_time_is_told_to_wait() {
    let scene = Scene::open(SHORT).await;
    for _ in 0..120 {
        scene.phone.get(&scene.url).send().await.unwrap();
    }
    let (status, said) = scene.looks().await;
    assert!(status == StatusCode::TOO_MANY_REQUESTS && said.contains("请过一分钟再试"), "{said}");
    let other = scene.phone.get(&scene.url).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);
    scene.house.clock.pass(60_000);
    assert_eq!(scene.looks().await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_page_belongs_to_the_device_that_opened_it() {
    let scene = Scene::open(LONG).await;
    let other = scene.house.device_of("south").await;
    let page = || scene.page.clone();
    let kept = Verdict::Kept { code: "AAAAA-AAAAA".into() };
    for wanted in [
        PhoneRequest::Wait { page: page(), verdict: None },
        PhoneRequest::Wait { page: page(), verdict: Some(kept) },
        PhoneRequest::Close { page: page() },
    ] {
        assert_eq!(scene.house.phone(&other, &wanted).await, Ok(PhoneSaid::Closed));
    }
    assert_eq!(scene.looks().await.0, StatusCode::OK);
    scene.house.hq.revoke_device(scene.device.grant.device, Because::default()).unwrap();
    let wanted = PhoneRequest::Wait { page: page(), verdict: None };
    assert_eq!(scene.house.phone(&scene.device, &wanted).await, Err(ProblemKind::DeviceRevoked));
}

#[tokio::test]
async fn pages_are_offered_where_they_are_served_and_end_with_the_program() {
    let house = House::open();
    let device = house.device_of("north").await;
    assert_eq!(house.phone(&device, &PhoneRequest::Open(form("x"))).await, Ok(PhoneSaid::NotOffered));
    house.serves_phones(LONG);
    tokio::task::yield_now().await;
    let (page, _) = opened(&house, &device, form("x")).await;
    let house = house.restart();
    house.serves_phones(LONG);
    let wanted = PhoneRequest::Wait { page, verdict: None };
    assert_eq!(house.phone(&device, &wanted).await, Ok(PhoneSaid::Closed), "nothing of it was written");
}

#[tokio::test]
async fn what_visitors_type_never_travels_in_clear() {
    let house = House::open();
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let served =
        floorbook_hq::serve_visitors(house.hq.clone(), everywhere, Visitors::default(), std::future::pending()).await;
    assert!(matches!(served, Err(HqError::BadInput(_))));
    let url = Some("http://visit.example.com".to_owned());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let visitors = Visitors { url, ..Visitors::default() };
    let served = floorbook_hq::serve_visitors(house.hq.clone(), listener, visitors, std::future::pending()).await;
    assert!(matches!(served, Err(HqError::BadInput(_))));
}
