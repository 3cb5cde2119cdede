//! The daemon: three plain turns, receive, send, clock, and the loops that call them; and
//! beside them a turn that files copies of what was sent.
//!
//! A wake-up is only a hint: whatever wakes a loop, its turn looks at the record and at
//! the server and does what is to be done. [`once`] runs each turn once; [`run()`] runs the
//! loops until a signal asks to stop.

mod alarms;
mod clock;
#[cfg(test)]
mod crash;
mod filing;
mod health;
mod jump;
mod notify;
mod outgoing;
mod pulse;
pub mod receive;
pub mod record;
mod run;
pub mod send;
mod trouble;
mod watch;
mod words;

pub use clock::CLOCK_TROUBLE;
pub use filing::filing_warning;
pub use notify::upgrading;
pub use run::{RUNNING, run};
pub use send::TROUBLE;
pub use watch::{connect, sweep};

use crate::channel::smtp::Smtp;
use crate::config::{Config, MailboxConfig};
use crate::desk::health::clock_was_unwatched;
use crate::mailbox::Trouble;
use crate::store::{Holder, Lock, Store};
use crate::wall;
use anyhow::{Result, anyhow, bail};
use clock::clock;
use jiff::Timestamp;
use record::Record;
use send::Turn;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use trouble::remember;
use watch::{pass, trouble_key};

/// What every loop shares.
#[derive(Clone)]
struct Shared {
    record: Record,
    config: Arc<Config>,
    stop: CancellationToken,
    outbox: Arc<Notify>,
}

/// The store of a config, and the lock that keeps other daemons from it.
pub struct Hold {
    lock: Lock,
    /// The store, of the newest schema.
    pub store: Store,
}

/// Takes the lock for a daemon, and then opens the store: only who has the lock may change its
/// schema.
///
/// # Errors
/// When another gatepost holds the store, or it cannot be opened.
pub fn hold(config: &Config) -> Result<Hold> {
    let me = format!(
        "process {} since {}",
        std::process::id(),
        wall::now().strftime("%Y-%m-%d %H:%M UTC")
    );
    held(config, Holder::Daemon(&me))
}

/// The same for a command, which does this and ends.
///
/// # Errors
/// Those of [`hold`].
pub fn hold_to(config: &Config, does: &str) -> Result<Hold> {
    held(config, Holder::Command(does))
}

fn held(config: &Config, me: Holder<'_>) -> Result<Hold> {
    let (lock, store) = Store::take(&config.store, me, &notify::upgrading())?;
    if !lock.is_named() {
        warn!("the lock beside the store cannot be written: it does not say who holds it");
    }
    Ok(Hold { lock, store })
}

/// What the turns work on: a store that is held and that is no copy.
fn begin(hold: Hold, config: &Config) -> Result<(Lock, Record)> {
    let Hold { lock, mut store } = hold;
    if store.read(wall::now(), |tx| tx.copy_made_at())?.is_some() {
        // What waits in a copy may have left from the original.
        bail!(
            "the store {} is a copy: nothing is sent from it or taken into it\n  hint: `gatepost run` says what it is, and `run --restored` makes it the original",
            config.store.display()
        );
    }
    Ok((lock, prepare(store, config, wall::now)?))
}

/// Makes the store ready for the turns: the config may be another than it was.
fn prepare(mut store: Store, config: &Config, clock: fn() -> Timestamp) -> Result<Record> {
    store.write(clock(), |tx| {
        tx.keep_policy(&config.policy)?;
        clock_was_unwatched(tx)?;
        tx.look_at_all()
    })?;
    Record::new(store, clock)
}

/// Runs each turn once: receive all mailboxes, look at the clock, send.
///
/// # Errors
/// What went wrong, after all turns were tried.
pub async fn once(config: Config, hold: Hold) -> Result<()> {
    let (_lock, record) = begin(hold, &config)?;
    let config = Arc::new(config);
    let receive = async |mailbox: &MailboxConfig| pass(&record, &config, mailbox).await;
    let turned = turns(&record, &config, receive, send::connect).await;
    for mailbox in &config.mailboxes {
        filing::turn(&record, &config, mailbox, Duration::ZERO, connect).await;
    }
    let told = tell(&record, &config).await;
    // Last: whoever waits for a receipt does not wait for that.
    let indexed = words::once(&record, words::ONCE).await;
    indexed.unwrap_or_else(|why| words::failed(&why));
    match (turned, told) {
        (Err(why), Err(too)) => Err(anyhow!("{why}\n{too}")),
        (turned, told) => turned.and(told),
    }
}

/// Tells the alarm command what the turns left to be told.
async fn tell(record: &Record, config: &Arc<Config>) -> Result<()> {
    health::look(record, config, true).await?;
    let Some(alarm) = &config.alarm else {
        return Ok(());
    };
    match alarms::tell(record, config, alarm).await? {
        Some(why) => Err(anyhow!("alarm: {why}")),
        None => Ok(()),
    }
}

/// Each turn once; `receive` is one pass over one mailbox, `relay` connects to SMTP.
async fn turns(
    record: &Record,
    config: &Arc<Config>,
    receive: impl AsyncFn(&MailboxConfig) -> Result<usize, Trouble>,
    relay: impl AsyncFn(&Config) -> Result<Smtp, String> + Clone,
) -> Result<()> {
    let mut troubles = Vec::new();
    for mailbox in &config.mailboxes {
        let trouble = receive(mailbox).await.err().map(|why| why.to_string());
        remember(record, trouble_key(mailbox), trouble.clone()).await;
        troubles.extend(trouble.map(|why| format!("mailbox {}: {why}", mailbox.name)));
    }
    if let Err(why) = clock(record, config).await {
        troubles.push(format!("reminders: {why:#}"));
    }
    match send::send(record, config, &CancellationToken::new(), relay).await {
        Ok(Turn::Drained(_)) => {}
        Ok(Turn::Down(why)) => troubles.push(format!("smtp: {why}")),
        Err(why) => troubles.push(format!("sending: {why:#}")),
    }
    if troubles.is_empty() {
        Ok(())
    } else {
        Err(anyhow!(troubles.join("\n")))
    }
}

/// Sends what may leave now, where no daemon runs.
///
/// # Errors
/// When another gatepost holds the store, or the store fails.
pub async fn send_now(config: Config) -> Result<Turn> {
    let (_lock, record) = begin(hold_to(&config, "sends letters")?, &config)?;
    let (config, stop) = (Arc::new(config), CancellationToken::new());
    send::send(&record, &config, &stop, send::connect).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::store::is_held;

    #[test]
    fn only_a_daemon_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        Store::create(&config.store).unwrap();
        let command = hold_to(&config, "sends letters").unwrap();
        assert!(!is_held(&config.store));
        drop(command);
        let daemon = hold(&config).unwrap();
        assert!(is_held(&config.store));
        let why = hold_to(&config, "sends letters").err().unwrap();
        assert!(why.to_string().contains("stop that one first"), "{why}");
        drop(daemon);
    }
}
