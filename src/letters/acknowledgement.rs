//! The receipt for a report: the one letter that goes to a stranger without a person
//! having read it.
//!
//! It must never hold a byte of the sender's choosing: anybody can be named in `From`,
//! and a receipt that quotes would carry spam to whom the sender likes. The types of
//! [`AckView`] see to that: numbers, times, our own calendar, our own config.

use super::Organisation;
use super::dates::Form;
use crate::promise::Promise;
use crate::ticket::Reference;
use jiff::Zoned;
use jiff::civil::Date;
use serde::Serialize;

/// What a receipt may speak of.
#[derive(Clone, Debug, Serialize)]
pub struct AckView<'a> {
    /// The reference of the new ticket.
    pub reference: &'a Reference,
    /// When the mail reached the mailbox, in the team's zone.
    pub arrived: Zoned,
    /// It came by telephone or in another way that was no mail to us: there is no mail to
    /// speak of.
    pub by_hand: bool,
    /// What the reporter will have next; `None` when the policy promises no answer.
    pub answer: Option<Answer>,
    /// What was not in the report.
    pub missing: Missing,
    /// It describes nothing: there is a greeting or a link and no more.
    pub undescribed: bool,
    /// Who we are.
    pub organisation: &'a Organisation,
}

/// The first answer that the page promises.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Its deadline, in the team's zone.
    pub by: Zoned,
    /// What it will hold.
    pub promised: Promised,
    /// How the deadline was counted, where it is counted in business days.
    pub count: Option<Count>,
}

/// What a promised answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Promised {
    /// An evaluation and a date.
    EvaluationAndDate,
    /// An evaluation.
    Evaluation,
    /// A word from a person.
    Answer,
}

impl Promised {
    /// What meets `promise`, as far as a reporter cares.
    pub fn by(promise: &Promise) -> Self {
        let needs = |name: &str| {
            promise
                .needs
                .iter()
                .any(|any| any.0.iter().any(|fact| fact.as_str() == name))
        };
        match (needs("evaluated"), needs("dated")) {
            (true, true) => Self::EvaluationAndDate,
            (true, false) => Self::Evaluation,
            (false, _) => Self::Answer,
        }
    }
}

/// How a deadline in business days came about.
#[derive(Clone, Debug, Serialize)]
pub struct Count {
    /// The business days that the page promises.
    pub business_days: u16,
    /// The holidays on which the count stood still, in order; weekends left out.
    pub off: Vec<DayOff>,
}

/// A day of the team's calendar on which it does not work.
#[derive(Clone, Debug, Serialize)]
pub struct DayOff {
    /// The day.
    pub on: Date,
    /// Its name in the config.
    pub name: String,
}

/// What the reporter could add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Nothing that a program can tell.
    Nothing,
    /// The address (URL or IP) of the affected system.
    System,
    /// The mail is encrypted, so nobody can tell yet.
    NotReadable,
}

/// What the template gets.
#[derive(Debug, Serialize)]
pub(super) struct Words<'a> {
    reference: &'a str,
    arrived: String,
    by_hand: bool,
    answer: Option<AnswerWords<'a>>,
    missing: Missing,
    undescribed: bool,
    organisation: &'a Organisation,
}

#[derive(Debug, Serialize)]
struct AnswerWords<'a> {
    by: String,
    promised: Promised,
    business_days: Option<String>,
    holidays: String,
    holiday_count: usize,
    holiday_name: Option<&'a str>,
}

/// What the template gets for a report of the class `attack`.
#[derive(Debug, Serialize)]
pub(super) struct BareWords<'a> {
    reference: &'a str,
    arrived: String,
}

pub(super) fn bare_words<'a>(view: &'a AckView<'_>, form: Form) -> BareWords<'a> {
    BareWords {
        reference: view.reference.as_str(),
        arrived: form.moment(&view.arrived),
    }
}

pub(super) fn words<'a>(view: &'a AckView<'_>, form: Form) -> Words<'a> {
    Words {
        reference: view.reference.as_str(),
        arrived: form.moment(&view.arrived),
        by_hand: view.by_hand,
        answer: view.answer.as_ref().map(|a| answer(a, form)),
        missing: view.missing,
        undescribed: view.undescribed,
        organisation: view.organisation,
    }
}

fn answer(answer: &Answer, form: Form) -> AnswerWords<'_> {
    let off = answer.count.as_ref().map_or(&[][..], |count| &count.off);
    let days: Vec<Date> = off.iter().map(|day| day.on).collect();
    AnswerWords {
        by: form.deadline(&answer.by),
        promised: answer.promised,
        business_days: answer
            .count
            .as_ref()
            .map(|count| form.business_days(count.business_days)),
        holidays: form.days(&days),
        holiday_count: days.len(),
        holiday_name: match off {
            [one] => Some(one.name.as_str()),
            [] | [_, _, ..] => None,
        },
    }
}
