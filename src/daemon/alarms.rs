//! The alarm loop: tells the command what it does not know yet.
//!
//! That it is told is committed before the command begins, that it took it after: dying in
//! between tells it again.

use super::Shared;
use super::record::Record;
use super::trouble::remember;
use crate::channel::command::{self, Event, Message};
use crate::config::{Alarm, Config};
use crate::desk::health::ALARM_TROUBLE;
use crate::store::Tell;
use anyhow::Result;
use std::time::Duration;
use tracing::{error, info, warn};

/// What other turns raised is noticed this often.
const LOOK: Duration = Duration::from_secs(1);
/// The back-off of a command that does not take what it is told.
const PAUSES: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(600));
/// The word under which the day is remembered on which the command was told that we live.
const ALIVE: &str = "alarm/alive";

/// Tells the command until asked to stop; a command that runs then is killed.
pub(super) async fn telling(shared: Shared, alarm: Alarm) {
    let mut pause = Duration::ZERO;
    while !shared.stop.is_cancelled() {
        let told = tokio::select! {
            () = shared.stop.cancelled() => return,
            told = tell(&shared.record, &shared.config, &alarm) => told,
        };
        match told {
            Ok(None) => pause = Duration::ZERO,
            Ok(Some(why)) => {
                pause = (pause * 2).clamp(PAUSES.0, PAUSES.1);
                warn!(
                    why,
                    pause = pause.as_secs(),
                    "the alarm command did not take what it was told; it is told again"
                );
            }
            Err(why) => {
                pause = PAUSES.0;
                error!(why = format!("{why:#}"), "the alarm turn failed");
            }
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(pause.max(LOOK)) => {}
        }
    }
}

/// One turn: all that is to be told, until the command does not take something; why.
///
/// # Errors
/// When the store fails.
pub(super) async fn tell(
    record: &Record,
    config: &Config,
    alarm: &Alarm,
) -> Result<Option<String>> {
    let repeat = alarm.repeat;
    let due = record.read(move |tx| tx.alarms_to_tell(repeat)).await?;
    let mut told = false;
    for one in due {
        let key = one.key.clone();
        record.write(move |tx| tx.offer_alarm(&key)).await?;
        let event = match one.tell {
            Tell::Raise => Event::Raise,
            Tell::Clear => Event::Clear,
        };
        let message = Message {
            event,
            key: one.key.clone(),
            text: one.text,
            at: record.now(),
        };
        let (key, what) = (one.key, one.tell);
        if let Err(why) = command::tell(alarm, &message).await {
            record.write(move |tx| tx.alarm_not_taken(&key)).await?;
            return Ok(Some(failed(record, why).await));
        }
        info!(key, ?event, "the alarm command took it");
        record.write(move |tx| tx.alarm_taken(&key, what)).await?;
        told = true;
    }
    if alarm.alive
        && let Some(today) = alive_is_due(record, config).await?
    {
        let message = Message {
            event: Event::Alive,
            key: "alive".to_owned(),
            text: "gatepost runs".to_owned(),
            at: record.now(),
        };
        if let Err(why) = command::tell(alarm, &message).await {
            return Ok(Some(failed(record, why).await));
        }
        record.write(move |tx| tx.set_meta(ALIVE, &today)).await?;
        told = true;
    }
    if told {
        remember(record, ALARM_TROUBLE.to_owned(), None).await;
    }
    Ok(None)
}

async fn failed(record: &Record, why: String) -> String {
    remember(record, ALARM_TROUBLE.to_owned(), Some(why.clone())).await;
    why
}

/// The local day, when its opening has come and the command was not told that we live.
async fn alive_is_due(record: &Record, config: &Config) -> Result<Option<String>> {
    let now = record.now();
    let today = config.calendar.local_date(now);
    if now < config.calendar.opening(today) {
        return Ok(None);
    }
    let told = record.read(|tx| tx.meta(ALIVE)).await?;
    Ok(Some(today.to_string()).filter(|today| told.as_ref() != Some(today)))
}
