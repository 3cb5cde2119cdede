//! What is suggested on a desk with many reports, and what is not.

use super::*;
use crate::config::{Config, sample};
use crate::desk::record::{ByHand, Letter, open};
use crate::desk::refresh;
use crate::mail::{Address, Foreign};
use crate::store::{NewFact, Store};
use crate::ticket::{By, What};
use jiff::Timestamp;

const NOW: &str = "2027-05-04T08:02:00Z";

/// Takes in a mail for each text, of an address each; gives what `work` gives.
fn with<T>(texts: &[String], work: impl FnOnce(&Tx, &Config) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut store = Store::create(&config.store).unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    store
        .write(now, |tx| {
            for (n, text) in texts.iter().enumerate() {
                let from = Address::parse(&format!("p{n}@example.net"));
                let eml = format!(
                    "From: p{n}@example.net\nTo: security@example.org\nSubject: Report {n}\nMessage-ID: <{n}@example.net>\nDate: Tue, 4 May 2027 08:00:00 +0000\n\n{text}\n"
                );
                let by_hand = ByHand {
                    from: from.as_ref(),
                    subject: &Foreign::new(format!("Report {n}")),
                    via: "file",
                    at: now,
                    letter: Some(Letter::read(eml.as_bytes()).unwrap()),
                    acknowledge: false,
                    who: "anna",
                };
                open(tx, &config, &by_hand)?;
            }
            Ok(work(tx, &config))
        })
        .unwrap()
}

fn suggestions(tx: &Tx, ticket: i64) -> Vec<(i64, String)> {
    let row = tx.ticket(TicketNo(ticket)).unwrap().unwrap();
    let folded = Ticket::fold(&tx.facts_of(row.number).unwrap());
    alike(tx, &row, &folded)
        .unwrap()
        .into_iter()
        .map(|one| (one.row.number.0, one.because.join("; ")))
        .collect()
}

#[test]
fn what_many_reports_name_says_nothing_but_an_identifier_does() {
    let pages = |n: usize| format!("report {n}: https://example.org/login fails");
    let few: Vec<String> = (0..COMMON).map(pages).collect();
    with(&few, |tx, _| assert_eq!(suggestions(tx, 1).len(), AT_MOST));
    let many: Vec<String> = (0..COMMON + 2).map(pages).collect();
    with(&many, |tx, _| assert_eq!(suggestions(tx, 1), []));
    let names: Vec<String> = (0..COMMON + 2)
        .map(|n| format!("number {n} has CVE-2026-1234"))
        .collect();
    with(&names, |tx, _| {
        let wanted = [1, 2, 3].map(|n| (n, "both name CVE-2026-1234".to_owned()));
        assert_eq!(suggestions(tx, 14), wanted, "the oldest first");
    });
}

#[test]
fn the_likest_come_first_and_weigh_by_what_is_shared() {
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let texts = [
        format!("{text} https://example.org/a"),
        "elsewhere: https://example.org/a".to_owned(),
        "GHSA-abcd-2345-wxyz, see https://example.com/x".to_owned(),
        format!("{text} https://example.org/a"),
        "https://example.com/y".to_owned(),
    ];
    with(&texts, |tx, _| {
        let both = "both name example.org/a";
        let wanted = [(4, format!("the same text; {both}")), (2, both.to_owned())];
        assert_eq!(suggestions(tx, 1), wanted);
        assert_eq!(suggestions(tx, 5), [], "a host alone says nothing");
        let row = tx.ticket(TicketNo(1)).unwrap().unwrap();
        let folded = Ticket::fold(&tx.facts_of(row.number).unwrap());
        let all = alike(tx, &row, &folded).unwrap().into_iter();
        let pages: Vec<bool> = all.map(|one| one.only_page).collect();
        assert_eq!(
            pages,
            [false, true],
            "two faults of one page are no duplicates"
        );
    });
}

#[test]
fn what_lies_among_junk_is_suggested_once_it_is_adopted() {
    let text = "CVE-2026-1234 is in the import of invoices, as everybody can see there";
    let texts = [text, text, text].map(str::to_owned);
    with(&texts, |tx, config| {
        let becomes = |what: What| {
            let fact = NewFact::new(tx.now(), what, By::Gatepost);
            tx.add_fact(TicketNo(2), &fact).unwrap();
            refresh(tx, config, TicketNo(2)).unwrap();
            let of = |ticket| {
                let found = suggestions(tx, ticket).into_iter();
                found.map(|(other, _)| other).collect::<Vec<_>>()
            };
            (of(1), of(2))
        };
        assert_eq!(becomes(What::Junked { looks: true }), (vec![3], vec![]));
        assert_eq!(becomes(What::Adopted), (vec![2, 3], vec![1, 3]));
    });
}

#[test]
fn mails_from_before_get_the_same_marks_later() {
    let texts = ["CVE-2026-1234 is here", "and CVE-2026-1234 there"].map(str::to_owned);
    with(&texts, |tx, _| {
        let before = tx.marks_of(TicketNo(1)).unwrap();
        assert!(!before.is_empty());
        assert_eq!(catch_up(tx).unwrap(), 0, "all have theirs");
        tx.forget_marks().unwrap();
        assert_eq!(suggestions(tx, 1), []);
        assert_eq!(catch_up(tx).unwrap(), 2);
        assert_eq!(tx.marks_of(TicketNo(1)).unwrap(), before);
        assert_eq!(suggestions(tx, 1).len(), 1);
    });
}

#[test]
fn what_is_no_report_leaves_no_marks() {
    let check = |kind: &str, place: &str, wanted: bool| {
        assert_eq!(reports(kind, place), wanted, "{kind} {place}");
    };
    check("person", "new", true);
    check("person", "claims", true);
    check("person", "joins", true);
    check("list", "tray", true);
    check("automatic", "new", true);
    check("team", "new", true);
    for kind in [
        "team",
        "unproven-team",
        "automatic",
        "own",
        "bounce",
        "machine",
    ] {
        check(kind, "joins", false);
    }
    for kind in ["own", "bounce", "machine"] {
        check(kind, "tray", false);
    }
    for place in ["copy", "internal"] {
        check("person", place, false);
    }
}
