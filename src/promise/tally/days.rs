//! A span of local days, and how people write one.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Local days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last, not before the first.
    pub last: Date,
}

/// So many months a history has.
const MONTHS: i32 = 12;
/// So many quarters it has at most where the span is longer than a year.
const QUARTERS: usize = 20;

impl Days {
    /// The quarter that a day lies in.
    pub fn quarter_of(day: Date) -> Self {
        let first = (day.month() - 1) / 3 * 3 + 1;
        Self::months(day.year(), first, 3).unwrap_or(Self {
            first: day,
            last: day,
        })
    }

    /// The month that a day lies in.
    pub fn month_of(day: Date) -> Self {
        let (first, last) = (day.first_of_month(), day.last_of_month());
        Self { first, last }
    }

    /// Reads `2027-Q2`, `2027-05` and `2027`.
    pub fn parse(word: &str) -> Option<Self> {
        let (year, rest) = word.split_once('-').unwrap_or((word, ""));
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year: i16 = Some(year).filter(|_| is_year)?.parse().ok()?;
        match rest.as_bytes() {
            [] if !word.contains('-') => Self::months(year, 1, 12),
            [b'Q' | b'q', quarter @ b'1'..=b'4'] => {
                Self::months(year, i8::try_from(quarter - b'1').ok()? * 3 + 1, 3)
            }
            [b'0'..=b'9', b'0'..=b'9'] => Self::months(year, rest.parse().ok()?, 1),
            _ => None,
        }
    }

    fn months(year: i16, first: i8, months: i32) -> Option<Self> {
        let first = Date::new(year, first, 1).ok()?;
        let last = first.checked_add((months - 1).months()).ok()?;
        Some(Self {
            first,
            last: last.last_of_month(),
        })
    }

    /// What [`Days::parse`] reads, where these days are such a span.
    pub fn name(&self) -> Option<String> {
        let (year, month) = (self.first.year(), self.first.month());
        let names = [
            format!("{year:04}"),
            format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            format!("{year:04}-{month:02}"),
        ];
        names
            .into_iter()
            .find(|name| Self::parse(name).is_some_and(|days| days == *self))
    }

    /// Whether they lie in one month.
    pub fn is_month(&self) -> bool {
        self.first.first_of_month() == self.last.first_of_month()
    }

    /// Whether a day is one of them.
    pub fn holds(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// The twelve months to the last of these days; of a span that is longer than a year
    /// its quarters, the last twenty of them. The last day counts as `today` where it is
    /// still to come.
    pub fn history(&self, today: Date) -> Vec<Self> {
        let last = self.last.min(today.max(self.first));
        let a_year_on = self.first.saturating_add(1.year());
        if last < a_year_on {
            let back = |n: i32| last.first_of_month().saturating_sub(n.months());
            return (0..MONTHS).rev().map(|n| Self::month_of(back(n))).collect();
        }
        let mut quarters = vec![Self::quarter_of(last)];
        while let Some(oldest) = quarters.last().copied() {
            if oldest.first <= self.first.max(date(1, 1, 1)) || quarters.len() == QUARTERS {
                break;
            }
            quarters.push(Self::quarter_of(oldest.first.saturating_sub(1.day())));
        }
        quarters.reverse();
        quarters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_what_they_write() {
        for (word, first, last) in [
            ("2027-Q1", date(2027, 1, 1), date(2027, 3, 31)),
            ("2027-Q4", date(2027, 10, 1), date(2027, 12, 31)),
            ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
            ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ] {
            let days = Days { first, last };
            assert_eq!(Days::parse(word), Some(days), "{word}");
            assert_eq!(days.name().as_deref(), Some(word));
            assert!(days.holds(first) && days.holds(last));
            assert!(!days.holds(first.saturating_sub(1.day())));
            assert!(!days.holds(last.saturating_add(1.day())));
        }
        assert_eq!(Days::parse("2027-q2"), Days::parse("2027-Q2"));
        for word in [
            "",
            "-",
            "2027-",
            "2027-Q5",
            "2027-Q0",
            "2027-13",
            "2027-00",
            "2027-5",
            "27-Q2",
            "Q2",
            "2027-Q2-",
            "+027-Q2",
            "2027-05-01",
            "2027 Q2",
        ] {
            assert_eq!(Days::parse(word), None, "{word:?}");
        }
        let odd = Days {
            first: date(2027, 4, 2),
            last: date(2027, 6, 30),
        };
        assert_eq!(odd.name(), None);
    }

    #[test]
    fn a_history_ends_with_the_span_or_today() {
        let names = |word: &str, today: Date| -> Vec<String> {
            let all = Days::parse(word).unwrap().history(today);
            all.iter().filter_map(Days::name).collect()
        };
        let months = names("2027-Q2", date(2027, 5, 31));
        assert_eq!((months.len(), months[0].as_str()), (12, "2026-06"));
        assert_eq!(months[11], "2027-05");
        assert_eq!(names("2027-Q2", date(2028, 1, 1))[11], "2027-06");
        // Nothing of it has come yet.
        assert_eq!(names("2027-Q4", date(2027, 5, 4))[11], "2027-10");
        let long = Days {
            first: date(2026, 2, 3),
            last: date(2027, 5, 4),
        };
        let quarters = long.history(date(2030, 1, 1));
        let quarters: Vec<String> = quarters.iter().filter_map(Days::name).collect();
        assert_eq!(
            quarters.join(" "),
            "2026-Q1 2026-Q2 2026-Q3 2026-Q4 2027-Q1 2027-Q2"
        );
        let ages = Days {
            first: date(1, 1, 1),
            last: date(2027, 5, 4),
        };
        assert_eq!(ages.history(date(2027, 5, 4)).len(), QUARTERS);
    }
}
