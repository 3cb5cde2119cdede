//! Where judgement meets the record: each verb is one transaction.
//!
//! [`ingest`](ingest::ingest) takes in one mail. [`tick`](tick::tick) is one look at the
//! clock. [`settle`](settle::settle) is the end of one attempt to deliver. [`act`] is what
//! a person decides about a ticket, [`outbox`] what they decide about one letter, and
//! [`record`] what they set down without a letter.
//! [`account`](account::account) checks the record against itself;
//! [`elsewhere`](elsewhere::elsewhere) checks its open deadlines against the calendar;
//! [`given`] knows who agreed to be named, and where names were given out;
//! [`tally`](tally::tally) counts how promises were kept. The verbs only call: parsing is
//! done before, deciding is in ring 1, writing in the store.

pub mod account;
pub mod act;
pub mod alarms;
pub mod caps;
pub mod class;
pub mod health;
pub mod elsewhere;
mod files;
pub mod given;
pub mod hints;
pub mod ingest;
pub mod likeness;
pub mod ours;
pub mod outbox;
pub mod post;
pub mod record;
pub mod restore;
pub mod roster;
pub mod search;
pub mod settle;
pub mod silence;
pub mod tally;
pub mod tick;

pub use files::{Duty, File, Files, policy_of};

use crate::config::Config;
use crate::mail::parse::{self, PARSED_AT_MOST, for_reading};
use crate::mail::{Address, Defect, Mail};
use crate::promise;
use crate::store::{MailRow, Tx};
use crate::ticket::{Ticket, TicketNo};
use anyhow::{Context, Result};

/// Opens the file of a ticket: reads it, folds it, and says how each promise stands now.
///
/// # Errors
/// When there is no such ticket, or the store cannot be read.
pub fn file(tx: &Tx, config: &Config, number: TicketNo) -> Result<File> {
    Files::new(tx, config).open(number)
}

/// After facts were added: starts the deadlines that they start, ends those that they
/// end, and writes the projection.
///
/// A deadline that is on record is never computed again: a letter may quote it. A promise
/// of a class binds from the fact on that gives the class ([`promise::runs`]).
pub fn refresh(tx: &Tx, config: &Config, number: TicketNo) -> Result<Ticket> {
    let row = tx
        .ticket(number)?
        .with_context(|| format!("there is no ticket {number}"))?;
    let facts = tx.facts_of(number)?;
    let policy = policy_of(tx, config, &row.policy)?;
    let stored = tx.deadlines_of(number)?;
    let ticket = Ticket::fold(&facts);
    let mut standing = Vec::new();
    for promise in &policy.promises {
        for run in promise::runs(promise, &facts, &config.calendar) {
            let on_record = stored
                .iter()
                .find(|d| d.promise == promise.name && d.start == run.start);
            if on_record.is_none() {
                let deadline = promise::deadline(promise, &run, &config.calendar);
                tx.add_deadline(number, &promise.name, &run, deadline.as_ref())?;
            }
            if on_record.is_none_or(|d| d.open != run.end.is_none()) {
                tx.set_open(number, &promise.name, run.start, run.end.is_none())?;
            }
            standing.push((promise.name.as_str(), run.start));
        }
    }
    for d in stored
        .iter()
        .filter(|d| d.open && !standing.contains(&(d.promise.as_str(), d.start)))
    {
        tx.set_open(number, &d.promise, d.start, false)?;
    }
    if row.owner != ticket.owner {
        tx.look_at(number)?;
    }
    tx.project(number, &ticket)?;
    Ok(ticket)
}

/// Reads a mail again from its bytes on record, for people to read too. One that ended the
/// process when it was parsed is not parsed again.
///
/// # Errors
/// When its bytes cannot be read.
pub fn read_mail(tx: &Tx, row: &MailRow) -> Result<Mail> {
    Ok(mail_of(row, &bytes_of(tx, row)?))
}

/// The same, and where it is longer than what is parsed, how all of it is encrypted: what is
/// encrypted may stand behind a film.
///
/// # Errors
/// As [`read_mail`].
pub fn read_sealed(tx: &Tx, row: &MailRow) -> Result<Mail> {
    let mut mail = read_mail(tx, row)?;
    if row.size > PARSED_AT_MOST as u64 && !mail.is_encrypted() && !is_unreadable(row) {
        mail.sealed = parse::sealed(&tx.whole(row.id)?);
    }
    Ok(mail)
}

/// The bytes that [`mail_of`] reads; none of a mail that is not parsed.
fn bytes_of(tx: &Tx, row: &MailRow) -> Result<Vec<u8>> {
    match is_unreadable(row) {
        true => Ok(Vec::new()),
        false => head_of(tx, row),
    }
}

/// The mail of a row, by its bytes.
fn mail_of(row: &MailRow, head: &[u8]) -> Mail {
    if is_unreadable(row) {
        return Mail {
            defects: vec![Defect::Unreadable],
            ..Mail::default()
        };
    }
    for_reading(head, head.len() as u64 == row.size)
}

fn is_unreadable(row: &MailRow) -> bool {
    let mut defects = row.defects.split(' ');
    defects.any(|word| word == Defect::Unreadable.word())
}

/// Who wrote the mail that this one forwards, as far as that says so.
///
/// # Errors
/// When the store cannot be read.
pub fn forwarded_author(tx: &Tx, row: &MailRow) -> Result<Option<Address>> {
    let text = read_mail(tx, row)?.text;
    Ok(parse::forwarded_author(&head_of(tx, row)?, &text))
}

/// As many bytes of a mail as are parsed.
fn head_of(tx: &Tx, row: &MailRow) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    tx.raw(row.id, |piece| {
        let room = PARSED_AT_MOST.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(piece.get(..room).unwrap_or_default());
        Ok(())
    })?;
    Ok(head)
}
