//! What is wrong is said in words, and what is well is not.

use super::*;
use crate::desk::health::{Audited, Watched};
use jiff::SignedDuration;

const NOW: &str = "2027-05-04T09:00:00Z";

fn ago(minutes: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_mins(minutes)
}

fn since(minutes: i64, why: &str) -> Option<Trouble> {
    Some(Trouble {
        since: ago(minutes),
        why: why.to_owned(),
    })
}

/// What is told of it: `KEY TEXT`, one a line.
fn check(known: Known, wanted: &[&str]) {
    let reasons = judge(&known, NOW.parse().unwrap());
    let told: Vec<String> = reasons
        .iter()
        .map(|r| format!("{} {}", r.key(), r.text))
        .collect();
    assert_eq!(told, wanted);
    assert!(reasons.iter().all(|r| !r.hint.is_empty()));
}

fn watched(mailbox: &str, folder: &str, looked: Option<i64>) -> Watched {
    Watched {
        mailbox: mailbox.to_owned(),
        folder: folder.to_owned(),
        looked_at: looked.map(ago),
        trouble: since(20, "refused the login"),
    }
}

#[test]
fn all_is_well() {
    check(Known::default(), &[]);
    check(
        Known {
            folders: vec![watched("security", "INBOX", Some(12))],
            smtp: since(9, "421"),
            audit: Some(Audited {
                at: ago(60),
                count: 0,
                first: None,
            }),
            clock_back: since(1440, "by 1h"),
            clock_forwards: since(1440, "by 1h"),
            newest: Some(ago(-4)),
            ..Known::default()
        },
        &[],
    );
}

#[test]
fn what_is_not_read_is_told_once_a_mailbox() {
    check(
        Known {
            folders: vec![
                watched("security", "INBOX", Some(13)),
                watched("security", "Junk", Some(300)),
                watched("shield", "INBOX", Some(2)),
                watched("shield", "Junk", None),
            ],
            ..Known::default()
        },
        &[
            "imap/security INBOX of mailbox security could not be read to its end for 13 min",
            "health/no-baseline Junk of mailbox shield has no baseline and is not read",
        ],
    );
}

#[test]
fn what_does_not_leave_is_told() {
    check(
        Known {
            smtp: since(10, "535 who is mia@example.net"),
            waiting: Some((7, ago(61))),
            letters: vec![
                ("unknown".to_owned(), 1, ago(5)),
                ("refused".to_owned(), 2, ago(5)),
            ],
            reminders: since(0, "ticket 3"),
            alarm: since(1, "exit status: 1"),
            ..Known::default()
        },
        &[
            "smtp the SMTP server takes no letter; all of them wait",
            "health/outbox 7 letters wait in the outbox for more than an hour",
            "health/letters 1 letter may or may not have arrived",
            "health/letters 2 letters were refused",
            "health/reminders the team may not be reminded of everything",
            "health/alarm the alarm command does not take what it is told",
        ],
    );
}

#[test]
fn what_stands_in_the_record_is_told() {
    let late = |n: &str| (format!("SEC-2027-{n}"), "respond".to_owned(), ago(3));
    check(
        Known {
            audit: Some(Audited {
                at: ago(60),
                count: 2,
                first: Some("SEC".to_owned()),
            }),
            late: vec![late("0007"), late("0009")],
            unreadable: Some((1, ago(9))),
            config: since(4, "gatepost.toml:3"),
            calendar_ends: true,
            ..Known::default()
        },
        &[
            "health/config the config on the disk could not be taken; the daemon goes on with the old one",
            "health/audit the record disagrees with itself in 2 places",
            "health/overdue SEC-2027-0007 respond is late, and 1 more",
            "health/unreadable 1 mail could not be read, and nobody has looked",
            "health/calendar the calendar knows no holiday after the next 30 days",
        ],
    );
    let calendar = judge(
        &Known {
            calendar_ends: true,
            ..Known::default()
        },
        NOW.parse().unwrap(),
    );
    assert!(calendar.iter().all(|r| !r.kind.is_ill()));
}

#[test]
fn a_clock_that_is_far_off_is_told_once() {
    let newest = Some(ago(-90));
    check(
        Known {
            newest,
            ..Known::default()
        },
        &["health/clock the record was written 90 min ahead of our clock"],
    );
    check(
        Known {
            newest,
            server_clock: since(1, "by 40 min"),
            ..Known::default()
        },
        &["health/clock the mail server's clock is ahead of ours by 40 min"],
    );
    check(
        Known {
            clock_back: since(1439, "by 1h"),
            ..Known::default()
        },
        &["health/clock our clock was put back by 1h"],
    );
    check(
        Known {
            clock_forwards: since(1439, "by 31d"),
            ..Known::default()
        },
        &[
            "health/clock our clock was set forwards by 31d, and no mail has come since that says it is right",
        ],
    );
}

#[test]
fn an_index_that_is_damaged_is_no_damaged_record() {
    let first = format!("{}: malformed", account::INDEX);
    let known = |count, first: &str| Known {
        audit: Some(Audited {
            at: ago(60),
            count,
            first: Some(first.to_owned()),
        }),
        ..Known::default()
    };
    check(
        known(1, &first),
        &["health/audit the index of words is damaged"],
    );
    let two = ["health/audit the record disagrees with itself in 2 places"];
    check(known(2, &first), &two);
    let one = ["health/audit the record disagrees with itself in 1 place"];
    check(known(1, "the file is damaged"), &one);
    let hint = judge(&known(1, &first), NOW.parse().unwrap())
        .remove(0)
        .hint;
    assert!(hint.contains("audit --repair"), "{hint}");
}
