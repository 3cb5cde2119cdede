//! A record of yesterday in the place of today's: 40 mails came in between, from new and from
//! known reporters, and some were answered by a person. Nobody is lost, nobody gets a second
//! receipt, and no reference that somebody holds becomes another's.
//!
//! Receipts for what came since the copy are all held, so nobody gets a second one whether
//! copies of letters are filed in Sent (`copy_to_sent`, on by default) or not. What differs is
//! what the letters since say: with copies it is read back, without it cannot be had, and
//! `run` says so. There is no keyword option: gatepost marks no mail.

use super::day::{Back, DAY, Story, a_day, text};
use super::{one_each, told};
use crate::kit::header;
use crate::post_office::PostOffice;
use crate::sink::{Kept, Sink};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// How many letters to reporters have no such row in a record.
fn letters_without(s: &Story, store: &Path, row: &str) -> usize {
    let store = Connection::open(store).unwrap();
    let known = format!("SELECT count(*) FROM letters WHERE instr(?1, message_id) > 0 AND {row}");
    let is_known = |letter: &Kept| -> bool {
        let id = header(&text(&letter.bytes), "Message-ID").unwrap();
        store
            .query_row(&known, [id], |r| r.get::<_, i64>(0))
            .unwrap()
            > 0
    };
    let all = s.sink.kept().into_iter();
    let all = all.filter(|letter| s.reporters.contains(&letter.to));
    all.filter(|letter| !is_known(letter)).count()
}

fn number(reference: &str) -> usize {
    reference.rsplit('-').next().unwrap().parse().unwrap()
}

/// The references that letters hold, each with whom it was told.
fn held(sink: &Sink, reporters: &[String]) -> BTreeMap<String, String> {
    let mut held = BTreeMap::new();
    for letter in sink.kept() {
        let subject = header(&text(&letter.bytes), "Subject").unwrap();
        let found = subject
            .split(['[', ']', ' ', ':'])
            .find(|w| w.starts_with("SEC-"));
        if let (Some(reference), true) = (found, reporters.contains(&letter.to)) {
            held.insert(reference.to_owned(), letter.to);
        }
    }
    held
}

fn restored(back: Back, copies: bool) {
    let office = PostOffice::own(Some(DAY));
    let (mut s, answered, expected) = a_day(&office, back, copies);
    one_each(&s.sink, &s.reporters);
    s.put_back();
    let letters = s.sink.kept().len();
    let known = told(&s.store(), "SELECT max(id) FROM tickets");
    let held = held(&s.sink, &s.reporters);
    assert_eq!(held.len(), s.reporters.len(), "each holds a reference");

    // It stops, and the numbers are right.
    let rows = "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE f.role = ";
    let refused = s.g.once().code_in(&[2]);
    eprintln!("  {back:?}, copies {copies}: {refused}");
    let of = |role: &str| told(&s.store(), &format!("{rows}'{role}'"));
    let missing = office.inbox(&s.g.address).len() - of("inbox");
    assert!(missing >= 34, "{missing} mails came since");
    // The daemon that was killed may have filed no copy of its last one.
    let unfiled = match back {
        Back::UnderAJournal => letters_without(&s, &s.killed(), "filing = 'done'"),
        Back::Backup | Back::Copied | Back::WithJournal => 0,
    };
    let sent = if copies {
        letters_without(&s, &s.store(), "true") - unfiled
    } else {
        0
    };
    let at_least = (known + missing) / 100 * 100 + 101;
    for wanted in [
        "is a copy, and nothing was done with it".to_owned(),
        format!(" {missing} mails on the server are not in it"),
        match sent {
            0 => "its receipt is held. ".to_owned(),
            n => format!(" {n} letters in the folder for sent mail are not in it"),
        },
        "run --restored".to_owned(),
    ] {
        assert!(refused.contains(&wanted), "{wanted:?} is not in {refused}");
    }
    let (_, next) = refused
        .split_once("The next reference has the number ")
        .unwrap();
    let next: usize = next.split('.').next().unwrap().parse().unwrap();
    // A daemon that was killed or copied in its work knows less of what it had seen.
    assert!(
        [at_least, at_least + 100].contains(&next),
        "{refused}, {known}"
    );
    assert!(
        held.keys().all(|r| number(r) < next),
        "{next} was given: {held:?}"
    );
    assert_eq!(s.sink.kept().len(), letters, "nothing leaves from a copy");

    s.g.run(&["run", "--once", "--restored"]).ok();
    for _ in 0..3 {
        s.g.once().ok();
    }
    let tickets: Vec<Value> = s.reporters.iter().map(|from| s.ticket_of(from)).collect();
    for ticket in &tickets {
        let (reference, author) = (&ticket["ref"], &ticket["reporter"]["address"]);
        let before = held.get(reference.as_str().unwrap());
        assert!(
            before.is_none_or(|to| author == to.as_str()),
            "{reference} was {before:?}'s"
        );
    }
    assert_eq!(
        s.g.list().len(),
        s.reporters.len(),
        "nobody has a second ticket"
    );
    one_each(&s.sink, &s.reporters);
    assert_eq!(
        s.g.run(&["audit", "--json"]).json()["differences"],
        serde_json::json!([])
    );
    for from in &answered {
        let reference = s.ticket_of(from)["ref"].as_str().unwrap().to_owned();
        let facts = s.g.fact_names(&reference);
        let read = ["answered", "evaluated", "dated"];
        let has = |fact: &&str| facts.iter().any(|f| f == fact);
        assert_eq!(
            read.iter().filter(|f| has(f)).count(),
            if s.copies { 3 } else { 0 },
            "{facts:?}"
        );
        assert_eq!(
            s.g.show(&reference).to_string().contains(&expected),
            s.copies
        );
    }
    let said =
        "Without a copy of a letter in a folder that is watched (`copy_to_sent` of security)";
    assert_eq!(refused.contains(said), !copies, "{refused}");
    // What they write next comes to their tickets, by whatever they cite.
    let all = s.reporters.clone();
    s.follow(&all);
    s.settled();
    assert_eq!(s.g.list().len(), all.len(), "a follow-up opened a ticket");
    one_each(&s.sink, &all);
}

#[test]
fn d13_a_backup_with_copies_in_sent() {
    restored(Back::Backup, true);
}

#[test]
fn d13_an_old_file_without_copies_in_sent() {
    restored(Back::Copied, false);
}

#[test]
fn d13_an_old_file_with_its_journal() {
    restored(Back::WithJournal, true);
}

#[test]
fn d13_an_old_file_under_a_journal_of_today() {
    restored(Back::UnderAJournal, true);
}
