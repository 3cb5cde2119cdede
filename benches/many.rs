//! A record of very many tickets, and how long commands take on it: for `tests/soak/list`.
//! Tickets are opened, acknowledged and closed by gatepost's own verbs, without a network;
//! beside each command stands, in the same run, a process that does nothing and one that
//! asks SQLite for the open tickets and nothing else.
//!
//! Reads and writes only what it is given on the command line.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measuring tool: whatever goes wrong ends it"
)]

use gatepost::config::Config;
use gatepost::desk::ingest::{Arrival, ingest};
use gatepost::desk::settle::{Ended, settle};
use gatepost::desk::{record, refresh, search};
use gatepost::mail::{Digester, parse};
use gatepost::store::{NewFact, Raw, Sighting, Store, Tx};
use gatepost::ticket::{By, Outcome, TicketNo, What};
use gatepost::triage::Role;
use jiff::SignedDuration;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Mails in one transaction.
const GROUP: usize = 100;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| w != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["fill", config, tickets, open] => {
            fill(config, tickets.parse().unwrap(), open.parse().unwrap());
        }
        ["index", config] => index(config),
        ["open", store] => open_tickets(store),
        ["time", runs, name, command @ ..] => time(runs.parse().unwrap(), name, command),
        // `cargo bench` runs every bench without words.
        [] => println!("see tests/soak/list"),
        other => panic!("what is {other:?}?"),
    }
}

/// A small generator: the same mails in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    /// A word of the language of these mails: of 30,000, few are common.
    fn word(&mut self) -> String {
        const COMMON: [&str; 24] = [
            "the",
            "request",
            "server",
            "parameter",
            "an",
            "attacker",
            "can",
            "token",
            "session",
            "of",
            "header",
            "is",
            "not",
            "checked",
            "when",
            "user",
            "account",
            "password",
            "response",
            "script",
            "to",
            "and",
            "version",
            "a",
        ];
        const SOUNDS: [&str; 31] = [
            "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so",
            "tu", "va", "we", "xi", "yo", "zu", "bra", "cle", "dri", "flo", "gru", "pla", "tre",
            "sti", "pro", "qua", "shi",
        ];
        if self.below(2) == 0 {
            return COMMON[self.below(COMMON.len())].to_owned();
        }
        // The product of two throws is small more often than large.
        let mut rest = self.below(174) * self.below(174);
        let mut word = String::new();
        for _ in 0..3 {
            word.push_str(SOUNDS[rest % SOUNDS.len()]);
            rest /= SOUNDS.len();
        }
        word
    }
}

/// A report of a few kilobytes of text.
fn mail(i: usize) -> Vec<u8> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (i as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let size = 1_000 + dice.below(4_000);
    let subject: Vec<String> = (0..5).map(|_| dice.word()).collect();
    let (mut text, mut line) = (String::new(), 0);
    while text.len() < size {
        let word = dice.word();
        line += word.len() + 1;
        text.push_str(&word);
        text.push_str(if line > 66 { "\r\n" } else { " " });
        line = if line > 66 { 0 } else { line };
    }
    if i % 100 == 7 {
        text.push_str("\r\nThe webhook import can be made to read a file.\r\n");
    }
    if i % 20 == 3 {
        text.push_str(&format!("\r\nIt is like CVE-2026-{}.\r\n", 10_000 + i));
    }
    if i % 40_000 == 11 {
        text.push_str("\r\nIt says marmalade then.\r\n");
    }
    format!(
        "Return-Path: <r{i}@example.net>\r\nReceived: from mx.example.net by mx.example.org; Fri, 30 Apr 2027 16:40:00 +0100\r\n\
         From: Reporter {i} <r{i}@example.net>\r\nTo: security@example.org\r\nSubject: {}\r\n\
         Date: Fri, 30 Apr 2027 16:40:00 +0100\r\nMessage-ID: <many{i}@example.net>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
        subject.join(" ")
    )
    .into_bytes()
}

/// Opens so many tickets over years, closes all but `open`, and indexes them.
fn fill(config: &str, tickets: usize, open: usize) {
    let config = Config::load(Path::new(config)).unwrap();
    let mut store = Store::create(&config.store).unwrap();
    let apart = SignedDuration::from_mins(25);
    let now = gatepost::wall::now();
    let at = |i: usize| now - apart * i32::try_from(tickets - i).unwrap();
    let began = Instant::now();
    let old: [u32; 0] = [];
    let old: Vec<_> = old.into_iter().map(Into::into).collect();
    let folder = store.write(at(0), |tx| tx.add_folder("security", "INBOX", 7, &old));
    let folder = folder.unwrap();
    let mut bytes = 0;
    for first in (0..tickets).step_by(GROUP) {
        for i in first..tickets.min(first + GROUP) {
            bytes += mail(i).len();
        }
        let last = tickets.min(first + GROUP);
        let work = |tx: &Tx| {
            for i in first..last {
                let mail = mail(i);
                let parsed = parse::parse(&mail, true);
                let mut digest = Digester::new();
                digest.update(&mail);
                let arrival = Arrival {
                    mailbox: &config.mailboxes[0],
                    seen: Sighting {
                        folder,
                        uidvalidity: 7,
                        uid: i as u32 + 1,
                        received_at: at(i),
                        size: mail.len() as u64,
                    },
                    our_clock: false,
                    may_be_old: false,
                    row: None,
                    refused: None,
                    folder: Role::Inbox,
                    digest: &digest.finish(&parsed),
                    mail: &parsed,
                    raw: &Raw::of(&mail)?,
                };
                let ticket = ingest(tx, &config, &arrival)?.ticket.unwrap();
                for letter in tx.letters_of(ticket)? {
                    settle(tx, &config, letter.id, &Ended::Sent("250 ok".to_owned()))?;
                }
                // Every tenth of those that stay open is an old one.
                let stays = i % (tickets * 10 / open) == 5 || i >= tickets - open * 9 / 10;
                if !stays {
                    close(tx, &config, ticket, i)?;
                }
            }
            Ok(())
        };
        store.write(at(last), work).unwrap();
    }
    println!(
        "filled {tickets} {:.1} s, {bytes} bytes of mail",
        began.elapsed().as_secs_f64()
    );
}

/// Indexes what waits for it.
fn index(config: &str) {
    let config = Config::load(Path::new(config)).unwrap();
    let mut store = Store::open(&config.store).unwrap();
    let now = gatepost::wall::now();
    let before = std::fs::metadata(&config.store).unwrap().len();
    let (began, mut all) = (Instant::now(), 0);
    loop {
        let sources = store.read(now, search::waiting).unwrap();
        if sources.is_empty() {
            break;
        }
        let done = search::split(sources, || true);
        store.write(now, |tx| search::keep(tx, &done)).unwrap();
        all += done.len();
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "indexed {all} documents {took:.1} s, {:.3} ms each",
        took * 1000.0 / all as f64
    );
    let after = std::fs::metadata(&config.store).unwrap().len();
    println!("store {before} bytes, with its index {after}");
}

fn close(tx: &Tx, config: &Config, ticket: TicketNo, i: usize) -> anyhow::Result<()> {
    if i.is_multiple_of(10) {
        let text = format!("seen before with patience {}", i / 1000);
        record::note(tx, config, ticket, &text, false, "anna")?;
    }
    let outcome = Outcome::NotAVulnerability;
    for what in [
        What::Decided {
            outcome,
            expected: None,
        },
        What::Evaluated { outcome },
        What::Closed,
    ] {
        let fact = NewFact::new(tx.now(), what, By::Person("anna".to_owned()));
        tx.add_fact(ticket, &fact)?;
    }
    refresh(tx, config, ticket)?;
    Ok(())
}

/// What a list cannot do without: the rows of open tickets.
fn open_tickets(store: &str) {
    let sql = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut rows = sql
        .prepare("SELECT reference, due_at, owner, subject FROM tickets WHERE stage <> 'closed' AND stage <> 'junk' ORDER BY due_at")
        .unwrap();
    let mut rows = rows.query([]).unwrap();
    let mut count = 0;
    while let Some(row) = rows.next().unwrap() {
        count += row.get::<_, String>(3).unwrap().len();
    }
    println!("{count}");
}

/// The median of so many runs of a whole process, and the longest, in milliseconds.
fn time(runs: usize, name: &str, command: &[&str]) {
    let one = || {
        let began = Instant::now();
        let mut command = Command::new(command[0])
            .args(&command[1..])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        assert!(command.wait().unwrap().success());
        began.elapsed()
    };
    one();
    let mut all: Vec<Duration> = (0..runs).map(|_| one()).collect();
    all.sort();
    println!(
        "{name:<36} {:>7.1} ms   longest {:.1}",
        all[runs / 2].as_secs_f64() * 1000.0,
        all[runs - 1].as_secs_f64() * 1000.0
    );
}
