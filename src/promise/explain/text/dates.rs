//! How the dates of an explanation are written.

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::Offset;

/// How its dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// For who reads them now: `Fri 30 Apr 16:40`.
    Short,
    /// For who reads them years on and elsewhere: `Fri 30 Apr 2027 16:40 +01:00`.
    Full,
}

impl Dates {
    /// `Fri 30 Apr 16:40`: of one width, to stand below each other.
    pub(super) fn moment(self, at: &Zoned) -> String {
        match self {
            Self::Short => at.strftime("%a %e %b %H:%M").to_string(),
            Self::Full => with_offset(at, "%a %e %b %Y %H:%M"),
        }
    }

    /// An instant within a line, in this form where it is short.
    pub(super) fn written(self, at: &Zoned, short: &str) -> String {
        match self {
            Self::Short => at.strftime(short).to_string(),
            Self::Full => with_offset(at, "%a %-d %b %Y %H:%M"),
        }
    }

    /// `Sat  1 May`.
    pub(super) fn day(self, date: Date) -> String {
        let form = match self {
            Self::Short => "%a %e %b",
            Self::Full => "%a %e %b %Y",
        };
        date.strftime(form).to_string()
    }

    /// `17 Jun`.
    pub(super) fn short(self, date: Date) -> String {
        let form = match self {
            Self::Short => "%-d %b",
            Self::Full => "%-d %b %Y",
        };
        date.strftime(form).to_string()
    }
}

/// An instant in this form, and how far its zone is from UTC.
pub(super) fn with_offset(at: &Zoned, form: &str) -> String {
    format!("{} {}", at.strftime(form), offset(at.offset()))
}

/// `+01:00`.
pub(super) fn offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    format!(
        "{}{:02}:{:02}",
        if minutes < 0 { '-' } else { '+' },
        minutes.abs() / 60,
        minutes.abs() % 60
    )
}
