//! Language and theme hold before anything is unlocked, and never keep a device from starting.

use crate::desk::Desk;
use floorbook_core::{Locale, Prefs, State, Theme};
use std::fs;

#[tokio::test]
async fn preferences_survive_a_restart() {
    let desk = Desk::fresh();
    let device = desk.start();
    assert_eq!(device.prefs(), Prefs::default());
    let chosen = Prefs { locale: Some(Locale::ZhCn), theme: Theme::Dark };
    device.set_prefs(chosen).unwrap();
    assert_eq!(device.prefs(), chosen);
    drop(device);
    assert_eq!(desk.start().prefs(), chosen);
}

#[tokio::test]
async fn unreadable_preferences_are_no_reason_not_to_start() {
    let desk = Desk::fresh();
    desk.start().set_prefs(Prefs { locale: Some(Locale::En), theme: Theme::Light }).unwrap();
    for bytes in [&b""[..], b"{", b"{\"locale\":\"tlh\"}", &[0xff; 40]] {
        fs::write(desk.dir().join("prefs.json"), bytes).unwrap();
        let device = desk.start();
        assert!(matches!(device.state(), State::Setup));
        assert_eq!(device.prefs(), Prefs::default());
    }
    fs::write(desk.dir().join("prefs.json"), b"{\"locale\":\"en\",\"later\":1}").unwrap();
    assert_eq!(desk.start().prefs().locale, Some(Locale::En), "a later version may have added something");
}
