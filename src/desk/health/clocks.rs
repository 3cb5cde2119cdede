//! Our clock against the mail server's, and what is known of who moved it.

use super::{CLOCKS, SET, Trouble, trouble};
use crate::store::Tx;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

/// The word under which it is remembered that the mail server's clock is ahead of ours.
const SERVER_CLOCK: &str = "health/server-clock";
/// The word under which stands since when ours may be another than it was then.
const UNWATCHED: &str = "health/server-clock-unwatched";
/// The word under which it is remembered that our clock was put back.
pub(super) const BACK: &str = "health/clock-back";
/// The word under which it is remembered that our clock was set forwards.
pub(super) const FORWARDS: &str = "health/clock-forwards";

/// Whether the mail server's clock is ahead of ours, as a mail has said.
///
/// While no daemon ran somebody may have put ours right, and nobody saw it: what no mail has
/// said since is told for one more day. A daemon that ran through knows better, however long
/// no mail came.
pub(super) fn server_is_ahead(tx: &Tx) -> Result<Option<Trouble>> {
    let Some(known) = trouble(tx, SERVER_CLOCK)? else {
        return Ok(None);
    };
    let since = tx.meta(UNWATCHED)?.and_then(|at| at.parse().ok());
    let lapsed = |since: Timestamp| tx.now().duration_since(since).abs() >= SET;
    Ok(Some(known).filter(|_| !since.is_some_and(lapsed)))
}

/// Remembers that nobody has watched our clock, as before a daemon starts.
///
/// # Errors
/// When the store cannot be written.
pub fn clock_was_unwatched(tx: &Tx) -> Result<()> {
    if tx.meta(SERVER_CLOCK)?.is_none() || tx.meta(UNWATCHED)?.is_some() {
        return Ok(());
    }
    tx.set_meta(UNWATCHED, &tx.now().to_string())
}

/// Remembers that our clock was put back.
///
/// # Errors
/// When the store cannot be written.
pub fn clock_was_put_back(tx: &Tx, by: SignedDuration) -> Result<()> {
    tx.clear_meta(FORWARDS)?;
    moved(tx, -by)?;
    tx.set_meta(BACK, &format!("{}\nby {by:#}", tx.now()))
}

/// Remembers that our clock was set forwards while the machine was awake. It may have been
/// wrong before or be wrong now: a mail that comes says which.
///
/// # Errors
/// When the store cannot be written.
pub fn clock_was_set_forwards(tx: &Tx, by: SignedDuration) -> Result<()> {
    // By as much as the mail server is ahead: that says it is right.
    if moved(tx, by)? || by < CLOCKS {
        return Ok(());
    }
    tx.set_meta(FORWARDS, &format!("{}\nby {by:#}", tx.now()))
}

/// Our clock was moved by so much: what was measured of the server's is so much less. True
/// when it was ahead of ours and our clock has not gone beyond it.
fn moved(tx: &Tx, by: SignedDuration) -> Result<bool> {
    let Some(known) = trouble(tx, SERVER_CLOCK)? else {
        return Ok(false);
    };
    let words: Vec<&str> = known.why.split(' ').collect();
    let minutes = words.get(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let ahead = SignedDuration::from_mins(minutes).saturating_sub(by);
    if ahead > CLOCKS {
        keep_ahead(tx, known.since, ahead)?;
        clock_was_unwatched(tx)?;
    } else {
        tx.clear_meta(SERVER_CLOCK)?;
    }
    Ok(ahead >= -CLOCKS)
}

fn keep_ahead(tx: &Tx, since: Timestamp, ahead: SignedDuration) -> Result<()> {
    tx.set_meta(
        SERVER_CLOCK,
        &format!("{since}\nby {} min", ahead.as_mins()),
    )
}

/// Compares our clock with the mail server's, by the date that it gave to a new mail. A
/// mail tells nothing when it lay there for a while; one from our future does.
///
/// # Errors
/// When the store cannot be written.
pub fn compare_clocks(tx: &Tx, received: Timestamp) -> Result<()> {
    let ahead = received.duration_since(tx.now());
    if ahead > CLOCKS {
        let since = trouble(tx, SERVER_CLOCK)?.map_or(tx.now(), |old| old.since);
        tx.clear_meta(UNWATCHED)?;
        return keep_ahead(tx, since, ahead);
    }
    let agrees = ahead > -CLOCKS;
    for told in [SERVER_CLOCK, FORWARDS] {
        if agrees && tx.meta(told)?.is_some() {
            tx.clear_meta(told)?;
        }
    }
    Ok(())
}
