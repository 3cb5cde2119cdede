//! When a run of a promise is due, and how that was counted.
//!
//! The count is stored with the deadline, because a letter quotes it: a later policy
//! or calendar never rewrites what was promised.
//!
//! Known fault: "N days" shorter than a stretch of days off can fall due before it
//! starts. A mail of Saturday that is owed an answer in 1 day was due on Friday: day 1
//! is Sunday, and no business day before that Sunday is left. Promise business days.

use super::calendar::{Calendar, DayKind};
use super::form::{Promise, Span};
use super::reminders;
use super::run::Run;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// When a run is due, and the way there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Met at this instant is met in time.
    pub due_at: Timestamp,
    /// From here on it is shown as approaching: its first reminder before it is due,
    /// else the opening of the day on which it is due. Never before the start.
    pub approaching_at: Timestamp,
    /// Day by day from the local day of the start: for business days to the day on
    /// which it is due, for days to day N. For a date given, from the day on which it
    /// is due to that date. Empty for hours and minutes, which do not count days.
    pub count: Vec<DayLine>,
}

impl Deadline {
    /// Whether it is due on the last business day of its own count, where it has one. The
    /// calendar may have had another zone then: a day more or less is that day.
    pub fn falls_where_it_was_counted(&self) -> bool {
        let of_business = |line: &&DayLine| line.kind == DayKind::Business;
        self.count.iter().rfind(of_business).is_none_or(|last| {
            let due_on = self.due_at.to_zoned(TimeZone::UTC).date();
            let day = 1.day();
            (last.date.saturating_sub(day)..=last.date.saturating_add(day)).contains(&due_on)
        })
    }
}

/// One day of the count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// The local date.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// Its number, if it counts.
    pub day: Option<u16>,
    /// The name of the file that makes it a holiday, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// When it closes, if it is a half day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_day: Option<Time>,
}

/// The deadline of `run`. `None` when the promise has neither `within` nor `by`.
///
/// Source of the rules: the four meanings at the head of [`crate::promise`].
pub fn deadline(promise: &Promise, run: &Run, calendar: &Calendar) -> Option<Deadline> {
    let start = calendar.local_date(run.started_at);
    let (due_at, count) = match (promise.by, promise.within) {
        (Some(_), _) => {
            let given = run.date?;
            (
                date_due(given, calendar),
                days(
                    calendar,
                    calendar.business_day_on_or_before(given),
                    given,
                    |_| None,
                ),
            )
        }
        (None, Some(Span::BusinessDays(n))) => {
            let due = calendar.business_day_after(start, n);
            (calendar.closing(due), business_days(calendar, start, due))
        }
        (None, Some(Span::Days(n))) => {
            let last = start.saturating_add(i64::from(n).days());
            (
                date_due(last, calendar),
                days(calendar, start, last, |nth| (nth > 0).then_some(nth)),
            )
        }
        (None, Some(Span::Hours(n))) => (
            later(run.started_at, SignedDuration::from_hours(n.into())),
            Vec::new(),
        ),
        (None, Some(Span::Minutes(n))) => (
            later(run.started_at, SignedDuration::from_mins(n.into())),
            Vec::new(),
        ),
        (None, None) => return None,
    };
    let duty = reminders::Duty {
        promise,
        run,
        due_at: Some(due_at),
        started_at: run.started_at,
        line: reminders::Line::First,
    };
    let approaching_at = reminders::first_before(&duty, calendar)
        .unwrap_or_else(|| calendar.opening(calendar.local_date(due_at)))
        .max(run.started_at)
        .min(due_at);
    Some(Deadline {
        due_at,
        approaching_at,
        count,
    })
}

/// A date falls due at the close of its day, or of the business day before.
pub(super) fn date_due(date: Date, calendar: &Calendar) -> Timestamp {
    calendar.closing(calendar.business_day_on_or_before(date))
}

/// Real time: it runs on through nights, holidays and changes of the clock.
fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Business days after the day of the start are numbered; no other day is.
fn business_days(calendar: &Calendar, start: Date, due: Date) -> Vec<DayLine> {
    let mut counted = 0;
    let mut lines = days(calendar, start, due, |_| None);
    for line in lines
        .iter_mut()
        .skip(1)
        .filter(|line| line.kind == DayKind::Business)
    {
        counted += 1;
        line.day = Some(counted);
    }
    lines
}

fn days(
    calendar: &Calendar,
    first: Date,
    last: Date,
    number: impl Fn(u16) -> Option<u16>,
) -> Vec<DayLine> {
    let dates = first.series(1.day()).take_while(|date| *date <= last);
    dates
        .zip(0..)
        .map(|(date, nth)| DayLine {
            date,
            kind: calendar.kind(date),
            day: number(nth),
            file: calendar.file_of(date).map(str::to_owned),
            half_day: calendar.half_day(date),
        })
        .collect()
}

#[cfg(test)]
mod tests;
