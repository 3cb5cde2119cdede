//! A copy of the record becomes the original: what that means, and the act itself.
//!
//! The original may have gone on after the copy was made. So nothing that the copy wanted
//! to send leaves by itself, nobody who wrote meanwhile gets a receipt without a person, and
//! no reference is given that the original may have given.

use crate::store::{LetterState, Tx};
use anyhow::Result;
use jiff::Timestamp;

/// What a copy is, and what restoring it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoring {
    /// When the copy was made.
    pub made_at: Timestamp,
    /// Letters that waited in the copy: the original may have sent them.
    pub letters: usize,
    /// What the server has and the copy does not.
    pub missing: Missing,
    /// No ticket gets a number up to this one.
    pub numbers_from: i64,
}

/// What the mail server has that a copy has no row for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Mails in the folders where mail arrives.
    pub mails: usize,
    /// Letters in the folders for sent mail.
    pub sent: usize,
    /// Mails that the original may have taken in, those that are gone by now among them.
    pub came: usize,
}

/// What restoring this record would do; none when it is no copy.
///
/// # Errors
/// When the store cannot be read.
pub fn restoring(tx: &Tx, missing: Missing) -> Result<Option<Restoring>> {
    let Some(made_at) = tx.copy_made_at()? else {
        return Ok(None);
    };
    let used = tx
        .last_number()?
        .saturating_add(i64::try_from(missing.came.max(missing.mails))?);
    let letters = tx.unsettled_letters()?;
    Ok(Some(Restoring {
        made_at,
        letters: letters.iter().filter(|l| may_have_left(l.state)).count(),
        missing,
        numbers_from: used.div_euclid(100).saturating_add(1).saturating_mul(100),
    }))
}

/// Makes the copy the original. Letters that waited are *unknown* until a person says.
///
/// # Errors
/// When the store cannot be written.
pub fn restore(tx: &Tx, what: &Restoring) -> Result<()> {
    for letter in tx.unsettled_letters()? {
        if may_have_left(letter.state) {
            tx.move_letter(letter.id, letter.state, LetterState::Unknown)?;
            let why = "it waited when this copy was made: the original may have sent it";
            tx.note_error(letter.id, why, letter.not_before, letter.attempts)?;
        }
    }
    tx.restored(what.numbers_from)
}

fn may_have_left(state: LetterState) -> bool {
    match state {
        LetterState::Queued | LetterState::Offered => true,
        LetterState::Held
        | LetterState::Sent
        | LetterState::Unknown
        | LetterState::Refused
        | LetterState::Superseded
        | LetterState::Dropped => false,
    }
}

/// Why a receipt for a mail of this instant waits for a person, if it does.
///
/// # Errors
/// When the store cannot be read.
pub fn holds_receipt(tx: &Tx, received_at: Timestamp) -> Result<Option<&'static str>> {
    let before = tx.restored_at()?.is_some_and(|at| received_at <= at);
    Ok(before.then_some("it came before the record was restored: a receipt may have gone out"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::store::Store;

    #[test]
    fn a_copy_jumps_past_the_hundred_that_the_original_may_have_reached() {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let mut store = Store::create(&config.store).unwrap();
        let now: Timestamp = "2027-04-30T12:00:00Z".parse().unwrap();
        let numbers = store.write(now, |tx| {
            let missing = |mails, came| Missing {
                mails,
                came,
                sent: 0,
            };
            assert_eq!(restoring(tx, missing(5, 5))?, None);
            tx.restored(100)?;
            tx.set_meta("copy/made-at", "2027-04-29T12:00:00.000Z")?;
            let mut numbers = Vec::new();
            for (unknown, came) in [(0, 0), (5, 5), (99, 99), (100, 100), (100, 0), (0, 100)] {
                numbers.push(restoring(tx, missing(unknown, came))?.unwrap().numbers_from);
            }
            Ok(numbers)
        });
        assert_eq!(numbers.unwrap(), [200, 200, 200, 300, 300, 300]);
        let held = store.read(now, |tx| {
            let at = |text: &str| text.parse().unwrap();
            Ok([
                holds_receipt(tx, at("2027-04-30T11:59:00Z"))?.is_some(),
                holds_receipt(tx, at("2027-04-30T12:00:01Z"))?.is_some(),
            ])
        });
        assert_eq!(held.unwrap(), [true, false]);
    }
}
