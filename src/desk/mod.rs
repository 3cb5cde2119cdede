//! Where judgement meets the record: each verb is one transaction.
//!
//! [`ingest`](ingest::ingest) takes in one mail. [`tick`](tick::tick) is one look at the
//! clock. [`settle`](settle::settle) is the end of one attempt to deliver. [`act`] is what
//! a person decides. [`account`](account::account) checks the record against itself;
//! [`elsewhere`](elsewhere::elsewhere) checks its open deadlines against the calendar. The
//! verbs only call: parsing is done before, deciding is in ring 1, writing in the store.

pub mod account;
pub mod act;
pub mod elsewhere;
pub mod ingest;
pub mod post;
pub mod restore;
pub mod settle;
pub mod tick;

use crate::config::{self, Config};
use crate::mail::parse::{PARSED_AT_MOST, parse};
use crate::mail::{Defect, Mail};
use crate::promise::{self, Policy, Promise, Run, State};
use crate::store::{MailRow, StoredDeadline, TicketRow, Tx};
use crate::ticket::{Fact, Ticket, TicketNo};
use anyhow::{Context, Result};
use std::borrow::Cow;

/// A ticket with all that follows from its facts.
pub struct File {
    /// Its row.
    pub row: TicketRow,
    /// Its facts, in order.
    pub facts: Vec<Fact>,
    /// What they add up to.
    pub ticket: Ticket,
    /// Each run of each promise that has a deadline, in the order in which they started.
    pub duties: Vec<Duty>,
}

/// One run of one promise on one ticket.
pub struct Duty {
    /// The promise, as the ticket's policy has it.
    pub promise: Promise,
    /// How it went so far.
    pub run: Run,
    /// The deadline, as it was promised.
    pub stored: StoredDeadline,
    /// How it stands now.
    pub state: State,
}

/// Opens the file of a ticket: reads it, folds it, and says how each promise stands now.
///
/// # Errors
/// When there is no such ticket, or the store cannot be read.
pub fn file(tx: &Tx, config: &Config, number: TicketNo) -> Result<File> {
    let row = tx
        .ticket(number)?
        .with_context(|| format!("there is no ticket {number}"))?;
    let facts = tx.facts_of(number)?;
    let policy = policy_of(tx, config, &row.policy)?;
    let reachable = row.reporter.is_some();
    let mut duties = Vec::new();
    for stored in tx.deadlines_of(number)? {
        let Some(promise) = policy.promise(&stored.promise) else {
            continue;
        };
        let Some(run) = promise::runs(promise, &facts, &config.calendar)
            .into_iter()
            .find(|r| r.start == stored.start)
        else {
            continue;
        };
        let (due, near) = (
            Some(stored.deadline.due_at),
            Some(stored.deadline.approaching_at),
        );
        let state = promise::standing(promise, &run, due, near, reachable, tx.now());
        duties.push(Duty {
            promise: promise.clone(),
            run,
            stored,
            state,
        });
    }
    Ok(File {
        ticket: Ticket::fold(&facts),
        row,
        facts,
        duties,
    })
}

/// The policy that a ticket lives under: the config's own, or the text that the store kept.
///
/// # Errors
/// When the store has no text of that digest, or it cannot be read.
pub fn policy_of<'c>(tx: &Tx, config: &'c Config, digest: &str) -> Result<Cow<'c, Policy>> {
    if config.policy.digest == digest {
        return Ok(Cow::Borrowed(&config.policy));
    }
    let text = tx.policy_text(digest)?;
    Ok(Cow::Owned(config::read_policy(&text).with_context(
        || format!("the policy {digest} in the store"),
    )?))
}

/// After facts were added: starts the deadlines that they start, ends those that they
/// end, and writes the projection.
///
/// A deadline that is on record is never computed again: a letter may quote it.
pub fn refresh(tx: &Tx, config: &Config, number: TicketNo) -> Result<Ticket> {
    let row = tx
        .ticket(number)?
        .with_context(|| format!("there is no ticket {number}"))?;
    let facts = tx.facts_of(number)?;
    let policy = policy_of(tx, config, &row.policy)?;
    let stored = tx.deadlines_of(number)?;
    let ticket = Ticket::fold(&facts);
    let mut standing = Vec::new();
    for promise in policy
        .promises
        .iter()
        .filter(|p| p.class.as_ref().is_none_or(|c| ticket.classes.contains(c)))
    {
        for run in promise::runs(promise, &facts, &config.calendar) {
            let on_record = stored
                .iter()
                .find(|d| d.promise == promise.name && d.start == run.start);
            if on_record.is_none() {
                let Some(deadline) = promise::deadline(promise, &run, &config.calendar) else {
                    continue;
                };
                tx.add_deadline(number, &promise.name, &run, &deadline)?;
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
    tx.project(number, &ticket)?;
    Ok(ticket)
}

/// Reads a mail again from its bytes on record. One that ended the process when it was
/// parsed is not parsed again.
///
/// # Errors
/// When its bytes cannot be read.
pub fn read_mail(tx: &Tx, row: &MailRow) -> Result<Mail> {
    if row
        .defects
        .split(' ')
        .any(|word| word == Defect::Unreadable.word())
    {
        return Ok(Mail {
            defects: vec![Defect::Unreadable],
            ..Mail::default()
        });
    }
    let mut head = Vec::new();
    tx.raw(row.id, |piece| {
        let room = PARSED_AT_MOST.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(piece.get(..room).unwrap_or_default());
        Ok(())
    })?;
    Ok(parse(&head, head.len() as u64 == row.size))
}
