//! A ticket that was found by words.

use super::Ticket;
use serde::Serialize;

/// Where words were found that were looked for.
#[derive(Serialize)]
pub struct Match {
    /// Its place among what was found, from 1.
    pub rank: usize,
    /// Where on the ticket.
    pub r#where: Option<String>,
    /// The text around it, what was found in brackets.
    pub snippet: Option<String>,
}

impl Ticket {
    /// The same, found by words.
    pub fn found(self, found: Match) -> Self {
        let r#match = Some(found);
        Self { r#match, ..self }
    }
}
