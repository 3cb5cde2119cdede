//! The health loop: what `health` would tell, the command channel is told.
//!
//! A store that cannot be read or written keeps no alarm: that one is told directly. An empty
//! file beside the store has the next process know of it, where it can be made.

use super::Shared;
use super::record::Record;
use super::trouble::note;
use crate::channel::command::{self, Event, Message};
use crate::config::Config;
use crate::desk::account;
use crate::desk::health::{self, HEAD_TROUBLE, Kind, Reason};
use crate::store::{self, Alarm, Store, ToldMark, Tx};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::{debug, error, warn};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(20);
/// After a long time in which no daemon ran, a mailbox is given this long to be read.
const FIRST_PASS: Duration = Duration::from_secs(600);
/// The record is audited at the start, and then this often.
const AUDIT: SignedDuration = SignedDuration::from_hours(24);
/// Whether it is time is looked at this often: a suspended machine stops timers.
const LOOK_AT_DAY: Duration = Duration::from_secs(600);

/// Looks until asked to stop.
/// The mailboxes were begun to be read at `began`. What `alarm` has told outlives this loop.
pub(super) async fn minding(shared: Shared, began: Instant, alarm: Arc<Mutex<StoreAlarm>>) {
    let mut alarm = alarm.lock().await;
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let looked = look(
            &shared.record,
            &shared.config,
            began.elapsed() >= FIRST_PASS,
        )
        .await;
        let told = alarm.tell(&shared.config, looked.err(), shared.record.now());
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = told => {}
        }
    }
}

/// Raises what is wrong now, and ends what is over.
///
/// # Errors
/// When the store fails.
pub(super) async fn look(record: &Record, config: &Arc<Config>, passes_too: bool) -> Result<()> {
    record.try_to_write().await?;
    let head = record.keep_head(config.store.clone()).await;
    // Whatever it is, all else is told too.
    let head = head.err().map(|why| format!("{why:#}"));
    if let Some(why) = &head {
        warn!(why, "an old copy that is put back may not be noticed");
    }
    let config = Arc::clone(config);
    record
        .write(move |tx| {
            note(tx, HEAD_TROUBLE, head)?;
            let known = health::known(tx, &config)?;
            let reasons = health::judge(&known, tx.now());
            // A way cannot tell that it is broken, and when it can it is not.
            let told = |r: &Reason| {
                r.kind.is_ill() && r.kind != Kind::Alarm && (passes_too || r.kind != Kind::NoPass)
            };
            let reasons: Vec<Reason> = reasons.into_iter().filter(told).collect();
            // A relay that is in trouble for less may have an alarm of its own.
            let is_ours = |key: &str| {
                key.starts_with("health/")
                    || (passes_too && key.starts_with("imap/"))
                    || (known.smtp.is_none() && key == "smtp")
            };
            sync(tx, &reasons, is_ours)
        })
        .await
}

fn sync(tx: &Tx, reasons: &[Reason], is_ours: impl Fn(&str) -> bool) -> Result<()> {
    let on = tx.alarms_on()?;
    let mut keys: Vec<String> = Vec::new();
    for reason in reasons {
        let key = reason.key();
        // Of several reasons of one kind the first speaks.
        if keys.contains(&key) {
            continue;
        }
        let same = |a: &Alarm| a.key == key && a.text == reason.text;
        if reason.kind.is_repeated() || on.iter().any(same) {
            tx.raise(&key, &reason.text)?;
        } else {
            tx.raise_again(&key, &reason.text)?;
        }
        tx.quieten(&key, !reason.kind.is_repeated())?;
        keys.push(key);
    }
    for alarm in on
        .iter()
        .filter(|a| is_ours(&a.key) && !keys.contains(&a.key))
    {
        tx.over(&alarm.key)?;
    }
    Ok(())
}

/// The alarm that the store fails, which no store can keep.
pub(super) struct StoreAlarm {
    told: Option<Instant>,
    /// A process before this one told it, and not that it is over.
    before: bool,
    mark: ToldMark,
}

impl StoreAlarm {
    pub(super) fn of(store: &Path) -> Self {
        let mark = ToldMark::beside(store);
        Self {
            told: None,
            before: mark.is_set(),
            mark,
        }
    }

    async fn tell(&mut self, config: &Config, fails: Option<anyhow::Error>, now: Timestamp) {
        if let Some(why) = &fails {
            error!(why = format!("{why:#}"), "the store fails");
        }
        let Some(alarm) = &config.alarm else { return };
        let repeat = Duration::try_from(alarm.repeat).unwrap_or_default();
        let (event, text) = match (&fails, self.told) {
            (None, None) if !self.before => return,
            (None, _) => (Event::Clear, "the store works again"),
            (Some(_), Some(told)) if told.elapsed() < repeat => return,
            (Some(why), _) => (Event::Raise, store::what_fails(why)),
        };
        let message = Message {
            event,
            key: "health/store".to_owned(),
            text: text.to_owned(),
            at: now,
        };
        // What is told may be cut off when we are asked to stop: whoever may have heard that it
        // fails has to hear that it is over.
        let told_before = self.before || self.told.is_some();
        if event == Event::Raise && !told_before {
            self.before = true;
            self.marked(true).await;
        }
        if let Err(why) = command::tell(alarm, &message).await {
            warn!(why, "the alarm command did not take that the store fails");
            if !told_before {
                self.before = false;
                self.marked(false).await;
            }
            return;
        }
        self.told = fails.map(|_| Instant::now());
        self.before = false;
        if event == Event::Clear {
            self.marked(false).await;
        }
    }

    /// Sets the mark, or takes it away. A disk that fails may take its time.
    async fn marked(&self, is_on: bool) {
        let mark = self.mark.clone();
        let keep = move || if is_on { mark.set() } else { mark.clear() };
        let _ = tokio::task::spawn_blocking(keep).await;
    }
}

/// Audits the record against itself, now and once a day, until asked to stop. It has a
/// connection of its own, so that no turn waits for it.
pub(super) async fn auditing(shared: Shared) {
    tokio::select! {
        () = shared.stop.cancelled() => {}
        () = audits(&shared.record, &shared.config) => {}
    }
}

async fn audits(record: &Record, config: &Arc<Config>) {
    loop {
        let own = Arc::clone(config);
        let now = record.now();
        let audit = move || Store::open(&own.store)?.read(now, |tx| account::account(tx, &own));
        let audited = tokio::task::spawn_blocking(audit).await;
        let audited = audited.unwrap_or_else(|_| Err(anyhow::anyhow!("an internal error")));
        let remember = move |tx: &Tx| match &audited {
            Ok(account) => health::remember_audit(tx, account),
            Err(why) => health::remember_failed_audit(tx, &format!("{why:#}")),
        };
        match record.write(remember).await {
            Ok(()) => debug!("the record was audited"),
            Err(why) => error!(why = format!("{why:#}"), "the audit cannot be remembered"),
        }
        while record.now().duration_since(now).abs() < AUDIT {
            tokio::time::sleep(LOOK_AT_DAY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::wall;

    async fn alarms(record: &Record, config: &Arc<Config>) -> Vec<(String, String)> {
        look(record, config, true).await.unwrap();
        let on = record.read(|tx| tx.alarms_on()).await.unwrap();
        on.into_iter().map(|a| (a.key, a.text)).collect()
    }

    #[tokio::test]
    async fn a_head_that_cannot_be_written_is_told_and_silences_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let config = Arc::new(sample::small(dir.path()));
        let record = Record::new(Store::create(&config.store).unwrap(), wall::now).unwrap();
        let keys = |on: &[(String, String)]| on.iter().map(|a| a.0.clone()).collect::<Vec<_>>();
        // A folder stands where the file is to be.
        let in_the_way = config.store.with_extension("db.head.new");
        std::fs::create_dir(&in_the_way).unwrap();
        let on = alarms(&record, &config).await;
        assert_eq!(keys(&on), ["health/head", "health/no-baseline"]);
        let text = &on.first().unwrap().1;
        assert!(text.contains("may not be noticed"), "{text}");
        std::fs::remove_dir(&in_the_way).unwrap();
        let on = alarms(&record, &config).await;
        assert_eq!(keys(&on), ["health/no-baseline"]);
        assert!(config.store.with_extension("db.head").exists());
        assert!(!in_the_way.exists());
    }

    #[tokio::test]
    async fn what_a_process_that_died_told_of_the_store_is_ended_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        std::fs::create_dir(config.store.parent().unwrap()).unwrap();
        let told = dir.path().join("told");
        let script = format!("cat >> {}", told.display());
        config.alarm = Some(crate::config::Alarm {
            command: ["/bin/sh", "-c", &script].map(str::to_owned).to_vec(),
            timeout: SignedDuration::from_secs(60),
            repeat: SignedDuration::from_mins(15),
            alive: false,
        });
        let full = || Some(anyhow::anyhow!("full"));
        let next = || StoreAlarm::of(&config.store);
        let events = || {
            let told = std::fs::read_to_string(&told).unwrap_or_default();
            let event = |line: &str| line.get(..16).unwrap().to_owned();
            told.lines().map(event).collect::<Vec<_>>()
        };
        let (raise, clear) = ("{\"event\":\"raise\"", "{\"event\":\"clear\"");
        next().tell(&config, None, wall::now()).await;
        assert!(events().is_empty());
        next().tell(&config, full(), wall::now()).await;
        // It fails still: told anew by who does not know how long it is.
        next().tell(&config, full(), wall::now()).await;
        let mut third = next();
        for _ in 0..2 {
            third.tell(&config, None, wall::now()).await;
        }
        next().tell(&config, None, wall::now()).await;
        assert_eq!(events(), [raise, raise, clear]);

        // Cut off while it was told.
        let script = format!("cat >> {}; sleep 60", told.display());
        config.alarm.as_mut().unwrap().command[2] = script;
        let (mut cut, mut again) = (next(), config.clone());
        tokio::select! {
            () = cut.tell(&config, full(), wall::now()) => panic!("it was told"),
            () = until(|| events().len() == 4) => {}
        }
        again.alarm.as_mut().unwrap().command[2] = format!("cat >> {}", told.display());
        next().tell(&again, None, wall::now()).await;
        assert_eq!(events()[3..], [raise, clear]);
        // Also who tells on in this process knows.
        cut.tell(&again, None, wall::now()).await;
        assert_eq!(events()[3..], [raise, clear, clear]);
        // Not taken, it was not told.
        again.alarm.as_mut().unwrap().command[2] = "exit 1".to_owned();
        next().tell(&again, full(), wall::now()).await;
        assert!(!next().before);
    }

    async fn until(is: impl Fn() -> bool) {
        while !is() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
