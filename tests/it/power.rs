//! Power that is lost: the store lies on a file system of its own, the daemon is stopped
//! where it stands, and what the disk holds at that moment is all that is left.
//!
//! What a copy of the image proves: whatever was acknowledged had been handed to the disk,
//! in an order from which ext4 and SQLite find back. What it does not prove: that the disk
//! itself writes what it was told to flush, and keeps the order of what it was not. The
//! kernel goes on writing while the file is copied, so a copy may be torn, which is worse
//! than a disk that stops at once.

use crate::bench::oracle;
use crate::dice::{Dice, rounds};
use crate::killed::each_letter_is_one_message;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use crate::rig::{Disk, integrity, stop};
use crate::sink::{Kept, Sink};
use crate::ways::with;
use std::collections::HashSet;
use std::fs;

/// Caps that hold no receipt back.
pub const CAPS: &str = "[acknowledge]\nper_domain = 10000\nper_hour = 10000\n";

/// Posts the reports of `reporters`, each with an id of its own.
pub fn posted(g: &Gatepost, reporters: &[String]) {
    for from in reporters {
        let text = "See https://example.org/search.";
        let mail = report(from, &g.address, from, "XSS in search", "", text);
        g.office.deliver(from, &g.address, &mail);
    }
}

/// Everybody who got a receipt has a ticket, as the store says that is here now.
pub fn nobody_was_answered_for_nothing(g: &Gatepost, kept: &[Kept], reporters: &[String]) {
    assert_eq!(integrity(&g.path("store/gatepost.db")), "ok");
    let tickets = g.list();
    let known: HashSet<&str> = tickets
        .iter()
        .filter_map(|t| t["reporter"]["address"].as_str())
        .collect();
    for letter in kept.iter().filter(|k| reporters.contains(&k.to)) {
        assert!(
            known.contains(letter.to.as_str()),
            "{} got a receipt, and there is no ticket",
            letter.to
        );
    }
}

#[test]
fn what_was_answered_is_there_after_power_is_lost() {
    let (rounds, a_round) = (rounds(5), 10);
    let mut dice = Dice::thrown("power");
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let sink = Sink::start(|_| false);
    let mut g = Gatepost::new(&office, "power");
    g.write_config(&format!(
        "{}{CAPS}",
        with(&g.config(), "[smtp]", &sink.config())
    ));
    let (image, store) = (g.path("disk"), g.path("store"));
    let mut disk = Disk::image(&image, &store, 64);
    g.run(&["init"]).ok();
    let mut reporters: Vec<String> = Vec::new();
    let mut answered = 0;
    for round in 0..rounds {
        let new: Vec<String> = (0..a_round)
            .map(|i| g.reporter(&format!("p{round}-{i}")))
            .collect();
        posted(&g, &new);
        reporters.extend(new);
        g.start();
        dice.moment(&g);
        stop(g.pid());
        fs::copy(&image, g.path("left")).unwrap();
        // What the daemon had said before it stopped may be heard until now.
        let kept = sink.kept();
        g.signal("-KILL");
        disk.away();
        fs::rename(g.path("left"), &image).unwrap();
        disk = Disk::of(&image, &store);
        nobody_was_answered_for_nothing(&g, &kept, &reporters);
        answered = kept.len();
    }
    assert!(answered > 0, "no receipt had left when power was lost");
    wait_until("all mails lie in the mailbox", PATIENCE, || {
        (office.inbox(&g.address).len() >= reporters.len()).then_some(())
    });
    for later in ["10:20", "10:40", "11:00"] {
        office.clock(&format!("2026-11-23 {later}"));
        g.once();
    }
    oracle::accounted(&g, &reporters);
    each_letter_is_one_message(&g, &reporters, &sink.kept(), rounds);
    drop(disk);
}
