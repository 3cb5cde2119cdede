//! Letters by which a person answers a reporter: a reply, the news that the problem is
//! resolved or published, the last letter. gatepost writes their start; a person reads
//! them, changes them and sends them.
//!
//! A reply that gives a date carries it as the same labelled line as the evaluation does.

use super::Organisation;
use super::dates::Form;
use super::evaluation::{first_letter_large, in_a_sentence, reply_subject};
use crate::mail::Foreign;
use crate::ticket::Reference;
use jiff::civil::Date;
use serde::Serialize;

/// What every letter by a person may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// The reference of the ticket.
    pub reference: &'a Reference,
    /// The subject of the report.
    pub subject: &'a Foreign,
    /// What the person wants to say in words of their own. May be empty.
    pub text: &'a str,
    /// The name of the person who writes.
    pub writer: &'a str,
    /// Who we are.
    pub organisation: &'a Organisation,
}

/// What a reply may speak of.
#[derive(Clone, Debug)]
pub struct ReplyView<'a> {
    /// Who writes what.
    pub hand: Hand<'a>,
    /// A new date for the resolution.
    pub date: Option<NewDate<'a>>,
    /// A day before which nobody is to be told of it.
    pub embargo: Option<NewDate<'a>>,
    /// The reporter is asked for something, and we wait for them.
    pub ask: bool,
    /// The Signal number, in the one letter that gives it.
    pub signal: Option<&'a str>,
    /// Until when we wait, in the last call to a reporter who is silent.
    pub until: Option<Date>,
    /// Who looks after the report from now on, in the letter that says so.
    pub owner: Option<&'a str>,
    /// The date that the reporter was told and that holds, in that letter.
    pub holds: Option<Date>,
}

/// A date that a letter gives.
#[derive(Clone, Copy, Debug)]
pub struct NewDate<'a> {
    /// The date.
    pub on: Date,
    /// The date that the reporter was told before.
    pub was: Option<Date>,
    /// That one has passed before this letter.
    pub missed: bool,
    /// Why it moves. May be empty.
    pub because: &'a str,
}

/// What the news of a resolution may speak of.
#[derive(Clone, Debug)]
pub struct ResolvedView<'a> {
    /// Who writes what.
    pub hand: Hand<'a>,
    /// The day on which we mean to publish.
    pub publication: Option<Date>,
    /// It is public already.
    pub is_public: bool,
    /// Whether to ask for the name to credit.
    pub ask_credit: bool,
}

/// What the news of a publication may speak of.
#[derive(Clone, Debug)]
pub struct PublishedView<'a> {
    /// Who writes what.
    pub hand: Hand<'a>,
    /// It is to come, on this day; none: it is public.
    pub planned: Option<NewDate<'a>>,
    /// Where it can be read.
    pub link: Option<&'a str>,
    /// The problem is resolved.
    pub resolved: bool,
}

/// What the last letter may speak of.
#[derive(Clone, Debug)]
pub struct ClosingView<'a> {
    /// Who writes what.
    pub hand: Hand<'a>,
    /// We asked for something, and no answer came.
    pub unanswered: bool,
    /// The problem is resolved.
    pub resolved: bool,
}

/// What each template gets.
#[derive(Debug, Serialize)]
pub(super) struct Words<'a, T> {
    subject: String,
    reference: &'a Reference,
    text: &'a str,
    writer: String,
    team: String,
    organisation: &'a Organisation,
    #[serde(flatten)]
    own: T,
}

impl<'a, T> Words<'a, T> {
    fn new(hand: Hand<'a>, own: T) -> Self {
        Self {
            subject: reply_subject(hand.subject, hand.reference),
            reference: hand.reference,
            text: hand.text.trim(),
            writer: first_letter_large(hand.writer),
            team: in_a_sentence(&hand.organisation.team_name),
            organisation: hand.organisation,
            own,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Reply<'a> {
    labelled: String,
    expected: Option<String>,
    was: Option<String>,
    missed: bool,
    because: String,
    embargo: Option<String>,
    embargo_was: Option<String>,
    embargo_because: String,
    ask: bool,
    signal: Option<&'a str>,
    until: Option<String>,
    owner: Option<String>,
    holds: Option<String>,
}

impl Reply<'_> {
    /// The labelled line that is not in `body`, if it is missing.
    fn lost_in(&self, body: &str) -> Option<String> {
        let lost = !self.labelled.is_empty() && !body.lines().any(|l| l == self.labelled);
        lost.then(|| self.labelled.clone())
    }
}

impl<'a> Words<'a, Reply<'a>> {
    pub(super) fn lost_in(&self, body: &str) -> Option<String> {
        self.own.lost_in(body)
    }

    /// Whether the letter tells of an embargo and does not say until when.
    pub(super) fn lacks_embargo(&self, body: &str) -> bool {
        let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
        let day = self.own.embargo.as_ref();
        day.is_some_and(|day| !body.contains(day))
    }
}

pub(super) fn reply<'a>(view: &ReplyView<'a>, form: Form) -> Words<'a, Reply<'a>> {
    let (date, embargo) = (view.date, view.embargo);
    let label = &view.hand.organisation.labels.expected;
    Words::new(
        view.hand,
        Reply {
            labelled: date.map_or_else(String::new, |d| format!("  {label}: {}", d.on)),
            expected: date.map(|d| form.day(d.on)),
            was: date.and_then(|d| d.was).map(|on| form.day(on)),
            missed: date.is_some_and(|d| d.missed),
            because: date.map_or_else(String::new, |d| sentence(d.because)),
            embargo: embargo.map(|d| form.day(d.on)),
            embargo_was: embargo.and_then(|d| d.was).map(|on| form.day(on)),
            embargo_because: embargo.map_or_else(String::new, |d| sentence(d.because)),
            ask: view.ask,
            signal: view.signal,
            until: view.until.map(|on| form.day(on)),
            owner: view.owner.map(first_letter_large),
            holds: view.holds.map(|on| form.day(on)),
        },
    )
}

#[derive(Debug, Serialize)]
pub(super) struct Resolved {
    publication: Option<String>,
    is_public: bool,
    ask_credit: bool,
}

pub(super) fn resolved<'a>(view: &ResolvedView<'a>, form: Form) -> Words<'a, Resolved> {
    Words::new(
        view.hand,
        Resolved {
            publication: view.publication.map(|on| form.day(on)),
            is_public: view.is_public,
            ask_credit: view.ask_credit,
        },
    )
}

#[derive(Debug, Serialize)]
pub(super) struct Published<'a> {
    planned: Option<String>,
    was: Option<String>,
    missed: bool,
    because: String,
    link: Option<&'a str>,
    resolved: bool,
}

pub(super) fn published<'a>(view: &PublishedView<'a>, form: Form) -> Words<'a, Published<'a>> {
    Words::new(
        view.hand,
        Published {
            planned: view.planned.map(|d| form.day(d.on)),
            was: view.planned.and_then(|d| d.was).map(|on| form.day(on)),
            missed: view.planned.is_some_and(|d| d.missed),
            because: (view.planned).map_or_else(String::new, |d| sentence(d.because)),
            link: view.link,
            resolved: view.resolved,
        },
    )
}

#[derive(Debug, Serialize)]
pub(super) struct Closing {
    unanswered: bool,
    resolved: bool,
}

pub(super) fn closing<'a>(view: &ClosingView<'a>) -> Words<'a, Closing> {
    Words::new(
        view.hand,
        Closing {
            unanswered: view.unanswered,
            resolved: view.resolved,
        },
    )
}

/// `rework found two more` ends as a sentence does.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_ends_as_a_sentence_does() {
        for (typed, written) in [
            (" rework found two more ", "rework found two more."),
            ("Sorry!", "Sorry!"),
            ("", ""),
        ] {
            assert_eq!(sentence(typed), written);
        }
    }
}
