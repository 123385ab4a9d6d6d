//! A code pairs as many devices as it was made for, and nobody else.

use crate::house::House;
use floorbook_protocol::{PairRequest, PairingCode, ProblemKind, Purpose, Signed, SigningKey, limits, path};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

#[tokio::test]
async fn a_code_gives_everything_a_device_needs_and_then_is_used_up() {
    let house = House::open();
    let code = house.code(1);
    assert!(code.pins(house.hq.ca_der()), "the code must name the authority that the server shows");
    let grant = house.pair(&code, &key(1)).await.unwrap();
    assert_eq!(grant.device_key, key(1).public());
    assert_eq!(grant.store.id.as_str(), "north");
    assert_eq!(grant.store.time_zone, "Asia/Shanghai");
    assert_eq!(grant.pack.id, "small");
    assert_eq!(
        grant.roster.iter().map(|clerk| clerk.name.as_str()).collect::<Vec<_>>(),
        ["店长", "小李", "小王", "小赵"]
    );
    assert_eq!(house.pair(&code, &key(2)).await, Err(ProblemKind::CodeUnknown));
    assert_eq!(house.hq.devices().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_given_again_and_takes_no_second_use() {
    let house = House::open();
    let code = house.code(2);
    let lost = house.pair(&code, &key(1)).await.unwrap();
    assert_eq!(house.pair(&code, &key(1)).await.unwrap(), lost);
    assert_ne!(house.pair(&code, &key(2)).await.unwrap().device, lost.device);
    assert_eq!(house.pair(&code, &key(3)).await, Err(ProblemKind::CodeUnknown));
}

#[tokio::test]
async fn a_code_lives_for_fifteen_minutes() {
    let house = House::open();
    let code = house.code(1);
    house.clock.pass(limits::PAIRING_CODE_LIFE_MS);
    assert_eq!(house.pair(&code, &key(1)).await, Err(ProblemKind::CodeExpired));
    assert_eq!(house.hq.devices().unwrap(), []);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_nothing_more() {
    let house = House::open();
    for random in 0..10 {
        let guess = PairingCode::new([random; 9], house.hq.ca_der());
        assert_eq!(house.pair(&guess, &key(1)).await, Err(ProblemKind::CodeUnknown));
    }
    let code = house.code(1);
    assert_eq!(house.pair(&code, &key(1)).await, Err(ProblemKind::Busy));
    house.clock.pass(60_000);
    assert!(house.pair(&code, &key(1)).await.is_ok(), "a minute later the right code is good");
}

#[tokio::test]
async fn a_request_for_another_key_than_it_is_signed_with_is_refused() {
    let house = House::open();
    let request = PairRequest {
        code: house.code(1).secret().to_owned(),
        device_key: key(1).public(),
        device_name: String::new(),
        challenge: house.challenge().await,
    };
    let signed = Signed::seal(Purpose::PairRequest, &request, &key(2)).unwrap();
    let answer = house.post(path::PAIR).body(serde_json::to_vec(&signed).unwrap()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), ProblemKind::SignatureInvalid.status());
    assert_eq!(house.hq.devices().unwrap(), []);
}

#[tokio::test]
async fn an_old_challenge_pairs_nothing() {
    let house = House::open();
    let request = PairRequest {
        code: house.code(1).secret().to_owned(),
        device_key: key(1).public(),
        device_name: String::new(),
        challenge: house.challenge().await,
    };
    house.clock.pass(limits::CHALLENGE_LIFE_MS);
    let signed = Signed::seal(Purpose::PairRequest, &request, &key(1)).unwrap();
    let answer = house.post(path::PAIR).body(serde_json::to_vec(&signed).unwrap()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), ProblemKind::ChallengeStale.status());
}

#[tokio::test]
async fn answers_are_problem_documents_that_echo_nothing() {
    let house = House::open();
    let secret = "<script>小李";
    for (request, kind) in [
        (house.post(path::PAIR).body(secret), ProblemKind::Malformed),
        (house.post(path::PAIR).body(vec![b' '; limits::REQUEST_BYTES_MAX + 1]), ProblemKind::TooLarge),
        (house.post(path::BATCHES).body(secret), ProblemKind::SignatureInvalid),
        (house.get(path::PAIR), ProblemKind::NotFound),
        (house.get("/v1/visits?name=script"), ProblemKind::NotFound),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), kind.status());
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let text = answer.text().await.unwrap();
        assert!(text.contains(kind.uri()) && !text.contains("script"), "{text}");
    }
}
