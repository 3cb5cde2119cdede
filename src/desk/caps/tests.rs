//! The caps and the loops that they end, on a record and a clock of the test's own.

use super::*;
use crate::config::sample;
use crate::desk::ingest::{Arrival, Taken, ingest};
use crate::desk::record::Letter;
use crate::desk::{outbox, tick};
use crate::mail::{Address, Mail};
use crate::store::{FolderId, LetterKind, LetterState, Sighting, Store, Tell};
use crate::ticket::TicketNo;
use crate::triage::{Kind, Reply};
use jiff::Timestamp;

struct Desk {
    config: Config,
    store: Store,
    folder: FolderId,
    uid: u32,
    now: Timestamp,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut store = Store::create(&config.store).unwrap();
        let folder = store.write(now, |tx| tx.add_folder("security", "INBOX", 7, &[]));
        Self {
            folder: folder.unwrap(),
            config,
            store,
            uid: 0,
            now,
            _dir: dir,
        }
    }

    /// The process ends, and another one begins.
    fn restarts(self) -> Self {
        let Self {
            config,
            store,
            folder,
            uid,
            now,
            _dir,
        } = self;
        drop(store);
        Self {
            store: Store::open(&config.store).unwrap(),
            config,
            folder,
            uid,
            now,
            _dir,
        }
    }

    fn waits(&mut self, span: SignedDuration) {
        self.now += span;
    }

    fn arrives(&mut self, bytes: &[u8]) -> Taken {
        self.arrives_late(bytes, SignedDuration::ZERO)
    }

    /// It was received so long ago.
    fn arrives_late(&mut self, bytes: &[u8], age: SignedDuration) -> Taken {
        let letter = Letter::read(bytes).unwrap();
        self.uid += 1;
        let arrival = Arrival {
            mailbox: &self.config.mailboxes[0],
            seen: Sighting {
                folder: self.folder,
                uidvalidity: 7,
                uid: self.uid,
                received_at: self.now - age,
                size: bytes.len() as u64,
            },
            our_clock: false,
            may_be_old: false,
            folder: crate::triage::Role::Inbox,
            row: None,
            refused: None,
            mail: &letter.mail,
            digest: &letter.digest,
            raw: &letter.raw,
        };
        let taken = self
            .store
            .write(self.now, |tx| ingest(tx, &self.config, &arrival));
        taken.unwrap()
    }

    fn report(&mut self, from: &str) -> (Reply, String) {
        let n = self.uid;
        let taken = self.arrives(report(from, n).as_bytes());
        (taken.verdict.reply.is, taken.verdict.reply.because)
    }

    /// How many of these senders are answered.
    fn answered<'a>(&mut self, senders: impl IntoIterator<Item = &'a str>) -> usize {
        let answers = senders.into_iter().map(|from| self.report(from).0);
        answers.filter(|is| *is == Reply::Acknowledge).count()
    }

    fn held(&mut self) -> Vec<i64> {
        let letters = self.store.read(self.now, |tx| tx.unsettled_letters());
        let held = |l: &crate::store::Letter| l.state == LetterState::Held;
        let letters = letters.unwrap().into_iter().filter(held);
        letters.map(|l| l.id).collect()
    }

    /// What the command channel is told at this look at the clock.
    fn rings(&mut self) -> Vec<(String, Tell)> {
        let rung = self.store.write(self.now, |tx| {
            tick::tick(tx, &self.config)?;
            let due = tx.alarms_to_tell(SignedDuration::from_mins(15))?;
            for alarm in &due {
                tx.offer_alarm(&alarm.key)?;
                tx.alarm_taken(&alarm.key, alarm.tell)?;
            }
            Ok(due.into_iter().map(|a| (a.key, a.tell)).collect())
        });
        rung.unwrap()
    }
}

fn report(from: &str, n: u32) -> String {
    format!(
        "From: Mia <{from}>\r\nTo: security@example.org\r\nSubject: report {n}\r\nMessage-ID: <{n}@example.net>\r\n\r\nSee https://example.org/search?{n}\r\n"
    )
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[test]
fn an_address_has_four_a_day_whatever_form_it_takes_and_over_restarts() {
    let mut desk = Desk::new();
    let forms = ["mia@example.net", "Mia+a@example.net"];
    assert_eq!(desk.answered(forms), 2);
    desk = desk.restarts();
    let forms = [
        "prvs=4054a4b7c9=mia@example.net",
        "SRS0=x7Yq=2L=example.net=mia@forwarder.example",
        "mia+b@example.net",
        "mia@example.net",
    ];
    assert_eq!(desk.answered(forms), 2);
    desk = desk.restarts();
    desk.waits(HOUR * 23);
    let (is, because) = desk.report("mia@example.net");
    assert_eq!(is, Reply::Held);
    assert!(is_over(&because), "{because}");
    assert_eq!(desk.answered(["jo@example.com"]), 1, "nobody else");
    desk.waits(HOUR + SignedDuration::from_secs(1));
    assert_eq!(desk.answered(["mia@example.net"; 5]), 4, "another day");
}

fn is_over(because: &str) -> bool {
    triage::is_over_a_cap(because)
}

#[test]
fn a_thousand_senders_of_a_domain_get_twenty_and_many_domains_sixty_an_hour() {
    let mut desk = Desk::new();
    let of_domain: Vec<String> = (0..200).map(|n| format!("s{n}@example.net")).collect();
    let (first, rest) = of_domain.split_at(50);
    assert_eq!(desk.answered(first.iter().map(String::as_str)), 20);
    desk = desk.restarts();
    desk.waits(HOUR * 2);
    assert_eq!(desk.answered(rest.iter().map(String::as_str)), 0);
    let domains = |of: &str| -> Vec<String> {
        let names = (0..100).map(|n| format!("mia@{of}{n}.example"));
        names.collect()
    };
    let first = domains("one");
    let (some, more) = first.split_at(40);
    assert_eq!(desk.answered(some.iter().map(String::as_str)), 40);
    desk = desk.restarts();
    assert_eq!(desk.answered(more.iter().map(String::as_str)), 20);
    desk.waits(HOUR + SignedDuration::from_secs(1));
    let next = domains("two");
    assert_eq!(desk.answered(next.iter().map(String::as_str)), 60);
}

#[test]
fn what_is_released_counts_and_may_go_over_a_cap() {
    let mut desk = Desk::new();
    assert_eq!(desk.answered(["mia@example.net"; 7]), 4);
    let held = desk.held();
    assert_eq!(held.len(), 3);
    desk.waits(HOUR * 23);
    let released = desk.store.write(desk.now, |tx| {
        held.iter()
            .try_for_each(|letter| outbox::release(tx, &desk.config, *letter, "anna"))
    });
    released.unwrap();
    // The first four are a day old by now, and the released ones are not.
    desk.waits(HOUR * 2);
    assert_eq!(desk.held(), Vec::<i64>::new());
    assert_eq!(desk.answered(["mia@example.net"; 4]), 1);
}

#[test]
fn answers_to_proven_mail_are_counted_apart() {
    let mut desk = Desk::new();
    let mia = Address::parse("mia@example.net").unwrap();
    let of = |address: &Address, desk: &mut Desk| {
        let mail = Mail {
            author: crate::mail::Author::One {
                address: address.clone(),
                name: crate::mail::Foreign::default(),
            },
            ..Mail::default()
        };
        let known = desk.store.read(desk.now, |tx| tx.known(&mail, "none"));
        let known = known.unwrap();
        [known.sent, known.sent_proven].map(|s| (s.to_address, s.to_domain, s.in_all))
    };
    desk.answered(["mia@example.net"; 2]);
    assert_eq!(of(&mia, &mut desk), [(2, 2, 2), (0, 0, 0)]);
    desk.store
        .write(desk.now, |tx| tx.answers_proven(1))
        .unwrap();
    // Whatever was sent to an address counts when nothing proves that it wants one more.
    assert_eq!(of(&mia, &mut desk), [(2, 1, 1), (1, 0, 1)]);
}

#[test]
fn a_cap_that_holds_is_one_alert_and_not_one_a_mail() {
    let mut desk = Desk::new();
    desk.answered(["mia@example.net"; 4]);
    assert_eq!(desk.rings(), []);
    desk.answered(["mia@example.net"; 3]);
    assert_eq!(desk.rings(), [("caps".to_owned(), Tell::Raise)]);
    let alerts = desk.store.read(desk.now, alerts).unwrap();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    for _ in 0..3 {
        desk.waits(SignedDuration::from_mins(20));
        desk.answered(["mia@example.net"; 5]);
        assert_eq!(desk.rings(), []);
    }
    let held = desk.held();
    let dropped = desk.store.write(desk.now, |tx| {
        held.iter()
            .try_for_each(|letter| outbox::drop_letter(tx, &desk.config, *letter, "anna"))
    });
    dropped.unwrap();
    assert_eq!(desk.rings(), [("caps".to_owned(), Tell::Clear)]);
}

#[test]
fn a_heap_of_old_mail_is_held_and_is_one_alert() {
    let mut desk = Desk::new();
    let age = HOUR * 73;
    for n in 0..30 {
        let from = format!("s{n}@d{n}.example");
        let taken = desk.arrives_late(report(&from, n).as_bytes(), age);
        assert_eq!(taken.verdict.reply.is, Reply::Held);
        let told = desk.rings();
        assert_eq!(
            told.iter().any(|(key, _)| key == "old-mail"),
            n == 20,
            "{n}"
        );
    }
    assert_eq!(desk.held().len(), 30);
}

/// Each header field of a message, unfolded or not, and its body.
fn parts(message: &str) -> (Vec<&str>, &str) {
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    (head.split("\r\n").collect(), body)
}

/// Our letter as a machine sends it back, which keeps these fields.
fn echo(letter: &str, from: &str, n: u32, keeps: &[&str]) -> String {
    let (head, body) = parts(letter);
    let mut kept = true;
    let mut mail = format!("From: <{from}>\r\nTo: security@example.org\r\n");
    for line in head {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            kept = keeps.iter().any(|k| k.eq_ignore_ascii_case(name));
        }
        if kept {
            mail += &format!("{line}\r\n");
        }
    }
    if !keeps.contains(&"Message-ID") {
        mail += &format!("Message-ID: <echo-{n}@example.net>\r\n");
    }
    format!("{mail}\r\n{body}echo {n}\r\n")
}

#[test]
fn an_echo_of_an_hour_ends_at_four_whatever_it_keeps() {
    let all = [
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "Precedence",
        "X-Auto-Response-Suppress",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ];
    let keepings: [&[&str]; 6] = [
        &all,
        &all[..4],
        &["Subject", "Content-Type"],
        &["Subject", "Auto-Submitted"],
        &["Precedence"],
        &[],
    ];
    for keeps in keepings {
        let mut desk = Desk::new();
        desk.report("robot@example.net");
        let (mut echoed, mut n) = (0, 0);
        // Every 15 seconds it sends back all that it has got, and the last one once more.
        for _ in 0..240 {
            desk.waits(SignedDuration::from_secs(15));
            let letters: Vec<String> = (1..=desk.letters())
                .filter_map(|id| desk.text_of(id))
                .collect();
            let last = letters.len().saturating_sub(1);
            for letter in letters.iter().skip(echoed.min(last)) {
                n += 1;
                desk.arrives(echo(letter, "robot@example.net", n, keeps).as_bytes());
            }
            echoed = letters.len();
        }
        let letters = (1..=desk.letters()).filter(|id| desk.text_of(*id).is_some());
        let sent = letters.count();
        assert!((1..=4).contains(&sent), "{sent} letters, {keeps:?}");
        assert!(n >= 240, "it went on for the hour: {n}");
    }
}

impl Desk {
    fn letters(&mut self) -> i64 {
        let all = self.store.read(self.now, |tx| {
            Ok((1..).find(|id| matches!(tx.letter(*id), Ok(None) | Err(_))))
        });
        all.unwrap().unwrap_or(1) - 1
    }

    /// A letter to a reporter, once it was queued.
    fn text_of(&mut self, id: i64) -> Option<String> {
        let text = self.store.read(self.now, |tx| {
            let letter = tx.letter(id)?.filter(|l| {
                l.kind == LetterKind::Acknowledgement && l.state == LetterState::Queued
            });
            letter.map(|l| tx.letter_bytes(l.id)).transpose()
        });
        text.unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }
}

#[test]
fn every_mail_of_a_flood_is_a_ticket() {
    let mut desk = Desk::new();
    for n in 0..100 {
        let taken = desk.arrives(report("mia@example.net", n).as_bytes());
        assert_eq!(
            (taken.ticket, taken.verdict.kind.is),
            (Some(TicketNo(i64::from(n) + 1)), Kind::Person)
        );
    }
}
