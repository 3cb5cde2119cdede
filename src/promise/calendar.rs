//! The team's calendar: which days are business days, and when they open and close.
//!
//! All times of day are civil times in the team's zone. Where daylight saving skips
//! or repeats such a time, the earlier of the two instants that it could mean counts:
//! a deadline is never later than somebody may have read it.
//!
//! A calendar on which a deadline could run away is refused when it is made, and no
//! search over days goes further than 400 of them.
//!
//! Known fault: a day that a zone left out altogether (Samoa, 30 December 2011) is
//! counted like any other; it closes at the instant at which the day before does.

mod hours;
mod ics;
mod sources;
mod sound;

pub use hours::Hours;
pub use ics::{HolidayFile, IcsError, read as read_holidays};
pub use sound::CalendarError;
pub use sources::Source;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};

/// Business days, their hours, and the zone in which they are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: TimeZone,
    weekend: Vec<Weekday>,
    hours: Hours,
    holidays: BTreeMap<Date, Holiday>,
    half_days: BTreeMap<Date, Time>,
    sources: Vec<Source>,
    also_shown: Vec<TimeZone>,
}

/// A day off: its name, and the place of its file among the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holiday {
    name: String,
    file: Option<usize>,
}

/// What a day is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayKind {
    /// The team works.
    Business,
    /// A day of the weekend.
    Weekend,
    /// A holiday, by its name in the config or in a holiday file. A holiday on a weekend
    /// is one too.
    Holiday(String),
}

/// No search looks at more days than this (about 13 months).
const FURTHEST: i32 = 400;

impl Calendar {
    /// A calendar in the IANA zone `zone` (from the system's data, else from those in
    /// the binary). `holidays` are days off with their names.
    ///
    /// # Errors
    /// An unknown zone; a weekend of seven days; a day that closes before it opens;
    /// and what would let deadlines run away: fewer than 150 business days in a year,
    /// or more than 16 days off in a row.
    pub fn new(
        zone: &str,
        weekend: &[Weekday],
        hours: Hours,
        holidays: BTreeMap<Date, String>,
    ) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(zone).map_err(|_| CalendarError::Zone(zone.to_owned()))?;
        let mut days: Vec<Weekday> = Vec::new();
        for day in weekend {
            if !days.contains(day) {
                days.push(*day);
            }
        }
        let own = |(day, name)| (day, Holiday { name, file: None });
        let calendar = Self {
            zone,
            weekend: days,
            hours,
            holidays: holidays.into_iter().map(own).collect(),
            half_days: BTreeMap::new(),
            sources: Vec::new(),
            also_shown: Vec::new(),
        };
        calendar.check()?;
        Ok(calendar)
    }

    /// The same calendar with days that close at a time of their own.
    ///
    /// # Errors
    /// A half day that closes before the team opens, or later than any other day.
    pub fn with_half_days(self, half_days: BTreeMap<Date, Time>) -> Result<Self, CalendarError> {
        let calendar = Self { half_days, ..self };
        calendar.check()?;
        Ok(calendar)
    }

    /// The team's zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The days of the week on which the team does not work.
    pub fn weekend(&self) -> &[Weekday] {
        &self.weekend
    }

    /// When a business day opens and closes that is no half day.
    pub fn hours(&self) -> Hours {
        self.hours
    }

    /// The holidays from `from` on, in order, with their names.
    pub fn holidays_from(&self, from: Date) -> impl Iterator<Item = (Date, &str)> {
        self.holidays
            .range(from..)
            .map(|(day, holiday)| (*day, holiday.name.as_str()))
    }

    /// The half days from `from` on, in order, with the times at which they close.
    pub fn half_days_from(&self, from: Date) -> impl Iterator<Item = (Date, Time)> {
        let business = |(day, _): &(&Date, &Time)| self.is_business(**day);
        self.half_days
            .range(from..)
            .filter(business)
            .map(|(day, closes)| (*day, *closes))
    }

    /// The local day on which `instant` falls.
    pub fn local_date(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant).date()
    }

    /// What `date` is.
    pub fn kind(&self, date: Date) -> DayKind {
        match self.holidays.get(&date) {
            Some(holiday) => DayKind::Holiday(holiday.name.clone()),
            None if self.is_weekend(date) => DayKind::Weekend,
            None => DayKind::Business,
        }
    }

    /// When `date` closes, if it is a half day on which the team works.
    pub fn half_day(&self, date: Date) -> Option<Time> {
        self.half_days
            .get(&date)
            .copied()
            .filter(|_| self.is_business(date))
    }

    /// When `date` opens, if it is a business day; never after it closes.
    pub fn opening(&self, date: Date) -> Timestamp {
        self.earlier(date, self.hours.open).min(self.closing(date))
    }

    /// When `date` closes, if it is a business day.
    pub fn closing(&self, date: Date) -> Timestamp {
        self.earlier(
            date,
            self.half_days
                .get(&date)
                .copied()
                .unwrap_or(self.hours.close),
        )
    }

    /// Whether `instant` lies in team hours; the instants of opening and of closing do.
    pub fn is_open(&self, instant: Timestamp) -> bool {
        // A skipped opening just after midnight lies on the day before.
        let today = self.local_date(instant);
        let open = |day| {
            self.is_business(day) && self.opening(day) <= instant && instant <= self.closing(day)
        };
        open(today) || open(shift(today, 1))
    }

    /// `instant` itself in team hours, else the next opening.
    pub fn next_open(&self, instant: Timestamp) -> Timestamp {
        if self.is_open(instant) {
            instant
        } else {
            self.opening(self.day_opening_after(instant))
        }
    }

    /// The first business day that opens after `instant`.
    pub fn day_opening_after(&self, instant: Timestamp) -> Date {
        let today = self.local_date(instant);
        let later = |day: &Date| self.is_business(*day) && self.opening(*day) > instant;
        (0..=FURTHEST)
            .map(|n| shift(today, n))
            .find(later)
            .unwrap_or_else(|| shift(today, FURTHEST))
    }

    /// The last hour of team hours that ended before `instant`: its begin and its end.
    /// Shorter on a day that is open for less than an hour.
    pub fn last_hour_before(&self, instant: Timestamp) -> (Timestamp, Timestamp) {
        let mut day = self.business_day_on_or_before(shift(self.local_date(instant), 1));
        while self.closing(day) >= instant && day > Date::MIN {
            day = self.business_day_before(day, 1);
        }
        let close = self.closing(day);
        let hour_before = close
            .checked_sub(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::MIN);
        (hour_before.max(self.opening(day)), close)
    }

    /// The `n`th business day after `date`, whatever `date` itself is; `date` for 0.
    /// The last business day within 400 days if the `n`th lies further away.
    pub fn business_day_after(&self, date: Date, n: u16) -> Date {
        self.nth(date, n, 1)
    }

    /// The `n`th business day before `date`, in the same way.
    pub fn business_day_before(&self, date: Date, n: u16) -> Date {
        self.nth(date, n, -1)
    }

    /// `date` if it is a business day, else the last one before it.
    pub fn business_day_on_or_before(&self, date: Date) -> Date {
        if self.is_business(date) {
            date
        } else {
            self.business_day_before(date, 1)
        }
    }

    /// The business days after `from` until and with `to`; negative when `to` is earlier
    /// (then those after `to` until and with `from`).
    pub fn business_days_between(&self, from: Date, to: Date) -> i32 {
        if to < from {
            -self.business_days_after(to, from)
        } else {
            self.business_days_after(from, to)
        }
    }

    /// Counts without walking: whole weeks, the rest, less the holidays.
    fn business_days_after(&self, from: Date, to: Date) -> i32 {
        let days = i32::try_from(to.duration_since(from).as_hours() / 24).unwrap_or(i32::MAX);
        let a_week = 7 - i32::try_from(self.weekend.len()).unwrap_or(7);
        let rest = (1..=days % 7)
            .filter(|n| !self.is_weekend(shift(from, *n)))
            .count();
        let off = self
            .holidays
            .range((Excluded(from), Included(to)))
            .filter(|(day, _)| !self.is_weekend(**day))
            .count();
        days / 7 * a_week + i32::try_from(rest).unwrap_or(0) - i32::try_from(off).unwrap_or(0)
    }

    fn nth(&self, date: Date, n: u16, direction: i32) -> Date {
        let (mut left, mut found) = (n, date);
        for distance in 1..=FURTHEST {
            if left == 0 {
                break;
            }
            let day = shift(date, distance * direction);
            if self.is_business(day) {
                (left, found) = (left - 1, day);
            }
        }
        found
    }

    fn is_business(&self, date: Date) -> bool {
        !self.is_weekend(date) && !self.holidays.contains_key(&date)
    }

    fn is_weekend(&self, date: Date) -> bool {
        self.weekend.contains(&date.weekday())
    }

    /// In a gap or a fold the earlier instant. Only at the ends of time there is none.
    fn earlier(&self, date: Date, time: Time) -> Timestamp {
        let end = if date.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        self.zone
            .to_ambiguous_timestamp(date.to_datetime(time))
            .earlier()
            .unwrap_or(end)
    }
}

/// `days` later or earlier, stopping at the ends of time.
fn shift(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}

#[cfg(test)]
mod tests;
