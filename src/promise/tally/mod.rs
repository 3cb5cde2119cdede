//! How the promises of a span were kept, counted.
//!
//! A run of a promise is counted on the local day on which it is due, as the deadline was
//! stored; one without a time on the day on which it began. Each has one [`Fate`], so that
//! the columns of a [`Row`] add up to what was due:
//!
//! * *moved*: a new date was told before the old one was due. It is neither kept nor late.
//! * *late*: met late, or not met when it was due: also what is half kept, was closed or
//!   replaced since, and what is open still. Late stays late.
//! * *open*: not due yet, or at rest while we wait for the reporter.
//! * *void*: over before it was due, without being met.
//! * *cannot*: what is missing would have to reach a reporter whom nobody can reach.
//!
//! Only kept and late make a share: see [`Row::in_time`].

mod days;
mod row;
mod took;
mod under;

pub use days::Days;
pub use row::{Lateness, Row, Took, rows};
pub use took::Unit;
pub use under::{Fates, Page, Under};

use super::calendar::Calendar;
use super::form::Promise;
use super::run::{End, Run};
use super::standing::{lacks_a_reporter, standing};
use crate::ticket::TicketNo;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// What became of a run, as far as anybody can say now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Met in time; at the instant at which it was due is in time.
    Kept,
    /// A new date took its place in time.
    Moved,
    /// Not met when it was due.
    Late,
    /// Not met, and not late.
    Open,
    /// Over before it was due, without being met.
    Void,
    /// Not met, and nobody can be told.
    Cannot,
}

impl Fate {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 6] = [
        Self::Kept,
        Self::Moved,
        Self::Late,
        Self::Open,
        Self::Void,
        Self::Cannot,
    ];

    /// The word for people and scripts. What is soft is never called late.
    pub fn word(self, soft: bool) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Moved => "moved",
            Self::Late if soft => "passed",
            Self::Late => "late",
            Self::Open => "open",
            Self::Void => "void",
            Self::Cannot => "cannot",
        }
    }
}

/// A run of a promise, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its ticket.
    pub ticket: TicketNo,
    /// The promise's name.
    pub promise: String,
    /// The words in which it was made.
    pub page: Arc<Page>,
    /// It is never called late.
    pub soft: bool,
    /// What its time is counted in; `None` for a promise without a time.
    pub unit: Option<Unit>,
    /// The local day on which it counts.
    pub on: Date,
    /// When it began; with dates that moved, when the first of them was told.
    pub began_at: Timestamp,
    /// When it was due; never, for a promise without a time.
    pub due_at: Option<Timestamp>,
    /// When it ended, and how; `None` while it is open.
    pub end: Option<End>,
    /// The needs that were never met: names of facts, "any of" joined with "or".
    pub missing: Vec<String>,
    /// What became of it.
    pub fate: Fate,
}

/// A run that is to be judged.
pub struct Case<'a> {
    /// Its ticket.
    pub ticket: TicketNo,
    /// The promise.
    pub promise: &'a Promise,
    /// The words in which it was made.
    pub page: &'a Arc<Page>,
    /// All runs of it on that ticket, oldest first.
    pub runs: &'a [Run],
    /// Which of them.
    pub run: &'a Run,
    /// When it is due, as it was stored.
    pub due_at: Option<Timestamp>,
    /// Whether a letter could reach the reporter when it was due; now, while it is not.
    pub reachable: bool,
}

/// Judges a run as it stands `now`.
pub fn judge(case: &Case, calendar: &Calendar, now: Timestamp) -> Judged {
    let Case { promise, run, .. } = case;
    let state = standing(promise, run, case.due_at, None, case.reachable, now);
    let cannot = !case.reachable && lacks_a_reporter(promise, run);
    let is_past = case.due_at.is_some_and(|due| due < now);
    let fate = match run.end {
        Some(End::Met(_)) if state.was_late => Fate::Late,
        Some(End::Met(_)) => Fate::Kept,
        Some(End::Moved(_) | End::Missed(_)) if state.was_late => Fate::Late,
        Some(End::Moved(_) | End::Missed(_)) => Fate::Moved,
        Some(End::Void(_) | End::Restarted(_)) if cannot => Fate::Cannot,
        None if cannot && is_past => Fate::Cannot,
        Some(End::Void(_) | End::Restarted(_)) | None if state.was_late => Fate::Late,
        Some(End::Void(_) | End::Restarted(_)) => Fate::Void,
        None => Fate::Open,
    };
    Judged {
        ticket: case.ticket,
        promise: promise.name.clone(),
        page: Arc::clone(case.page),
        soft: promise.soft,
        unit: Unit::of(promise),
        on: calendar.local_date(case.due_at.unwrap_or(run.started_at)),
        began_at: began_at(case.runs, run),
        due_at: case.due_at,
        end: run.end,
        missing: state.missing,
        fate,
    }
}

/// When the run began: of dates that gave way to each other, when the first was told.
fn began_at(runs: &[Run], run: &Run) -> Timestamp {
    let mut began_at = run.started_at;
    let before = runs.iter().rev().skip_while(|r| r.start != run.start);
    for earlier in before.skip(1) {
        if !matches!(earlier.end, Some(End::Moved(_) | End::Missed(_))) {
            break;
        }
        began_at = earlier.started_at;
    }
    began_at
}

#[cfg(test)]
mod tests;
