//! Tickets that look alike, as one line of the list: how many, over which time, and the
//! first of them.
//!
//! Only those are told as one of which there is the same to say: the same owner, the same
//! day, nothing set or answered. All else stands alone, and so does every ticket that has a
//! class or a title of ours. Which they are is told by their rows, so that a flood of ten
//! thousand is listed at once.

use super::Line;
use crate::cli::Here;
use crate::cli::args::{List, Sort};
use crate::cli::show::{Thread, hint};
use crate::cli::{explain, output};
use crate::desk::likeness;
use crate::mail::Foreign;
use crate::promise::Calendar;
use crate::store::{TicketRow, Tx};
use crate::ticket::{Stage, TicketNo};
use crate::triage;
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Tickets that are one line.
pub(super) struct Heap {
    /// The most urgent of them.
    pub first: TicketNo,
    /// How many more.
    pub more: usize,
    /// When the first of them came, and the last.
    came: (Timestamp, Timestamp),
}

impl Heap {
    fn of(row: &TicketRow) -> Self {
        Self {
            first: row.number,
            more: 0,
            came: (row.opened_at, row.opened_at),
        }
    }

    fn add(&mut self, row: &TicketRow) {
        self.more += 1;
        let (first, last) = self.came;
        self.came = (first.min(row.opened_at), last.max(row.opened_at));
    }

    /// What stands behind the first: how many, when they came, how to see them.
    pub(super) fn behind(&self, calendar: &Calendar) -> Option<String> {
        let came = span(self.came, calendar);
        (self.more > 0).then(|| {
            let (more, first) = (self.more, self.first);
            format!("+{more} alike, {came}   (gatepost list --like {first})")
        })
    }
}

/// `12:00-12:10`, or with days.
fn span((first, last): (Timestamp, Timestamp), calendar: &Calendar) -> String {
    let local = |at: Timestamp| at.to_zoned(calendar.zone().clone());
    let (first, last) = (local(first), local(last));
    let form = match first.date() == last.date() {
        true => "%H:%M",
        false => "%-d %b %H:%M",
    };
    format!("{}-{}", first.strftime(form), last.strftime(form))
}

/// A heap, and what is to be said of who wrote its first.
pub(super) type Marked = (Heap, Vec<String>);

/// One by itself.
pub(super) fn alone(here: &Here, row: &TicketRow) -> Marked {
    (Heap::of(row), marks(here, row))
}

/// Each by itself.
pub(super) fn each(here: &Here, rows: &[TicketRow]) -> Vec<Marked> {
    rows.iter().map(|row| alone(here, row)).collect()
}

fn marks(here: &Here, row: &TicketRow) -> Vec<String> {
    here.marks(row.reporter.as_ref(), &row.reporter_name)
}

/// Those that look like this one, and it, each by itself; and the other open ones that share
/// its subject and wait for an evaluation. It may be closed or among junk, is added to `rows` then, in which the others
/// are looked for.
pub(super) fn like(
    tx: &Tx,
    here: &Here,
    rows: &mut Vec<TicketRow>,
    one: TicketRow,
) -> Result<(Vec<Marked>, Vec<TicketNo>)> {
    let number = one.number;
    if rows.iter().all(|row| row.number != number) {
        rows.push(one);
    }
    let marks = rows.iter().map(|row| marks(here, row)).collect::<Vec<_>>();
    let like = with(rows, number, &firsts(tx, rows, &marks)?);
    let alike = rows.iter().zip(marks);
    let alike = alike.filter(|(row, _)| like.contains(&row.number));
    let alike = alike.map(|(row, marks)| (Heap::of(row), marks)).collect();
    let by_subject = with_subject(rows, number);
    let is_near = |row: &&TicketRow| {
        row.stage == Stage::New.word()
            && by_subject.contains(&row.number)
            && !like.contains(&row.number)
    };
    let near = rows.iter().filter(is_near).map(|row| row.number);
    Ok((alike, near.collect()))
}

/// Those of the same subject, and it.
fn with_subject(rows: &[TicketRow], number: TicketNo) -> BTreeSet<TicketNo> {
    let subjects: Vec<Option<&Foreign>> = rows.iter().map(|row| Some(&row.subject)).collect();
    with(rows, number, &triage::alike(&subjects))
}

/// Those of the same first as this one.
fn with(rows: &[TicketRow], number: TicketNo, firsts: &[usize]) -> BTreeSet<TicketNo> {
    let place = rows.iter().position(|row| row.number == number);
    let first = place.and_then(|place| firsts.get(place));
    let same = rows.iter().zip(firsts).filter(|(_, f)| Some(*f) == first);
    same.map(|(row, _)| row.number).collect()
}

/// The other open tickets that look like this one; and those that share no more than its
/// subject, or of which there is more to say.
pub fn kindred(tx: &Tx, here: &Here, one: &TicketRow) -> Result<(Vec<TicketNo>, Vec<TicketNo>)> {
    let mut rows = tx.tickets(false)?;
    if rows.iter().all(|row| row.number != one.number) {
        rows.push(one.clone());
    }
    let marks: Vec<Vec<String>> = rows.iter().map(|row| marks(here, row)).collect();
    let mut like = with(&rows, one.number, &firsts(tx, &rows, &marks)?);
    let mut by_subject = with_subject(&rows, one.number);
    like.remove(&one.number);
    by_subject.remove(&one.number);
    let near = by_subject.difference(&like).copied().collect();
    Ok((like.into_iter().collect(), near))
}

/// As few as there can be.
pub(super) fn heaps(
    tx: &Tx,
    here: &Here,
    wanted: &List,
    (rows, held): (&[TicketRow], &BTreeSet<TicketNo>),
) -> Result<Vec<Marked>> {
    let marks: Vec<Vec<String>> = rows.iter().map(|row| marks(here, row)).collect();
    let unreachable: BTreeSet<TicketNo> = tx.undelivered()?.into_iter().collect();
    // Where the very moment counts, they have to have the same.
    let exact = wanted.late || wanted.due.is_some() || !matches!(wanted.sort, Sort::Due);
    let due = |row: &TicketRow| {
        let day = |at| here.config.calendar.local_date(at);
        let moment = row.due_at.filter(|_| exact);
        (row.due_at.map(day), moment)
    };
    let mut heaps: Vec<Marked> = Vec::new();
    let mut heap_of = BTreeMap::new();
    let firsts = firsts(tx, rows, &marks)?;
    for ((row, marks), first) in rows.iter().zip(marks).zip(firsts) {
        let late = row.due_at.is_some_and(|at| at < tx.now());
        let key = (
            first,
            row.owner.as_deref(),
            (
                row.stage.as_str(),
                row.outcome.map(crate::ticket::Outcome::word),
            ),
            due(row),
            (late, held.contains(&row.number)),
            unreachable.contains(&row.number),
        );
        let place = *heap_of.entry(key).or_insert(heaps.len());
        match heaps.get_mut(place) {
            Some((heap, _)) => heap.add(row),
            None => heaps.push((Heap::of(row), marks)),
        }
    }
    Ok(heaps)
}

/// For each the first that looks like it, where there is nothing else to say of it.
fn firsts(tx: &Tx, rows: &[TicketRow], marks: &[Vec<String>]) -> Result<Vec<usize>> {
    let plain = rows.iter().zip(marks);
    let plain =
        plain.map(|(row, marks)| (row.is_plain() && marks.is_empty()).then_some(&row.subject));
    likeness::firsts(tx, rows, &plain.collect::<Vec<_>>())
}

/// What the one reads like that was asked about, and how `many` are evaluated with one
/// look.
pub(super) fn hint(here: &Here, tx: &Tx, reference: &str, many: bool) -> Result<()> {
    let file = explain::find(tx, here, reference)?;
    let hints = hint::hints(here, tx, &file, &Thread::of(tx, &file)?)?;
    hint::print(&file, hints.as_deref(), many);
    let has_letter = hint::letter(hints.as_deref().unwrap_or_default()).is_ok();
    if many && !has_letter && file.row.outcome.is_none() {
        let n = file.row.number.0;
        output::line(format!(
            "with one look: gatepost evaluate {n} --like OUTCOME"
        ));
    }
    Ok(())
}

/// So many of one subject are named.
const NAMED: usize = 6;

/// Those that share no more than the subject: `evaluate --like` compares every word of them, and
/// takes those that differ in their sender's name alone.
pub(super) fn said_of_near(near: &[TicketNo]) -> Option<String> {
    let named: Vec<String> = near.iter().take(NAMED).map(TicketNo::to_string).collect();
    let more = near.len().saturating_sub(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!near.is_empty()).then(|| {
        format!(
            "of the same subject: {}{more}: evaluate --like compares their words",
            named.join(", ")
        )
    })
}

/// How many senders wrote what looks alike.
pub(super) fn said(rows: &[Line]) -> String {
    let senders: BTreeSet<String> = rows
        .iter()
        .filter_map(|line| line.file.row.reporter.as_ref().map(|a| a.key()))
        .collect();
    let (tickets, senders) = (rows.len(), senders.len());
    let s = |n: usize| if n == 1 { "" } else { "s" };
    format!(
        "{tickets} ticket{} alike, of {senders} sender{}",
        s(tickets),
        s(senders)
    )
}
