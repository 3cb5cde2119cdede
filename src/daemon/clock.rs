//! The clock loop: looks at the wall clock, never one long sleep.

use super::Shared;
use super::record::Record;
use super::trouble::remember;
use crate::config::Config;
use crate::desk::{likeness, search, tick};
use crate::store::is_damage;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use tracing::{debug, error, warn};

/// The wall clock is looked at this often: never one long sleep, because a suspended
/// machine stops timers.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(15);

/// The word in the store under which a clock's turn that failed is remembered.
pub const CLOCK_TROUBLE: &str = "trouble/clock";

/// One look at the clock. A ticket that cannot be looked at keeps no other from it.
pub(super) async fn clock(record: &Record, config: &Arc<Config>) -> Result<usize> {
    let ticking = Arc::clone(config);
    let ticked = record.write(move |tx| tick::tick(tx, &ticking)).await;
    let trouble = match &ticked {
        Ok(ticked) if ticked.broken.is_empty() => None,
        Ok(ticked) => Some(ticked.broken.join("; ")),
        Err(why) => Some(format!("{why:#}")),
    };
    if let Some(why) = &trouble {
        error!(why, "the team may not be reminded of everything");
    }
    remember(record, CLOCK_TROUBLE.to_owned(), trouble).await;
    Ok(ticked?.letters)
}

/// Mails from before there were marks get theirs, a few at a time. Only suggestions hang
/// on it.
async fn catch_up(record: &Record) -> Result<()> {
    if !record.read(|tx| tx.unmarked(1)).await?.is_empty() {
        record.write(likeness::catch_up).await?;
    }
    Ok(())
}

/// Turns of the index in one look at the clock, while nothing else comes in.
const TURNS: usize = 40;
/// As many new mails since the last look leave it one turn.
const BUSY: usize = 20;

/// What waits for the index of words gets there: soon, and not while many mails come in,
/// whose receipts go first. `left` is what the last look left.
async fn index(record: &Record, left: &mut usize) -> Result<()> {
    let waits = record.read(|tx| tx.count_unindexed()).await?;
    let turns = match waits.saturating_sub(*left) {
        0..BUSY => TURNS,
        _ => 1,
    };
    for _ in 0..turns {
        if record.read(|tx| tx.unindexed(1)).await?.is_empty() {
            break;
        }
        match record.write(search::catch_up).await {
            Err(why) if is_damage(&why) => {
                warn!(why = format!("{why:#}"), "the index of words is made anew");
                record.write(|tx| tx.index_anew()).await?;
            }
            done => drop(done?),
        }
    }
    *left = record.read(|tx| tx.count_unindexed()).await?;
    Ok(())
}

/// Looks at the clock.
pub(super) async fn watching(shared: Shared) {
    let mut left = 0;
    while !shared.stop.is_cancelled() {
        match clock(&shared.record, &shared.config)
            .await
            .context("the clock's turn failed")
        {
            Ok(letters) => {
                debug!(letters, "looked at the clock");
                if letters > 0 {
                    shared.outbox.notify_one();
                }
            }
            Err(why) => error!(why = format!("{why:#}")),
        }
        if let Err(why) = index(&shared.record, &mut left).await {
            error!(
                why = format!("{why:#}"),
                "the newest mails are not indexed yet"
            );
        }
        if let Err(why) = catch_up(&shared.record).await {
            error!(why = format!("{why:#}"), "old mails are not compared yet");
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_CLOCK) => {}
        }
    }
}
