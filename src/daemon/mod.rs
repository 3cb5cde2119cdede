//! The daemon: three plain turns, receive, send, clock, and the loops that call them.
//!
//! A wake-up is only a hint: whatever wakes a loop, its turn looks at the record and at
//! the server and does what is to be done. [`once`] runs each turn once.

mod clock;
#[cfg(test)]
mod crash;
mod outgoing;
pub mod receive;
pub mod record;
pub mod send;
mod trouble;
mod watch;

pub use clock::CLOCK_TROUBLE;
pub use send::TROUBLE;
pub use watch::{connect, sweep};

use crate::channel::smtp::Smtp;
use crate::config::{Config, MailboxConfig};
use crate::mailbox::Trouble;
use crate::store::{Lock, Store};
use crate::wall;
use anyhow::{Result, anyhow, bail};
use clock::clock;
use jiff::Timestamp;
use record::Record;
use send::Turn;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use trouble::remember;
use watch::{pass, trouble_key};

/// How long the turns have to end after a signal.
const TO_END: Duration = Duration::from_secs(8);

/// What every loop shares.
#[derive(Clone)]
struct Shared {
    record: Record,
    config: Arc<Config>,
    stop: CancellationToken,
    outbox: Arc<Notify>,
}

/// Takes the lock and opens the store.
fn begin(config: &Config) -> Result<(Lock, Record)> {
    let store = Store::open(&config.store)?;
    let me = format!(
        "process {} since {}",
        std::process::id(),
        wall::now().strftime("%Y-%m-%d %H:%M UTC")
    );
    let lock = Lock::take(&config.store, &me)?;
    Ok((lock, prepare(store, config, wall::now)?))
}

/// Makes the store ready for the turns: the config may be another than it was.
fn prepare(mut store: Store, config: &Config, clock: fn() -> Timestamp) -> Result<Record> {
    store.write(clock(), |tx| {
        tx.keep_policy(&config.policy)?;
        tx.look_at_all()
    })?;
    Ok(Record::new(store, clock))
}

/// Runs each turn once: receive all mailboxes, look at the clock, send.
///
/// # Errors
/// What went wrong, after all turns were tried.
pub async fn once(config: Config) -> Result<()> {
    let (_lock, record) = begin(&config)?;
    let config = Arc::new(config);
    let receive = async |mailbox: &MailboxConfig| pass(&record, &config, mailbox).await;
    turns(&record, &config, receive, send::connect).await
}

/// Each turn once; `receive` is one pass over one mailbox, `relay` connects to SMTP.
async fn turns(
    record: &Record,
    config: &Arc<Config>,
    receive: impl AsyncFn(&MailboxConfig) -> Result<usize, Trouble>,
    relay: impl AsyncFn(&Config) -> Result<Smtp, String>,
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
    match send::send(record, config, relay).await {
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
    let (_lock, record) = begin(&config)?;
    send::send(&record, &Arc::new(config), send::connect).await
}

/// Runs until a signal asks to stop.
///
/// # Errors
/// When it cannot begin, or a loop dies.
pub async fn run(config: Config) -> Result<()> {
    let (_lock, record) = begin(&config)?;
    let shared = Shared {
        record,
        config: Arc::new(config),
        stop: CancellationToken::new(),
        outbox: Arc::new(Notify::new()),
    };
    let mut loops = tokio::task::JoinSet::new();
    for mailbox in shared.config.mailboxes.clone() {
        loops.spawn(watch::receiving(shared.clone(), mailbox));
    }
    loops.spawn(outgoing::sending(shared.clone()));
    loops.spawn(clock::watching(shared.clone()));
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    info!(mailboxes = shared.config.mailboxes.len(), store = %shared.config.store.display(), "gatepost runs");
    let died = tokio::select! {
        _ = term.recv() => false,
        _ = int.recv() => false,
        _ = loops.join_next() => true,
    };
    info!("stopping");
    shared.stop.cancel();
    let all = async { while loops.join_next().await.is_some() {} };
    if tokio::time::timeout(TO_END, all).await.is_err() {
        warn!("a turn did not end in time; what it had not committed is done at the next start");
    }
    info!("stopped");
    if died {
        // Whoever started us starts us again: nothing that was committed is lost.
        bail!(
            "a part of the daemon died by an internal error; what it had begun is done at the next start"
        );
    }
    Ok(())
}
