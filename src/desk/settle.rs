//! The end of one attempt to deliver one letter.
//!
//! The facts that promises read are written here, at the instant of the server's 250,
//! and not when a person pressed a key: a letter that waits has kept no promise.
//!
//! How long a letter waits, when it is given up, and whom a 5.7.x is meant for, is
//! decided in `refusal`.

mod refusal;
mod team;

use super::act::wrote_since;
use super::post;
use super::{Duty, Files, refresh, tick};
use crate::config::{Config, Member};
use crate::store::{Letter, LetterKind, LetterState, NewFact, TicketRow, Tx};
use crate::ticket::{By, Fact, Ticket, TicketNo, What};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

pub use refusal::{bars_everybody, next_letter, rest, tried_enough};
pub use team::{came_back, code, look, refused_words, tell_of_team, unreached};

/// How an attempt ended, as far as the record is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server took it: its 250 line.
    Sent(String),
    /// Not now, and the letter is meant.
    Again(String),
    /// Never.
    Refused(String),
    /// A rule of the server forbids it: the letter is meant, or we are.
    Barred(String),
    /// It may have been taken: no answer came.
    Unknown(String),
    /// The bytes never left: the way is broken.
    NotOffered(String),
}

/// How often bytes leave without an answer: once, and once more.
const OFFERS_AT_MOST: u32 = 2;

/// What has waited so long was kept from leaving.
const OUTAGE: SignedDuration = SignedDuration::from_mins(5);

/// The longest wait of a letter that the server put off, up to a full minute.
const WAITS_AT_MOST: SignedDuration = SignedDuration::from_mins(61);

/// Just before the message bytes leave. False when the letter is no longer queued: it
/// must not be sent.
pub fn offer(tx: &Tx, letter: i64) -> Result<bool> {
    tx.move_letter(letter, LetterState::Queued, LetterState::Offered)
}

/// Writes how it ended. A letter that a person dropped before it was offered stays dropped.
pub fn settle(tx: &Tx, config: &Config, id: i64, ended: &Ended) -> Result<()> {
    let letter = tx
        .letter(id)?
        .with_context(|| format!("there is no letter {id}"))?;
    if !matches!(letter.state, LetterState::Queued | LetterState::Offered) {
        return Ok(());
    }
    match ended {
        Ended::Sent(answer) => {
            tx.move_letter(id, letter.state, LetterState::Sent)?;
            tx.note_answer(id, answer)?;
            refusal::taken(tx, &letter)?;
            arrived(tx, config, &letter, tx.now())
        }
        Ended::Again(why) => {
            tx.take_offer_back(id)?;
            refusal::put_off(tx, config, &letter, why)
        }
        Ended::Barred(why) => {
            tx.take_offer_back(id)?;
            refusal::barred(tx, config, &letter, why)
        }
        Ended::Refused(why) => {
            tx.take_offer_back(id)?;
            // Known to be about this one: in a row of letters in doubt it counts no more.
            tx.in_doubt_no_more(id)?;
            refusal::refuse(tx, config, &letter, why)
        }
        Ended::Unknown(why) => {
            let again_at = refusal::again_at(tx.now(), 1, 0)?;
            unanswered(tx, &letter, why, again_at)
        }
        Ended::NotOffered(why) => {
            tx.take_offer_back(id)?;
            // Behind all that is due: a letter that breaks the way each time keeps no
            // other from it.
            tx.note_error(id, why, tx.now(), letter.attempts)
        }
    }
}

/// A letter has reached its recipient, or the server that answers for it: what it says is
/// true from `at` on, and its copy is to be filed.
pub(super) fn arrived(tx: &Tx, config: &Config, letter: &Letter, at: Timestamp) -> Result<()> {
    if letter.kind.is_internal() {
        return tell_of_team(tx, config, letter);
    }
    if config.files_copies_of(&letter.sender) {
        tx.want_copy(letter.id)?;
    }
    if let (By::Person(_), Some(ticket)) = (&letter.by, letter.ticket) {
        // Whatever a person wrote to the reporter says more than a receipt.
        supersede_acknowledgement(tx, ticket)?;
    }
    add_facts(tx, config, letter, &still_true(tx, letter)?, at)
}

/// When the way is open after an outage: what waits for one person of the team becomes
/// one digest, as things stand now. Gives how many letters it made needless.
///
/// # Errors
/// When the store cannot be read or written.
pub fn fold_waiting(tx: &Tx, config: &Config) -> Result<usize> {
    let mut waiting: BTreeMap<String, Vec<Letter>> = BTreeMap::new();
    for letter in to_fold(tx)? {
        let of = waiting.entry(letter.recipient.key()).or_default();
        of.push(letter);
    }
    waiting.retain(|_, letters| letters.len() > 1);
    if waiting.is_empty() {
        return Ok(0);
    }
    let of_member = |m: &'_ Member| waiting.get(&m.address.key());
    let team = config.team.iter();
    let folded: Vec<_> = team.filter_map(|m| Some((m, of_member(m)?))).collect();
    // First of all: a digest says how many letters wait.
    for old in folded.iter().flat_map(|(_, letters)| *letters) {
        tx.move_letter(old.id, LetterState::Queued, LetterState::Superseded)?;
    }
    let board = post::board(tx, config)?;
    let mut needless = 0;
    for (member, letters) in folded {
        let mut keys = Vec::new();
        for old in letters {
            keys.extend(tx.told_by(old.id)?);
        }
        let duties = told_of(tx, config, &keys)?;
        let of_them = |(row, duty): &&(TicketRow, Duty)| {
            let first = format!("{}/at-once/", tick::about(row, duty));
            duty.is_from_receipt() && keys.iter().any(|key| key.starts_with(&first))
        };
        let new: BTreeSet<_> = duties.iter().filter(of_them).map(|d| d.0.number).collect();
        let beside = post::Beside {
            duties: duties.iter().collect(),
            new: new.len(),
        };
        let digest = post::digest(tx, config, member, &board, &beside)?;
        for old in letters {
            tx.told_by_another(old.id, digest)?;
        }
        needless += letters.len();
    }
    Ok(needless)
}

/// The duties of open tickets that reminders of these keys are about.
fn told_of(tx: &Tx, config: &Config, keys: &[String]) -> Result<Vec<(TicketRow, Duty)>> {
    let mut files = Files::new(tx, config);
    let mut told = Vec::new();
    for row in tx.tickets(false)? {
        let of_ticket = format!("remind/{}/", row.reference);
        if !keys.iter().any(|key| key.starts_with(&of_ticket)) {
            continue;
        }
        // That a file cannot be read is on the board.
        let Ok(file) = files.open(row.number) else {
            continue;
        };
        for duty in file.duties {
            let about = format!("{}/", tick::about(&row, &duty));
            if keys.iter().any(|key| key.starts_with(&about)) {
                told.push((file.row.clone(), duty));
            }
        }
    }
    Ok(told)
}

/// What an outage has kept from the team: letters that have waited a while.
///
/// # Errors
/// When the store cannot be read.
pub fn to_fold(tx: &Tx) -> Result<Vec<Letter>> {
    tx.untried_to_team(tx.now() - OUTAGE)
}

/// A clock that ran ahead left letters waiting for a moment that no rule of ours gives:
/// they leave now. Gives how many.
///
/// # Errors
/// When the store cannot be written.
pub fn bring_forward(tx: &Tx, config: &Config) -> Result<usize> {
    tx.bring_forward(tx.now() + config.smtp.grace.max(WAITS_AT_MOST))
}

/// Before a sending turn, whose process holds the lock: nobody is sending. What is on
/// record as leaving may have left, in a turn that ended before it could write how:
/// gatepost stopped, or the store failed. It leaves once more, at once, or a person has
/// to say. Gives how many were found.
pub fn recover(tx: &Tx) -> Result<u32> {
    let mut found = 0;
    for letter in tx
        .unsettled_letters()?
        .iter()
        .filter(|l| l.state == LetterState::Offered)
    {
        let why = "gatepost stopped, or could not write, while this letter was leaving";
        unanswered(tx, letter, why, tx.now())?;
        found += 1;
    }
    Ok(found)
}

/// Bytes left and no answer is known: they leave once more, and then a person has to say.
fn unanswered(tx: &Tx, letter: &Letter, why: &str, again_at: Timestamp) -> Result<()> {
    let next = if letter.offers < OFFERS_AT_MOST {
        LetterState::Queued
    } else {
        LetterState::Unknown
    };
    tx.move_letter(letter.id, letter.state, next)?;
    tx.note_error(letter.id, why, again_at, letter.attempts)
}

/// What a letter that was taken makes true. Its writer did not know what the reporter
/// wrote while it was on its way: it answers nothing of that, closes no ticket, and ends no
/// waiting unseen.
fn still_true(tx: &Tx, letter: &Letter) -> Result<Vec<What>> {
    let (Some(ticket), Some(seen)) = (letter.ticket, letter.seen) else {
        return Ok(letter.facts.clone());
    };
    let says_more = match &letter.by {
        By::Person(_) => !letter.facts.is_empty(),
        // A receipt answers nothing.
        By::Gatepost => false,
    };
    if !says_more || !wrote_since(&tx.facts_of(ticket)?, |f| f.n > seen) {
        return Ok(letter.facts.clone());
    }
    let ends = |what: &What| {
        matches!(
            what,
            What::Closed | What::Waiting { .. } | What::LastCalled { .. }
        )
    };
    let crossed = What::Crossed {
        letter: letter.id,
        seen,
    };
    let mut facts = vec![crossed];
    facts.extend(letter.facts.iter().filter(|what| !ends(what)).cloned());
    if letter.facts.iter().any(ends) {
        facts.push(What::Noted {
            why: format!(
                "the reporter wrote while letter {} was on its way: it stays open",
                letter.id
            ),
        });
    }
    Ok(facts)
}

fn add_facts(
    tx: &Tx,
    config: &Config,
    letter: &Letter,
    whats: &[What],
    at: Timestamp,
) -> Result<()> {
    let Some(ticket) = letter.ticket.filter(|_| !letter.kind.is_internal()) else {
        return Ok(());
    };
    // A server's clock may be ahead of ours: what we did came after what it received, as
    // far as the letter's writer knew of it.
    let known = match letter.seen {
        Some(seen) => {
            let facts = tx.facts_of(ticket)?;
            let known = facts.iter().filter(|f| f.n <= seen);
            known.map(|f| f.at).max()
        }
        None => tx.last_instant(ticket)?,
    };
    let at = known.map_or(at, |last| last.max(at));
    let newer = newer_plans(&tx.facts_of(ticket)?, letter, whats);
    for what in whats {
        tx.add_fact(
            ticket,
            &NewFact {
                at,
                what: what.clone(),
                by: letter.by.clone(),
                letter: Some(letter.id),
                mail: None,
                via: None,
            },
        )?;
    }
    for what in newer {
        let fact = NewFact::new(at, what, letter.by.clone());
        tx.add_fact(ticket, &fact)?;
    }
    refresh(tx, config, ticket).map(drop)
}

/// The days that were planned after the letter was written and that it does not tell, as when
/// it was refused and is sent again: its reporter knows another, and they hold all the same.
fn newer_plans(facts: &[Fact], letter: &Letter, whats: &[What]) -> Vec<What> {
    let Some(seen) = letter.seen else {
        return Vec::new();
    };
    let planned = Ticket::fold(facts).planned;
    let holds = |what: &What| {
        let What::Planned { event, on } = what else {
            return None;
        };
        let (event, holds) = (*event, *planned.get(event)?);
        let plan = What::Planned { event, on: holds };
        let is_newer = facts.iter().any(|f| f.n > seen && f.what == plan);
        (holds != *on && is_newer).then_some(plan)
    };
    whats.iter().filter_map(holds).collect()
}

/// A decision by a person makes a held acknowledgement needless.
pub(super) fn supersede_acknowledgement(tx: &Tx, ticket: TicketNo) -> Result<()> {
    for letter in tx.letters_of(ticket)? {
        if letter.kind == LetterKind::Acknowledgement {
            tx.move_letter(letter.id, LetterState::Held, LetterState::Superseded)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
