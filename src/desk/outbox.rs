//! What a person decides about a letter whose sending went wrong: try it again, or say
//! that it arrived.

use super::act::note;
use super::settle;
use crate::config::Config;
use crate::store::{Letter, LetterState, Tx};
use anyhow::{Context, Result, bail};

/// Sends a letter at once, as if it had never been tried, with the bytes that it has: one
/// that waits, was refused, or may have been taken.
///
/// # Errors
/// When it is in another state.
pub fn retry(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let row = known(tx, letter)?;
    let remedy = match row.state {
        LetterState::Queued | LetterState::Refused | LetterState::Unknown => "",
        LetterState::Held => "\n  hint: `gatepost outbox release` sends it",
        LetterState::Offered => "\n  hint: it is leaving now",
        LetterState::Sent | LetterState::Superseded | LetterState::Dropped => {
            "\n  hint: write another letter"
        }
    };
    if !remedy.is_empty() || !tx.start_anew(letter)? {
        bail!(
            "letter {letter} is {} and cannot be tried again{remedy}",
            row.state.word()
        );
    }
    if row.kind.is_internal() {
        settle::tell_of_team(tx, &row)?;
    }
    note(tx, config, &row, who, "is tried again")
}

/// A person knows that a letter arrived: what it says is true since its bytes left last.
///
/// # Errors
/// When nothing is open about it.
pub fn was_sent(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let row = known(tx, letter)?;
    let open = matches!(row.state, LetterState::Unknown | LetterState::Refused);
    if !open || !tx.move_letter(letter, row.state, LetterState::Sent)? {
        bail!(
            "letter {letter} is {}: only of one that is unknown or refused a person has to say that it arrived",
            row.state.word()
        );
    }
    let left_at = row.settled_at.unwrap_or(tx.now());
    settle::arrived(tx, config, &row, left_at)?;
    note(tx, config, &row, who, "arrived, as they say")
}

fn known(tx: &Tx, letter: i64) -> Result<Letter> {
    tx.letter(letter)?.with_context(|| {
        format!("there is no letter {letter}\n  hint: `gatepost outbox` shows their numbers")
    })
}

#[cfg(test)]
mod tests;
