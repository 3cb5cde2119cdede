//! What the service manager is told (sd_notify(3)): ready, reloading, stopping, alive, and
//! one line of status. Without `NOTIFY_SOCKET` in the environment nothing is said.
//!
//! We are ready when every folder that has its baseline was read to its end, or after
//! [`READY_AT_LATEST`] when the loops run: a mail server that is down when the machine
//! boots must not have us killed, and the loops reach it as soon as it is there.

use super::pulse::Pulse;
use super::record::Record;
use crate::store::{Told, Upgrade};
use jiff::Timestamp;
use sd_notify::NotifyState;
use std::mem::discriminant;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::{debug, error, info};

/// Less than the time that systemd gives a start (`TimeoutStartSec`, 90 s).
const READY_AT_LATEST: Duration = Duration::from_secs(60);
/// How often it is asked whether all was read.
const LOOK: Duration = Duration::from_millis(500);
/// How often it is told how far the change of the schema has come.
const UPGRADING: Duration = Duration::from_secs(5);
/// The start may take so much longer from then on: more than [`READY_AT_LATEST`], and than what
/// tells nothing while it goes on, as writing a large copy out to the disk.
const EXTENDED: Duration = Duration::from_secs(300);
/// How often the line of status is written anew.
const STATUS: Duration = Duration::from_secs(30);

/// Before it is ready: how far the change of the store's schema, or the look at a copy, has come,
/// and that the start takes so much longer. To the log it is told more seldom.
pub fn upgrading() -> Told {
    let before = Mutex::new(None::<(Upgrade, Instant, Instant)>);
    Arc::new(move |step| {
        let (now, mut before) = (
            Instant::now(),
            before.lock().unwrap_or_else(PoisonError::into_inner),
        );
        let same = before.filter(|(old, ..)| discriminant(old) == discriminant(&step));
        let due = |at: Option<Instant>, often| at.is_none_or(|at| now.duration_since(at) >= often);
        let (told, logged) = (same.map(|s| s.1), same.map(|s| s.2));
        if !due(told, UPGRADING) {
            return;
        }
        let more = u32::try_from(EXTENDED.as_micros()).unwrap_or(u32::MAX);
        let status = step.to_string();
        tell(&[
            NotifyState::ExtendTimeoutUsec(more),
            NotifyState::Status(&status),
        ]);
        let log = due(logged, STATUS);
        if log {
            info!("{status}");
        }
        *before = Some((step, now, logged.filter(|_| !log).unwrap_or(now)));
    })
}

/// We read the config anew. Follow it with [`ready`].
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(moment) => tell(&[NotifyState::Reloading, moment]),
        Err(why) => debug!(%why, "the monotonic clock cannot be read"),
    }
}

/// We are ready, or again.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// We stop.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(why) = sd_notify::notify(states) {
        debug!(%why, "the service manager cannot be told");
    }
}

/// Says that we are ready when we are, and then how things stand, for ever.
pub(super) async fn status(record: Record, began: Timestamp) {
    let start = Instant::now();
    while start.elapsed() < READY_AT_LATEST {
        let all = record.read(move |tx| tx.all_looked_since(began)).await;
        if all.unwrap_or(false) {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    ready();
    loop {
        let line = line(&record)
            .await
            .unwrap_or_else(|why| format!("the store cannot be read: {why}"));
        tell(&[NotifyState::Status(&line)]);
        tokio::time::sleep(STATUS).await;
    }
}

async fn line(record: &Record) -> anyhow::Result<String> {
    // On top: nothing else goes on.
    let failed = match record.has_failed() {
        true => "the store could not be written; ",
        false => "",
    };
    record
        .read(move |tx| {
            let looked = tx.folders()?.iter().map(|f| f.looked_at).min();
            let looked = looked.map_or("no folder is read".to_owned(), |at| {
                format!("looked at {}", at.strftime("%Y-%m-%d %H:%M:%S UTC"))
            });
            let waiting = tx.letters_waiting_since(tx.now())?.map_or(0, |(n, _)| n);
            let alarms = tx.alarms_on()?.len();
            Ok(format!(
                "{failed}{looked}; {waiting} letters wait; {alarms} alarms are on"
            ))
        })
        .await
}

/// Says that we are alive as long as every loop goes on; for ever.
pub(super) async fn watchdog(pulse: Pulse) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    loop {
        let stuck = pulse.stuck();
        if stuck.is_empty() {
            tell(&[NotifyState::Watchdog]);
        } else {
            error!(
                loops = stuck.join(", "),
                "a part of the daemon hangs; the service manager is not told that we are alive"
            );
        }
        tokio::time::sleep(limit / 3).await;
    }
}
