//! Whom of the team no letter reaches: the alarm `team/ADDRESS`, the red line in lists,
//! and the warning in the digests of the others.
//!
//! A server refuses a letter at once, or takes it and sends a bounce later. A letter that
//! was refused proves nothing any more when another is taken for that address. After a
//! bounce that proves nothing either: the next letter may be taken and come back too. So a
//! letter that came back is forgotten when one that left after it has not come back for a
//! day.
//!
//! It must never say a server's words, which may name others, and never write a letter:
//! who cannot be reached cannot be told so, and what is told of it must not come back.

use super::{Ended, settle};
use crate::config::Config;
use crate::store::{Letter, LetterState, Tx};
use anyhow::Result;
use jiff::SignedDuration;

/// A letter that has not come back for so long has arrived, as far as anybody can say.
const ARRIVED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What the keys of these alarms begin with.
const ALARM: &str = "team/";

/// The last letter to each address of the team that did not arrive, if none has since. An
/// address that has left the config is none of the team's.
///
/// # Errors
/// When the store cannot be read.
pub fn unreached(tx: &Tx, config: &Config) -> Result<Vec<Letter>> {
    let mut all = tx.not_reached_of_team(tx.now() - ARRIVED_AFTER)?;
    let team: Vec<String> = config.team.iter().map(|m| m.address.key()).collect();
    all.retain(|letter| team.contains(&letter.recipient.key()));
    Ok(all)
}

/// Raises the alarm of an address of the team that the last letter did not reach, or says
/// that it is over.
///
/// # Errors
/// When the store cannot be read or written.
pub fn tell_of_team(tx: &Tx, config: &Config, letter: &Letter) -> Result<()> {
    let key = format!("{ALARM}{}", letter.recipient);
    let unreached = unreached(tx, config)?;
    let same = |l: &&Letter| l.recipient.key() == letter.recipient.key();
    match unreached.iter().find(same) {
        Some(letter) => tx.raise(&key, &refused_words(letter)),
        None => tx.over(&key),
    }
}

/// Ends the alarms of those who are reached again because nothing has come back, and of
/// those who are not of the team any more.
///
/// # Errors
/// When the store cannot be read or written.
pub fn look(tx: &Tx, config: &Config) -> Result<()> {
    let on = tx.alarms_on()?;
    let mut of_team = on.iter().filter(|alarm| alarm.key.starts_with(ALARM));
    let unreached = match of_team.clone().next() {
        Some(_) => unreached(tx, config)?,
        None => return Ok(()),
    };
    let stands = |key: &str| {
        let mut keys = unreached.iter().map(|l| format!("{ALARM}{}", l.recipient));
        keys.any(|unreached| unreached == key)
    };
    of_team.try_for_each(|alarm| match stands(&alarm.key) {
        true => Ok(()),
        false => tx.over(&alarm.key),
    })
}

/// A bounce gave a letter back. That proves that the server took it, also when its answer
/// is not on record yet or never came: it does not leave again. One to the team counts as
/// refused then; what came back of a ticket's letters stands among its facts.
///
/// # Errors
/// When the store cannot be read or written.
pub fn came_back(tx: &Tx, config: &Config, letter: &Letter) -> Result<()> {
    let unanswered = match letter.state {
        LetterState::Offered => true,
        LetterState::Queued => letter.offers > 0,
        LetterState::Held
        | LetterState::Sent
        | LetterState::Unknown
        | LetterState::Refused
        | LetterState::Superseded
        | LetterState::Dropped => false,
    };
    let why = "a bounce came back";
    if unanswered {
        settle(tx, config, letter.id, &Ended::Sent(why.to_owned()))?;
    }
    if !letter.kind.is_internal() {
        return Ok(());
    }
    let mut refused = false;
    for taken in [LetterState::Sent, LetterState::Unknown] {
        refused |= tx.move_letter(letter.id, taken, LetterState::Refused)?;
    }
    match refused {
        true => tx
            .note_bounce(letter.id, why)
            .and_then(|()| tell_of_team(tx, config, letter)),
        false => Ok(()),
    }
}

/// What is said of a letter to the team that did not arrive.
pub fn refused_words(letter: &Letter) -> String {
    let what = format!(
        "{} {} to {}",
        letter.kind.word(),
        letter.id,
        letter.recipient
    );
    if letter.came_back() {
        return format!("the {what} came back: a bounce says that it was not delivered");
    }
    match code(letter.last_error.as_deref().unwrap_or_default()) {
        none if none.is_empty() => format!("the {what} could not be sent"),
        code => format!("the mail server refused the {what}: {code}"),
    }
}

/// The reply code, and the enhanced one behind it, that stand in a server's words:
/// `550 5.1.1`.
pub fn code(words: &str) -> String {
    let is_digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let is_reply = |word: &&str| word.len() == 3 && is_digits(word);
    let is_enhanced = |word: &&str| word.contains('.') && word.split('.').all(is_digits);
    let mut words = words.split([' ', '-']);
    let reply = words.find(is_reply);
    let enhanced = words.next().filter(is_enhanced);
    let both: Vec<&str> = reply.into_iter().chain(enhanced).collect();
    both.join(" ")
}

#[cfg(test)]
mod tests;
