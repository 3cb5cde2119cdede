//! The rows of a digest's table: tickets that look alike are one, and there are not so many
//! that nobody reads them.

use super::rank::{Rank, label, rank};
use super::{DigestEntry, Matter, due, second_lines};
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

/// So many held receipts and so many mails that cannot be read are told, where others would
/// be left out for more.
const OF_A_KIND: usize = 5;

/// Leaves [`AT_MOST`] of them; gives how many tickets are left out. What can wait goes first:
/// what is without a day, then what is soft and has passed, then what is due last, so that
/// nobody's report of tomorrow is not left out for one of the reader's of next week. Then goes
/// the least urgent, then many that are held or cannot be read, and at last what is late. Of
/// what is alike in that the last goes first.
pub(super) fn fewer(rows: &mut Vec<Row>) -> usize {
    let tickets = |rows: &[Row]| rows.iter().map(|row| row.alike + 1).sum::<usize>();
    let all = tickets(rows);
    while rows.len() > AT_MOST {
        let many = |rank: Rank| rows.iter().filter(|row| row.rank == rank).count() > OF_A_KIND;
        let goes = |row: &Row| match row.rank {
            // What was read of our own mail is told once: nothing else would say it.
            Rank::Read => None,
            Rank::ToCome => Some((4, Rank::ToCome, due(row.entry))),
            rank if rank.can_wait() => Some((5, rank, None)),
            rank @ (Rank::Held | Rank::Unreadable) => {
                Some((if many(rank) { 2 } else { 0 }, rank, None))
            }
            Rank::Late => Some((1, Rank::Late, None)),
            rank => Some((3, rank, None)),
        };
        let keys = rows.iter().enumerate();
        let keys = keys.filter_map(|(i, row)| goes(row).map(|key| (key, i)));
        match keys.max() {
            Some((_, least)) => drop(rows.remove(least)),
            None => break,
        }
    }
    all - tickets(rows)
}
