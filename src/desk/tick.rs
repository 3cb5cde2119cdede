//! One look at the clock: what is due now is told to the team, once.
//!
//! Every reminder has a key that is unique per step and per person, such as
//! `remind/SEC-2026-0042/respond@17/1bd-before/anna`; who was told under a key is never
//! told again, so doing this twice changes nothing. All that a moment has for one person
//! is one letter.

use super::{Duty, File, file, post};
use crate::config::{Config, Member};
use crate::letters::DigestEntry;
use crate::promise::reminders::{self, Due};
use crate::store::{Letter, LetterState, StoredDeadline, Tx};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Something that one person is told now.
pub struct Nag<'a> {
    /// The ticket's file.
    pub file: &'a File,
    /// The duty that it is about.
    pub duty: &'a Duty,
    /// The step.
    pub due: Due,
}

/// What a tick has for one person.
#[derive(Default)]
pub struct Told<'a> {
    /// Reminders of deadlines.
    pub nags: Vec<Nag<'a>>,
    /// Troubles that are new to this person: held and refused letters, mail in the tray.
    pub troubles: u32,
    /// One of them belongs to the morning digest.
    pub morning: bool,
    /// Keys that are said by this letter, and keys that it makes needless.
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
    let due = tx.deadlines_to_look_at()?;
    super::alarms::look(tx, config, &due)?;
    let (files, broken) = files_of(tx, config, &due);
    let mut told: BTreeMap<&str, Told> = config
        .team
        .iter()
        .map(|m| (m.name.as_str(), Told::default()))
        .collect();
    for stored in &due {
        let Some(file) = files.get(&stored.ticket) else {
            continue;
        };
        let mut duties = file.duties.iter();
        let same = |d: &&Duty| d.stored.promise == stored.promise && d.stored.start == stored.start;
        let next = match duties.find(same) {
            Some(duty) => nag(tx, config, file, duty, &mut told)?,
            None => None,
        };
        tx.look_again(stored.ticket, &stored.promise, stored.start, next)?;
    }
    troubles(tx, config, &mut told)?;
    let mut board = None;
    let mut letters = 0;
    for member in &config.team {
        let Some(told) = told.get(member.name.as_str()) else {
            continue;
        };
        letters += usize::from(write(tx, config, member, told, &mut board)?);
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
    for ticket in due.iter().map(|d| d.ticket).collect::<BTreeSet<_>>() {
        match file(tx, config, ticket) {
            Ok(file) => drop(files.insert(ticket, file)),
            Err(why) => broken.push(format!("ticket {ticket}: {why:#}")),
        }
    }
    (files, broken)
}

/// Plans the reminders of one duty for each person; gives the moment of the next.
fn nag<'f>(
    tx: &Tx,
    config: &Config,
    file: &'f File,
    duty: &'f Duty,
    told: &mut BTreeMap<&str, Told<'f>>,
) -> Result<Option<Timestamp>> {
    let mut next = None;
    let about = format!(
        "remind/{}/{}@{}",
        file.row.reference, duty.stored.promise, duty.stored.start
    );
    let said_before: BTreeSet<String> = tx
        .told(&format!("{about}/"))?
        .into_iter()
        .map(|(key, _, _)| key)
        .collect();
    for member in &config.team {
        let key = |step: &str| format!("{about}/{step}/{}", member.name);
        let said = |step: &str| said_before.contains(&key(step));
        let asked = reminders::Duty {
            promise: &duty.promise,
            run: &duty.run,
            due_at: Some(duty.stored.deadline.due_at),
            started_at: duty.stored.started_at,
        };
        let plan = reminders::plan(&asked, &said, &config.calendar, tx.now());
        next = [next, plan.next].into_iter().flatten().min();
        let Some(told) = told.get_mut(member.name.as_str()) else {
            continue;
        };
        told.covered
            .extend(plan.covers.iter().map(|step| key(step)));
        if let Some(due) = plan.say {
            told.morning |= due.morning;
            told.said.push(key(&due.step));
            told.nags.push(Nag { file, duty, due });
        }
    }
    Ok(next)
}

/// Held and refused letters, and mail in the tray: at once in team hours, then, as long
/// as they last, each business morning. They stand in the digest.
fn troubles(tx: &Tx, config: &Config, told: &mut BTreeMap<&str, Told>) -> Result<()> {
    let now = tx.now();
    if !config.calendar.is_open(now) {
        return Ok(());
    }
    let today = config.calendar.local_date(now);
    let opening = config.calendar.opening(today);
    let letters: Vec<Letter> = tx
        .unsettled_letters()?
        .into_iter()
        .filter(|l| is_trouble(l) && !l.kind.is_internal())
        .collect();
    let tray = tx.newest_in_tray(opening)?;
    for member in &config.team {
        let Some(told) = told.get_mut(member.name.as_str()) else {
            continue;
        };
        for letter in &letters {
            let since = letter.settled_at.unwrap_or(letter.created_at);
            // Steps of days fall into the morning; the first is told when it happens.
            let step = if since < opening {
                today.to_string()
            } else {
                "at-once".to_owned()
            };
            let key = format!(
                "remind/letter-{}/{}/{step}/{}",
                letter.id,
                letter.state.word(),
                member.name
            );
            if !tx.was_said(&key)? {
                told.troubles += 1;
                told.morning |= since < opening;
                told.said.push(key);
            }
        }
        if let Some(mail) = tray {
            let key = format!("remind/tray/{mail}/{}", member.name);
            if !tx.was_said(&key)? {
                told.troubles += 1;
                told.morning = true;
                told.said.push(key);
            }
        }
    }
    Ok(())
}

/// A letter that a person has to look at.
fn is_trouble(letter: &Letter) -> bool {
    match letter.state {
        LetterState::Held | LetterState::Unknown | LetterState::Refused => true,
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Sent
        | LetterState::Superseded
        | LetterState::Dropped => false,
    }
}

/// Writes the one letter of this moment to one person, and what it says. False when
/// there is nothing to say.
fn write(
    tx: &Tx,
    config: &Config,
    member: &Member,
    told: &Told,
    board: &mut Option<Vec<DigestEntry>>,
) -> Result<bool> {
    for key in &told.covered {
        tx.say(key, None)?;
    }
    let letter = match told.nags.as_slice() {
        [] if told.troubles == 0 => return Ok(false),
        [only] if !told.morning && told.troubles == 0 => post::remind(tx, config, member, only)?,
        [..] => {
            // The same for everybody, and wanted only on some ticks: made once.
            let board = match board {
                Some(board) => board,
                None => board.insert(post::board(tx, config)?),
            };
            let new = told.nags.iter().filter(|n| n.due.step == "at-once").count();
            post::digest(tx, config, member, board, new)?
        }
    };
    for key in &told.said {
        tx.say(key, Some(letter))?;
    }
    Ok(true)
}
