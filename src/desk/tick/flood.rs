//! A flood is told in one letter, and what comes behind it with the next business morning.
//!
//! Once a person was told of more than a hundred new reports in one letter, further first
//! words wait until the team's next opening. A report that looks like no other of them is
//! told all the same, as long as such ones are few. What a promise of `any_hour` says of
//! reports that look alike is said in common letters too, and gathered for a short while, but
//! never until the morning.

use super::{FEW, Key, Nag, Told};
use crate::config::{Config, Member};
use crate::desk::likeness;
use crate::mail::Foreign;
use crate::store::{TicketRow, Tx};
use crate::ticket::TicketNo;
use crate::triage;
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// So many new reports in one letter are a flood.
const FLOOD: usize = 100;

/// So many of one subject are compared by their contents with what is new.
const COMPARED: usize = 100;

/// So many that look like no other go to one person by themselves, in one turn and lately.
const DOZEN: usize = 12;

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

/// Of these tickets, those that look like fewer than so many others that are open. Of many
/// that have one subject, some stand for all in the comparison of their contents.
fn outstanding(tx: &Tx, of: &BTreeSet<TicketNo>, fewer: usize) -> Result<BTreeSet<TicketNo>> {
    let mut rows = tx.tickets(false)?;
    let subjects: Vec<_> = rows.iter().map(subject).collect();
    let mut kept: BTreeMap<usize, usize> = BTreeMap::new();
    let mut firsts = triage::alike(&subjects).into_iter();
    rows.retain(|row| {
        let kept = kept.entry(firsts.next().unwrap_or_default()).or_default();
        *kept += 1;
        *kept <= COMPARED || of.contains(&row.number)
    });
    let subjects: Vec<_> = rows.iter().map(subject).collect();
    let firsts = likeness::firsts(tx, &rows, &subjects)?;
    let mut many: BTreeMap<usize, usize> = BTreeMap::new();
    for first in &firsts {
        *many.entry(*first).or_default() += 1;
    }
    let few = |first: &usize| many.get(first).is_none_or(|many| *many <= fewer);
    let of_few = rows.iter().zip(&firsts).filter(|(_, first)| few(first));
    let of_few = of_few.map(|(row, _)| row.number);
    Ok(of_few.filter(|number| of.contains(number)).collect())
}

fn subject(row: &TicketRow) -> Option<&Foreign> {
    row.is_plain().then_some(&row.subject)
}

/// What goes by itself at any hour goes with its like, where it is one of many: it looks like
/// another that is open, or such ones come by the dozen. Whatever has a class, or was set or
/// chased, goes by itself.
pub(super) fn together(tx: &Tx, told: &mut BTreeMap<&str, Told>) -> Result<()> {
    let may = |nag: &Nag| nag.is_of_any_hour() && nag.matter.0.is_plain();
    let all = told.values().flat_map(|told| &told.nags);
    let of: BTreeSet<TicketNo> = all.filter(|n| may(n)).map(|n| n.matter.0.number).collect();
    if of.is_empty() {
        return Ok(());
    }
    let alone = outstanding(tx, &of, 1)?;
    for told in told.values_mut() {
        let like_none = |nag: &Nag| alone.contains(&nag.matter.0.number);
        let news = told.nags.iter().filter(|nag| may(nag) && like_none(nag));
        let most = if told.flood.is_some() { FEW } else { DOZEN };
        let many = told.of_late.letters as usize + news.count() > most;
        for nag in &mut told.nags {
            nag.together = may(nag) && (many || !like_none(nag));
        }
    }
    Ok(())
}

/// Keeps back the first words that wait for the morning.
pub(super) fn gather(
    tx: &Tx,
    told: &mut BTreeMap<&str, Told>,
    next_looks: &mut [(Key, Option<Timestamp>)],
) -> Result<()> {
    // No reminder of a deadline waits until the morning, nor what knows no hours.
    let waits = |nag: &Nag| nag.may_wait() && nag.is_new() && !nag.is_of_any_hour();
    let news = told.values().flat_map(|told| &told.nags);
    let news = news.filter(|nag| waits(nag));
    let news: BTreeSet<TicketNo> = news.map(|nag| nag.matter.0.number).collect();
    let mut alone = None;
    for told in told.values_mut() {
        let Some(until) = told.flood.filter(|_| told.nags.iter().any(waits)) else {
            continue;
        };
        let alone = match &alone {
            Some(alone) => alone,
            None => alone.insert(outstanding(tx, &news, FEW)?),
        };
        let stands_out = |nag: &Nag| alone.contains(&nag.matter.0.number);
        let news = told.nags.iter().filter(|nag| waits(nag));
        let few = news.filter(|nag| stands_out(nag)).count() <= FEW;
        told.keep_back(until, next_looks, |nag| {
            waits(nag) && !(few && stands_out(nag))
        });
    }
    Ok(())
}
