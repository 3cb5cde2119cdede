//! The clock loop: looks at the wall clock, never one long sleep.

use super::Shared;
use super::record::Record;
use super::trouble::remember;
use crate::config::Config;
use crate::desk::{likeness, tick};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use tracing::{debug, error};

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

/// Looks at the clock.
pub(super) async fn watching(shared: Shared) {
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
        if let Err(why) = catch_up(&shared.record).await {
            error!(why = format!("{why:#}"), "old mails are not compared yet");
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_CLOCK) => {}
        }
    }
}
