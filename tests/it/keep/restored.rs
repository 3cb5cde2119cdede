//! A record of yesterday in the place of today's: 40 mails came in between, from new and from
//! known reporters, and some were answered by a person. Nobody is lost, nobody gets a second
//! receipt, and no reference that somebody holds becomes another's.
//!
//! Receipts for what came since the copy are all held, so nobody gets a second one whether
//! copies of letters are filed in Sent (`copy_to_sent`, on by default) or not. What differs is
//! what the letters since say: with copies it is read back, without it cannot be had, and
//! `run` says so. There is no keyword option: gatepost marks no mail.

use super::{gatepost, one_each, plain, receipts, told};
use crate::kit::{Gatepost, PATIENCE, header, report, soon};
use crate::outage::append_to;
use crate::post_office::{PostOffice, wait_until};
use crate::rig::integrity;
use crate::sink::{Kept, Sink};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;

/// How yesterday's record comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    /// The file that `backup` wrote.
    Backup,
    /// The file itself, copied while nothing ran; today's journal is taken away.
    Copied,
    /// The file and its journal, copied while the daemon ran.
    WithJournal,
    /// As [`Back::Copied`], over the file alone: the journal of a daemon that was killed today
    /// lies beside it.
    UnderAJournal,
}

/// The whole story of one restoring.
struct Story<'o> {
    g: Gatepost<'o>,
    sink: Sink,
    back: Back,
    copies: bool,
    /// Whoever wrote at least once.
    reporters: Vec<String>,
    /// The number of the follow-ups.
    followed: usize,
}

const NAMES: [&str; 3] = ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"];
const DAY: &str = "2026-11-23 10:00";
const NEXT_DAY: &str = "2026-11-24 10:00";

impl Story<'_> {
    fn put(&self, mail: &[u8]) {
        append_to(self.g.office, &self.g.address, "INBOX", mail);
    }

    /// New reporters write.
    fn reports(&mut self, name: &str, count: usize) -> Vec<String> {
        let new = (0..count).map(|n| self.g.reporter(&format!("{name}{n}")));
        let new: Vec<String> = new.collect();
        new.iter().for_each(|from| self.put(&plain(&self.g, from)));
        self.reporters.extend(new.clone());
        new
    }

    /// They write again, in reply to their receipts.
    fn follow(&mut self, who: &[String]) {
        for from in who {
            let kept = self.sink.kept();
            let receipt = kept.iter().find(|k| k.to == *from).unwrap();
            let id = header(&text(&receipt.bytes), "Message-ID").unwrap();
            let cites = format!("In-Reply-To: {id}\nReferences: <{from}> {id}\n");
            self.followed += 1;
            let (n, subject) = (self.followed, "Re: XSS in search");
            let mail = report(
                from,
                &self.g.address,
                &format!("f{n}.{from}"),
                subject,
                &cites,
                "More.",
            );
            self.put(&mail);
        }
    }

    fn ticket_of(&self, from: &str) -> Value {
        let mut of = self
            .g
            .list()
            .into_iter()
            .filter(|t| t["reporter"]["address"] == from);
        let ticket = of.next().unwrap_or_else(|| panic!("{from} is lost"));
        assert!(of.next().is_none(), "{from} has two tickets");
        ticket
    }

    fn evaluate(&self, from: &str, expected: &str) {
        let reference = self.ticket_of(from)["ref"].as_str().unwrap().to_owned();
        let plan = ["--plan", "Mend it.", "--expected", expected, "--yes"];
        let command = ["evaluate", &reference, "accepted"];
        self.g.run(&[&command[..], &plan[..]].concat()).ok();
    }

    /// Every letter that was asked for has left, and its copy is filed.
    fn settled(&self) {
        wait_until("all has left", PATIENCE, || {
            self.g.once().ok();
            let waits = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
            (told(&self.store(), waits) == 0).then_some(())
        });
        self.g.once().ok();
    }

    fn store(&self) -> PathBuf {
        self.g.path("store/gatepost.db")
    }

    fn aside(&self, name: &str) -> PathBuf {
        self.g.path("store").join(name.replace("gatepost", "old"))
    }

    /// What somebody keeps of yesterday.
    fn keep(&mut self) {
        match self.back {
            Back::Backup => self.back_up_in_between(),
            Back::Copied | Back::UnderAJournal => {
                fs::copy(self.store(), self.aside(NAMES[0])).unwrap();
            }
            Back::WithJournal => {
                self.g.start();
                self.reports("hot", 1);
                wait_until("it is taken in", PATIENCE, || {
                    (self.g.list().len() == self.reporters.len()).then_some(())
                });
                for name in &NAMES[..2] {
                    let from = self.store().with_file_name(name);
                    fs::copy(from, self.aside(name)).unwrap();
                }
                self.g.signal("-TERM");
            }
        }
    }

    /// While mails come in, copies are made: each is whole.
    fn back_up_in_between(&mut self) {
        self.g.start();
        let mails: Vec<Vec<u8>> = {
            let new: Vec<String> = (0..40)
                .map(|n| self.g.reporter(&format!("mid{n}")))
                .collect();
            self.reporters.extend(new.clone());
            new.iter().map(|from| plain(&self.g, from)).collect()
        };
        let (address, office) = (self.g.address.clone(), self.g.office);
        let mut sizes = Vec::new();
        thread::scope(|threads| {
            let pours = threads.spawn(move || {
                mails
                    .iter()
                    .for_each(|m| append_to(office, &address, "INBOX", m));
            });
            loop {
                let over = pours.is_finished();
                let copy = self.aside(NAMES[0]);
                fs::remove_file(&copy).ok();
                self.g.run(&["backup", copy.to_str().unwrap()]).ok();
                assert_eq!(integrity(&copy), "ok");
                sizes.push(told(&copy, "SELECT count(*) FROM mails"));
                if over {
                    break;
                }
            }
        });
        let grew = sizes.windows(2).filter(|w| w[0] < w[1]).count();
        eprintln!(
            "  {} copies while 40 mails came in, all whole: {sizes:?}",
            sizes.len()
        );
        assert!(sizes.len() > 1 && grew > 0, "nothing came in meanwhile");
        wait_until("all are taken in", PATIENCE, || {
            (self.g.list().len() == self.reporters.len()).then_some(())
        });
        self.g.signal("-TERM");
    }

    /// Today's record goes, yesterday's comes.
    fn put_back(&mut self) {
        if self.back == Back::UnderAJournal {
            self.g.start();
            self.reports("last", 1);
            wait_until("they are answered", PATIENCE, || {
                (receipts(&self.sink).len() == self.reporters.len()).then_some(())
            });
            self.g.signal("-KILL");
            assert!(self.store().with_file_name(NAMES[1]).exists());
            fs::copy(self.aside(NAMES[0]), self.store()).unwrap();
            assert_ne!(integrity(&self.store()), "ok", "the two mixed are damaged");
            // Nobody makes an original of that, and what is to be done is said.
            for args in [&["run"][..], &["run", "--once", "--restored"]] {
                let refused = self.g.run(args).code_in(&[1]);
                for said in ["is damaged", "-wal and -shm away together"] {
                    assert!(refused.contains(said), "{said:?} is not in {refused}");
                }
            }
        }
        for name in NAMES {
            fs::remove_file(self.store().with_file_name(name)).ok();
        }
        for name in NAMES.iter().filter(|name| self.aside(name).exists()) {
            fs::copy(self.aside(name), self.store().with_file_name(name)).unwrap();
        }
    }
}

/// How many letters to reporters the record knows nothing of.
fn unknown_letters(s: &Story) -> usize {
    let store = Connection::open(s.store()).unwrap();
    let known = "SELECT count(*) FROM letters WHERE instr(?1, message_id) > 0";
    let is_known = |letter: &Kept| -> bool {
        let id = header(&text(&letter.bytes), "Message-ID").unwrap();
        store
            .query_row(known, [id], |r| r.get::<_, i64>(0))
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

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
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

/// A day with a copy at its beginning; gives whom a person answered, and when a day is due.
fn a_day<'o>(office: &'o PostOffice, back: Back, copies: bool) -> (Story<'o>, Vec<String>, String) {
    let sink = Sink::start(|_| false);
    let lines = format!("copy_to_sent = {copies}");
    let g = gatepost(
        office,
        &format!("d13-{back:?}-{copies}").to_lowercase(),
        &sink,
        &lines,
    );
    g.run(&["init"]).ok();
    let reporters = Vec::new();
    let mut s = Story {
        g,
        sink,
        back,
        copies,
        reporters,
        followed: 0,
    };
    let old = s.reports("old", 6);
    s.settled();
    s.keep();
    s.settled();
    office.clock(NEXT_DAY);
    let new = s.reports("new", 14);
    s.settled();
    s.follow(&old);
    s.follow(&new[..10]);
    s.settled();
    let (expected, mut answered) = (soon(), Vec::new());
    for from in old[..2].iter().chain(&new[..3]) {
        s.evaluate(from, &expected);
        answered.push(from.clone());
    }
    s.settled();
    s.follow(&new[1..5]);
    s.settled();
    (s, answered, expected)
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
    let refused = s.g.once().code_in(&[1]);
    eprintln!("  {back:?}, copies {copies}: {refused}");
    let of = |role: &str| told(&s.store(), &format!("{rows}'{role}'"));
    let missing = office.inbox(&s.g.address).len() - of("inbox");
    assert!(missing >= 34, "{missing} mails came since");
    // The daemon that was killed had filed no copy of its last one.
    let unfiled = usize::from(back == Back::UnderAJournal);
    let sent = if copies {
        unknown_letters(&s) - unfiled
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
