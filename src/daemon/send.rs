//! The sending turn: drains the outbox over one connection that we own.
//!
//! *Offered* is committed just before the message bytes leave, *sent* after the server's
//! 250. In a burst both are one commit: that a letter was taken goes on record together
//! with the offer of the next, once its recipient is accepted; at once when there is no
//! next one, when that one came to nothing or keeps us waiting, or when we are asked to
//! stop. Who dies in between sends that one letter again, byte for byte.
//!
//! So: one ticket, one row, at least one send; a duplicate is the same message twice, and
//! each death makes one at most.
//!
//! A server may close a connection after so many messages, or after a pause (421). As long
//! as each connection brings a letter to an end, the next one is opened at once.

mod burst;
#[cfg(test)]
mod tests;

use super::record::Record;
use crate::channel::smtp::Smtp;
use crate::config::Config;
use crate::desk::settle::{self, code};
use crate::net::{Login, Peer};
use crate::store::Tx;
use anyhow::Result;
use burst::Burst;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing that may leave now is left; this many letters did.
    Drained(usize),
    /// The way is broken: every letter waits. Why, without secrets.
    Down(String),
}

/// The word in the store under which a broken way is remembered: since when, and why.
pub const TROUBLE: &str = "trouble/smtp";

/// The alarm of a broken way.
const ALARM: &str = "smtp";

/// What may pass by itself is an alarm once it has lasted so long.
const LASTING: SignedDuration = SignedDuration::from_mins(15);

/// Hands over every letter that may leave now, until there is none or `stop` is asked for;
/// `connect` is called when there is one, or to see whether a trouble is over when none can
/// tell.
///
/// # Errors
/// When the store fails; the next turn finds the letter whose fate is open.
pub async fn send(
    record: &Record,
    config: &Arc<Config>,
    stop: &CancellationToken,
    connect: impl AsyncFn(&Config) -> Result<Smtp, String> + Clone,
) -> Result<Turn> {
    recover(record, config).await?;
    let burst = Burst::new(record, config, stop);
    let (mut turn, told) = burst.drain(connect.clone()).await?;
    let mut works = told == Some(true);
    if matches!(turn, Turn::Drained(_)) && !works && in_trouble_for_nothing(record, told).await? {
        match connect(config).await {
            Ok(smtp) => {
                smtp.quit().await;
                works = !record.read(settle::bars_everybody).await?;
            }
            Err(why) => turn = Turn::Down(why),
        }
    }
    let at_end = turn.clone();
    record.write(move |tx| remember(tx, &at_end, works)).await?;
    Ok(turn)
}

/// The way is said to be broken, and no letter tells otherwise: none could leave now, or
/// none is left.
async fn in_trouble_for_nothing(record: &Record, told: Option<bool>) -> Result<bool> {
    let look = move |tx: &Tx| {
        let silent = told.is_none() || tx.letters_waiting()? == 0;
        Ok(silent && tx.meta(TROUBLE)?.is_some())
    };
    record.read(look).await
}

/// Letters that an earlier turn left on their way.
async fn recover(record: &Record, config: &Arc<Config>) -> Result<()> {
    let config = Arc::clone(config);
    let ready = move |tx: &Tx| {
        settle::bring_forward(tx, &config)?;
        settle::recover(tx)
    };
    let found = record.write(ready).await?;
    if found > 0 {
        warn!(
            letters = found,
            "letters were leaving when sending stopped; each goes out once more or waits for a person"
        );
    }
    Ok(())
}

/// Logs in; the secret is obtained anew each time, so that it can be changed.
///
/// # Errors
/// Why letters cannot leave, without secrets.
pub async fn connect(config: &Config) -> Result<Smtp, String> {
    let server = &config.smtp.server;
    let login = match &config.smtp.account {
        Some(account) => Some(Login::of(account).await?),
        None => None,
    };
    let helo = config
        .mailboxes
        .first()
        .map_or("localhost", |m| m.address.domain());
    Smtp::connect(&Peer::from(server), login.as_ref(), helo).await
}

/// How long the relay rests after one more turn that found it broken, `before` being the
/// rest before: 10 s, doubled, at most 2 min; 5 min where the server itself refuses us, so
/// that no account is locked by our trying.
pub(super) fn rest(before: Duration, why: &str) -> Duration {
    let at_most = if is_refusal(why) { 300 } else { 120 };
    (before * 2).clamp(Duration::from_secs(10), Duration::from_secs(at_most))
}

/// A server's words may name a reporter: an alarm tells only their code.
fn brief(why: &str) -> String {
    match code(why) {
        none if none.is_empty() => "the mail server cannot be talked to".to_owned(),
        code => format!("the mail server said {code}"),
    }
}

/// True when the server said 5xx: this does not pass by itself. A word of ours holds no
/// number of three digits.
fn is_refusal(why: &str) -> bool {
    let code = code(why);
    let reply = code.split(' ').next().unwrap_or_default();
    reply.len() == 3 && reply.starts_with('5')
}

/// Lists say it in red as long as the way is broken, and an alarm is raised: at once when
/// the server refuses us, else when it lasts. It `works` when the last letter was talked
/// about to the end, also one that the server refused.
fn remember(tx: &Tx, turn: &Turn, works: bool) -> Result<()> {
    let before = tx.meta(TROUBLE)?;
    match turn {
        Turn::Down(why) => {
            let since = before.as_deref().and_then(|old| old.lines().next());
            let since: Timestamp = since.and_then(|s| s.parse().ok()).unwrap_or(tx.now());
            tx.set_meta(TROUBLE, &format!("{since}\n{why}"))?;
            if is_refusal(why) || tx.now().duration_since(since) >= LASTING {
                tx.raise(
                    ALARM,
                    &format!("SMTP does not work, every letter waits: {}", brief(why)),
                )?;
            }
            Ok(())
        }
        Turn::Drained(_) if works => {
            tx.over(ALARM)?;
            before.map_or(Ok(()), |_| tx.clear_meta(TROUBLE))
        }
        Turn::Drained(_) => Ok(()),
    }
}
