//! The sending loop: wakes when a letter may leave, and lets the relay rest in trouble.

use super::Shared;
use super::send::{self, Turn};
use crate::desk::settle;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{debug, error, warn};

/// What other processes wrote is noticed this often.
const LOOK_AT_STORE: Duration = Duration::from_secs(1);
/// The relay rests so long at the least, however long it let us wait.
const SHORTEST: Duration = Duration::from_secs(10);

/// Sends when a letter may leave: woken by a turn, by what another process wrote, or by
/// the moment that the next letter waits for.
pub(super) async fn sending(shared: Shared) {
    let mut pause = Duration::ZERO;
    while !shared.stop.is_cancelled() {
        let began = Instant::now();
        match send::send(&shared.record, &shared.config, &shared.stop, send::connect).await {
            Ok(Turn::Drained(_)) => pause = Duration::ZERO,
            // The relay's own back-off.
            Ok(Turn::Down(why)) => {
                pause = send::rest(pause, &why);
                // A server's words may name a reporter: above debug only its code is told.
                debug!(why, "cannot send");
                warn!(
                    code = settle::code(&why),
                    pause = pause.as_secs(),
                    "cannot send; every letter waits"
                );
            }
            Err(why) => {
                pause = Duration::from_secs(10);
                error!(why = format!("{why:#}"), "the sending turn failed");
            }
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(left_of(pause, began.elapsed())), if !pause.is_zero() => {}
            () = letter_may_leave(&shared), if pause.is_zero() => {}
        }
    }
}

/// What is left of a rest when the turn before it took so long, as with a relay that is
/// silent: turns begin at equal distances.
fn left_of(rest: Duration, turn: Duration) -> Duration {
    rest.saturating_sub(turn).max(SHORTEST)
}

/// Ends when a letter may leave, or when it cannot be told.
async fn letter_may_leave(shared: &Shared) {
    let seen = shared.record.version().await.ok();
    let next = shared
        .record
        .read(|tx| tx.next_letter_at())
        .await
        .ok()
        .flatten();
    loop {
        tokio::select! {
            () = shared.outbox.notified() => return,
            () = tokio::time::sleep(LOOK_AT_STORE) => {}
        }
        if next.is_some_and(|at| at <= shared.record.now())
            || shared.record.version().await.ok() != seen
        {
            return;
        }
    }
}
