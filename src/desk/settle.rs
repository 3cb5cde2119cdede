//! The end of one attempt to deliver one letter.
//!
//! The facts that promises read are written here, at the instant of the server's 250,
//! and not when a person pressed a key: a letter that waits has kept no promise.

use super::act::wrote_since;
use super::refresh;
use crate::config::Config;
use crate::store::{Letter, LetterKind, LetterState, NewFact, Tx};
use crate::ticket::{By, TicketNo, What};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

/// How an attempt ended, as far as the record is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server took it: its 250 line.
    Sent(String),
    /// Not now, and the letter is meant.
    Again(String),
    /// Never.
    Refused(String),
    /// It may have been taken: no answer came.
    Unknown(String),
    /// The bytes never left: the way is broken.
    NotOffered(String),
}

/// How often bytes leave without an answer: once, and once more.
const OFFERS_AT_MOST: u32 = 2;

/// Just before the message bytes leave. False when the letter is no longer queued: it
/// must not be sent.
pub fn offer(tx: &Tx, letter: i64) -> Result<bool> {
    tx.move_letter(letter, LetterState::Queued, LetterState::Offered)
}

/// Writes how it ended. A letter that a person dropped before it was offered stays dropped.
pub fn settle(tx: &Tx, config: &Config, id: i64, ended: &Ended) -> Result<()> {
    let letter = tx
        .letter(id)?
        .with_context(|| format!("there is no letter {id}"))?;
    if !matches!(letter.state, LetterState::Queued | LetterState::Offered) {
        return Ok(());
    }
    match ended {
        Ended::Sent(answer) => {
            tx.move_letter(id, letter.state, LetterState::Sent)?;
            tx.note_answer(id, answer)?;
            add_facts(tx, config, &letter, &still_true(tx, &letter)?)
        }
        Ended::Again(why) => {
            tx.take_offer_back(id)?;
            let attempts = letter.attempts + 1;
            tx.note_error(id, why, tx.now() + wait(attempts), attempts)
        }
        Ended::Refused(why) => {
            tx.move_letter(id, letter.state, LetterState::Refused)?;
            tx.note_error(id, why, tx.now(), letter.attempts + 1)?;
            if letter.kind.is_internal() {
                return Ok(());
            }
            add_facts(
                tx,
                config,
                &letter,
                &[What::Undelivered {
                    letter: id,
                    why: why.clone(),
                }],
            )
        }
        Ended::Unknown(why) => unanswered(tx, &letter, why, tx.now() + wait(1)),
        Ended::NotOffered(why) => {
            tx.take_offer_back(id)?;
            tx.note_error(id, why, letter.not_before, letter.attempts)
        }
    }
}

/// Before a sending turn, whose process holds the lock: nobody is sending. What is on
/// record as leaving may have left, in a turn that ended before it could write how:
/// gatepost stopped, or the store failed. It leaves once more, at once, or a person has
/// to say. Gives how many were found.
pub fn recover(tx: &Tx) -> Result<u32> {
    let mut found = 0;
    for letter in tx
        .unsettled_letters()?
        .iter()
        .filter(|l| l.state == LetterState::Offered)
    {
        let why = "gatepost stopped, or could not write, while this letter was leaving";
        unanswered(tx, letter, why, tx.now())?;
        found += 1;
    }
    Ok(found)
}

/// Bytes left and no answer is known: they leave once more, and then a person has to say.
fn unanswered(tx: &Tx, letter: &Letter, why: &str, again_at: Timestamp) -> Result<()> {
    let next = if letter.offers < OFFERS_AT_MOST {
        LetterState::Queued
    } else {
        LetterState::Unknown
    };
    tx.move_letter(letter.id, letter.state, next)?;
    tx.note_error(letter.id, why, again_at, letter.attempts)
}

/// Back-off of one letter: 60 s, doubled each time, at most an hour.
fn wait(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(
        60i64
            .saturating_mul(1 << attempts.saturating_sub(1).min(6))
            .min(3600),
    )
}

/// What a letter that was taken makes true. Its writer did not know what the reporter
/// wrote while it was on its way: that closes no ticket, and ends no waiting unseen.
fn still_true(tx: &Tx, letter: &Letter) -> Result<Vec<What>> {
    let (Some(ticket), Some(seen)) = (letter.ticket, letter.seen) else {
        return Ok(letter.facts.clone());
    };
    let ends = |what: &What| matches!(what, What::Closed | What::Waiting { .. });
    if !letter.facts.iter().any(ends) || !wrote_since(&tx.facts_of(ticket)?, |f| f.n > seen) {
        return Ok(letter.facts.clone());
    }
    let mut facts = letter.facts.clone();
    facts.retain(|what| !ends(what));
    facts.push(What::Noted {
        why: format!(
            "the reporter wrote while letter {} was on its way: it stays open",
            letter.id
        ),
    });
    Ok(facts)
}

fn add_facts(tx: &Tx, config: &Config, letter: &Letter, whats: &[What]) -> Result<()> {
    let Some(ticket) = letter.ticket.filter(|_| !letter.kind.is_internal()) else {
        return Ok(());
    };
    // A server's clock may be ahead of ours: what we did came after what it received.
    let at = tx
        .last_instant(ticket)?
        .map_or(tx.now(), |last| last.max(tx.now()));
    for what in whats {
        tx.add_fact(
            ticket,
            &NewFact {
                at,
                what: what.clone(),
                by: letter.by.clone(),
                letter: Some(letter.id),
                mail: None,
                via: None,
            },
        )?;
    }
    match letter.by {
        // Whatever a person wrote to the reporter says more than a receipt.
        By::Person(_) => supersede_acknowledgement(tx, ticket)?,
        By::Gatepost => {}
    }
    refresh(tx, config, ticket)?;
    Ok(())
}

/// A decision by a person makes a held acknowledgement needless.
pub(super) fn supersede_acknowledgement(tx: &Tx, ticket: TicketNo) -> Result<()> {
    for letter in tx.letters_of(ticket)? {
        if letter.kind == LetterKind::Acknowledgement {
            tx.move_letter(letter.id, LetterState::Held, LetterState::Superseded)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::desk::act;
    use crate::mail::{Address, MessageId};
    use crate::store::{Go, NewLetter, Store};

    #[test]
    fn a_letter_waits_longer_each_time_and_never_more_than_an_hour() {
        let waits: Vec<i64> = (1..9).map(|n| wait(n).as_secs()).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }

    fn queue(tx: &Tx) -> Result<i64> {
        tx.add_letter(&NewLetter {
            ticket: None,
            kind: LetterKind::Digest,
            sender: &Address::parse("security@example.org").unwrap(),
            recipient: &Address::parse("anna@example.com").unwrap(),
            by: By::Gatepost,
            facts: &[],
            subject: "s",
            body: "b",
            go: Go::Queued(
                &MessageId::parse("<a@example.org>").unwrap(),
                b"x",
                tx.now(),
            ),
        })
    }

    /// What a letter is after `story`, and after the sending that was cut short at its end
    /// was found.
    fn check(story: fn(&Tx, &Config, i64) -> Result<()>, expected: LetterState) {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let mut store = Store::create(&config.store).unwrap();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let state = store.write(now, |tx| {
            let id = queue(tx)?;
            story(tx, &config, id)?;
            recover(tx)?;
            Ok(tx.letter(id)?.unwrap().state)
        });
        assert_eq!(state.unwrap(), expected);
    }

    #[test]
    fn a_letter_leaves_twice_without_an_answer_and_not_thrice() {
        check(|tx, _, id| offer(tx, id).map(drop), LetterState::Queued);
        check(
            |tx, _, id| {
                offer(tx, id)?;
                recover(tx)?;
                offer(tx, id).map(drop)
            },
            LetterState::Unknown,
        );
    }

    #[test]
    fn an_offer_that_was_turned_down_is_not_one_without_an_answer() {
        check(
            |tx, config, id| {
                for ended in [Ended::Again, Ended::NotOffered, Ended::Again] {
                    assert!(offer(tx, id)?);
                    settle(tx, config, id, &ended("451 later".to_owned()))?;
                }
                offer(tx, id).map(drop)
            },
            LetterState::Queued,
        );
    }

    #[test]
    fn a_letter_that_was_dropped_while_the_server_said_no_stays_dropped() {
        check(
            |tx, config, id| {
                act::drop_letter(tx, config, id, "anna")?;
                assert!(!offer(tx, id)?);
                settle(tx, config, id, &Ended::Again("450 later".to_owned()))?;
                settle(tx, config, id, &Ended::Refused("550 never".to_owned()))
            },
            LetterState::Dropped,
        );
    }
}
