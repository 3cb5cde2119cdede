//! What is found on a desk with a few reports, where, and in which order.

use super::*;
use crate::config::{Config, sample};
use crate::desk::record::{ByHand, Letter, note, open};
use crate::desk::refresh;
use crate::mail::Address;
use crate::store::{NewFact, Store};
use crate::ticket::{By, What};
use jiff::Timestamp;

/// Opens a ticket for each report: who, subject, text.
fn desk(reports: &[(&str, &str, &str)]) -> (tempfile::TempDir, Config, Store) {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut store = Store::create(&config.store).unwrap();
    write(&mut store, |tx| {
        for (n, (from, subject, text)) in reports.iter().enumerate() {
            let eml = format!(
                "From: {from}@example.net\nTo: security@example.org\nSubject: {subject}\nMessage-ID: <{n}@example.net>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
            );
            let from = Address::parse(&format!("{from}@example.net"));
            let by_hand = ByHand {
                from: from.as_ref(),
                subject: &Foreign::new(*subject),
                via: "file",
                at: tx.now(),
                letter: Some(Letter::read(eml.as_bytes()).unwrap()),
                acknowledge: false,
                who: "anna",
            };
            open(tx, &config, &by_hand)?;
        }
        Ok(())
    });
    (dir, config, store)
}

fn write<T>(store: &mut Store, work: impl FnOnce(&Tx) -> Result<T>) -> T {
    let now: Timestamp = "2027-05-04T08:02:00Z".parse().unwrap();
    store.write(now, work).unwrap()
}

/// The tickets that are found, how, and where the first of them has the words.
fn found(tx: &Tx, asked: &str) -> (Vec<i64>, How, Option<(Part, String)>) {
    let query = Query::read(asked);
    let search = Search::begin(tx, || true).unwrap();
    let answer = search.find(&query, None, |stage| stage != "junk").unwrap();
    let tickets = answer.hits.iter().map(|hit| hit.ticket.0).collect();
    let place = answer.hits.first().and_then(|hit| {
        let Verdict::Stands(stands) = stands(tx, &query, answer.how, hit).unwrap() else {
            return None;
        };
        let text = stands.text.raw().get(stands.place.at)?.to_owned();
        Some((stands.part, text))
    });
    (tickets, answer.how, place)
}

fn index_all(tx: &Tx) {
    loop {
        let sources = waiting(tx).unwrap();
        if sources.is_empty() {
            return;
        }
        keep(tx, &split(sources, || true)).unwrap();
    }
}

/// Asks before the index has anything, and after it has everything.
fn before_and_after(store: &mut Store, mut check: impl FnMut(&Tx)) {
    write(store, |tx| {
        assert!(tx.count_unindexed()? > 0);
        check(tx);
        index_all(tx);
        assert_eq!(tx.count_unindexed()?, 0);
        check(tx);
        Ok(())
    });
}

const REPORTS: &[(&str, &str, &str)] = &[
    (
        "mia",
        "Import",
        "The webhook can be made to read a file. > [quoted] CVE-2026-1234",
    ),
    (
        "kim",
        "Webhook",
        "see https://app.example.org/hooks/import, CVE-2026-99",
    ),
    ("mia", "漏洞报告", "上传功能存在漏洞"),
    (
        "eve",
        "nothing",
        "cve 1234 2026\n-----BEGIN PGP MESSAGE-----\n\nsecretword\n-----END PGP MESSAGE-----",
    ),
];

#[test]
fn words_numbers_addresses_and_notes_find_their_ticket() {
    let (_dir, config, mut store) = desk(REPORTS);
    write(&mut store, |tx| {
        note(
            tx,
            &config,
            TicketNo(4),
            "the proxy of kim strips it",
            false,
            "ben",
        )
    });
    write(&mut store, |tx| {
        let said = ByHand {
            from: None,
            subject: &Foreign::new("told by telephone"),
            via: "phone",
            at: tx.now(),
            letter: None,
            acknowledge: false,
            who: "anna",
        };
        open(tx, &config, &said)
    });
    before_and_after(&mut store, |tx| {
        let check = |asked: &str, wanted: &[i64], how: How, place: Option<(Part, &str)>| {
            let place = place.map(|(part, text)| (part, text.to_owned()));
            assert_eq!(found(tx, asked), (wanted.to_vec(), how, place), "{asked}");
        };
        check(
            "webhook",
            &[2, 1],
            How::All,
            Some((Part::Subject, "Webhook")),
        );
        // That the words of the second stand otherwise is seen when it is read again.
        check(
            "CVE-2026-1234",
            &[1, 4],
            How::All,
            Some((Part::New, "CVE-2026-1234")),
        );
        check(
            "mia@example.net",
            &[3, 1],
            How::All,
            Some((Part::Sender, "mia@example.net")),
        );
        check(
            "/hooks/import",
            &[2],
            How::All,
            Some((Part::New, "hooks/import")),
        );
        check("漏洞", &[3], How::All, Some((Part::Subject, "漏洞")));
        check("能存", &[3], How::All, Some((Part::New, "能存")));
        check("strips proxy", &[4], How::All, Some((Part::Note, "proxy")));
        check(
            "\"made to read\"",
            &[1],
            How::All,
            Some((Part::New, "made to read")),
        );
        check(
            "webh",
            &[2, 1],
            How::Begun,
            Some((Part::Subject, "Webhook")),
        );
        // Of two documents with a word each either may be shown first.
        let (tickets, how, _) = found(tx, "eve@example.net strips");
        assert_eq!((tickets, how), (vec![4], How::Apart));
        check(
            "webhook proxy marmalade",
            &[4, 2, 1],
            How::Some,
            Some((Part::Note, "proxy")),
        );
        check(
            "telephone",
            &[5],
            How::All,
            Some((Part::Subject, "telephone")),
        );
        check("marmalade", &[], How::Some, None);
        check("", &[], How::All, None);
    });
}

/// The tickets that are shown, whichever way of answering they take, and where.
fn shown(tx: &Tx, asked: &str) -> (Vec<i64>, How, usize) {
    let query = Query::read(asked);
    let search = Search::begin(tx, || true).unwrap();
    let (mut after, mut in_tray) = (None, 0);
    loop {
        let answer = search.find(&query, after, |_| true).unwrap();
        in_tray = answer.in_tray.max(in_tray);
        let holds = |hit: &&Hit| {
            let verdict = stands(tx, &query, answer.how, hit).unwrap();
            !matches!(verdict, Verdict::Not)
        };
        let hits = answer.hits.iter().filter(holds);
        let tickets: Vec<i64> = hits.map(|hit| hit.ticket.0).collect();
        if !tickets.is_empty() || answer.how >= How::Apart {
            return (tickets, answer.how, in_tray);
        }
        after = Some(answer.how);
    }
}

#[test]
fn what_does_not_hold_hides_nothing() {
    let (_dir, config, mut store) = desk(&[
        ("mia", "One", "the page login.php is bad"),
        ("kim", "Two", "login at php giraffe"),
        ("mia", "Three", "nothing"),
    ]);
    write(&mut store, |tx| {
        note(tx, &config, TicketNo(1), "giraffe", false, "ben")?;
        for n in 0..6 {
            let text = format!("upload{n} then quartz, later pdf");
            note(tx, &config, TicketNo(3), &text, false, "ben")?;
        }
        note(tx, &config, TicketNo(3), "it is quartz.pdf", false, "ben")
    });
    before_and_after(&mut store, |tx| {
        // The newest is read first.
        assert_eq!(shown(tx, "quartz.pdf"), (vec![3], How::All, 0));
        assert_eq!(shown(tx, "login.php giraffe").0, [1]);
        assert_eq!(
            shown(tx, "then.pdf"),
            (vec![3], How::All, 0),
            "not all were read"
        );
    });
}

#[test]
fn a_document_that_cannot_be_read_is_one_and_no_other() {
    let (_dir, config, mut store) = desk(&[("mia", "One", "alpha"), ("kim", "Two", "beta")]);
    write(&mut store, |tx| {
        note(tx, &config, TicketNo(1), "gamma", false, "ben")
    });
    write(&mut store, |tx| tx.spoil_last_fact());
    before_and_after(&mut store, |tx| {
        let waits = tx.count_unindexed().unwrap();
        let search = Search::begin(tx, || true).unwrap();
        assert_eq!(search.unread, waits.min(1));
        assert_eq!(found(tx, "alpha").0, [1]);
    });
    // Who has no time reads none.
    write(&mut store, |tx| tx.index_anew());
    write(&mut store, |tx| {
        assert_eq!(Search::begin(tx, || false)?.unread, tx.count_unindexed()?);
        let (trouble, none): (Vec<_>, Vec<_>) = split(waiting(tx)?, || true)
            .into_iter()
            .partition(|one| one.trouble.is_some());
        assert_eq!((trouble.len(), none.len()), (1, 4));
        assert!(matches!(trouble[0].document, Document::Fact(_)));
        Ok(())
    });
}

#[test]
fn open_tickets_come_first_and_then_the_newest() {
    let reports = [("mia", "Same", "text"); 4];
    let (_dir, config, mut store) = desk(&reports);
    write(&mut store, |tx| {
        let closed = NewFact::new(tx.now(), What::Closed, By::Person("anna".to_owned()));
        tx.add_fact(TicketNo(4), &closed)?;
        refresh(tx, &config, TicketNo(4)).map(drop)
    });
    before_and_after(&mut store, |tx| {
        assert_eq!(found(tx, "same text").0, [3, 2, 1, 4]);
        let search = Search::begin(tx, || true).unwrap();
        let none = search.find(&Query::read("same"), None, |stage| stage == "junk");
        let none = none.unwrap();
        assert!(none.hits.is_empty());
    });
}

#[test]
fn of_an_encrypted_mail_only_what_is_open_is_found() {
    let text = "-----BEGIN PGP MESSAGE-----\n\nhQEMAsecretword\n=abcd\n-----END PGP MESSAGE-----";
    let around = format!("Hello, durian bug in parser, proof below.\n\n{text}\n\nBye, papaya");
    let (_dir, _, mut store) = desk(&[("mia", "Sealed", text), ("kim", "Half", &around)]);
    before_and_after(&mut store, |tx| {
        assert_eq!(found(tx, "sealed mia@example.net").0, [1]);
        assert_eq!(found(tx, "hQEMAsecretword").0, [0_i64; 0]);
        assert_eq!(found(tx, "durian papaya").0, [2]);
    });
}
