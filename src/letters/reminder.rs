//! One reminder of one promise to one person of the team.
//!
//! It must never hold anything of the report: it passes through mail servers and over
//! lock screens. The types of [`ReminderView`] have no place for it.

use super::dates;
use crate::promise::{Standing, Step};
use crate::ticket::{CodeName, Reference, TicketNo};
use jiff::{SignedDuration, Zoned};
use serde::Serialize;

/// What a reminder may speak of.
#[derive(Clone, Debug)]
pub struct ReminderView {
    /// The number of the ticket.
    pub number: TicketNo,
    /// Its reference.
    pub reference: Reference,
    /// Its code name.
    pub code_name: CodeName,
    /// How long ago the report reached the mailbox.
    pub age: SignedDuration,
    /// The name of the promise in the policy.
    pub promise: String,
    /// A soft promise is never called late.
    pub soft: bool,
    /// The step of the policy that asks for this reminder.
    pub step: Step,
    /// When the promise is due, in the team's zone; `None` when it only grows stale.
    pub due: Option<Zoned>,
    /// How it stands.
    pub standing: Standing,
    /// What is still to be done, as [`State::missing`](crate::promise::State) names it.
    pub missing: Vec<String>,
    /// The class that the promise is for.
    pub class: Option<String>,
    /// The promise begins with the report: its first reminder is the first word of it.
    pub is_first_word: bool,
    /// The command to begin with, such as `gatepost show 19`.
    pub command: String,
}

/// The word for what is missing of a promise: `date` for `dated or date-not-due`. Of
/// several facts the first gives the word; a fact of the policy's own stands as it is.
pub fn part(missing: &str) -> &str {
    let first = missing
        .split_once(" or ")
        .map_or(missing, |(first, _)| first);
    match first {
        "acknowledged" => "receipt",
        "evaluated" => "evaluation",
        "dated" => "date",
        "answered" => "answer",
        "owned" => "owner",
        "resolved" => "fix",
        "update-posted" => "security update",
        "published" => "publication",
        "thanked" => "thanks",
        "credited" => "credit",
        _ => first,
    }
}

/// The words for all that is missing, `evaluation, date`.
pub(super) fn parts(missing: &[String]) -> String {
    missing
        .iter()
        .map(|m| part(m))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What the template gets.
#[derive(Debug, Serialize)]
pub(super) struct Words<'a> {
    number: String,
    reference: &'a str,
    code_name: &'a str,
    age: String,
    promise: &'a str,
    soft: bool,
    step: &'static str,
    class: Option<&'a str>,
    is_new: bool,
    due: Option<String>,
    due_short: Option<String>,
    standing: &'static str,
    missing: String,
    command: &'a str,
}

pub(super) fn words(view: &ReminderView) -> Words<'_> {
    Words {
        number: view.number.to_string(),
        reference: view.reference.as_str(),
        code_name: view.code_name.as_str(),
        age: dates::about(view.age),
        promise: &view.promise,
        soft: view.soft,
        step: match view.step {
            Step::AtOnce => "at-once",
            Step::Before(_) => "before",
            Step::WhenDue => "when-due",
            Step::After(_) | Step::DailyAfter => "after",
        },
        class: view.class.as_deref(),
        is_new: view.is_first_word && view.step == Step::AtOnce,
        due: view.due.as_ref().map(dates::deadline),
        due_short: view.due.as_ref().map(dates::short),
        standing: view.standing.word(),
        missing: parts(&view.missing),
        command: &view.command,
    }
}
