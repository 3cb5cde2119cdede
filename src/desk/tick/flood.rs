//! A flood is told in one letter, and what comes behind it with the next business morning.
//!
//! Once a person was told of more than a hundred new reports in one letter, further first
//! words wait until the team's next opening. A report that looks like no other of them is
//! told all the same, as long as such ones are few.

use super::{FEW, Key, Nag, Told};
use crate::config::{Config, Member};
use crate::store::Tx;
use crate::ticket::TicketNo;
use crate::triage;
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// So many new reports in one letter are a flood.
const FLOOD: usize = 100;

fn key(member: &Member) -> String {
    format!("flood/{}", member.name)
}

/// Until when first words wait for this person. A clock that was put back by more than a
/// few days waits for nothing.
pub(super) fn until(tx: &Tx, config: &Config, member: &Member) -> Result<Option<Timestamp>> {
    let stored = tx.meta(&key(member))?.and_then(|at| at.parse().ok());
    let latest = next_morning(config, tx.now());
    Ok(stored.filter(|until: &Timestamp| *until > tx.now() && *until <= latest))
}

/// A person was told of so many new reports in one letter.
pub(super) fn told(tx: &Tx, config: &Config, member: &Member, new: usize) -> Result<()> {
    if new <= FLOOD {
        return Ok(());
    }
    let until = next_morning(config, tx.now());
    tx.set_meta(&key(member), &until.to_string())
}

fn next_morning(config: &Config, now: Timestamp) -> Timestamp {
    let calendar = &config.calendar;
    calendar.opening(calendar.day_opening_after(now))
}

/// The tickets that look like few others.
pub(super) fn outstanding(tx: &Tx) -> Result<BTreeSet<TicketNo>> {
    let rows = tx.tickets(false)?;
    let subjects: Vec<_> = rows
        .iter()
        .map(|row| row.is_plain().then_some(&row.subject))
        .collect();
    let firsts = triage::alike(&subjects);
    let mut many: BTreeMap<usize, usize> = BTreeMap::new();
    for first in &firsts {
        *many.entry(*first).or_default() += 1;
    }
    let few = |first: &usize| many.get(first).is_none_or(|many| *many <= FEW);
    let of_few = rows.iter().zip(&firsts).filter(|(_, first)| few(first));
    Ok(of_few.map(|(row, _)| row.number).collect())
}

/// Keeps back the first words that wait for the morning.
pub(super) fn gather(
    tx: &Tx,
    told: &mut BTreeMap<&str, Told>,
    next_looks: &mut [(Key, Option<Timestamp>)],
) -> Result<()> {
    let mut alone = None;
    for told in told.values_mut() {
        let Some(until) = told.flood.filter(|_| told.nags.iter().any(Nag::may_wait)) else {
            continue;
        };
        let alone = match &alone {
            Some(alone) => alone,
            None => alone.insert(outstanding(tx)?),
        };
        let stands_out = |nag: &Nag| alone.contains(&nag.matter.0.number);
        let news = told.nags.iter().filter(|nag| nag.may_wait());
        let few = news.filter(|nag| stands_out(nag)).count() <= FEW;
        told.keep_back(until, next_looks, |nag| !(few && stands_out(nag)));
    }
    Ok(())
}
