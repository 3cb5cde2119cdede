//! The span that a person asks for.

use crate::cli::Usage;
use crate::cli::args::Stats;
use crate::promise::Calendar;
use crate::promise::tally::Days;
use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// No promise was made by mail before this year.
const FIRST: i16 = 1970;

/// Days, and how they were named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The days.
    pub days: Days,
    /// Nobody asked for them.
    pub is_default: bool,
}

impl Span {
    /// What was asked for: a quarter, a month, a year, or days; else the quarter of today.
    ///
    /// # Errors
    /// [`Usage`] where it is none of them.
    pub fn read(wanted: &Stats, calendar: &Calendar, now: Timestamp) -> Result<Self> {
        let today = calendar.local_date(now);
        let asked = |days| Self {
            days,
            is_default: false,
        };
        match (&wanted.span, &wanted.since) {
            (Some(word), _) => {
                let strange = || {
                    let hint = "2027-Q2, 2027-05 or 2027; or --since DAY --until DAY; one ticket: gatepost explain REF";
                    Usage(format!("{word:?} is no span\n  hint: {hint}"))
                };
                // The year 1 is the number of a ticket.
                let days = Days::parse(word).filter(|days| days.first.year() >= FIRST);
                Ok(asked(days.ok_or_else(strange)?))
            }
            (None, Some(since)) => {
                let first = day(since, today)?;
                let last = wanted.until.as_ref().map(|until| day(until, today));
                let last = last.transpose()?.unwrap_or(today);
                if last < first {
                    let why =
                        format!("{first} comes after {last}\n  hint: --since DAY --until DAY");
                    return Err(Usage(why).into());
                }
                Ok(asked(Days { first, last }))
            }
            (None, None) => Ok(Self {
                days: Days::quarter_of(today),
                is_default: true,
            }),
        }
    }

    /// `2027-Q2, 1 Apr to 30 Jun 2027`.
    pub fn words(&self) -> String {
        let Days { first, last } = self.days;
        let day = |day: Date| day.strftime("%-d %b %Y").to_string();
        let begin = match first.year() == last.year() {
            true => first.strftime("%-d %b").to_string(),
            false => day(first),
        };
        let days = format!("{begin} to {}", day(last));
        match self.days.name() {
            Some(name) => format!("{name}, {days}"),
            None => days,
        }
    }

    /// No bar of a page begins earlier, wherever the last of them ends from `today` on.
    pub fn drawn_from(&self, today: Date) -> Date {
        let history = self.days.history(today);
        let bars = history.first().map_or(self.days.first, |days| days.first);
        bars.min(Days::quarter_of(self.days.first).first)
    }

    /// The first moment of the span, and the first after it.
    pub fn moments(&self, calendar: &Calendar) -> (Timestamp, Timestamp) {
        let begin = |day: Date| {
            let midnight = day.to_datetime(Time::midnight());
            let local = midnight.to_zoned(calendar.zone().clone());
            local.map_or(Timestamp::MAX, |at| at.timestamp())
        };
        let after = self.days.last.saturating_add(jiff::Span::new().days(1));
        (begin(self.days.first), begin(after))
    }
}

/// A day that has been: without a year the last one.
fn day(text: &str, today: Date) -> Result<Date> {
    let text = text.trim();
    let whole = |text: &str| Date::strptime("%d %b %Y", text).ok();
    let of_year = |year: i16| whole(&format!("{text} {year}"));
    let read = text
        .parse::<Date>()
        .ok()
        .or_else(|| whole(text))
        .or_else(|| of_year(today.year()).filter(|day| *day <= today))
        .or_else(|| of_year(today.year() - 1));
    let strange = || {
        Usage(format!(
            "{text:?} is no day\n  hint: 2027-04-01 or \"1 Apr\""
        ))
    };
    Ok(read.ok_or_else(strange)?)
}
