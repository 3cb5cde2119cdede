//! The words that a policy writes for spans, steps and dates, read and written back.
//!
//! What is written back reads the same again. Nothing here guesses: a word that is
//! not known is an error that says which ones are.

use super::form::{Audience, DateKind, FormError, OneOf, Span, Step};

impl Span {
    /// Reads `3 business days`, `1 business day`, `72 hours`, `30 minutes`, `10 days`.
    ///
    /// # Errors
    /// No whole number, no known unit, or a number out of the bounds of its unit.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let wrong = || FormError(format!("{text:?} is no span of time: {HOW_A_SPAN_READS}"));
        let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let unit: fn(u16) -> Self = match unit.trim() {
            "business day" | "business days" => Self::BusinessDays,
            "day" | "days" => Self::Days,
            "hour" | "hours" => Self::Hours,
            "minute" | "minutes" => Self::Minutes,
            _ => return Err(wrong()),
        };
        // Too large for the type is too large for the bounds, and told in the same words.
        let span = unit(number.parse().unwrap_or(u16::MAX));
        span.bounded()
    }

    /// The span itself if its number is 1 or more and not over what its unit allows.
    ///
    /// # Errors
    /// Says the bounds.
    pub fn bounded(self) -> Result<Self, FormError> {
        let (number, unit, most) = self.parts();
        if (1..=most).contains(&number) {
            return Ok(self);
        }
        Err(FormError(format!(
            "a number of {unit}s must lie between 1 and {most}"
        )))
    }

    /// The words that [`Span::parse`] reads.
    pub fn words(&self) -> String {
        match self.parts() {
            (1, unit, _) => format!("1 {unit}"),
            (number, unit, _) => format!("{number} {unit}s"),
        }
    }

    /// The short form in the keys of reminders: `1bd`, `2d`, `3h`, `30min`.
    pub fn key(&self) -> String {
        match self {
            Self::BusinessDays(n) => format!("{n}bd"),
            Self::Days(n) => format!("{n}d"),
            Self::Hours(n) => format!("{n}h"),
            Self::Minutes(n) => format!("{n}min"),
        }
    }

    /// Number, unit in the singular, and the largest number that the unit allows.
    fn parts(self) -> (u16, &'static str, u16) {
        match self {
            Self::BusinessDays(n) => (n, "business day", 250),
            Self::Days(n) => (n, "day", 366),
            Self::Hours(n) => (n, "hour", 8_784),
            Self::Minutes(n) => (n, "minute", 43_200),
        }
    }
}

const HOW_A_SPAN_READS: &str =
    "write a whole number and business days, days, hours or minutes, such as \"3 business days\"";

impl Step {
    /// Reads `at once`, `1 business day before`, `3 hours before`, `when due`,
    /// `5 business days after`, `daily after`.
    ///
    /// # Errors
    /// Says which words there are.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let text = text.trim();
        match text {
            "at once" => return Ok(Self::AtOnce),
            "when due" => return Ok(Self::WhenDue),
            "daily after" => return Ok(Self::DailyAfter),
            _ => {}
        }
        if let Some(span) = text.strip_suffix(" after") {
            return Span::parse(span).map(Self::After);
        }
        let span = text.strip_suffix(" before").ok_or_else(|| {
            FormError(format!(
                "{text:?} is no time for a reminder: write \"at once\", \"1 business day before\", \
                 \"3 hours before\", \"when due\", \"5 business days after\" or \"daily after\""
            ))
        })?;
        Span::parse(span).map(Self::Before)
    }

    /// The words that [`Step::parse`] reads.
    pub fn words(&self) -> String {
        match self {
            Self::AtOnce => "at once".to_owned(),
            Self::Before(span) => format!("{} before", span.words()),
            Self::WhenDue => "when due".to_owned(),
            Self::After(span) => format!("{} after", span.words()),
            Self::DailyAfter => "daily after".to_owned(),
        }
    }

    /// The word in the keys of reminders: `at-once`, `1bd-before`, `when-due`,
    /// `5bd-after`. The mornings of `daily after` have a key each, with its date.
    pub fn key(&self) -> String {
        match self {
            Self::AtOnce => "at-once".to_owned(),
            Self::Before(span) => format!("{}-before", span.key()),
            Self::WhenDue => "when-due".to_owned(),
            Self::After(span) => format!("{}-after", span.key()),
            Self::DailyAfter => "after".to_owned(),
        }
    }
}

impl Audience {
    /// Reads `owner`, `team`, `second-line`, or the name of a person of the team, which
    /// is not checked here.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            "owner" => Self::Owner,
            "team" => Self::Team,
            "second-line" => Self::SecondLine,
            name => Self::Person(name.to_owned()),
        }
    }

    /// The word that [`Audience::parse`] reads.
    pub fn word(&self) -> &str {
        match self {
            Self::Owner => "owner",
            Self::Team => "team",
            Self::SecondLine => "second-line",
            Self::Person(name) => name,
        }
    }
}

impl DateKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Expected,
        Self::Publication,
        Self::Embargo,
        Self::ReporterPublication,
    ];

    /// Reads `expected`, `publication`, `embargo`, `reporter-publication`.
    ///
    /// # Errors
    /// Says which words there are.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::word).join(", ");
                FormError(format!(
                    "{text:?} is no date of a ticket: the dates are {known}"
                ))
            })
    }

    /// The word that policies and the store use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Publication => "publication",
            Self::Embargo => "embargo",
            Self::ReporterPublication => "reporter-publication",
        }
    }
}

impl OneOf {
    /// The names of the facts, joined with "or": for policies and scripts.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|name| name.as_str()).collect();
        names.join(" or ")
    }

    /// What a person has to bring about: "evaluation", "expected date". That no date
    /// is due is recorded by gatepost itself and is left out beside another fact.
    pub fn words(&self) -> String {
        let names = self.0.iter().map(|name| name.as_str());
        let mut theirs: Vec<String> = names
            .clone()
            .filter(|name| *name != "date-not-due")
            .map(noun)
            .collect();
        if theirs.is_empty() {
            theirs = names.map(noun).collect();
        }
        theirs.join(" or ")
    }
}

fn noun(name: &str) -> String {
    match name {
        "acknowledged" => "acknowledgement",
        "answered" => "answer",
        "credited" => "credit",
        "dated" => "expected date",
        "evaluated" => "evaluation",
        "owned" => "owner",
        "published" => "publication",
        "resolved" => "resolution",
        "thanked" => "thanks",
        _ => return name.replace('-', " "),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::FactName;

    #[test]
    fn spans_read_what_they_write() {
        let check = |text: &str, span: Span, words: &str, key: &str| {
            assert_eq!(Span::parse(text), Ok(span), "{text}");
            assert_eq!(
                (span.words(), span.key()),
                (words.to_owned(), key.to_owned())
            );
            assert_eq!(Span::parse(words), Ok(span));
        };
        check(
            "3 business days",
            Span::BusinessDays(3),
            "3 business days",
            "3bd",
        );
        check(
            " 1 business days ",
            Span::BusinessDays(1),
            "1 business day",
            "1bd",
        );
        check("10  days", Span::Days(10), "10 days", "10d");
        check("72 hours", Span::Hours(72), "72 hours", "72h");
        check("30 minutes", Span::Minutes(30), "30 minutes", "30min");
    }

    #[test]
    fn what_is_no_span_is_refused_with_advice() {
        for text in [
            "",
            "3",
            "days",
            "three days",
            "-3 days",
            "+3 days",
            "3.5 hours",
            "3 weeks",
            "3 Business Days",
            "3days",
        ] {
            let error = Span::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("such as \"3 business days\""),
                "{text:?}: {error}"
            );
        }
        for (text, bounds) in [
            ("0 days", "between 1 and 366"),
            ("251 business days", "between 1 and 250"),
            ("8785 hours", "between 1 and 8784"),
            ("99999999999999999999 minutes", "between 1 and 43200"),
        ] {
            assert!(
                Span::parse(text).unwrap_err().to_string().contains(bounds),
                "{text}"
            );
        }
    }

    #[test]
    fn steps_and_dates_read_what_they_write() {
        for text in [
            "at once",
            "1 business day before",
            "3 hours before",
            "30 minutes before",
            "when due",
            "5 business days after",
            "30 minutes after",
            "daily after",
        ] {
            assert_eq!(
                Step::parse(text).map(|step| step.words()),
                Ok(text.to_owned())
            );
        }
        for text in ["owner", "team", "second-line", "anna"] {
            assert_eq!(Audience::parse(text).word(), text);
        }
        for text in [
            "",
            "before",
            "after",
            "3 hours later",
            "0 hours before",
            "0 days after",
            "weekly",
        ] {
            assert!(Step::parse(text).is_err(), "{text:?}");
        }
        for kind in DateKind::ALL {
            assert_eq!(DateKind::parse(kind.word()), Ok(kind));
        }
        assert!(
            DateKind::parse("someday")
                .unwrap_err()
                .to_string()
                .contains("embargo")
        );
    }

    #[test]
    fn a_need_is_named_for_programs_and_for_people() {
        let need = OneOf(vec![FactName::new("dated"), FactName::new("date-not-due")]);
        assert_eq!(
            (need.names().as_str(), need.words().as_str()),
            ("dated or date-not-due", "expected date")
        );
        let need = OneOf(vec![
            FactName::new("credited"),
            FactName::new("credit-declined"),
        ]);
        assert_eq!(need.words(), "credit or credit declined");
        assert_eq!(
            OneOf(vec![FactName::new("date-not-due")]).words(),
            "date not due"
        );
    }
}
