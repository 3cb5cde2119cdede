//! The rows of a digest's table: tickets that look alike are one, and there are not so many
//! that nobody reads them.

use super::rank::{Rank, label, rank};
use super::{DigestEntry, Matter, second_lines};
use jiff::Zoned;
use std::collections::BTreeMap;

/// So many rows are told: it is read in ten seconds.
pub(super) const AT_MOST: usize = 20;

/// An entry, and how many tickets that look like it stand behind it.
pub(super) struct Row<'e> {
    /// The first of them.
    pub entry: &'e DigestEntry,
    /// How many more.
    pub alike: usize,
    rank: Rank,
    /// What stands before it.
    pub label: String,
    /// What stands under it.
    pub below: Vec<String>,
}

/// Tickets that look alike, belong to the same person and lack the same are one row, in the
/// place of the first.
pub(super) fn folded<'e>(entries: &[&'e DigestEntry], now: &Zoned) -> Vec<Row<'e>> {
    let mut rows: Vec<Row<'e>> = Vec::new();
    let mut first_of = BTreeMap::new();
    for entry in entries {
        let row = Row {
            entry,
            alike: 0,
            rank: rank(&entry.matter, now),
            label: label(&entry.matter, now),
            below: second_lines(entry, now),
        };
        let folds = match entry.matter {
            Matter::Due { .. } | Matter::Stale { .. } | Matter::Held { .. } => entry.alike,
            Matter::Clash { .. }
            | Matter::Unreadable
            | Matter::Trouble { .. }
            | Matter::Chased { .. }
            | Matter::Name { .. }
            | Matter::Silent { .. }
            | Matter::Read { .. } => None,
        };
        if let Some(alike) = folds {
            // What is to come says nothing below of what it lacks, nor in which month.
            let due = match &entry.matter {
                Matter::Due {
                    at,
                    missing,
                    half_kept,
                    ..
                } => Some((at.date(), missing, *half_kept)),
                Matter::Stale { .. }
                | Matter::Unreadable
                | Matter::Silent { .. }
                | Matter::Held { .. }
                | Matter::Clash { .. }
                | Matter::Trouble { .. }
                | Matter::Chased { .. }
                | Matter::Name { .. }
                | Matter::Read { .. } => None,
            };
            let below = row.below.clone();
            let key = (alike, &entry.owner, row.label.clone(), below, due);
            let first = *first_of.entry(key).or_insert(rows.len());
            if let Some(first) = rows.get_mut(first) {
                first.alike += 1;
                continue;
            }
        }
        rows.push(row);
    }
    rows
}

/// So many held receipts are told, where others would be left out for more.
const HELD: usize = 5;

/// Leaves [`AT_MOST`] of them; gives how many tickets are left out. What is to come goes
/// before what is held or went wrong, and many that are held before what is late.
pub(super) fn fewer(rows: &mut Vec<Row>) -> usize {
    let tickets = |rows: &[Row]| rows.iter().map(|row| row.alike + 1).sum::<usize>();
    let all = tickets(rows);
    while rows.len() > AT_MOST {
        let can_wait = |row: &Row| row.rank.can_wait();
        let held = |row: &Row| row.rank == Rank::Held;
        let many_held = rows.iter().filter(|row| held(row)).count() > HELD;
        // What was read of our own mail is told once: nothing else would say it.
        let comes_again = |row: &Row| row.rank != Rank::Read;
        let last = rows.iter().rposition(can_wait);
        let last = last.or_else(|| rows.iter().rposition(held).filter(|_| many_held));
        match last.or_else(|| rows.iter().rposition(comes_again)) {
            Some(last) => drop(rows.remove(last)),
            None => break,
        }
    }
    all - tickets(rows)
}
