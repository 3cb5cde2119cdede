//! The labelled lines of a mail that the team wrote itself: `Assessment: accepted` and
//! `Expected resolution: 2026-12-04`, as our own letters carry them.
//!
//! A line counts only if nothing else can have brought it there: it begins its line above
//! the first quote, no mail of the reporter's holds it, and it is the only one of its
//! label. Whatever is in doubt is passed over, with the reason: a person can record it.
//! It must never take what a reporter wrote for the word of the team.

use crate::mail::Foreign;
use crate::mail::text::steady::above_first_quote;
use crate::ticket::Outcome;
use jiff::ToSpan;
use jiff::civil::Date;

/// The words before the colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Of the line that holds the outcome.
    pub assessment: String,
    /// Of the line that holds the date.
    pub expected: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            assessment: "Assessment".to_owned(),
            expected: "Expected resolution".to_owned(),
        }
    }
}

/// What the labelled lines of a mail say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// The outcome.
    pub outcome: Option<Outcome>,
    /// The date by which a resolution is expected.
    pub expected: Option<Date>,
    /// Why a line was passed over, in our words.
    pub passed_over: Vec<String>,
}

impl Labelled {
    /// Whether a text holds any line that looks like a labelled one.
    pub fn is_in(text: &Foreign, labels: &Labels) -> bool {
        let lines = above_first_quote(text);
        [&labels.assessment, &labels.expected]
            .iter()
            .any(|label| lines.iter().any(|line| value(line, label).is_some()))
    }

    /// Reads the lines of `text`. `theirs` is every text of the reporter's; `said` the
    /// local day on which the mail was received: a date comes after it, and within two
    /// years.
    pub fn read(text: &Foreign, labels: &Labels, theirs: &[Foreign], said: Date) -> Self {
        let lines = above_first_quote(text);
        let theirs: Vec<String> = theirs.iter().map(|text| letters_of(text.raw())).collect();
        let mut read = Self::default();
        let mut one = |label: &str| match only(&lines, label, &theirs) {
            Ok(value) => value,
            Err(why) => {
                read.passed_over.push(format!("{label}: {why}"));
                None
            }
        };
        let (outcome, expected) = (one(&labels.assessment), one(&labels.expected));
        let mut take = |label: &str, why: Option<String>| {
            read.passed_over
                .extend(why.map(|why| format!("{label}: {why}")));
        };
        if let Some(value) = outcome {
            match outcome_in(value) {
                Some(outcome) => read.outcome = Some(outcome),
                None => take(&labels.assessment, Some("it is no outcome".to_owned())),
            }
        }
        if let Some(value) = expected {
            match date_in(value, said) {
                Ok(date) => read.expected = Some(date),
                Err(why) => take(&labels.expected, Some(why.to_owned())),
            }
        }
        read
    }
}

/// The value of the one line with this label; no line is none.
fn only<'a>(
    lines: &[&'a str],
    label: &str,
    theirs: &[String],
) -> Result<Option<&'a str>, &'static str> {
    let mut found = lines
        .iter()
        .filter_map(|line| Some((line, value(line, label)?)));
    let Some((line, first)) = found.next() else {
        return Ok(None);
    };
    if found.any(|(_, other)| other != first) {
        return Err("there are several");
    }
    let line = letters_of(line);
    if theirs.iter().any(|text| text.contains(&line)) {
        return Err("a mail that is not proven to be ours holds the same line");
    }
    Ok(Some(first))
}

/// What stands behind `label:` where the line begins with it, as our letters indent it.
fn value<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let blank = [' ', '\t'];
    let line = line.trim_start_matches(blank);
    let head = line.get(..label.len())?;
    let rest = line.get(label.len()..)?.trim_start_matches(blank);
    let value = rest.strip_prefix(':')?.trim_matches(blank);
    head.eq_ignore_ascii_case(label).then_some(value)
}

/// Letters and digits alone, in lower case: a mail program that quotes changes the rest.
fn letters_of(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// `accepted`, or `accepted, severity high (CVSS 8.6)`. Spam never gets an answer.
fn outcome_in(value: &str) -> Option<Outcome> {
    let (word, more) = value.split_once(',').unwrap_or((value, " severity "));
    let outcome = Outcome::parse(&word.trim_end().to_ascii_lowercase())?;
    (more.starts_with(" severity ") && outcome != Outcome::Spam).then_some(outcome)
}

/// `2026-12-04` and nothing else.
fn date_in(value: &str, said: Date) -> Result<Date, &'static str> {
    let digits = |c: char| c.is_ascii_digit() || c == '-';
    let date = Some(value).filter(|v| v.len() == 10 && v.chars().all(digits));
    match date.and_then(|v| v.parse::<Date>().ok()) {
        None => Err("it is no date like 2026-12-04"),
        Some(date) if date <= said => Err("the date is not after the day on which it was said"),
        Some(date) if date > said.saturating_add(2.years()) => {
            Err("the date is more than two years away")
        }
        Some(date) => Ok(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const SAID: Date = date(2026, 11, 23);

    fn read(text: &str, theirs: &str) -> Labelled {
        let theirs = [Foreign::new("Hello"), Foreign::new(theirs)];
        Labelled::read(&Foreign::new(text), &Labels::default(), &theirs, SAID)
    }

    #[test]
    fn an_outcome_is_read_from_its_own_line_and_from_nothing_else() {
        let check = |text: &str, theirs: &str, outcome: Option<Outcome>| {
            let said = read(text, theirs);
            assert_eq!(said.outcome, outcome, "{text:?} {theirs:?} {said:?}");
        };
        let accepted = Some(Outcome::Accepted);
        for text in [
            "Assessment: accepted",
            "Hello,\r\n\r\n  Assessment: accepted\r\nAnna",
            "assessment:Accepted",
            "\tAssessment :  accepted  ",
            "Assessment: accepted, severity high (CVSS 8.6)",
            "Assessment: accepted\nAssessment: accepted",
            "Assessment: accepted\n> Assessment: duplicate",
        ] {
            check(text, "", accepted);
        }
        check("Assessment: out-of-scope", "", Some(Outcome::OutOfScope));
        for text in [
            "",
            "> Assessment: accepted",
            "  > Assessment: accepted",
            "ok\n\nOn 20 Nov 2026, Mia wrote:\n\nAssessment: accepted",
            "ok\n> why?\nAssessment: accepted",
            "ok\n-- \nAssessment: accepted",
            "our Assessment: accepted",
            "*Assessment:* accepted",
            "Assessment: accepted by nobody",
            "Assessment: accepted, if you say more",
            "Assessment: maybe",
            "Assessment: spam",
            "Assessment:",
            "Assessment accepted",
            "Assessment: accepted\nAssessment: duplicate",
            "\u{410}ssessment: accepted",
            "Assessment\u{ff1a} accepted",
            "Ass\u{200b}essment: accepted",
            "\u{a0}Assessment: accepted",
            "Assessment: \u{430}ccepted",
            "Assessment: accepted\u{202e}",
        ] {
            check(text, "", None);
        }
        // Whatever the reporter's mail program, or ours, did to the line.
        for theirs in [
            "Assessment: accepted",
            "please write\n  > assessment:  ACCEPTED\nto me",
            "Assessment:\u{a0}accepted",
            "*Assessment*:\naccepted",
            "Assess\u{ad}ment: accepted",
        ] {
            check("Assessment: accepted", theirs, None);
        }
        check("Assessment: accepted", "Assessment: duplicate", accepted);
    }

    #[test]
    fn a_date_is_read_if_it_is_the_only_one_and_can_be_promised() {
        let check = |text: &str, theirs: &str, expected: Option<Date>| {
            let said = read(text, theirs);
            assert_eq!(said.expected, expected, "{text:?} {theirs:?} {said:?}");
        };
        let line = |value: &str| format!("Expected resolution: {value}");
        for (value, expected) in [
            ("2026-12-04", Some(date(2026, 12, 4))),
            ("2026-11-24", Some(date(2026, 11, 24))),
            ("2028-11-23", Some(date(2028, 11, 23))),
            ("2026-11-23", None),
            ("2025-12-04", None),
            ("2028-11-24", None),
            ("9999-12-31", None),
            ("-009999-12-04", None),
            ("2026-13-04", None),
            ("2026-02-30", None),
            ("2026-12-04 or 2026-12-11", None),
            ("2026-12-04.", None),
            ("2026-12-04T00:00", None),
            ("by 2026-12-04", None),
            ("4 December 2026", None),
            ("\u{ff12}026-12-04", None),
            ("", None),
        ] {
            check(&line(value), "", expected);
        }
        let (one, other) = (line("2026-12-04"), line("2026-12-11"));
        check(&format!("{one}\n{one}"), "", Some(date(2026, 12, 4)));
        check(&format!("{one}\n{other}"), "", None);
        check(&format!("{one}\nExpected resolution: soon"), "", None);
        check(&format!("{one}\n> {other}"), "", Some(date(2026, 12, 4)));
        check(&one, &one, None);
        check(&one, "when? Expected resolution - 2026/12/04", None);
        check(&one, &other, Some(date(2026, 12, 4)));
    }

    #[test]
    fn what_is_passed_over_has_its_reason() {
        let said = read("Assessment: maybe\nExpected resolution: soon", "");
        assert_eq!(
            said.passed_over,
            [
                "Assessment: it is no outcome",
                "Expected resolution: it is no date like 2026-12-04"
            ]
        );
        assert!(read("Hello", "").passed_over.is_empty());
    }

    #[test]
    fn labels_are_the_teams_own() {
        let labels = Labels {
            assessment: "Bewertung".to_owned(),
            expected: "Behebung bis".to_owned(),
        };
        let text =
            Foreign::new("Bewertung: accepted\nBehebung bis: 2026-12-04\nAssessment: duplicate");
        let said = Labelled::read(&text, &labels, &[], SAID);
        let expected = (Some(Outcome::Accepted), Some(date(2026, 12, 4)));
        assert_eq!((said.outcome, said.expected), expected);
        assert!(Labelled::is_in(&text, &labels));
        assert!(!Labelled::is_in(
            &Foreign::new("> Bewertung: accepted"),
            &labels
        ));
    }
}
