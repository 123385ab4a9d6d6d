//! What the device is set to holds before anything is unlocked, and never keeps a device from starting.

use crate::desk::Desk;
use floorbook_core::{Hand, Locale, Prefs, State, TEXT_PCT, Theme};
use std::fs;

#[tokio::test]
async fn preferences_survive_a_restart() {
    let desk = Desk::fresh();
    let device = desk.start();
    assert_eq!(device.prefs(), Prefs::default());
    let chosen = Prefs {
        locale: Some(Locale::ZhCn),
        theme: Theme::Dark,
        hand: Hand::Left,
        text_pct: 150,
        sound: true,
        lock_s: 300,
    };
    assert_eq!(device.set_prefs(chosen).unwrap(), chosen);
    assert_eq!(device.prefs(), chosen);
    drop(device);
    assert_eq!(desk.start().prefs(), chosen);
}

#[tokio::test]
async fn unreadable_preferences_are_no_reason_not_to_start() {
    let desk = Desk::fresh();
    desk.start().set_prefs(Prefs { locale: Some(Locale::En), theme: Theme::Light, ..Prefs::default() }).unwrap();
    for bytes in [&b""[..], b"{", b"{\"locale\":\"tlh\"}", &[0xff; 40]] {
        fs::write(desk.dir().join("prefs.json"), bytes).unwrap();
        let device = desk.start();
        assert!(matches!(device.state(), State::Setup));
        assert_eq!(device.prefs(), Prefs::default());
    }
    fs::write(desk.dir().join("prefs.json"), b"{\"locale\":\"en\",\"later\":1}").unwrap();
    assert_eq!(desk.start().prefs().locale, Some(Locale::En), "a later version may have added something");
}

#[tokio::test]
async fn preferences_of_an_earlier_version_still_hold() {
    let desk = Desk::fresh();
    drop(desk.start());
    fs::write(desk.dir().join("prefs.json"), b"{\"locale\":\"zh-CN\",\"theme\":\"dark\"}").unwrap();
    let prefs = desk.start().prefs();
    assert_eq!((prefs.locale, prefs.theme), (Some(Locale::ZhCn), Theme::Dark), "what it knew");
    assert_eq!((prefs.hand, prefs.text_pct, prefs.sound), (Hand::Right, 100, false), "what it did not know yet");
}

#[tokio::test]
async fn no_size_of_text_is_kept_that_the_screens_cannot_show() {
    let desk = Desk::fresh();
    let device = desk.start();
    for (asked, kept) in [(0, 100), (115, 115), (200, 200), (u16::MAX, 200)] {
        assert_eq!(device.set_prefs(Prefs { text_pct: asked, ..Prefs::default() }).unwrap().text_pct, kept);
        assert_eq!(device.prefs().text_pct, kept);
    }
    fs::write(desk.dir().join("prefs.json"), b"{\"locale\":null,\"text_pct\":900}").unwrap();
    assert!(TEXT_PCT.contains(&device.prefs().text_pct), "also when somebody else wrote the file");
}

#[tokio::test]
async fn nobody_sets_a_device_to_stay_open() {
    let desk = Desk::fresh();
    let device = desk.start();
    for (asked, kept) in [(0, 60), (60, 60), (600, 600), (u16::MAX, 600)] {
        assert_eq!(device.set_prefs(Prefs { lock_s: asked, ..Prefs::default() }).unwrap().lock_s, kept);
    }
    assert_eq!(Prefs::default().lock_s, 120);
}
