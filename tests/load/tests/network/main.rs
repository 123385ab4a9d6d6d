use floorbook_load::network::{Op, draw, play};
#[test]
fn cost() {
    let ops = match std::env::var("W").unwrap().as_str() {
        "none" => vec![],
        "wait" => vec![Op::Wait(60_000)],
        "arrive" => vec![Op::Arrive(0); 20],
        "nothing" => vec![Op::HqRoom; 40],
        _ => draw(3, 40),
    };
    for _ in 0..40 {
        play(&ops).unwrap();
    }
}
