//! One look at the clock: what is due now is told to the team, once.
//!
//! Every reminder has a key that is unique per step and per person, such as
//! `remind/SEC-2026-0042/respond@17/1bd-before/anna`; who was told under a key is never
//! told again, so doing this twice changes nothing. All that a moment has for one person
//! is one letter; what a promise of `any_hour` asks for is never folded into it.
//!
//! A flood of reports is no flood of letters: after the first word of a report, the next
//! ones to the same person are gathered for a quarter of an hour.

mod troubles;

pub use troubles::refused;

use super::roster::{Hearer, Roster};
use super::{Duty, File, Files, post};
use crate::config::{Config, Member};
use crate::letters::DigestEntry;
use crate::promise::reminders::{self, Due};
use crate::store::{StoredDeadline, Tx};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// So long the first words of further reports are gathered after the last letter with one.
const GATHER: SignedDuration = SignedDuration::from_mins(15);

/// Something that one person is told now.
pub struct Nag<'a> {
    /// The ticket's file.
    pub file: &'a File,
    /// The duty that it is about.
    pub duty: &'a Duty,
    /// The step.
    pub due: Due,
    /// What is said by it.
    key: String,
}

impl Nag<'_> {
    /// It goes by itself, at any hour.
    fn is_alone(&self) -> bool {
        self.duty.promise.any_hour
    }

    /// It is the first word of a report.
    fn is_new(&self) -> bool {
        self.due.step == "at-once"
    }
}

/// What a tick has for one person.
#[derive(Default)]
pub struct Told<'a> {
    /// Reminders of deadlines.
    pub nags: Vec<Nag<'a>>,
    /// It is the morning digest, or troubles that are new to this person: told even if
    /// there is no reminder.
    pub digest: bool,
    /// It is news: the next ones are gathered.
    news: bool,
    /// Until when the first words of further reports are gathered.
    gather_until: Option<Timestamp>,
    /// Keys that are said by the digest, and keys that a reminder makes needless.
    said: Vec<String>,
    covered: Vec<String>,
}

/// What a look at the clock gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Letters that were written.
    pub letters: usize,
    /// Tickets that could not be looked at, and why.
    pub broken: Vec<String>,
}

/// Looks at the clock. What cannot be read of one ticket keeps no other from being told.
pub fn tick(tx: &Tx, config: &Config) -> Result<Ticked> {
    let roster = Roster::today(tx, config)?;
    let due = tx.deadlines_to_look_at()?;
    let (files, broken) = files_of(tx, config, &due);
    let mut told = BTreeMap::new();
    for member in &config.team {
        let gather_until = gathering(tx, member)?;
        let nothing = Told {
            gather_until,
            ..Told::default()
        };
        told.insert(member.name.as_str(), nothing);
    }
    for stored in &due {
        let Some(file) = files.get(&stored.ticket) else {
            continue;
        };
        let mut duties = file.duties.iter();
        let same = |d: &&Duty| d.stored.promise == stored.promise && d.stored.start == stored.start;
        let next = match duties.find(same) {
            Some(duty) => nag(tx, config, &roster, file, duty, &mut told)?,
            None => None,
        };
        tx.look_again(stored.ticket, &stored.promise, stored.start, next)?;
    }
    troubles::tell(tx, config, &roster, &mut told)?;
    let mut board = None;
    let mut letters = 0;
    for member in &config.team {
        if let Some(told) = told.get(member.name.as_str()) {
            letters += write(tx, config, member, told, &mut board)?;
        }
    }
    Ok(Ticked { letters, broken })
}

/// The files of the tickets that are to be looked at, and those that cannot be.
fn files_of(
    tx: &Tx,
    config: &Config,
    due: &[StoredDeadline],
) -> (BTreeMap<TicketNo, File>, Vec<String>) {
    let (mut files, mut broken) = (BTreeMap::new(), Vec::new());
    let mut cabinet = Files::new(tx, config);
    for ticket in due.iter().map(|d| d.ticket).collect::<BTreeSet<_>>() {
        match cabinet.open(ticket) {
            Ok(file) => drop(files.insert(ticket, file)),
            Err(why) => broken.push(format!("ticket {ticket}: {why:#}")),
        }
    }
    (files, broken)
}

/// The word in the store for the last letter to a person with the first word of a report.
fn news_key(member: &Member) -> String {
    format!("news/{}", member.name)
}

/// Until when news to a person are gathered. A clock that was put back gathers nothing.
fn gathering(tx: &Tx, member: &Member) -> Result<Option<Timestamp>> {
    let last = tx.meta(&news_key(member))?;
    let last = last.and_then(|at| at.parse::<Timestamp>().ok());
    let now = tx.now();
    Ok(last
        .filter(|last| *last <= now)
        .map(|last| last + GATHER)
        .filter(|until| now < *until))
}

/// Plans the reminders of one duty for each who hears; gives the moment of the next.
fn nag<'f>(
    tx: &Tx,
    config: &Config,
    roster: &Roster,
    file: &'f File,
    duty: &'f Duty,
    told: &mut BTreeMap<&str, Told<'f>>,
) -> Result<Option<Timestamp>> {
    let mut next = None;
    let about = about(file, duty);
    let said_before: BTreeSet<String> = tx
        .told(&format!("{about}/"))?
        .into_iter()
        .map(|(key, _, _)| key)
        .collect();
    for hearer in roster.hearers(&duty.promise, file.ticket.owner.as_deref()) {
        let key = |step: &str| format!("{about}/{step}/{}", hearer.member.name);
        let said = |step: &str| said_before.contains(&key(step));
        let asked = asked(duty, &hearer);
        let plan = reminders::plan(&asked, &said, &config.calendar, tx.now());
        next = [next, plan.next].into_iter().flatten().min();
        let (Some(told), Some(due)) = (told.get_mut(hearer.member.name.as_str()), plan.say) else {
            continue;
        };
        let first = format!("{about}/{}/", due.step);
        let is_first = !said_before.iter().any(|key| key.starts_with(&first));
        if let Some(later) = put_off(tx, config, duty, &due, is_first, told) {
            next = [next, Some(later)].into_iter().flatten().min();
            continue;
        }
        told.covered
            .extend(plan.covers.iter().map(|step| key(step)));
        let key = key(&due.step);
        told.nags.push(Nag {
            file,
            duty,
            due,
            key,
        });
    }
    Ok(next)
}

/// What the reminders of a duty begin with.
pub fn about(file: &File, duty: &Duty) -> String {
    format!(
        "remind/{}/{}@{}",
        file.row.reference, duty.stored.promise, duty.stored.start
    )
}

/// A duty as its reminders see it, for somebody who hears of it.
pub fn asked<'d>(duty: &'d Duty, hearer: &Hearer) -> reminders::Duty<'d> {
    reminders::Duty {
        promise: &duty.promise,
        run: &duty.run,
        due_at: duty.due_at(),
        started_at: duty.stored.started_at,
        line: hearer.line,
    }
}

/// Until when a reminder waits that need not be said now: the first word of a report
/// while news are gathered; and what somebody else was told at its time and this person
/// hears because they took the ticket over, or cover: not by night.
fn put_off(
    tx: &Tx,
    config: &Config,
    duty: &Duty,
    due: &Due,
    is_first: bool,
    told: &Told,
) -> Option<Timestamp> {
    let now = tx.now();
    if duty.promise.any_hour {
        return None;
    }
    if !is_first && !config.calendar.is_open(now) {
        return Some(config.calendar.next_open(now));
    }
    let news = due.step == "at-once" && !due.morning;
    let gathered = told.gather_until.filter(|_| news);
    gathered
        .map(|until| until.min(due.at + GATHER))
        .filter(|until| now < *until)
}

/// Writes the letters of this moment to one person, and what they say: one, and one for
/// each reminder that goes alone. Gives how many.
fn write(
    tx: &Tx,
    config: &Config,
    member: &Member,
    told: &Told,
    board: &mut Option<Vec<DigestEntry>>,
) -> Result<usize> {
    for key in &told.covered {
        tx.say(key, None)?;
    }
    let mut letters = 0;
    for nag in told.nags.iter().filter(|nag| nag.is_alone()) {
        let letter = post::remind(tx, config, member, nag)?;
        tx.say(&nag.key, Some(letter))?;
        letters += 1;
    }
    let folded: Vec<&Nag> = told.nags.iter().filter(|nag| !nag.is_alone()).collect();
    let new = folded.iter().filter(|nag| nag.is_new()).count();
    let letter = match folded.as_slice() {
        [] if !told.digest => return Ok(letters),
        [only] if !told.digest && !only.due.morning => post::remind(tx, config, member, only)?,
        [..] => {
            // The same for everybody, and wanted only on some ticks: made once.
            let board = match board {
                Some(board) => board,
                None => board.insert(post::board(tx, config)?),
            };
            post::digest(tx, config, member, board, new)?
        }
    };
    for key in folded.iter().map(|nag| &nag.key).chain(&told.said) {
        tx.say(key, Some(letter))?;
    }
    if new > 0 || told.news {
        tx.set_meta(&news_key(member), &tx.now().to_string())?;
    }
    Ok(letters + 1)
}

#[cfg(test)]
mod tests;
