//! The daemon: three plain turns, receive, send, clock, and the loops that call them.
//!
//! A wake-up is only a hint: whatever wakes a loop, its turn looks at the record and at
//! the server and does what is to be done. [`once`] runs each turn once.

#[cfg(test)]
mod crash;
pub mod receive;
pub mod record;
pub mod send;

use crate::channel::smtp::Smtp;
use crate::config::{Config, MailboxConfig, Server};
use crate::desk::tick;
use crate::mailbox::imap::Imap;
use crate::mailbox::{Mailbox, Trouble, Woken};
use crate::net::Peer;
use crate::store::{Lock, Store};
use crate::wall;
use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use receive::Pass;
use record::Record;
pub use send::TROUBLE;
use send::Turn;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// The wall clock is looked at this often: never one long sleep, because a suspended
/// machine stops timers.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(15);
/// What other processes wrote is noticed this often.
const LOOK_AT_STORE: Duration = Duration::from_secs(1);
/// IDLE is issued anew this often (RFC 2177 asks for less than 29 minutes).
const IDLE_AT_MOST: Duration = Duration::from_secs(300);
/// A server that refuses the login is asked again this seldom, so that it does not lock us out.
const AFTER_REFUSED_LOGIN: Duration = Duration::from_secs(300);
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

async fn pass(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
) -> Result<usize, Trouble> {
    let mut imap = connect(mailbox).await?;
    let passed = receive::receive(record, config, mailbox, &mut imap).await?;
    imap.logout().await;
    Ok(passed.taken)
}

/// Logs in; the password is read anew each time, so that it can be changed.
///
/// # Errors
/// [`Trouble`]: the network, the login, the secret.
pub async fn connect(mailbox: &MailboxConfig) -> Result<Imap, Trouble> {
    let server = &mailbox.server;
    let password = server
        .password
        .read()
        .map_err(|why| Trouble::Secret(why.to_string()))?;
    let connected = Imap::connect(&Peer::from(server), &server.user, &password).await;
    connected.map_err(|why| match why {
        Trouble::Login(said) => Trouble::Login(refused_by(server, &said)),
        Trouble::Secret(_) | Trouble::Lost(_) | Trouble::Refused { .. } | Trouble::NoFolder(_) => {
            why
        }
    })
}

/// What a server said when it refused the login, and where the remedy lies.
fn refused_by(server: &Server, said: &str) -> String {
    let file = server.password.path().display();
    format!(
        "{said} ({}:{}; the password is read from {file}, anew at each login)",
        server.host, server.port
    )
}

/// The word in the store under which a clock's turn that failed is remembered.
pub const CLOCK_TROUBLE: &str = "trouble/clock";

/// One look at the clock. A ticket that cannot be looked at keeps no other from it.
async fn clock(record: &Record, config: &Arc<Config>) -> Result<usize> {
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
        loops.spawn(receiving(shared.clone(), mailbox));
    }
    loops.spawn(sending(shared.clone()));
    loops.spawn(watching(shared.clone()));
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

/// Receives, waits, receives; backs off when the server is in trouble.
async fn receiving(shared: Shared, mailbox: MailboxConfig) {
    let mut failures: u32 = 0;
    while !shared.stop.is_cancelled() {
        let (why, pause) = match watch_mailbox(&shared, &mailbox, &mut failures).await {
            Ok(()) => return,
            Err(Trouble::Login(said)) => (Trouble::Login(said), AFTER_REFUSED_LOGIN),
            Err(why) => (
                why,
                Duration::from_secs(2u64.saturating_pow(failures.clamp(1, 6)).min(60)),
            ),
        };
        failures += 1;
        let (said, key) = (why.to_string(), trouble_key(&mailbox));
        warn!(
            mailbox = mailbox.name,
            why = said,
            pause = pause.as_secs(),
            "cannot read the mailbox; trying again"
        );
        remember(&shared.record, key, Some(said)).await;
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Ends well only when asked to stop.
async fn watch_mailbox(
    shared: &Shared,
    mailbox: &MailboxConfig,
    failures: &mut u32,
) -> Result<(), Trouble> {
    let mut imap = tokio::select! {
        () = shared.stop.cancelled() => return Ok(()),
        connected = connect(mailbox) => connected?,
    };
    attend(shared, mailbox, &mut imap, failures).await?;
    imap.logout().await;
    Ok(())
}

/// Passes over a mailbox that is logged in, and waits, until asked to stop.
async fn attend(
    shared: &Shared,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
    failures: &mut u32,
) -> Result<(), Trouble> {
    let poll = Duration::try_from(mailbox.poll)
        .unwrap_or(IDLE_AT_MOST)
        .min(IDLE_AT_MOST);
    let mut fresh = true;
    loop {
        let passed = receive::receive(&shared.record, &shared.config, mailbox, server).await;
        // What was committed before a failure is answered all the same.
        if !matches!(passed, Ok(Pass { taken: 0, .. })) {
            shared.outbox.notify_one();
            // A ticket that has just opened is told to the team at once.
            let _ = clock(&shared.record, &shared.config)
                .await
                .inspect_err(|why| error!(%why, "the clock's turn failed"));
        }
        let more = passed?.more;
        if fresh {
            (fresh, *failures) = (false, 0);
            remember(&shared.record, trouble_key(mailbox), None).await;
        }
        if more && !shared.stop.is_cancelled() {
            continue;
        }
        // The pass left the first folder open: what arrived since it was listed wakes us.
        if server.wait(poll, &shared.stop).await? == Woken::Stopped {
            return Ok(());
        }
    }
}

fn trouble_key(mailbox: &MailboxConfig) -> String {
    format!("trouble/imap/{}", mailbox.name)
}

/// Remembers a trouble for lists to show, or that it is over.
async fn remember(record: &Record, key: String, trouble: Option<String>) {
    let work = move |tx: &crate::store::Tx| match trouble {
        Some(why) => {
            let since = tx
                .meta(&key)?
                .and_then(|old| old.lines().next().map(str::to_owned))
                .unwrap_or_else(|| tx.now().to_string());
            tx.set_meta(&key, &format!("{since}\n{why}"))
        }
        None if tx.meta(&key)?.is_some() => tx.clear_meta(&key),
        None => Ok(()),
    };
    if let Err(why) = record.write(work).await {
        error!(why = format!("{why:#}"), "the store failed");
    }
}

/// Sends when a letter may leave: woken by a turn, by what another process wrote, or by
/// the moment that the next letter waits for.
async fn sending(shared: Shared) {
    let mut pause = Duration::ZERO;
    while !shared.stop.is_cancelled() {
        match send::send(&shared.record, &shared.config, send::connect).await {
            Ok(Turn::Drained(_)) => pause = Duration::ZERO,
            // The relay's own back-off: 10 s to 2 min.
            Ok(Turn::Down(why)) => {
                pause = (pause * 2).clamp(Duration::from_secs(10), Duration::from_secs(120));
                warn!(
                    why,
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
            () = tokio::time::sleep(pause), if !pause.is_zero() => {}
            () = letter_may_leave(&shared), if pause.is_zero() => {}
        }
    }
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

/// Looks at the clock.
async fn watching(shared: Shared) {
    while !shared.stop.is_cancelled() {
        match clock(&shared.record, &shared.config)
            .await
            .context("the clock's turn failed")
        {
            Ok(0) => {}
            Ok(_) => shared.outbox.notify_one(),
            Err(why) => error!(why = format!("{why:#}")),
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_CLOCK) => {}
        }
    }
}
