//! The one form of a promise, and the words that a policy writes in it.

use crate::ticket::FactName;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A page and what it promises, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its short name, such as `neon`.
    pub name: String,
    /// The day of the page's text.
    pub version: Date,
    /// Where the page can be read.
    pub url: String,
    /// The promises, in the order of the file.
    pub promises: Vec<Promise>,
    /// Facts that only this policy knows.
    pub declared: Vec<FactName>,
    /// SHA-256 of the file, lower-case hex: a ticket names the policy that it lives under by it.
    pub digest: String,
    /// The file as it was read.
    pub text: String,
}

/// Any one of these facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOf(pub Vec<FactName>);

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its name: a key of deadlines and reminders; never rename one that is in use.
    pub name: String,
    /// The sentence of the page, quoted by `explain`.
    pub page: String,
    /// All of these start it; the last of them to happen is its start. Empty only with `by`.
    pub from: Vec<OneOf>,
    /// All of these meet it.
    pub needs: Vec<OneOf>,
    /// How long it may take. `None` with `by`, or for a promise that only grows stale.
    pub within: Option<Span>,
    /// Due on a date that the ticket carries.
    pub by: Option<DateKind>,
    /// Each occurrence of `from` starts it anew. Without it, it is counted from the
    /// oldest that is unanswered.
    pub repeat: bool,
    /// Any of these ends it without being met or missed.
    pub ends: Vec<FactName>,
    /// Shown and reported apart, never called late.
    pub soft: bool,
    /// That we wait for others is an answer: the page asks for patience with them.
    pub others_count: bool,
    /// Reminders go out at any hour of any day.
    pub any_hour: bool,
    /// Holds only for tickets of this class.
    pub class: Option<String>,
    /// Does not hold for tickets of these classes.
    pub except: Vec<String>,
    /// The reminders, in the order of the file.
    pub remind: Vec<Step>,
    /// Who hears them. Empty: whoever is responsible, else the first line.
    pub to: Vec<Audience>,
    /// From this step on the second line hears them too.
    pub escalate: Option<Step>,
}

impl Promise {
    /// It has no time: it only grows stale, is reminded of, and is never late.
    pub fn is_timeless(&self) -> bool {
        self.within.is_none() && self.by.is_none()
    }

    /// Its time is counted in real hours or minutes, so that the hour of its end matters.
    pub fn counts_hours(&self) -> bool {
        self.by.is_none() && matches!(self.within, Some(Span::Hours(_) | Span::Minutes(_)))
    }

    /// It is our own rhythm of letters to the reporter: each starts it anew. Such a
    /// promise rests while we wait for the reporter.
    pub fn is_cadence(&self) -> bool {
        let answered = |any: &OneOf| any.0.iter().any(|name| name.as_str() == "answered");
        self.repeat && self.from.iter().any(answered)
    }
}

/// Who hears a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever is responsible for the ticket; the first line as long as nobody is.
    Owner,
    /// The first line: all of the team but its second line.
    Team,
    /// The second line.
    SecondLine,
    /// One person, by the name in the config.
    Person(String),
}

/// How long a promise may take: a whole number of 1 or more and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Business days, at most 250.
    BusinessDays(u16),
    /// Calendar days, at most 366.
    Days(u16),
    /// Real hours, at most 8,784.
    Hours(u16),
    /// Real minutes, at most 43,200.
    Minutes(u16),
}

/// A date that a ticket can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateKind {
    /// The date by which a resolution is expected.
    Expected,
    /// The date planned for the publication.
    Publication,
    /// The end of an embargo.
    Embargo,
    /// The date on which the reporter wants to publish.
    ReporterPublication,
}

/// When the team is reminded of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// When it starts.
    AtOnce,
    /// This long before it is due.
    Before(Span),
    /// When it is due.
    WhenDue,
    /// This long after it was due; after it started, for a promise without a time.
    After(Span),
    /// Each business morning after it was due. For a promise without a time: after its
    /// first `After`, or after it started.
    DailyAfter,
}

/// Why a word of a policy cannot be read; says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError(pub String);

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FormError {}
