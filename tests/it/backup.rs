//! A copy of the record, made while it is in use, and what becomes of it.

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use std::fs;

#[test]
fn a_copy_that_is_put_back_loses_nothing_and_answers_nobody_twice() {
    let mut g = Gatepost::ready(PostOffice::shared(), "backup");
    let reporters: Vec<String> = (0..4).map(|i| g.reporter(&format!("b{i}"))).collect();
    g.start();
    for (i, from) in reporters.iter().enumerate() {
        if i == 2 {
            // A letter arrives before it is on record that it left.
            wait_until("both receipts are on record", PATIENCE, || {
                let all = g.list();
                let sent = all.iter().filter(|t| t["acknowledgement"] == "sent");
                (sent.count() == 2).then_some(())
            });
            let copied = g.run(&["backup", g.path("store/copy.db").to_str().unwrap()]);
            assert!(copied.ok().contains("marked as a copy"));
            let other = g.path("store/other.db");
            let copied = g.run(&["backup", other.to_str().unwrap(), "--json"]).json();
            assert_eq!(copied["file"], other.to_str().unwrap());
            assert_eq!(copied["bytes"], fs::metadata(&other).unwrap().len());
            assert_eq!(copied["checked"], true);
            let at = copied["made_at"].as_str().unwrap();
            assert!(at.parse::<jiff::Timestamp>().is_ok(), "{at}");
        }
        g.report_from(from, &format!("backup{i}@example.net"));
        g.wait_for_mail(from, 1);
    }
    g.signal("-KILL");
    for name in ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"] {
        fs::remove_file(g.path("store").join(name)).ok();
    }
    fs::rename(g.path("store/copy.db"), g.path("store/gatepost.db")).unwrap();

    let refused = g.once().code_in(&[2]);
    assert!(refused.contains("is a copy"), "{refused}");
    assert!(
        refused.contains("2 mails on the server are not in it"),
        "{refused}"
    );
    assert!(refused.contains("run --restored"), "{refused}");
    assert_eq!(g.list().len(), 2, "a refusal takes nothing in");
    let ill = g.run(&["health"]);
    assert_eq!(ill.code, 3);
    says(&ill.out, &["the store is a copy, made ", "run --restored"]);
    // Also while a daemon that began looks at it.
    let lock = fs::File::create(g.path("store/gatepost.db.lock")).unwrap();
    lock.lock().unwrap();
    says(&g.run(&["health"]).out, &["the store is a copy, made "]);
    drop(lock);
    assert!(!ill.out.contains("systemctl start"), "{}", ill.out);

    let repair = g.run(&["audit", "--repair"]).code_in(&[1]);
    assert!(repair.contains("is a copy"), "{repair}");

    g.run(&["run", "--once", "--restored"]).ok();
    let tickets = g.list();
    let state = |i: usize| -> (String, String) {
        let of = tickets
            .iter()
            .find(|t| t["reporter"]["address"] == reporters[i].as_str());
        let of = of.unwrap_or_else(|| panic!("the report of {} is lost", reporters[i]));
        let word = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
        (word("ref"), word("acknowledgement"))
    };
    assert_eq!(tickets.len(), 4);
    assert_eq!([state(0).1, state(1).1], ["sent", "sent"]);
    assert_eq!([state(2).1, state(3).1], ["held", "held"]);
    assert!(
        state(2).0.ends_with("-0101") || state(3).0.ends_with("-0101"),
        "{tickets:?}"
    );
    for from in &reporters {
        assert_eq!(g.mail_of(from).len(), 1, "{from} got one receipt");
    }
    // From here on it is the original. A server's clock tells seconds: what came within the
    // second of the restoring would be held too.
    let second = jiff::Timestamp::now().as_second();
    wait_until("the second is over", PATIENCE, || {
        (jiff::Timestamp::now().as_second() > second).then_some(())
    });
    g.once().ok();
    g.run(&["audit"]).ok();
    let late = g.reporter("late");
    g.report_from(&late, "backup-late@example.net");
    g.once().ok();
    g.wait_for_mail(&late, 1);
}

/// Ends the daemon and puts this file in the place of its store.
fn put_back(g: &mut Gatepost, old: &std::path::Path) {
    g.signal("-TERM");
    for name in ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"] {
        fs::remove_file(g.path("store").join(name)).ok();
    }
    fs::rename(old, g.path("store/gatepost.db")).unwrap();
}

#[test]
fn an_old_file_that_cp_put_back_is_a_copy_too() {
    let mut g = Gatepost::ready(PostOffice::shared(), "unmarked");
    let reporters: Vec<String> = (0..4).map(|i| g.reporter(&format!("u{i}"))).collect();
    let old = g.path("store/old.db");
    for (i, from) in reporters.iter().enumerate() {
        if i == 2 {
            g.signal("-TERM");
            fs::copy(g.path("store/gatepost.db"), &old).unwrap();
        }
        if i % 2 == 0 {
            g.start();
        }
        g.report_from(from, &format!("unmarked{i}@example.net"));
        g.wait_for_mail(from, 1);
    }
    put_back(&mut g, &old);
    let refused = g.once().code_in(&[2]);
    assert!(refused.contains("is a copy"), "{refused}");
    assert!(
        refused.contains("2 mails on the server are not in it"),
        "{refused}"
    );
    g.run(&["run", "--once", "--restored"]).ok();
    let tickets = g.list();
    assert_eq!(tickets.len(), 4);
    let given: Vec<&str> = tickets.iter().filter_map(|t| t["ref"].as_str()).collect();
    for used in ["-0003", "-0004"] {
        assert!(
            !given.iter().any(|r| r.ends_with(used)),
            "a reference was given twice: {given:?}"
        );
    }
    for from in &reporters {
        assert_eq!(g.mail_of(from).len(), 1, "{from} got one receipt");
    }
    g.once().ok();
    g.run(&["audit"]).ok();
}

/// What gatepost filed in the folder for sent mail since the copy was made is read back, with
/// the lines in it that say what was decided.
#[test]
fn letters_that_a_copy_does_not_know_are_read_back_from_the_folder_for_sent_mail() {
    let mut g = Gatepost::ready(PostOffice::shared(), "read-back");
    let mia = g.reporter("mia");
    g.report_from(&mia, "read-back@example.net");
    g.start();
    g.wait_for_mail(&mia, 1);
    let copy = g.path("store/copy.db");
    wait_until("the receipt is settled", PATIENCE, || {
        (g.list()[0]["acknowledgement"] == "sent").then_some(())
    });
    g.run(&["backup", copy.to_str().unwrap()]).ok();
    let expected = crate::kit::soon();
    g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--plan",
        "Mend it.",
        "--expected",
        &expected,
        "--yes",
    ])
    .ok();
    g.wait_for_mail(&mia, 2);
    wait_until("a copy of it is filed", PATIENCE, || {
        let filed = "a copy lies in the folder for sent mail";
        (g.log().matches(filed).count() >= 2).then_some(())
    });
    put_back(&mut g, &copy);
    let shown = g.once().code_in(&[2]);
    assert!(
        shown.contains("1 letters in the folder for sent mail"),
        "{shown}"
    );
    g.run(&["run", "--once", "--restored"]).ok();
    let facts = g.fact_names("1");
    for fact in ["answered", "evaluated", "dated"] {
        assert!(
            facts.iter().any(|f| f == fact),
            "{fact} is not in {facts:?}"
        );
    }
    let shown = g.show("1").to_string();
    assert!(shown.contains(&expected), "{expected} is not in {shown}");
    assert_eq!(g.mail_of(&mia).len(), 2, "nobody is answered twice");
    g.once().ok();
    assert_eq!(g.mail_of(&mia).len(), 2);
}

#[test]
fn a_copy_never_takes_the_place_of_a_file() {
    let g = Gatepost::ready(PostOffice::shared(), "backup-place");
    let to = g.path("store/gatepost.db");
    let refused = g.run(&["backup", to.to_str().unwrap()]).code_in(&[1]);
    assert!(refused.contains("there is a file"), "{refused}");
    g.once().ok();
}
