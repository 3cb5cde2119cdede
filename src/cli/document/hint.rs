//! A hint, for scripts.

use crate::mail::Foreign;
use crate::triage::hints::Hint;
use serde::Serialize;

/// What a report reads like, of all that the page leaves out. Advice: it decides nothing.
#[derive(Serialize)]
pub struct HintLine {
    rule: String,
    /// The words, as they are written.
    matched: Foreign,
    /// The number of their mail in the thread.
    mail: usize,
    in_subject: bool,
    /// The sentence of the page.
    page: Option<String>,
    /// The letter that answers it; null: the usual one.
    letter: Option<String>,
}

impl From<&Hint> for HintLine {
    fn from(hint: &Hint) -> Self {
        Self {
            rule: hint.rule.clone(),
            matched: hint.matched.clone(),
            mail: hint.mail,
            in_subject: hint.in_subject,
            page: hint.page.clone(),
            letter: hint.letter.clone(),
        }
    }
}
