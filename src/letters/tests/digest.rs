//! What a digest tells, what it leaves out, and how it looks on a telephone.

use super::*;
use crate::letters::without_room;
use std::collections::BTreeSet;

#[test]
fn a_digest_never_wraps_on_a_telephone() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    for entry in &mut view.entries {
        entry.owner = Some("maximiliana".into());
        entry.code_name = crate::ticket::CodeName::stored("saffron-cormorant-12".into());
        if let Matter::Due { missing, .. } = &mut entry.matter {
            missing.push("a-very-long-fact-of-the-policy-alone".to_owned());
        }
    }
    view.looked = Looked::Ago(jiff::SignedDuration::from_hours(23));
    view.waiting = 12;
    for line in letters.digest(&view).unwrap().body.lines() {
        assert!(line.chars().count() <= 40, "{line}");
    }
}

#[test]
fn a_digest_is_short_and_leaves_out_first_what_can_wait() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let to_come = view.entries.remove(0);
    for number in 100..150 {
        view.entries.push(DigestEntry {
            number: TicketNo(number),
            ..to_come.clone()
        });
    }
    let body = letters.digest(&view).unwrap().body;
    for told in [
        "LATE   0007",
        "HELD   0018",
        "LOOK   0004",
        "CHASED 0003",
        "100 ",
    ] {
        assert!(body.contains(told), "{told}: {body}");
    }
    assert!(!body.contains("0149"), "{body}");
    // Of the 50, those that had room; and the five that can wait as well.
    let told = body
        .lines()
        .filter(|l| l.contains(" amber-heron ") && !l.starts_with("READ"))
        .count();
    let more = format!("and {} more: gatepost list", 50 - told + 5);
    assert!((10..50).contains(&told) && body.contains(&more), "{body}");
    for entry in &mut view.entries {
        entry.alike = Some(TicketNo(1));
    }
    let body = letters.digest(&view).unwrap().body;
    assert!(body.contains("0020 and 51 alike"), "{body}");
    assert!(!body.contains("more: gatepost list"), "{body}");
}

#[test]
fn what_is_due_tomorrow_is_not_left_out_for_what_is_old_or_later() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let is_due = |e: &&DigestEntry| matches!(e.matter, Matter::Due { .. });
    let like = view.entries.iter().find(is_due).unwrap().clone();
    let entry = |number, owner: Option<&str>, matter| DigestEntry {
        number: TicketNo(number),
        alike: None,
        owner: owner.map(str::to_owned),
        matter,
        ..like.clone()
    };
    let in_days = |days: i64, soft| Matter::Due {
        at: view.now.clone() + jiff::SignedDuration::from_hours(24 * days),
        missing: vec!["answered".to_owned()],
        half_kept: false,
        soft,
    };
    let stale = Matter::Stale {
        since: view.now.clone() - jiff::SignedDuration::from_hours(240),
        missing: vec!["evaluated".to_owned()],
    };
    let mine = Some(view.reader.as_str());
    let mut entries = vec![
        entry(1, None, in_days(1, false)),
        entry(3, Some("carla"), in_days(1, false)),
    ];
    entries.extend((100..108).map(|n| entry(n, mine, stale.clone())));
    entries.extend((200..208).map(|n| entry(n, mine, in_days(-2, true))));
    entries.extend((300..330).map(|n| entry(n, mine, in_days(6, false))));
    view.entries = entries;
    let body = letters.digest(&view).unwrap().body;
    for told in ["0001 ", "0003 ", "0300 ", "0317 "] {
        assert!(body.contains(told), "{told}: {body}");
    }
    for left_out in ["0100 ", "0200 ", "0318 "] {
        assert!(!body.contains(left_out), "{left_out}: {body}");
    }
    assert!(body.contains("and 28 more: gatepost list"), "{body}");
}

/// What can still be kept is not left out for many that cannot.
#[test]
fn what_is_due_tomorrow_stands_beside_many_that_are_late() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let is_due = |e: &&DigestEntry| matches!(e.matter, Matter::Due { .. });
    let like = view.entries.iter().find(is_due).unwrap().clone();
    let entry = |number, days: i64| DigestEntry {
        number: TicketNo(number),
        alike: None,
        owner: None,
        matter: Matter::Due {
            at: view.now.clone() + jiff::SignedDuration::from_hours(24 * days),
            missing: vec!["answered".to_owned()],
            half_kept: false,
            soft: false,
        },
        ..like.clone()
    };
    let late = (100..130).map(|n| entry(n, -3));
    view.entries = late.chain((200..212).map(|n| entry(n, 1))).collect();
    let body = letters.digest(&view).unwrap().body;
    for told in ["0100 ", "0111 ", "0200 ", "0207 "] {
        assert!(body.contains(told), "{told}: {body}");
    }
    for left_out in ["0112 ", "0208 "] {
        assert!(!body.contains(left_out), "{left_out}: {body}");
    }
    assert!(body.contains("and 22 more: gatepost list"), "{body}");
}

/// What is late is told, whosever it is, before anything soft of the reader's own.
#[test]
fn a_digest_leaves_out_nothing_late_for_what_is_soft() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let like = view.entries[0].clone();
    let at = view.now.checked_sub(jiff::Span::new().days(3)).unwrap();
    let due = |number, owner: Option<&str>, soft| DigestEntry {
        number: TicketNo(number),
        alike: None,
        owner: owner.map(str::to_owned),
        matter: Matter::Due {
            at: at.clone(),
            missing: vec!["answered".to_owned()],
            half_kept: false,
            soft,
        },
        ..like.clone()
    };
    let reader = view.reader.clone();
    let mut entries: Vec<_> = (100..122).map(|n| due(n, Some(&reader), true)).collect();
    entries.extend([due(300, Some("somebody"), false), due(301, None, false)]);
    view.entries = entries;
    let letter = letters.digest(&view).unwrap();
    let body = letter.body;
    let place = |of: &str| body.find(of).unwrap_or_else(|| panic!("{of}: {body}"));
    assert!(place("LATE   0301") < place("DUE    0100"), "{body}");
    assert!(place("DUE    0100") < place("LATE   0300"), "{body}");
    assert!(
        body.contains("and 4 more") && !body.contains("TODAY"),
        "{body}"
    );
    assert!(
        letter.subject.contains("2 late, 22 due"),
        "{}",
        letter.subject
    );
    assert!(
        body.lines().all(|line| line.chars().count() <= 40),
        "{body}"
    );
    // Many of another kind leave room for it, too; and of what is late the last goes.
    let unreadable = |n| DigestEntry {
        matter: Matter::Unreadable,
        ..due(n, None, false)
    };
    view.entries = (100..130).map(unreadable).collect();
    view.entries.extend((300..330).map(|n| due(n, None, false)));
    let body = letters.digest(&view).unwrap().body;
    assert!(body.contains("0104") && !body.contains("0105"), "{body}");
    assert!(body.contains("0314") && !body.contains("0315"), "{body}");
}

/// A row that is told once is not cut off by those that come again, and rows to come that
/// lack something else, or are due in another month, are no one row.
#[test]
fn a_digest_keeps_what_is_told_once_and_folds_only_what_lacks_the_same() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let due = |month, missing: &str, half_kept| Matter::Due {
        at: jiff::civil::date(2027, month, 6)
            .at(17, 0, 0, 0)
            .to_zoned(view.now.time_zone().clone())
            .unwrap(),
        missing: vec![missing.to_owned()],
        half_kept,
        soft: false,
    };
    let like = view.entries[0].clone();
    let entry = |number, matter| DigestEntry {
        number: TicketNo(number),
        alike: Some(TicketNo(100)),
        matter,
        ..like.clone()
    };
    let read = |mail| Matter::Read {
        mail,
        what: format!("ben wrote: accepted {mail}"),
    };
    let held = |n| Matter::Held {
        because: format!("reason {n}"),
    };
    let to_come = vec![
        entry(100, due(5, "evaluated", false)),
        entry(101, due(5, "evaluated", false)),
        entry(102, due(5, "resolved", true)),
        entry(103, due(8, "evaluated", false)),
    ];
    view.entries = to_come;
    let body = letters.digest(&view).unwrap().body;
    assert!(body.contains("0100 and 1 alike"), "{body}");
    assert!(body.contains("0102 ") && body.contains("0103 "), "{body}");
    view.entries = (200..230).map(|n| entry(n, held(n))).collect();
    view.entries.push(entry(300, read(7)));
    let body = letters.digest(&view).unwrap().body;
    assert!(body.contains("ben wrote: accepted 7"), "{body}");
    assert_eq!(without_room(&view), BTreeSet::new());
}

/// Nothing late is left out for what was read of our own mail, which can wait for the next
/// digest, nor what is due today for many that are held; and all of it is counted.
#[test]
fn a_digest_leaves_out_what_harms_least_and_counts_it() {
    let letters = Letters::built_in().unwrap();
    let mut view = samples::digests().remove(0);
    let like = view.entries[0].clone();
    let entry = |number, matter| DigestEntry {
        number: TicketNo(number),
        alike: None,
        owner: Some("somebody".to_owned()),
        matter,
        ..like.clone()
    };
    let now = view.now.clone();
    let due = |hours: i64| Matter::Due {
        at: now.clone() + jiff::SignedDuration::from_hours(hours),
        missing: vec!["answered".to_owned()],
        half_kept: false,
        soft: false,
    };
    let read = |mail| Matter::Read {
        mail,
        what: format!("ben wrote {mail}"),
    };
    let held = |n: i64| Matter::Held {
        because: format!("reason {n}"),
    };
    let mut check = |entries: Vec<DigestEntry>, told: &[&str], more: usize, later: usize| {
        view.entries = entries;
        let letter = letters.digest(&view).unwrap();
        let body = &letter.body;
        for told in told {
            assert!(body.contains(told), "{told}: {body}");
        }
        let counted = format!("and {more} more: gatepost list");
        assert!(body.contains(&counted), "{counted}: {body}");
        assert_eq!(without_room(&view).len(), later, "{body}");
        letter.subject
    };
    let late = || (100..118).map(|n| entry(n, due(-48)));
    let all = |more: Vec<DigestEntry>| late().chain(more).collect::<Vec<_>>();
    let reads = (200..230).map(|n| entry(n, read(n))).collect();
    let told = ["0100 ", "0117 ", "ben wrote 200", "ben wrote 201"];
    let subject = check(all(reads), &told, 28, 28);
    assert!(subject.contains("18 late"), "{subject}");
    let few = (200..205).map(|n| entry(n, read(n))).collect();
    check(all(few), &told, 3, 3);
    let held_and_today = (300..315).map(|n| entry(n, held(n)));
    let held_and_today = held_and_today.chain((400..412).map(|n| entry(n, due(2))));
    let told = ["0400 ", "0411 ", "reason 300", "reason 307"];
    let subject = check(held_and_today.collect(), &told, 7, 0);
    assert!(subject.contains("15 held, 12 today"), "{subject}");
    let worst = (300..308).flat_map(|n| [entry(n, held(n)), entry(n + 200, Matter::Unreadable)]);
    let told = ["0100 ", "0109 ", "reason 304", "0504 "];
    let subject = check(all(worst.collect()), &told, 14, 0);
    assert!(subject.contains("8 unread, 8 held, 18 late"), "{subject}");
}
