//! What deciding commands answer to scripts.

use crate::mail::Foreign;
use serde::Serialize;

/// What a deciding command did, for `--json`.
#[derive(Serialize)]
pub struct Decided {
    /// The reference of the ticket.
    pub r#ref: String,
    /// The number of the letter in the outbox.
    pub letter: Option<i64>,
    /// `dry-run`, `queued`, `sent`, or `recorded` without a letter.
    pub state: &'static str,
    /// Whom the letter goes to.
    pub to: Option<String>,
    /// Its subject.
    pub subject: Option<Foreign>,
    /// Its text.
    pub text: Option<String>,
    /// What the person should know.
    pub notes: Vec<String>,
    /// The letters to the reporters of its duplicates.
    pub duplicates: Vec<Followed>,
    /// The letters to the reporters of those that look like it (`evaluate --like`).
    pub alike: Vec<Followed>,
    /// Those that look like it, too, and are left to a person.
    pub not_taken: Vec<NotTaken>,
}

/// A report that looks like another, and was not evaluated with it.
#[derive(Serialize)]
pub struct NotTaken {
    /// Its reference.
    pub r#ref: String,
    /// Why.
    pub because: String,
}

/// The letter to the reporter of a duplicate, or of a report that looks like another.
#[derive(Serialize)]
pub struct Followed {
    /// The reference of its ticket.
    pub r#ref: String,
    /// The number of the letter in the outbox.
    pub letter: Option<i64>,
    /// As of the decision, or `stopped`: a note says why, and nothing goes.
    pub state: &'static str,
    /// Whom it goes to; none where no letter goes.
    pub to: Option<String>,
    /// Its subject.
    pub subject: Option<Foreign>,
    /// Its text.
    pub text: Option<String>,
    /// What the person should know.
    pub notes: Vec<String>,
}
