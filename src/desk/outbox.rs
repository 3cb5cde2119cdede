//! What a person decides about one letter: release it, drop it, try it again, or say that
//! it arrived.

use super::{post, refresh, settle};
use crate::config::Config;
use crate::store::{Letter, LetterState, NewFact, Tx};
use crate::ticket::{By, What};
use anyhow::{Context, Result, bail};

/// Releases a held acknowledgement, rendered anew.
///
/// # Errors
/// When the letter is not held.
pub fn release(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let held = known(tx, letter)?;
    if held.state != LetterState::Held {
        bail!("letter {letter} is not held: it is {}", held.state.word());
    }
    post::release(tx, config, &held)?;
    note(tx, config, &held, who, "released")
}

/// Drops a letter that has not left.
///
/// # Errors
/// When it left, or is leaving.
pub fn drop_letter(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let row = known(tx, letter)?;
    let droppable = matches!(
        row.state,
        LetterState::Held | LetterState::Queued | LetterState::Refused | LetterState::Unknown
    );
    if !droppable || !tx.move_letter(letter, row.state, LetterState::Dropped)? {
        bail!(
            "letter {letter} is {} and cannot be dropped",
            row.state.word()
        );
    }
    if row.kind.is_internal() {
        settle::tell_of_team(tx, config, &row)?;
    }
    note(tx, config, &row, who, "dropped")
}

/// Sends a letter at once, as if it had never been tried, with the bytes that it has: one
/// that waits, was refused, or may have been taken.
///
/// # Errors
/// When it is in another state, or its recipient is no longer the reporter of its ticket.
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
    if remedy.is_empty() {
        still_meant(tx, &row)?;
    }
    if !remedy.is_empty() || !tx.start_anew(letter)? {
        bail!(
            "letter {letter} is {} and cannot be tried again{remedy}",
            row.state.word()
        );
    }
    if row.kind.is_internal() {
        settle::tell_of_team(tx, config, &row)?;
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

/// The bytes of a letter are for one address: when its ticket has another reporter since,
/// or none, it is not for them.
fn still_meant(tx: &Tx, letter: &Letter) -> Result<()> {
    let Some(ticket) = letter.ticket.filter(|_| !letter.kind.is_internal()) else {
        return Ok(());
    };
    let row = tx.ticket(ticket)?.context("its ticket is gone")?;
    if row
        .reporter
        .is_some_and(|r| r.key() == letter.recipient.key())
    {
        return Ok(());
    }
    bail!(
        "letter {} is for {}, who is no longer the reporter of {}\n  hint: `gatepost outbox drop {}`, then write another letter",
        letter.id,
        letter.recipient,
        row.reference,
        letter.id
    )
}

/// Who did what with a letter stands among the facts of its ticket.
fn note(tx: &Tx, config: &Config, letter: &Letter, who: &str, what: &str) -> Result<()> {
    let Some(ticket) = letter.ticket else {
        return Ok(());
    };
    let fact = NewFact::new(
        tx.now(),
        What::Noted {
            why: format!("{} {} {what}", letter.kind.word(), letter.id),
        },
        By::Person(who.to_owned()),
    );
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket).map(drop)
}

fn known(tx: &Tx, letter: i64) -> Result<Letter> {
    tx.letter(letter)?.with_context(|| {
        format!("there is no letter {letter}\n  hint: `gatepost outbox` shows their numbers")
    })
}

#[cfg(test)]
mod tests;
