//! What an attempt leaves on record.

use super::*;
use crate::config::sample;
use crate::desk::outbox;
use crate::mail::{Address, MessageId};
use crate::store::{Filing, Go, NewLetter, Store};
use crate::ticket::By;

fn queue(tx: &Tx) -> Result<i64> {
    queue_a(tx, LetterKind::Digest)
}

fn queue_a(tx: &Tx, kind: LetterKind) -> Result<i64> {
    queue_named(tx, kind, "<a@example.org>")
}

fn queue_named(tx: &Tx, kind: LetterKind, id: &str) -> Result<i64> {
    tx.add_letter(&NewLetter {
        ticket: None,
        kind,
        sender: &Address::parse("security@example.org").unwrap(),
        recipient: &Address::parse("anna@example.com").unwrap(),
        by: By::Gatepost,
        facts: &[],
        subject: "s",
        body: "b",
        go: Go::Queued(&MessageId::parse(id).unwrap(), b"x", tx.now()),
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
            outbox::drop_letter(tx, config, id, "anna")?;
            assert!(!offer(tx, id)?);
            settle(tx, config, id, &Ended::Again("450 later".to_owned()))?;
            settle(tx, config, id, &Ended::Refused("550 never".to_owned()))
        },
        LetterState::Dropped,
    );
}

/// The copy that a letter of this kind leaves to be filed once it is sent, at this server.
fn check_copy(host: &str, kind: LetterKind, expected: Option<Filing>) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = sample::small(dir.path());
    config.smtp.server.host = host.to_owned();
    let mut store = Store::create(&config.store).unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let filing = store.write(now, |tx| {
        let id = queue_a(tx, kind)?;
        offer(tx, id)?;
        settle(tx, &config, id, &Ended::Sent("250 ok".to_owned()))?;
        Ok(tx.letter(id)?.unwrap().filing)
    });
    assert_eq!(filing.unwrap(), expected, "{host}");
}

#[test]
fn copies_are_for_letters_to_reporters_where_the_server_does_not_file_them() {
    let receipt = LetterKind::Acknowledgement;
    for kind in [
        receipt,
        LetterKind::Evaluation,
        LetterKind::Reply,
        LetterKind::Resolved,
        LetterKind::Published,
        LetterKind::Closing,
    ] {
        check_copy("smtp.example.org", kind, Some(Filing::Wanted));
    }
    check_copy("smtp.example.org", LetterKind::Digest, None);
    check_copy("SMTP.gmail.com", receipt, None);
    check_copy("smtp.office365.com.", receipt, None);
}

#[test]
fn only_what_has_waited_is_folded() {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut store = Store::create(&config.store).unwrap();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let two = |tx: &Tx| {
        queue_named(tx, LetterKind::Reminder, "<a@example.org>")?;
        queue_named(tx, LetterKind::Reminder, "<b@example.org>")
    };
    store.write(now, two).unwrap();
    for (minutes, needless) in [(0, 0), (4, 0), (5, 2)] {
        let later = now + SignedDuration::from_mins(minutes);
        let folded = store.write(later, |tx| fold_waiting(tx, &config));
        assert_eq!(folded.unwrap(), needless, "{minutes}");
    }
}

#[test]
fn a_letter_of_a_clock_that_ran_ahead_leaves_now() {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut store = Store::create(&config.store).unwrap();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    for (ahead, brought) in [(60, 0), (62, 1), (60 * 24 * 365, 1)] {
        let then = now + SignedDuration::from_mins(ahead);
        let id = format!("<{ahead}@example.org>");
        let queue = |tx: &Tx| queue_named(tx, LetterKind::Reply, &id);
        let letter = store.write(then, queue).unwrap();
        let forward = |tx: &Tx| Ok((bring_forward(tx, &config)?, tx.letter(letter)?.unwrap()));
        let (count, letter) = store.write(now, forward).unwrap();
        let leaves = if brought == 1 { now } else { then };
        assert_eq!((count, letter.not_before), (brought, leaves), "{ahead}");
    }
}
