//! A server said no to a letter: how long it waits, when it is given up, and whether the
//! letter is meant at all.
//!
//! **4xx.** The letter waits 60 s, doubled each time up to an hour, with an eighth more by
//! lot, until a full minute: letters that were put off together try again together. After
//! five days of it the letter is refused, if it was tried on most of them: the days on
//! which nothing left count against no letter.
//!
//! **5xx** refuses the letter for good, but for **5.7.x** (RFC 3463: security or policy).
//! That is said to a letter that the recipient's filter does not like, and also to every
//! letter of an account that is blocked or has used up its quota. So:
//!
//! 1. A letter that gets 5.7.x is *in doubt* (`doubt = 'open'`) and waits as after a 4xx.
//! 2. Letters in doubt to three recipients: the server seems to forbid everything. Nobody
//!    is refused; those that were, in this row, wait again.
//! 3. It may still be about them: a stranger who writes in the name of domains that the
//!    server forbids must keep no other letter waiting. So a turn tries ten letters: the one
//!    in doubt that has waited the longest, and then those that the server has not forbidden
//!    yet, of as many domains as there are, the newest and the oldest in turns. Then the
//!    relay is in trouble, and its back-off alone counts. A sender who is blocked is asked
//!    for each letter once, ten a turn, and then for twelve an hour.
//! 4. When the server takes any letter, it takes ours: the row is over. What waits in doubt
//!    is tried once more (`doubt = 'last'`), and counts in no new row that it is not tried
//!    in, or three such letters would wait for each other for ever.
//! 5. One letter that passes says little: of a quota that is used up, one a minute may be
//!    left. So the third 5.7.x refuses a letter, and an hour of them: from when the server
//!    took another letter, or, where none leaves that could tell, from the first. What a
//!    letter met in a row does not count.
//! 6. When the server takes a letter that it has forbidden, it was not about that letter:
//!    the server counts something. All that waits in doubt is tried at once, and for a day
//!    5.7.x refuses none, because most that is counted is counted by the day. It goes on as
//!    with 4xx, for five days at most.
//! 7. What is in doubt is tried when nothing else is due, the least tried first, and by no
//!    turn after the tenth 5.7.x: what is left waits for the next minute.
//!
//! So a recipient that is forbidden for good is asked for some seven times, and the letter
//! is refused after an hour; a day later where the server has taken one that it forbade. A
//! quota costs a letter only where, for an hour, letters pass that are new and none that is
//! in doubt, although those are tried more often: then nothing tells it from such a
//! recipient.
//!
//! All of it stands in the store: a process that dies forgets nothing.

use super::{add_facts, tell_of_team};
use crate::config::Config;
use crate::store::{Doubt, Letter, LetterState, NewFact, Tx};
use crate::ticket::{By, What};
use anyhow::{Context, Result};
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use std::collections::BTreeSet;

/// A server may say "not now" for so long.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// And so often, about once an hour: as many as four days hold in which the way is open.
const GIVEN_UP_THE: u32 = 96;

/// A 5.7.x is believed after so long, and so often.
const BELIEVED_AFTER: SignedDuration = SignedDuration::from_hours(1);
const BELIEVED_THE: u32 = 3;

/// But not within so long of a letter that the server took although it had forbidden it.
const RELENTS: SignedDuration = SignedDuration::from_hours(24);

/// The word in the store under which that moment is kept.
const RELENTED: &str = "smtp/relented";

/// 5.7.x for so many recipients in a row is not about them.
const EVERYBODY: usize = 3;

/// And so many letters a turn are to tell whether it is. From the tenth error in one
/// connection on Postfix answers slowly, and ends it at the twentieth.
const TRIED_AT_MOST: usize = 10;

/// "Not now", and the letter is meant.
pub(super) fn put_off(tx: &Tx, config: &Config, letter: &Letter, why: &str) -> Result<()> {
    if lasts(tx, letter) >= GIVEN_UP_AFTER && letter.attempts >= GIVEN_UP_THE {
        tx.in_doubt_no_more(letter.id)?;
        let why = format!("given up after 5 days, because the server still says: {why}");
        return refuse(tx, config, letter, &why);
    }
    wait_again(tx, letter, why, letter.doubt)
}

/// 5.7.x: waits in doubt, or is refused, or lifts the doubt from all.
pub(super) fn barred(tx: &Tx, config: &Config, letter: &Letter, why: &str) -> Result<()> {
    let doubt = match letter.doubt {
        Some(Doubt::Last) if !bars_everybody(tx)? => Doubt::Last,
        _ => Doubt::Open,
    };
    wait_again(tx, letter, why, Some(doubt))?;
    if bars_everybody(tx)? {
        for refused in tx.letters_in_doubt()? {
            if refused.state == LetterState::Refused {
                wait_after_all(tx, config, &refused)?;
            }
        }
        return tx.nobody_is_to_blame();
    }
    if !is_meant(tx, letter)? {
        return Ok(());
    }
    // What is refused while nothing else leaves waits again when everybody is forbidden.
    if doubt == Doubt::Last {
        tx.in_doubt_no_more(letter.id)?;
    }
    refuse(tx, config, letter, why)
}

/// The server took a letter.
pub(super) fn taken(tx: &Tx, letter: &Letter) -> Result<()> {
    tx.server_takes_letters()?;
    if letter.doubt.is_none() {
        return Ok(());
    }
    tx.set_meta(RELENTED, &tx.now().to_string())?;
    tx.try_doubtful_now()
}

/// One more 5.7.x is enough to believe that it is about this letter.
fn is_meant(tx: &Tx, letter: &Letter) -> Result<bool> {
    let (lasts, tries) = (lasts(tx, letter), letter.attempts + 1);
    if lasts < BELIEVED_AFTER || tries < BELIEVED_THE {
        return Ok(false);
    }
    if lasts >= GIVEN_UP_AFTER && tries >= GIVEN_UP_THE {
        return Ok(true);
    }
    let relented: Option<Timestamp> = tx.meta(RELENTED)?.and_then(|at| at.parse().ok());
    let ago = relented.map(|at| tx.now().duration_since(at));
    // A moment to come is that of a clock that ran ahead.
    Ok(!ago.is_some_and(|ago| !ago.is_negative() && ago < RELENTS))
}

/// True when the server forbade letters to three recipients and has taken none since.
///
/// # Errors
/// When the store cannot be read.
pub fn bars_everybody(tx: &Tx) -> Result<bool> {
    let letters = tx.letters_in_doubt()?;
    let to: BTreeSet<String> = letters.iter().map(|l| l.recipient.key()).collect();
    Ok(to.len() >= EVERYBODY)
}

/// The letter that a turn tries next, which has met so many 5.7.x: `barred` when the server
/// forbids letters to everybody. None when no letter may leave, or enough were tried.
///
/// # Errors
/// When the store cannot be read.
pub fn next_letter(tx: &Tx, barred: bool, tried: usize) -> Result<Option<Letter>> {
    if !barred {
        return match tx.next_beyond_doubt()? {
            None if !tried_enough(tried) => tx.next_in_doubt(),
            next => Ok(next),
        };
    }
    let known = match tried {
        0 => tx.next_forbidden()?,
        _ => None,
    };
    match known {
        None if !tried_enough(tried) => tx.next_not_in_doubt(tried % 2 == 0),
        known => Ok(known),
    }
}

/// True when a turn has met so many 5.7.x that it leaves the server alone.
pub fn tried_enough(tried: usize) -> bool {
    tried >= TRIED_AT_MOST
}

/// After a turn that has tried enough of them: what is in doubt waits for the next minute.
///
/// # Errors
/// When the store cannot be written.
pub fn rest(tx: &Tx) -> Result<()> {
    let soon = tx.now() + SignedDuration::from_secs(1);
    tx.rest_in_doubt(full_minute(soon)?)
}

/// For good, as long as no person says otherwise. The letter waits, or is waiting again.
pub(super) fn refuse(tx: &Tx, config: &Config, letter: &Letter, why: &str) -> Result<()> {
    tx.move_letter(letter.id, LetterState::Queued, LetterState::Refused)?;
    tx.note_error(letter.id, why, tx.now(), letter.attempts + 1)?;
    if letter.kind.is_internal() {
        return tell_of_team(tx, config, letter);
    }
    let fact = What::Undelivered {
        letter: Some(letter.id),
        mail: None,
        why: why.to_owned(),
    };
    add_facts(tx, config, letter, &[fact], tx.now())
}

/// A letter that was refused waits again: its ticket says so.
fn wait_after_all(tx: &Tx, config: &Config, letter: &Letter) -> Result<()> {
    tx.move_letter(letter.id, LetterState::Refused, LetterState::Queued)?;
    let Some(ticket) = letter.ticket.filter(|_| !letter.kind.is_internal()) else {
        return tell_of_team(tx, config, letter);
    };
    let why = format!(
        "{} {} waits again: the mail server refuses letters to everybody",
        letter.kind.word(),
        letter.id
    );
    let fact = NewFact::new(
        tx.last_instant(ticket)?
            .map_or(tx.now(), |at| at.max(tx.now())),
        What::Noted { why },
        By::Gatepost,
    );
    tx.add_fact(ticket, &fact)?;
    super::refresh(tx, config, ticket).map(drop)
}

fn wait_again(tx: &Tx, letter: &Letter, why: &str, doubt: Option<Doubt>) -> Result<()> {
    let mut lot = [0];
    // Without random bytes letters only try again more evenly than they should.
    let _ = getrandom::fill(&mut lot);
    let at = again_at(tx.now(), letter.attempts + 1, lot[0])?;
    tx.put_off(letter.id, why, at, doubt)
}

/// How long the server has been saying "not now" to it.
fn lasts(tx: &Tx, letter: &Letter) -> SignedDuration {
    let since = letter.put_off_since.unwrap_or(tx.now());
    tx.now().duration_since(since)
}

/// When a letter is tried again after the `attempts`th "not now": [`wait`] from now, and
/// up to the next full minute.
pub(super) fn again_at(now: Timestamp, attempts: u32, lot: u8) -> Result<Timestamp> {
    full_minute(now + wait(attempts, lot))
}

fn full_minute(at: Timestamp) -> Result<Timestamp> {
    let minute = TimestampRound::new()
        .smallest(Unit::Minute)
        .mode(RoundMode::Ceil);
    at.round(minute).context("the clock is out of bounds")
}

/// Back-off of one letter: 60 s, doubled each time; `lot`, of 255, adds up to an eighth. At
/// most an hour.
fn wait(attempts: u32, lot: u8) -> SignedDuration {
    let even = (60_000i64 << attempts.saturating_sub(1).min(6)).min(3_200_000);
    SignedDuration::from_millis(even + even / 8 * i64::from(lot) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_waits_longer_each_time_and_never_more_than_an_hour() {
        let waits = |lot| -> Vec<i64> { (1..9).map(|n| wait(n, lot).as_secs()).collect() };
        assert_eq!(waits(0), [60, 120, 240, 480, 960, 1920, 3200, 3200]);
        assert_eq!(waits(255), [67, 135, 270, 540, 1080, 2160, 3600, 3600]);
        assert_eq!(wait(u32::MAX, 255).as_secs(), 3600);
    }

    #[test]
    fn letters_that_were_put_off_together_try_again_together() {
        for (now, lot, expected) in [
            ("12:00:00", 0, "12:01:00Z"),
            ("12:00:01", 0, "12:02:00Z"),
            ("12:00:59.5", 255, "12:03:00Z"),
        ] {
            let now = format!("2026-11-23T{now}Z").parse().unwrap();
            let at = again_at(now, 1, lot).unwrap().to_string();
            assert_eq!(at, format!("2026-11-23T{expected}"), "{now}");
        }
    }
}
