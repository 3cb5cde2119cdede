//! The letter that tells a reporter what became of the report. gatepost writes its
//! start; a person reads it, changes it and sends it.
//!
//! It carries two labelled lines. gatepost reads the same two in mail that the team
//! wrote without it, so that the mailbox itself holds every promise: one format, ours
//! and the team's.

use super::Organisation;
use super::dates::Form;
use crate::mail::Foreign;
use crate::ticket::{Outcome, Reference};
use crate::triage::Labels;
use jiff::civil::Date;
use serde::Serialize;

/// What an evaluation letter may speak of.
#[derive(Clone, Debug, Serialize)]
pub struct EvaluationView<'a> {
    /// The reference of the ticket.
    pub reference: &'a Reference,
    /// The subject of the report.
    pub subject: &'a Foreign,
    /// What the team decided.
    pub outcome: Outcome,
    /// The date by which it expects the problem to be resolved.
    pub expected: Option<Date>,
    /// What it will do, or why it decided so: text of the person who writes. May be empty.
    pub plan: &'a str,
    /// The last day on which the reporter hears from us next.
    pub next_update: Option<Date>,
    /// The day on which the reporter had an evaluation before; this one takes its place.
    pub earlier: Option<Date>,
    /// A duplicate of a report whose problem is resolved.
    pub resolved: bool,
    /// The name of the person who writes.
    pub writer: &'a str,
    /// Whether to ask if, and under which name, the reporter wants to be credited.
    pub ask_credit: bool,
    /// Who we are.
    pub organisation: &'a Organisation,
}

/// `Re: THEIR SUBJECT [REF]`, so that the letter joins their thread: one `Re:` however
/// many there were, our reference once, harmless, at most 120 characters of theirs.
pub fn reply_subject(subject: &Foreign, reference: &Reference) -> String {
    let tag = format!("[{reference}]");
    let line = subject.line().replace(&tag, " ");
    let words: Vec<&str> = line.split(' ').filter(|w| !w.is_empty()).collect();
    let is_reply = |word: &&&str| {
        let word = word.to_lowercase();
        ["re:", "aw:", "sv:", "vs:", "antw:", "odp:", "res:"].contains(&word.as_str())
    };
    let answers = words.iter().take_while(is_reply).count();
    let rest = words.get(answers..).unwrap_or_default().join(" ");
    let rest = if rest.is_empty() {
        "your report".to_owned()
    } else {
        Foreign::new(rest).cut(120)
    };
    format!("Re: {rest} {tag}")
}

/// What the template gets.
#[derive(Debug, Serialize)]
pub(super) struct Words<'a> {
    subject: String,
    outcome: &'static str,
    labelled: String,
    expected: Option<String>,
    plan: &'a str,
    next_update: Option<String>,
    earlier: Option<String>,
    resolved: bool,
    writer: String,
    team: String,
    ask_credit: bool,
    organisation: &'a Organisation,
}

impl Words<'_> {
    /// The labelled line that is not in `body`, if one is missing.
    pub(super) fn lost_in(&self, body: &str) -> Option<String> {
        self.labelled
            .lines()
            .find(|line| !body.lines().any(|l| l == *line))
            .map(str::to_owned)
    }
}

/// `None` for an outcome that never gets a letter.
pub(super) fn words<'a>(view: &EvaluationView<'a>, form: Form) -> Option<Words<'a>> {
    if view.outcome == Outcome::Spam {
        return None;
    }
    Some(Words {
        subject: reply_subject(view.subject, view.reference),
        outcome: view.outcome.word(),
        labelled: labelled(&view.organisation.labels, view.outcome, view.expected),
        expected: view.expected.map(|on| form.day(on)),
        plan: view.plan.trim(),
        next_update: view.next_update.map(|on| form.day(on)),
        earlier: view.earlier.map(|on| form.day(on)),
        resolved: view.resolved,
        writer: first_letter_large(view.writer),
        team: in_a_sentence(&view.organisation.team_name),
        ask_credit: view.ask_credit,
        organisation: view.organisation,
    })
}

fn labelled(labels: &Labels, outcome: Outcome, expected: Option<Date>) -> String {
    let assessment = format!("  {}: {}", labels.assessment, outcome.word());
    match expected {
        Some(date) => format!("{assessment}\n  {}: {date}", labels.expected),
        None => assessment,
    }
}

/// `anna`, the name in the config, signs as `Anna`.
pub(super) fn first_letter_large(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// `The security team` signs alone; behind a comma it is `the security team`.
pub(super) fn in_a_sentence(team: &str) -> String {
    team.strip_prefix("The ")
        .map_or_else(|| team.to_owned(), |rest| format!("the {rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::TicketNo;

    #[test]
    fn a_reply_keeps_their_subject_and_no_more_than_one_re() {
        let reference = Reference::new("SEC", 2027, TicketNo(19));
        for (theirs, ours) in [
            ("XSS in search", "Re: XSS in search [SEC-2027-0019]"),
            ("Re: RE: AW: XSS", "Re: XSS [SEC-2027-0019]"),
            (
                "re: [SEC-2027-0019] We have your report",
                "Re: We have your report [SEC-2027-0019]",
            ),
            ("Rework: a plan", "Re: Rework: a plan [SEC-2027-0019]"),
            ("  ", "Re: your report [SEC-2027-0019]"),
            (
                "a\r\nBcc: x@example.net",
                "Re: a\\u{d}\\u{a}Bcc: x@example.net [SEC-2027-0019]",
            ),
        ] {
            assert_eq!(reply_subject(&Foreign::new(theirs), &reference), ours);
        }
        let long = reply_subject(&Foreign::new("x".repeat(5000)), &reference);
        assert_eq!(
            (long.chars().count(), long.ends_with("x~ [SEC-2027-0019]")),
            (140, true)
        );
    }

    #[test]
    fn the_writer_signs_with_a_name() {
        assert_eq!(first_letter_large("anna"), "Anna");
        assert_eq!(first_letter_large(""), "");
        assert_eq!(
            in_a_sentence("The security team of Example"),
            "the security team of Example"
        );
        assert_eq!(in_a_sentence("Example PSIRT"), "Example PSIRT");
    }
}
