//! A store that is opened to be looked at.

use super::*;

#[test]
fn a_store_that_is_looked_at_is_not_changed() {
    let (dir, store) = store();
    let path = dir.path().join("store/gatepost.db");
    drop(store);
    let mut look = Store::open_to_read(&path).unwrap().unwrap();
    assert!(look.read(noon(), |tx| tx.tickets(true)).unwrap().is_empty());
    let why = look.write(noon(), |tx| tx.set_meta("a", "b")).unwrap_err();
    assert!(format!("{why:#}").contains("readonly"), "{why:#}");
    look.connection
        .pragma_update(None, "query_only", false)
        .unwrap();
    look.connection
        .pragma_update(None, "user_version", 0)
        .unwrap();
    assert!(
        Store::open_to_read(&path).is_err(),
        "an empty file is no store"
    );
    assert!(
        Store::open_to_read(&dir.path().join("none.db"))
            .unwrap()
            .is_none()
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Store::open_to_read(&path).is_err());
}

#[test]
fn a_clock_that_ran_ahead_puts_no_deadline_out_of_sight() {
    let (_dir, mut store) = store();
    let ahead = at("2030-01-01T00:00:00Z");
    let look = |store: &mut Store, now: Timestamp| {
        store
            .write(now, |tx| tx.deadlines_to_look_at())
            .unwrap()
            .values()
            .flatten()
            .count()
    };
    store
        .write(noon(), |tx| {
            let folder = tx.add_folder("security", "INBOX", 7, &[])?;
            let (ticket, _) = open_one(tx, folder, 1, b"a")?;
            let what = What::Received;
            let fact = NewFact::new(noon(), what, By::Gatepost);
            let start = tx.add_fact(ticket, &fact)?;
            let run = crate::promise::Run {
                start,
                started_at: noon(),
                date: None,
                met: vec![None],
                paused_at: None,
                end: None,
            };
            let (due_at, approaching_at) = (at("2026-11-26T17:00:00Z"), noon());
            let deadline = crate::promise::Deadline {
                due_at,
                approaching_at,
                count: Vec::new(),
            };
            tx.add_deadline(ticket, "respond", &run, Some(&deadline))
        })
        .unwrap();
    assert_eq!(look(&mut store, noon()), 1);
    store
        .write(ahead, |tx| {
            tx.look_again(
                TicketNo(1),
                "respond",
                1,
                Some(ahead + jiff::SignedDuration::from_hours(900)),
            )
        })
        .unwrap();
    assert_eq!(look(&mut store, ahead), 0);
    assert_eq!(
        look(&mut store, ahead + jiff::SignedDuration::from_mins(61)),
        1,
        "an hour is the longest"
    );
    assert_eq!(look(&mut store, noon()), 1, "the clock was put right");
}
