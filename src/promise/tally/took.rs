//! How long something took, in the unit in which it was promised.

use crate::promise::calendar::{Calendar, DayKind};
use crate::promise::form::{Promise, Span};
use jiff::Timestamp;

/// What a promise counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Business days, and dates.
    BusinessDays,
    /// Days of 24 real hours.
    Days,
    /// Real hours.
    Hours,
    /// Real minutes.
    Minutes,
}

/// So much later than a close is what comes after it, and before the next business day is
/// a hundredth gone: it must not read as if it had come in time.
const AFTER_CLOSE: f64 = 0.01;

impl Unit {
    /// The unit of a promise; `None` where it has no time.
    pub fn of(promise: &Promise) -> Option<Self> {
        match (promise.by, promise.within) {
            (Some(_), _) | (None, Some(Span::BusinessDays(_))) => Some(Self::BusinessDays),
            (None, Some(Span::Days(_))) => Some(Self::Days),
            (None, Some(Span::Hours(_))) => Some(Self::Hours),
            (None, Some(Span::Minutes(_))) => Some(Self::Minutes),
            (None, None) => None,
        }
    }

    /// The sign behind a number: `bd`, `d`, `h`, `min`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::BusinessDays => "bd",
            Self::Days => "d",
            Self::Hours => "h",
            Self::Minutes => "min",
        }
    }

    /// The word that scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Self::BusinessDays => "business-days",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Minutes => "minutes",
        }
    }

    /// How long it was from `from` to `to`; nothing, where `to` comes first.
    ///
    /// Business days are counted as promises count them: the day of `from` is none, and day
    /// N is full, with N.0, when it closes. What comes after that is more than N.
    pub fn between(self, from: Timestamp, to: Timestamp, calendar: &Calendar) -> f64 {
        let seconds = to.duration_since(from).as_secs_f64().max(0.0);
        match self {
            Self::BusinessDays => business_days(from, to, calendar),
            Self::Days => seconds / 86_400.0,
            Self::Hours => seconds / 3_600.0,
            Self::Minutes => seconds / 60.0,
        }
    }

    /// `1.6 bd`, a begun tenth rounded up, so that what was late never reads as in time.
    pub fn words(self, amount: f64) -> String {
        // With + 0.0 there is no -0.
        let tenths = (amount * 10.0 - 1e-6).ceil().max(0.0) / 10.0 + 0.0;
        format!("{tenths} {}", self.sign())
    }
}

fn business_days(from: Timestamp, to: Timestamp, calendar: &Calendar) -> f64 {
    let (first, last) = (calendar.local_date(from), calendar.local_date(to));
    let days = f64::from(calendar.business_days_between(first, last));
    if to <= from || last <= first {
        return 0.0;
    }
    if calendar.kind(last) != DayKind::Business {
        return days + AFTER_CLOSE;
    }
    let (opens, closes) = (calendar.opening(last), calendar.closing(last));
    if to > closes {
        return days + AFTER_CLOSE;
    }
    let open = closes.duration_since(opens).as_secs_f64();
    let gone = to.duration_since(opens).as_secs_f64();
    let part = if open > 0.0 { gone / open } else { 1.0 };
    days - 1.0 + part.clamp(AFTER_CLOSE, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promise::samples::{at, london};
    use proptest::prelude::*;

    #[test]
    fn business_days_are_full_when_they_close() {
        // Friday 30 April; Monday 3 May is a bank holiday.
        for (from, to, words) in [
            ("2027-04-30 09:00", "2027-04-30 17:30", "0 bd"),
            ("2027-04-30 09:00", "2027-05-02 12:00", "0.1 bd"),
            ("2027-04-30 16:40", "2027-05-04 09:00", "0.1 bd"),
            ("2027-04-30 09:00", "2027-05-04 13:00", "0.5 bd"),
            ("2027-04-30 16:40", "2027-05-04 17:00", "1 bd"),
            ("2027-04-30 16:40", "2027-05-04 17:01", "1.1 bd"),
            ("2027-04-30 16:40", "2027-05-05 08:00", "1.1 bd"),
            ("2027-04-30 16:40", "2027-05-06 17:00", "3 bd"),
            ("2027-05-01 03:00", "2027-05-06 17:00", "3 bd"),
            ("2027-05-06 17:00", "2027-05-04 17:00", "0 bd"),
        ] {
            let unit = Unit::BusinessDays;
            let took = unit.between(at(from), at(to), &london());
            assert_eq!(unit.words(took), words, "{from} to {to}");
        }
    }

    #[test]
    fn hours_and_days_are_real_time_also_where_the_clock_is_changed() {
        for (unit, to, words) in [
            (Unit::Hours, "2027-03-28 12:00", "23 h"),
            (Unit::Days, "2027-03-28 12:00", "1 d"),
            (Unit::Minutes, "2027-03-27 12:30", "30 min"),
        ] {
            let took = unit.between(at("2027-03-27 12:00"), at(to), &london());
            assert_eq!(unit.words(took), words);
        }
    }

    proptest! {
        /// The one law: what comes by the close of day N took at most N, and nothing else.
        #[test]
        fn at_most_n_is_by_the_close_of_day_n(from in 0_i64..4_000_000, more in 0_i64..3_000_000, n in 1_u16..20) {
            let begin: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
            let from = begin + jiff::SignedDuration::from_secs(from);
            let to = from + jiff::SignedDuration::from_secs(more);
            let calendar = london();
            let day = calendar.business_day_after(calendar.local_date(from), n);
            let took = Unit::BusinessDays.between(from, to, &calendar);
            prop_assert_eq!(took <= f64::from(n), to <= calendar.closing(day), "{} {} {}", from, to, took);
        }
    }
}
