//! The life of a daemon: its loops, its signals, and what happens to the loops when the
//! config or the time becomes another.
//!
//! SIGTERM and SIGINT end it within ten seconds, whatever it does. SIGHUP reads the config
//! anew: one that cannot be taken is told, and the old one stays. A good one gets loops of
//! its own: those of the old config end their turns, and a new loop begins when the old
//! one of its name has ended, so that no letter leaves twice and no mail is read by two.
//!
//! A wall clock that jumps forwards, as after a suspend, does the same with the same
//! config: connections are dead then, and every letter and mailbox is looked at now.

use super::jump::{Clocks, Jump};
use super::pulse::Pulse;
use super::receive::pay;
use super::record::Record;
use super::trouble::remember;
use super::{Hold, Shared, alarms, begin, clock, filing, health, notify, outgoing, watch, words};
use crate::config::Config;
use crate::desk::health::{
    CONFIG_TROUBLE, clock_was_put_back, clock_was_set_forwards, promised_before, promises_nothing,
};
use crate::store::Tx;
use crate::wall;
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// How long the turns have to end after a signal.
const TO_END: Duration = Duration::from_secs(8);
/// And who was cut off then.
const TO_ABORT: Duration = Duration::from_secs(1);
/// The clocks are compared this often.
const LOOK_AT_CLOCKS: Duration = Duration::from_secs(5);

/// The word under which the digest of the config that the daemon runs with is remembered.
pub const RUNNING: &str = "daemon/config";

/// Runs until a signal asks to stop.
///
/// # Errors
/// When it cannot begin, or a loop dies.
pub async fn run(config: Config, hold: Hold) -> Result<()> {
    let (_lock, record) = begin(hold, &config)?;
    let (mut term, mut int, mut hup) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
    );
    let mut daemon = Daemon::new(record, config);
    let digest = daemon.config.digest.clone();
    daemon.record.write(move |tx| in_force(tx, &digest)).await?;
    daemon.loud(&daemon.config).await?;
    daemon.start();
    let mut look = tokio::time::interval(LOOK_AT_CLOCKS);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    info!(
        mailboxes = daemon.config.mailboxes.len(),
        store = %daemon.config.store.display(),
        "gatepost runs"
    );
    let died = loop {
        tokio::select! {
            _ = term.recv() => break false,
            _ = int.recv() => break false,
            _ = hup.recv() => daemon.reload().await,
            _ = look.tick() => daemon.look_at_clocks().await,
            Some(_) = daemon.loops.join_next() => break true,
            Some(_) = daemon.leaving.join_next() => {}
            // Chores never end; one that died is an internal error like any other.
            Some(_) = daemon.chores.join_next() => break true,
        }
    };
    let (record, store) = (daemon.record.clone(), daemon.config.store.clone());
    daemon.stop().await;
    if let Err(why) = record.keep_head(store).await {
        warn!(
            why = format!("{why:#}"),
            "an old copy that is put back may not be noticed"
        );
    }
    // What was coming when its turn was cut off did us no harm.
    let paid = pay(&record).await;
    if died {
        // Whoever started us starts us again: nothing that was committed is lost.
        bail!(
            "a part of the daemon died by an internal error; what it had begun is done at the next start"
        );
    }
    paid
}

/// The config of this digest is in force, and what stood in the way of one is over.
fn in_force(tx: &Tx, digest: &str) -> Result<()> {
    tx.set_meta(RUNNING, digest)?;
    tx.clear_meta(CONFIG_TROUBLE)
}

/// A lock for each name of a loop.
type Batons = BTreeMap<String, Arc<Mutex<()>>>;

struct Daemon {
    record: Record,
    config: Arc<Config>,
    pulse: Pulse,
    clocks: Clocks,
    /// When the mailboxes were begun to be read, after a time in which they were not.
    began: tokio::time::Instant,
    /// Who holds the baton of a name is the loop of that name.
    batons: Batons,
    /// What was told of a store that fails.
    store_alarm: Arc<Mutex<health::StoreAlarm>>,
    /// Wakes the sending loop, whichever config a turn has that was still under way.
    outbox: Arc<Notify>,
    /// Asks the loops to stop.
    end: CancellationToken,
    /// The loops of the config in force. None of them ends unless asked to.
    loops: JoinSet<()>,
    /// Loops that were asked to stop and end their turns.
    leaving: JoinSet<()>,
    /// What belongs to no config.
    chores: JoinSet<()>,
}

impl Daemon {
    fn new(record: Record, config: Config) -> Self {
        let (began, pulse) = (record.now(), Pulse::default());
        let store_alarm = health::StoreAlarm::of(&config.store);
        let store_alarm = Arc::new(Mutex::new(store_alarm));
        let config = Arc::new(config);
        let mut chores = JoinSet::new();
        chores.spawn(notify::status(record.clone(), began));
        chores.spawn(notify::watchdog(pulse.clone()));
        Self {
            clocks: Clocks::now(began),
            began: tokio::time::Instant::now(),
            record,
            config,
            pulse,
            batons: Batons::new(),
            store_alarm,
            outbox: Arc::new(Notify::new()),
            end: CancellationToken::new(),
            loops: JoinSet::new(),
            leaving: JoinSet::new(),
            chores,
        }
    }

    /// Starts a loop for all that the config asks for.
    fn start(&mut self) {
        let shared = Shared {
            record: self.record.clone(),
            config: Arc::clone(&self.config),
            stop: self.end.clone(),
            outbox: Arc::clone(&self.outbox),
        };
        for mailbox in self.config.mailboxes.clone() {
            let name = format!("receiving {}", mailbox.name);
            self.spawn(name, watch::receiving(shared.clone(), mailbox.clone()));
            let name = format!("filing {}", mailbox.name);
            self.spawn(name, filing::filing(shared.clone(), mailbox));
        }
        self.spawn("sending".to_owned(), outgoing::sending(shared.clone()));
        self.spawn("clock".to_owned(), clock::watching(shared.clone()));
        self.spawn("indexing".to_owned(), words::indexing(shared.clone()));
        if let Some(alarm) = self.config.alarm.clone() {
            self.spawn("alarms".to_owned(), alarms::telling(shared.clone(), alarm));
        }
        let store_alarm = Arc::clone(&self.store_alarm);
        let health = health::minding(shared.clone(), self.began, store_alarm);
        self.spawn("health".to_owned(), health);
        // An audit of a large record takes as long as it takes: nobody waits for it.
        self.loops.spawn(health::auditing(shared));
    }

    /// Runs a loop as soon as the one that had its name before has ended.
    fn spawn(&mut self, name: String, work: impl Future<Output = ()> + Send + 'static) {
        let baton = Arc::clone(self.batons.entry(name.clone()).or_default());
        let (pulse, end) = (self.pulse.clone(), self.end.clone());
        self.loops.spawn(async move {
            let _mine = tokio::select! {
                () = end.cancelled() => return,
                baton = baton.lock_owned() => baton,
            };
            pulse.beating(&name, work).await;
        });
    }

    /// Has the loops end their turns, and starts others in their place.
    fn start_anew(&mut self) {
        self.end.cancel();
        self.end = CancellationToken::new();
        let mut old = std::mem::take(&mut self.loops);
        self.leaving
            .spawn(async move { while old.join_next().await.is_some() {} });
        self.start();
    }

    /// Reads the config anew; keeps the old one when it cannot be taken.
    async fn reload(&mut self) {
        notify::reloading();
        match self.read_anew().await {
            Ok(config) => {
                for warning in config.warnings(config.calendar.local_date(self.record.now())) {
                    warn!("{warning}");
                }
                self.config = Arc::new(config);
                if let Err(why) = self.loud(&self.config).await {
                    error!(why = format!("{why:#}"), "the store failed");
                }
                self.start_anew();
                info!(
                    mailboxes = self.config.mailboxes.len(),
                    "the config was read anew and is in force"
                );
            }
            Err(why) => {
                let why = format!("{why:#}");
                for fault in why.lines() {
                    error!(
                        fault,
                        "the config cannot be taken; the old one stays in force"
                    );
                }
                remember(&self.record, CONFIG_TROUBLE.to_owned(), Some(why)).await;
            }
        }
        notify::ready();
    }

    /// A policy that has lost its promises is said as what it may be.
    async fn loud(&self, config: &Arc<Config>) -> Result<()> {
        let config = Arc::clone(config);
        let lost = self.record.read(move |tx| promised_before(tx, &config));
        if let Some((text, hint)) = lost.await?.map(promises_nothing) {
            error!(hint, "{text}");
        }
        Ok(())
    }

    /// The config on the disk, with the store made ready for it.
    async fn read_anew(&self) -> Result<Config> {
        let file = self.config.file.clone();
        let read = tokio::task::spawn_blocking(move || Config::load(&file)).await;
        let config = read.context("reading it died by an internal error")??;
        if config.store != self.config.store {
            bail!(
                "`store` is another now ({}): that needs a restart, so that two stores are never mixed up",
                config.store.display()
            );
        }
        let (policy, digest) = (config.policy.clone(), config.digest.clone());
        self.record
            .write(move |tx| {
                tx.keep_policy(&policy)?;
                tx.look_at_all()?;
                in_force(tx, &digest)
            })
            .await?;
        Ok(config)
    }

    /// Compares the clocks with one another.
    async fn look_at_clocks(&mut self) {
        let (by, forwards) = match self.clocks.jump(Clocks::now(wall::now())) {
            None => return,
            Some(Jump::Slept(by)) => {
                return self.woke(by, "the machine slept");
            }
            Some(Jump::Forwards(by)) => {
                self.woke(by, "the clock jumped forwards");
                (by, true)
            }
            Some(Jump::Back { by, slept }) => {
                warn!(by = format!("{by:#}"), "the clock was put back");
                if slept {
                    self.woke(by, "the machine slept");
                }
                (by, false)
            }
        };
        let told = move |tx: &Tx| {
            if forwards {
                clock_was_set_forwards(tx, by)
            } else {
                clock_was_put_back(tx, by)
            }
        };
        if let Err(why) = self.record.write(told).await {
            error!(why = format!("{why:#}"), "the store failed");
        }
        // A letter may wait for a moment of the clock that ran ahead: the turn sees to it.
        self.outbox.notify_one();
    }

    /// After a time in which nobody looked.
    fn woke(&mut self, by: SignedDuration, what: &str) {
        info!(
            by = format!("{by:#}"),
            "{what}: every mailbox and letter is looked at now"
        );
        self.began = tokio::time::Instant::now();
        self.start_anew();
    }

    /// Has every turn end, as far as that is possible in time.
    async fn stop(mut self) {
        info!("stopping");
        notify::stopping();
        self.end.cancel();
        let all = async {
            while self.loops.join_next().await.is_some() {}
            while self.leaving.join_next().await.is_some() {}
        };
        if tokio::time::timeout(TO_END, all).await.is_err() {
            warn!(
                "a turn did not end in time; what it had not committed is done at the next start"
            );
            // One that does not even end now is none that waits for a server.
            let _ = tokio::time::timeout(TO_ABORT, self.loops.shutdown()).await;
        }
        info!("stopped");
    }
}
