//! The digest: what a person of the team has to know on a business morning.
//!
//! It is read on a telephone: no line is longer than 40 columns. Its table is laid out
//! here; the words around it are the template's. Like a reminder it holds nothing of a
//! report.

mod lines;
mod rank;
mod row;

use super::dates;
use crate::ticket::{ChainHash, Clash, CodeName, TicketNo};
use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};
use lines::{INDENT, first_line, indented, second_lines};
use rank::{Rank, When, due, rank, when};
use row::{AT_MOST, Row};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a digest may speak of.
#[derive(Clone, Debug)]
pub struct DigestView {
    /// The moment at which it is written, in the team's zone.
    pub now: Zoned,
    /// Whom it goes to: the name in the config. Their own tickets come first.
    pub reader: String,
    /// How many reports this letter is the first word of.
    pub new: usize,
    /// What there is to say, in any order.
    pub entries: Vec<DigestEntry>,
    /// Mails in the tray.
    pub tray: u32,
    /// What came into the folders for junk since the morning before.
    pub junk: Junk,
    /// When the mailboxes were last looked through.
    pub looked: Looked,
    /// Letters in the outbox that have not left.
    pub waiting: u32,
    /// What threatens the reminders themselves, in our words.
    pub warnings: Vec<String>,
    /// The end of the record, so that a copy of it lies outside of the machine.
    pub record: RecordHead,
}

/// What came into the folders for junk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Junk {
    /// How many tickets.
    pub new: usize,
    /// Those that look like reports.
    pub like_reports: Vec<TicketNo>,
}

/// One thing about one ticket.
#[derive(Clone, Debug)]
pub struct DigestEntry {
    /// Its number.
    pub number: TicketNo,
    /// Its code name.
    pub code_name: CodeName,
    /// Who is responsible.
    pub owner: Option<String>,
    /// The first of the tickets that look like this one; they may be told as one.
    pub alike: Option<TicketNo>,
    /// What it is.
    pub matter: Matter,
}

/// What a digest tells about a ticket.
#[derive(Clone, Debug)]
pub enum Matter {
    /// A promise is due, or was.
    Due {
        /// Its deadline, in the team's zone.
        at: Zoned,
        /// What is still to be done, as [`State::missing`](crate::promise::State) names it.
        missing: Vec<String>,
        /// Some of it was done.
        half_kept: bool,
        /// Never called late.
        soft: bool,
    },
    /// A promise without a time is not kept yet.
    Stale {
        /// Since when, in the team's zone.
        since: Zoned,
        /// What is still to be done.
        missing: Vec<String>,
    },
    /// Of two dates the one comes first that has to come last.
    Clash(Clash),
    /// A mail of it cannot be read.
    Unreadable,
    /// Its acknowledgement is held.
    Held {
        /// Why, in our words.
        because: String,
    },
    /// Something about its mail went wrong, in our words: `a letter was refused`.
    Trouble {
        /// What.
        what: String,
    },
    /// The reporter wrote again and has no answer yet.
    Chased {
        /// How many times.
        times: u32,
    },
    /// A name is to be given out, or taken back, in our words: `credit: nobody has asked`.
    Name {
        /// What.
        what: String,
    },
    /// We wait for the reporter, and nothing comes.
    Silent {
        /// Since when we wait.
        since: Date,
        /// They had the last call.
        called: bool,
        /// It is a vulnerability, which no silence closes.
        goes_on: bool,
    },
    /// Labelled lines of the team's own mail were read, in our words: `accepted`.
    Read {
        /// The mail, by its number.
        mail: i64,
        /// What they say.
        what: String,
    },
}

impl Matter {
    /// Of a promise: its deadline, or since when it is not kept, and what is still to be done.
    pub fn promised(&self) -> Option<(&Zoned, &[String])> {
        match self {
            Self::Due {
                at: when, missing, ..
            }
            | Self::Stale {
                since: when,
                missing,
            } => Some((when, missing)),
            Self::Clash(_)
            | Self::Unreadable
            | Self::Held { .. }
            | Self::Trouble { .. }
            | Self::Chased { .. }
            | Self::Silent { .. }
            | Self::Name { .. }
            | Self::Read { .. } => None,
        }
    }
}

/// When the mailboxes were last looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// This long ago.
    Ago(SignedDuration),
    /// Not since gatepost was set up.
    Never,
}

/// The last fact on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// Its number; 0 before the first.
    pub fact: i64,
    /// The hash of the chain up to it.
    pub hash: ChainHash,
}

/// What the template gets.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    day: String,
    counts: String,
    table: String,
    looked: Option<String>,
    waiting: u32,
    fact: i64,
    head: String,
}

pub(super) fn words(view: &DigestView) -> Words {
    Words {
        day: dates::short_day(view.now.date()),
        counts: counts(view),
        table: table(view),
        looked: match view.looked {
            Looked::Ago(span) => Some(dates::about(span)),
            Looked::Never => None,
        },
        waiting: view.waiting,
        fact: view.record.fact,
        head: view.record.hash.short(),
    }
}

/// `2 new, 1 late, 1 today, 1 held`; what is to come only where nothing else is to be said.
fn counts(view: &DigestView) -> String {
    let rank = |e: &DigestEntry| rank(&e.matter, &view.now);
    // Tickets: one that is late with two things is one.
    let tickets = |counts: &dyn Fn(&DigestEntry) -> bool| {
        let counted = view.entries.iter().filter(|e| counts(e)).map(|e| e.number);
        counted.collect::<BTreeSet<_>>().len()
    };
    let of = |wanted: Rank| tickets(&|e| rank(e) == wanted);
    // What is half kept and due today is said to be due today.
    let is_today = |e: &DigestEntry| match &e.matter {
        Matter::Due { at, soft, .. } => when(at, *soft, &view.now) == When::Today,
        _ => false,
    };
    let is_open = |e: &DigestEntry| matches!(&e.matter, Matter::Stale { .. });
    let counted = [
        (view.new, "new"),
        (of(Rank::Unreadable), "unread"),
        (of(Rank::Held), "held"),
        (of(Rank::Late), "late"),
        (of(Rank::Clash), "clash"),
        (tickets(&is_today), "today"),
        (of(Rank::Overdue), "due"),
        (
            tickets(&|e| rank(e) == Rank::HalfKept && !is_today(e)),
            "half kept",
        ),
        (of(Rank::Trouble), "trouble"),
        (of(Rank::Silent), "silent"),
        (tickets(&is_open), "open"),
    ];
    let said: Vec<String> = counted
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    if !said.is_empty() {
        return said.join(", ");
    }
    let to_come = view.entries.iter().filter_map(|e| match &e.matter {
        Matter::Due { at, .. } => Some(at.date()),
        _ => None,
    });
    match to_come.min() {
        Some(day) => format!("next {}", dates::short_day(day)),
        None => "nothing today".to_owned(),
    }
}

/// The mails of which a digest has no room to tell what was read: it counts them, and the
/// next one tells it.
pub fn without_room(view: &DigestView) -> BTreeSet<i64> {
    let mail = |entry: &DigestEntry| match entry.matter {
        Matter::Read { mail, .. } => Some(mail),
        _ => None,
    };
    let mut mails: BTreeSet<i64> = view.entries.iter().filter_map(mail).collect();
    if !mails.is_empty() {
        for told in rows(view).0.iter().filter_map(|row| mail(row.entry)) {
            mails.remove(&told);
        }
    }
    mails
}

/// The rows of the table, and how many tickets have no room in it.
fn rows(view: &DigestView) -> (Vec<Row<'_>>, usize) {
    let mut entries: Vec<&DigestEntry> = view.entries.iter().collect();
    entries.sort_by_key(|e| {
        let rank = rank(&e.matter, &view.now);
        // What is late and nobody's is everybody's own.
        let others = match e.owner.as_deref() {
            Some(owner) => owner != view.reader,
            None => rank != Rank::Late,
        };
        (!rank.is_everybodys(), others, rank, due(e), e.number)
    });
    let mut rows = row::folded(&entries, &view.now);
    let more = row::fewer(&mut rows);
    (rows, more)
}

fn table(view: &DigestView) -> String {
    let (rows, more) = rows(view);
    let mut lines = Vec::new();
    let mut above = String::new();
    for (i, row) in rows.iter().enumerate() {
        let label = if row.label == above { "" } else { &row.label };
        lines.push(first_line(label, row));
        // What is true of several in a row is said once, under the last of them.
        let goes_on = |next: &Row| next.label == row.label && next.below == row.below;
        if !rows.get(i + 1).is_some_and(goes_on) {
            lines.extend(row.below.iter().cloned());
        }
        above.clone_from(&row.label);
    }
    if more > 0 {
        lines.push(format!("{:INDENT$}and {more} more: gatepost list", ""));
    }
    if view.tray > 0 {
        lines.push(format!(
            "{:<INDENT$}{} of no ticket",
            "TRAY",
            count(view.tray, "mail")
        ));
    }
    lines.extend(junk(&view.junk));
    for warning in &view.warnings {
        let mut said = indented(warning).into_iter();
        let first = said.next().unwrap_or_default();
        lines.push(format!("{:<INDENT$}{}", "WARN", first.trim_start()));
        lines.extend(said);
    }
    lines.join("\n")
}

/// One line, and one with those that a person should look at.
fn junk(junk: &Junk) -> Vec<String> {
    if junk.new == 0 {
        return Vec::new();
    }
    let first = format!("{:<INDENT$}{} new: list --junk", "JUNK", junk.new);
    let shown = junk.like_reports.iter().take(AT_MOST);
    let mut numbers: Vec<String> = shown.map(|n| n.0.to_string()).collect();
    if numbers.is_empty() {
        return vec![first];
    }
    if junk.like_reports.len() > AT_MOST {
        numbers.push("and more".to_owned());
    }
    let like = format!("like a report: {}", numbers.join(" "));
    std::iter::once(first).chain(indented(&like)).collect()
}

fn count(n: u32, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}
