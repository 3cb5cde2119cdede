//! Which calendars are refused: those on which a promise could never fall due.
//!
//! Holidays often come from a file that somebody else wrote. One that takes all days
//! off would move every deadline out of sight, silently.

use super::{Calendar, FURTHEST, shift};
use jiff::civil::Date;
use std::fmt;

/// The fewest business days that a year must have.
const FEWEST: i32 = 150;
/// The most days off in a row: two weeks and the weekends around them.
pub(super) const LONGEST: i32 = 16;

/// Why a calendar is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// No such zone is known.
    Zone(String),
    /// No day of the week is left to work on.
    Weekend,
    /// The day closes before it opens, or when it does. The day is given if it is a half day.
    Hours(Option<Date>),
    /// A half day that closes later than other days do.
    LateHalfDay(Date),
    /// So many business days, fewer than 150, in the year from this day on.
    TooFew(Date, i32),
    /// More than 16 days off in a row, from this day on.
    Gap(Date),
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone(zone) => write!(
                f,
                "there is no time zone {zone:?}: write its IANA name, such as \"Europe/London\""
            ),
            Self::Weekend => write!(
                f,
                "all seven days are weekend: leave out the days on which the team works"
            ),
            Self::Hours(None) => write!(
                f,
                "the team's day ends before it begins: write hours such as \"09:00-17:00\""
            ),
            Self::Hours(Some(day)) => write!(
                f,
                "the half day {day} closes before the team opens: give it a later hour or make it a holiday"
            ),
            Self::LateHalfDay(day) => write!(
                f,
                "the half day {day} closes later than other days: give it an earlier hour"
            ),
            Self::TooFew(from, days) => write!(
                f,
                "only {days} business days in the year from {from} on, at least {FEWEST} are needed: look for holidays and weekend days that are none"
            ),
            Self::Gap(from) => write!(
                f,
                "more than {LONGEST} days off in a row from {from} on: look for holidays that are none, or keep one day of duty in between"
            ),
        }
    }
}

impl std::error::Error for CalendarError {}

impl Calendar {
    pub(super) fn check(&self) -> Result<(), CalendarError> {
        if self.weekend.len() >= 7 {
            return Err(CalendarError::Weekend);
        }
        if self.hours.open >= self.hours.close {
            return Err(CalendarError::Hours(None));
        }
        if let Some((day, _)) = self
            .half_days
            .iter()
            .find(|(_, close)| self.hours.open >= **close)
        {
            return Err(CalendarError::Hours(Some(*day)));
        }
        if let Some((day, _)) = self
            .half_days
            .iter()
            .find(|(_, close)| self.hours.close < **close)
        {
            return Err(CalendarError::LateHalfDay(*day));
        }
        // The scarcest year begins with a day off. A year without holidays is like any other.
        let years = self
            .holidays
            .keys()
            .copied()
            .chain([jiff::civil::date(2001, 1, 1)]);
        years.into_iter().try_for_each(|day| self.check_around(day))
    }

    fn check_around(&self, day: Date) -> Result<(), CalendarError> {
        let first = (0..FURTHEST)
            .map(|n| shift(day, -n))
            .take_while(|day| !self.is_business(*day))
            .last()
            .unwrap_or(day);
        if (0..=LONGEST).all(|n| !self.is_business(shift(first, n))) {
            return Err(CalendarError::Gap(first));
        }
        let days = self.business_days_between(shift(day, -1), shift(day, 364));
        if days < FEWEST {
            Err(CalendarError::TooFew(day, days))
        } else {
            Ok(())
        }
    }
}
