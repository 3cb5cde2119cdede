//! The file of a ticket: what is on record of it, and what follows from that now.

use crate::config::{self, Config};
use crate::promise::{self, Policy, Promise, Run, Standing, State};
use crate::store::{StoredDeadline, TicketRow, Tx};
use crate::ticket::{Fact, Ticket, TicketNo};
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A ticket with all that follows from its facts.
pub struct File {
    /// Its row.
    pub row: TicketRow,
    /// Its facts, in order.
    pub facts: Vec<Fact>,
    /// What they add up to.
    pub ticket: Ticket,
    /// Each run of each promise that binds it, in the order in which they started.
    pub duties: Vec<Duty>,
}

/// One run of one promise on one ticket.
#[derive(Clone)]
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

impl Duty {
    /// When it is due; never, if it only grows stale.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.stored.due_at()
    }

    /// What is still to be done, as people are told: of a rhythm of letters the next one is
    /// an update, whether or not anybody asked.
    pub fn lacks(&self) -> Vec<String> {
        let name = |missing: &String| match missing.as_str() {
            "answered" if self.promise.repeat => "update".to_owned(),
            _ => missing.clone(),
        };
        self.state.missing.iter().map(name).collect()
    }

    /// It begins with the report itself, so that its first reminder is the first word of it.
    pub fn is_from_receipt(&self) -> bool {
        let names = self.promise.from.iter().flat_map(|any| &any.0);
        names.into_iter().any(|name| name.as_str() == "received")
    }

    /// It is open, and does not rest.
    pub fn presses(&self) -> bool {
        self.stored.open && self.run.paused_at.is_none()
    }
}

impl File {
    /// The duty that a person should look at first: one that presses before one that
    /// rests, hard before soft, then the nearest deadline. What is soft and near or past its
    /// day comes before what has no day, which would hide it for good.
    pub fn first_duty(&self) -> Option<&Duty> {
        let open = self.duties.iter().filter(|d| d.stored.open);
        open.min_by_key(|d| {
            let due_at = d.due_at();
            let far = d.state.standing == Standing::OnTime;
            let rank = match (due_at.is_some(), d.promise.soft) {
                (true, false) => 0,
                (true, true) if !far => 1,
                (false, false) => 2,
                (true | false, true) => 3,
            };
            (!d.presses(), rank, due_at.is_none(), due_at)
        })
    }
}

/// Opens many files at one moment; what they share is read once.
pub struct Files<'t, 's, 'c> {
    tx: &'t Tx<'s>,
    config: &'c Config,
    /// Policies that were in force once, by digest.
    old: BTreeMap<String, Policy>,
}

impl<'t, 's, 'c> Files<'t, 's, 'c> {
    /// None is open yet.
    pub fn new(tx: &'t Tx<'s>, config: &'c Config) -> Self {
        let old = BTreeMap::new();
        Self { tx, config, old }
    }

    /// Opens the file of a ticket: reads it, folds it, and says how each promise stands
    /// now.
    ///
    /// # Errors
    /// When there is no such ticket, or the store cannot be read.
    pub fn open(&mut self, number: TicketNo) -> Result<File> {
        let row = self.tx.ticket(number)?;
        self.open_row(row.with_context(|| format!("there is no ticket {number}"))?)
    }

    /// The same, of a ticket whose row was read already.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_row(&mut self, row: TicketRow) -> Result<File> {
        let (tx, calendar, number) = (self.tx, &self.config.calendar, row.number);
        let facts = tx.facts_of(number)?;
        let reachable = row.reporter.is_some();
        let policy = self.policy(&row.policy)?;
        let mut runs: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
        let mut duties = Vec::new();
        for stored in tx.deadlines_of(number)? {
            let Some(promise) = policy.promise(&stored.promise) else {
                continue;
            };
            let of_it = runs
                .entry(&promise.name)
                .or_insert_with(|| promise::runs(promise, &facts, calendar));
            let Some(run) = of_it.iter().find(|r| r.start == stored.start).cloned() else {
                continue;
            };
            let near = stored.deadline.as_ref().map(|d| d.approaching_at);
            let state =
                promise::standing(promise, &run, stored.due_at(), near, reachable, tx.now());
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

    fn policy(&mut self, digest: &str) -> Result<&Policy> {
        if self.config.policy.digest == digest {
            return Ok(&self.config.policy);
        }
        match self.old.entry(digest.to_owned()) {
            Entry::Occupied(old) => Ok(old.into_mut()),
            Entry::Vacant(place) => {
                let policy = policy_of(self.tx, self.config, digest)?;
                Ok(place.insert(policy.into_owned()))
            }
        }
    }
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
