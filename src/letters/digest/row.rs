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
            Matter::Clash(_)
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
                | Matter::Clash(_)
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

/// So many of a kind are told at least, where others would be left out for more of them.
const OF_A_KIND: usize = 5;

/// So many that are late, and so many that are to come, are told at least before the others
/// of them: a deadline that can still be kept is not left out for the twentieth that cannot.
const OF_DEADLINES: usize = 8;

/// How soon a row is left out; the higher, the sooner. A deadline that passes unseen and a
/// report that nobody can read do more harm than all else, so a few that are late go only
/// where nothing is left but a few that are held or cannot be read; of many, those that came
/// last make room for the next that are to come. What was read of our own mail is told once,
/// so a few of it stand longer than many that are held; what has no room waits for the next
/// digest.
fn waits(row: &Row, count: impl Fn(Rank) -> usize) -> u8 {
    let many = |rank| count(rank) > OF_A_KIND;
    match row.rank {
        Rank::ToCome if count(Rank::ToCome) > OF_DEADLINES => 6,
        Rank::Today | Rank::HalfKept | Rank::ToCome => 2,
        rank if rank.can_wait() => 7,
        Rank::Read if many(Rank::Read) => 5,
        Rank::Trouble | Rank::Chased | Rank::Name => 5,
        rank @ (Rank::Held | Rank::Unreadable) if many(rank) => 4,
        Rank::Late if count(Rank::Late) > OF_DEADLINES => 3,
        Rank::Late => 1,
        Rank::Held | Rank::Unreadable => 0,
        Rank::Clash
        | Rank::Read
        | Rank::Overdue
        | Rank::Stale
        | Rank::Unowned
        | Rank::Uncredited
        | Rank::Silent => 3,
    }
}

/// Leaves [`AT_MOST`] of them; gives how many tickets are left out. What can wait goes first:
/// what is without a day, then what is soft and has passed, then what is due last, so that
/// nobody's report of tomorrow is not left out for one of the reader's of next week. Then
/// goes the least harmful. Of what is alike in that the last goes first.
pub(super) fn fewer(rows: &mut Vec<Row>) -> usize {
    let tickets = |rows: &[Row]| rows.iter().map(|row| row.alike + 1).sum::<usize>();
    let all = tickets(rows);
    while rows.len() > AT_MOST {
        let count = |rank: Rank| rows.iter().filter(|row| row.rank == rank).count();
        let due = |row: &Row| due(row.entry).filter(|_| row.rank == Rank::ToCome);
        let key = |row: &Row| (waits(row, count), row.rank, due(row));
        let keys = rows.iter().enumerate().map(|(i, row)| (key(row), i));
        match keys.max() {
            Some((_, least)) => drop(rows.remove(least)),
            None => break,
        }
    }
    all - tickets(rows)
}
