//! A letter of ours as it stands in the thread.

use crate::cli::words;
use crate::mail::Foreign;
use crate::store::{Letter, LetterKind, LetterState};

/// What it is, and how far it has come.
pub(super) fn letter_line(letter: &Letter) -> String {
    let what = words::letter(letter.kind);
    match letter.state {
        LetterState::Sent => {
            let answer = letter.answer.as_deref().unwrap_or("as a person says");
            format!("{what} sent: {}", Foreign::new(answer).cut(60))
        }
        LetterState::Held => format!(
            "{what} HELD: {}   (gatepost outbox release {})",
            letter.held_because.as_deref().unwrap_or("no reason"),
            letter.id
        ),
        LetterState::Dropped if letter.kind == LetterKind::Evaluation => {
            format!("{what} decided, letter dropped: the reporter was not told")
        }
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Unknown
        | LetterState::Refused
        | LetterState::Superseded
        | LetterState::Dropped => {
            let why = letter
                .last_error
                .as_ref()
                .map(|why| format!(": {}", Foreign::new(why.clone()).cut(60)))
                .unwrap_or_default();
            format!("{what} {}{why}", letter.state.word())
        }
    }
}
