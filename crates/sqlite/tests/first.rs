//! A promise of the first moment of a process, so it has a process of its own.

use floorbook_sqlite::{Database, DatabaseKey, Migrations};
use std::sync::Barrier;
use std::thread;

#[test]
fn the_first_databases_of_a_process_may_be_opened_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(16);
    thread::scope(|scope| {
        for number in 0..16_u8 {
            let (start, folder) = (&start, folder.path());
            scope.spawn(move || {
                let key = DatabaseKey::new([number; 32], [number; 16]);
                start.wait();
                Database::open(&folder.join(format!("{number}.db")), &key, Migrations(&[])).unwrap();
            });
        }
    });
}
