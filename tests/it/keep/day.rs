//! A day of a gatepost at whose beginning somebody keeps its record, in one way of several,
//! and at whose end puts it back.

use super::{gatepost, plain, receipts, told};
use crate::kit::{Gatepost, PATIENCE, header, report, soon};
use crate::outage::append_to;
use crate::post_office::{PostOffice, wait_until};
use crate::rig::integrity;
use crate::sink::Sink;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::thread;

/// How yesterday's record comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
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
pub struct Story<'o> {
    pub g: Gatepost<'o>,
    pub sink: Sink,
    back: Back,
    pub copies: bool,
    /// Whoever wrote at least once.
    pub reporters: Vec<String>,
    /// The number of the follow-ups.
    followed: usize,
}

const NAMES: [&str; 3] = ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"];
pub const DAY: &str = "2026-11-23 10:00";
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
    pub fn follow(&mut self, who: &[String]) {
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

    pub fn ticket_of(&self, from: &str) -> Value {
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
    pub fn settled(&self) {
        wait_until("all has left", PATIENCE, || {
            self.g.once().ok();
            let waits = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
            (told(&self.store(), waits) == 0).then_some(())
        });
        self.g.once().ok();
    }

    pub fn store(&self) -> PathBuf {
        self.g.path("store/gatepost.db")
    }

    /// What a daemon that was killed had on record.
    pub fn killed(&self) -> PathBuf {
        self.g.path("store/killed.db")
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

    /// Makes a copy, which is whole; gives how many tickets are in it.
    fn back_up(&self) -> usize {
        let copy = self.aside(NAMES[0]);
        fs::remove_file(&copy).ok();
        self.g.run(&["backup", copy.to_str().unwrap()]).ok();
        assert_eq!(integrity(&copy), "ok");
        told(&copy, "SELECT count(*) FROM tickets")
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
        let mut sizes = vec![self.back_up()];
        thread::scope(|threads| {
            threads.spawn(move || {
                mails
                    .iter()
                    .for_each(|m| append_to(office, &address, "INBOX", m));
            });
            wait_until("all are taken in", 4 * PATIENCE, || {
                let over = self.g.list().len() == self.reporters.len();
                sizes.push(self.back_up());
                over.then_some(())
            });
        });
        eprintln!(
            "  {} copies while 40 mails came in, all whole: {sizes:?}",
            sizes.len()
        );
        assert!(sizes.is_sorted(), "a copy knows less than one before it");
        assert_eq!(sizes.last().copied(), Some(sizes[0] + 40));
        self.g.signal("-TERM");
    }

    /// Today's record goes, yesterday's comes.
    pub fn put_back(&mut self) {
        if self.back == Back::UnderAJournal {
            self.g.start();
            self.reports("last", 1);
            wait_until("they are answered", PATIENCE, || {
                (receipts(&self.sink).len() == self.reporters.len()).then_some(())
            });
            self.g.signal("-KILL");
            for name in &NAMES[..2] {
                let to = name.replace("gatepost.db", "killed.db");
                let store = self.g.path("store");
                fs::copy(store.join(name), store.join(to)).unwrap();
            }
            fs::copy(self.aside(NAMES[0]), self.store()).unwrap();
            assert_ne!(integrity(&self.store()), "ok", "the two mixed are damaged");
            // Nobody makes an original of that, and what is to be done is said.
            let restored = ["run", "--once", "--restored"];
            for (args, code) in [(&["run"][..], 2), (&restored, 1)] {
                let refused = self.g.run(args).code_in(&[code]);
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

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// A day with a copy at its beginning; gives whom a person answered, and when a day is due.
pub fn a_day<'o>(
    office: &'o PostOffice,
    back: Back,
    copies: bool,
) -> (Story<'o>, Vec<String>, String) {
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
