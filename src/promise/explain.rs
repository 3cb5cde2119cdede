//! How a deadline came about: values first, then the words.
//!
//! The count is the stored one. Nothing is counted anew here: what was promised is
//! explained as it was promised, even if the calendar says otherwise today.

mod text;

pub use text::{Dates, elsewhere, heading};

use super::calendar::Calendar;
use super::deadline::{DayLine, Deadline, date_due};
use super::form::Promise;
use super::run::{End, Run};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

/// One run of a promise, explained. As JSON its instants are RFC 3339 in UTC; as text
/// they are local.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The promise's name.
    pub promise: String,
    /// The sentence of the page.
    pub page: String,
    /// Never called late.
    pub soft: bool,
    /// The zone in which days were counted.
    pub zone: String,
    /// When it started.
    pub started_at: Timestamp,
    /// What started it and how we know, in our words.
    pub arrived: String,
    /// How long it may take, in the words of the policy: `3 business days`, or the date
    /// that it goes by: `expected`.
    pub time: Option<String>,
    /// The date given, for a promise that goes by one.
    pub date: Option<Date>,
    /// The days as they were counted.
    pub count: Vec<DayLine>,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// When the reporter was told so.
    pub reporter_told_at: Option<Timestamp>,
    /// What meets it.
    pub needs: Vec<Need>,
    /// Since when it rests, because we wait for the reporter.
    pub paused_at: Option<Timestamp>,
    /// How it ended.
    pub end: Option<End>,
    /// It was due before it ended, before it came to rest, or before now.
    pub was_late: bool,
    /// The dates before this one.
    pub moves: Vec<Move>,
    /// Reminders that were said.
    pub told: Vec<Reminded>,
    /// Reminders to come.
    pub next: Vec<Reminded>,
    #[serde(skip)]
    local: TimeZone,
    /// The zones in which the text shows it too.
    #[serde(skip)]
    also: Vec<TimeZone>,
}

/// One of the needs of a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The facts, any of which meets it.
    pub facts: Vec<String>,
    /// What people call it.
    pub words: String,
    /// Since when it is met.
    pub met_at: Option<Timestamp>,
}

/// A date that gave way to a later or earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The old date.
    pub from: Date,
    /// The new date.
    pub to: Date,
    /// When the new one was told.
    pub told_at: Timestamp,
    /// Business days from then to the day on which the old one was due; negative after it.
    pub business_days: i32,
    /// Told after the old one was due: missed, not moved.
    pub missed: bool,
}

impl Move {
    /// The move from one date to another that the reporter is told of at `told_at`.
    pub fn new(from: Date, to: Date, told_at: Timestamp, calendar: &Calendar) -> Self {
        let due_at = date_due(from, calendar);
        Self {
            from,
            to,
            told_at,
            business_days: calendar
                .business_days_between(calendar.local_date(told_at), calendar.local_date(due_at)),
            missed: told_at > due_at,
        }
    }

    /// `17 Jun -> 25 Jun, 1st move, 6 bd before it was due (counts as moved)`; `nth` counts
    /// the moves of this date from 1.
    pub fn words(&self, nth: usize) -> String {
        text::moved(self, nth)
    }
}

/// A reminder: when, and to whom, in our words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reminded {
    /// When.
    pub at: Timestamp,
    /// To whom: `all`, `all + 2nd line`, `anna`.
    pub whom: String,
}

/// What the record knows besides the run itself.
#[derive(Clone, Debug, Default)]
pub struct Told<'a> {
    /// When the reporter was told the deadline.
    pub reporter: Option<Timestamp>,
    /// The reminders that were said, oldest first.
    pub team: Vec<Reminded>,
    /// The reminders to come, soonest first.
    pub next: Vec<Reminded>,
    /// The moment of the explanation: what is open still is late by then, or is not.
    pub now: Timestamp,
    /// All runs of the promise, oldest first: the moved dates are read from them.
    pub runs: &'a [Run],
}

/// Explains `run`. `stored` is its deadline as it was stored, `None` for a promise
/// without one; `arrived` says what started it and how we know, such as
/// `arrived (the IMAP server's clock)`.
pub fn explain(
    promise: &Promise,
    run: &Run,
    stored: Option<&Deadline>,
    calendar: &Calendar,
    arrived: &str,
    told: &Told,
) -> Explained {
    let due_at = stored.map(|deadline| deadline.due_at);
    let names = |need: &super::OneOf| need.0.iter().map(ToString::to_string).collect();
    let needs = promise.needs.iter().zip(&run.met);
    Explained {
        promise: promise.name.clone(),
        page: promise.page.clone(),
        soft: promise.soft,
        zone: calendar.zone().iana_name().unwrap_or("UTC").to_owned(),
        started_at: run.started_at,
        arrived: arrived.to_owned(),
        time: promise
            .within
            .map(|span| span.words())
            .or(promise.by.map(|kind| kind.word().to_owned())),
        date: run.date,
        count: stored
            .map(|deadline| deadline.count.clone())
            .unwrap_or_default(),
        due_at,
        reporter_told_at: told.reporter,
        needs: needs
            .map(|(need, met)| Need {
                facts: names(need),
                words: need.words(),
                met_at: *met,
            })
            .collect(),
        paused_at: run.paused_at,
        end: run.end,
        was_late: due_at
            .is_some_and(|due| run.paused_at.or(run.end.map(End::at)).unwrap_or(told.now) > due),
        moves: moves(run, told.runs, calendar),
        told: told.team.clone(),
        next: told.next.clone(),
        local: calendar.zone().clone(),
        also: calendar.also_shown().to_vec(),
    }
}

/// The moves that led to `run`: each run that was moved or missed, and the one after it.
fn moves(run: &Run, runs: &[Run], calendar: &Calendar) -> Vec<Move> {
    let until = runs
        .iter()
        .take_while(|earlier| earlier.start != run.start)
        .chain([run]);
    let pairs = runs.iter().zip(until.skip(1));
    let a_move = |(old, new): (&Run, &Run)| {
        let told_at = match old.end? {
            End::Moved(at) | End::Missed(at) => at,
            End::Met(_) | End::Void(_) | End::Restarted(_) => return None,
        };
        Some(Move::new(old.date?, new.date?, told_at, calendar))
    };
    pairs.filter_map(a_move).collect()
}

#[cfg(test)]
mod tests;
