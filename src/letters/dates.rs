//! Dates and times as people read them: with the day of the week, the month as a
//! word, and the offset from UTC wherever an hour is named to a stranger.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Zoned};

/// How dates are written to reporters: a letter in another language has no room for
/// English words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `Thursday 6 May 2027, 17:00 (UTC+1)`.
    English,
    /// `2027-05-06 17:00 (UTC+1)`.
    Figures,
}

impl Form {
    /// A moment in a sentence.
    pub(super) fn moment(self, at: &Zoned) -> String {
        match self {
            Self::English => moment(at),
            Self::Figures => figures(at),
        }
    }

    /// A deadline on a line of its own.
    pub(super) fn deadline(self, at: &Zoned) -> String {
        match self {
            Self::English => deadline(at),
            Self::Figures => figures(at),
        }
    }

    /// A day with its year.
    pub(super) fn day(self, date: Date) -> String {
        match self {
            Self::English => day(date),
            Self::Figures => date.to_string(),
        }
    }

    /// Days within a letter that names the year elsewhere.
    pub(super) fn days(self, dates: &[Date]) -> String {
        match self {
            Self::English => list(&dates.iter().copied().map(day_of_month).collect::<Vec<_>>()),
            Self::Figures => {
                let dates = dates.iter().map(Date::to_string);
                dates.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// How many business days: in figures the number alone.
    pub(super) fn business_days(self, n: u16) -> String {
        match self {
            Self::English => business_days(n),
            Self::Figures => n.to_string(),
        }
    }
}

fn figures(at: &Zoned) -> String {
    format!(
        "{} ({})",
        at.strftime("%Y-%m-%d %H:%M"),
        offset(at.offset())
    )
}

/// `Friday 30 April 2027 at 16:40 (UTC+1)`.
fn moment(at: &Zoned) -> String {
    format!(
        "{} at {} ({})",
        day(at.date()),
        at.strftime("%H:%M"),
        offset(at.offset())
    )
}

/// `Thursday 6 May 2027, 17:00 (UTC+1)`.
pub(super) fn deadline(at: &Zoned) -> String {
    format!(
        "{}, {} ({})",
        day(at.date()),
        at.strftime("%H:%M"),
        offset(at.offset())
    )
}

/// `Thursday 17 June 2027`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// `Monday 3 May`: within a letter that names the year elsewhere.
fn day_of_month(date: Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// `Thu 6 May 17:00`: for the team, whose zone it is.
pub(super) fn short(at: &Zoned) -> String {
    at.strftime("%a %-d %b %H:%M").to_string()
}

/// `Tue 4 May`.
pub(super) fn short_day(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// A span in its greatest whole unit: `3 days`, `1 hour`, `9 s`. Negative ones read as none.
pub(super) fn about(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    let count = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => count(seconds / 3600, "hour"),
        _ => count(seconds / 86_400, "day"),
    }
}

/// `one business day`, `three business days`.
fn business_days(n: u16) -> String {
    format!(
        "{} business day{}",
        number(n),
        if n == 1 { "" } else { "s" }
    )
}

/// `three`, up to twelve; figures above.
fn number(n: u16) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS
        .get(usize::from(n))
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// `A`, `A and B`, `A, B and C`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `UTC`, `UTC+1`, `UTC-3:30`.
fn offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    match (size / 60, size % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_never_named_without_its_offset() {
        for (zoned, wanted) in [
            (
                "2027-04-30T16:40+01:00[Europe/London]",
                "Friday 30 April 2027 at 16:40 (UTC+1)",
            ),
            (
                "2027-01-04T09:05+00:00[Europe/London]",
                "Monday 4 January 2027 at 09:05 (UTC)",
            ),
            (
                "2027-01-04T09:05+05:30[Asia/Kolkata]",
                "Monday 4 January 2027 at 09:05 (UTC+5:30)",
            ),
            (
                "2027-01-04T09:05-03:30[America/St_Johns]",
                "Monday 4 January 2027 at 09:05 (UTC-3:30)",
            ),
        ] {
            let at: Zoned = zoned.parse().unwrap();
            assert_eq!(moment(&at), wanted);
        }
    }

    #[test]
    fn ages_are_told_in_their_greatest_whole_unit() {
        for (seconds, wanted) in [
            (-5, "0 s"),
            (9, "9 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 hour"),
            (172_800, "2 days"),
        ] {
            assert_eq!(about(SignedDuration::from_secs(seconds)), wanted);
        }
    }

    #[test]
    fn lists_and_numbers_read_as_prose() {
        let items = |n: usize| {
            ["A", "B", "C"]
                .iter()
                .take(n)
                .map(|s| (*s).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            [0, 1, 2, 3].map(|n| list(&items(n))),
            ["", "A", "A and B", "A, B and C"]
        );
        assert_eq!([3, 12, 13].map(number), ["three", "twelve", "13"]);
    }
}
