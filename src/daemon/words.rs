//! The loop that brings what was taken in into the index of words: soon, and never in the
//! way of a mail, a receipt or a person.
//!
//! A document is read on the thread of the store, taken apart on a thread that has nothing
//! to do with the store, and its words are written in a transaction of their own. Between
//! two of those is a pause that is longer than the time after which whoever waits for the
//! store looks again.

use super::Shared;
use super::record::Record;
use crate::desk::search::{self, Indexed, Source};
use crate::store::is_damage;
use anyhow::{Context, Result};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

/// What waits is looked for this often.
const LOOK: Duration = Duration::from_secs(15);
/// Turns in one look, while nothing else comes in.
const TURNS: usize = 60;
/// As many new mails since the last look leave it one turn.
const BUSY: usize = 20;
/// A turn takes no other document after that.
const A_TURN: Duration = Duration::from_millis(50);
/// Who runs once begins no other turn after that: whoever runs it so is to run it again.
pub(super) const ONCE: Duration = Duration::from_secs(5);
/// Between two turns. SQLite looks every 100 ms whether the store is free.
const PAUSE: Duration = Duration::from_millis(220);

/// Indexes what waits, until asked to stop. What is being taken apart then is left: it is
/// nothing but read.
pub(super) async fn indexing(shared: Shared) {
    tokio::select! {
        () = shared.stop.cancelled() => {}
        () = looks(&shared.record) => {}
    }
}

/// Indexes what waits, in one turn or in as many as begin in `time`, for who runs once.
pub(super) async fn once(record: &Record, time: Duration) -> Result<()> {
    let (began, mut anew) = (Instant::now(), false);
    while turn(record, &mut anew).await? {
        let left = record.read(|tx| tx.count_unindexed()).await?;
        if left == 0 {
            break;
        }
        if began.elapsed() >= time {
            info!("{left} mails, notes and letters are not indexed yet: the next run goes on");
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn looks(record: &Record) {
    // How many waited at the end of the last look; whether the index was made anew.
    let (mut left, mut anew) = (0, false);
    loop {
        if let Err(why) = look(record, &mut left, &mut anew).await {
            failed(&why);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Says so: without an index nothing is lost but the finding.
pub(super) fn failed(why: &anyhow::Error) {
    error!(
        why = format!("{why:#}"),
        "the newest mails are not indexed yet"
    );
}

async fn look(record: &Record, left: &mut usize, anew: &mut bool) -> Result<()> {
    let waits = record.read(|tx| tx.count_unindexed()).await?;
    let turns = match waits.saturating_sub(*left) {
        0..BUSY => TURNS,
        _ => 1,
    };
    for _ in 0..turns {
        if !turn(record, anew).await? {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    *left = record.read(|tx| tx.count_unindexed()).await?;
    Ok(())
}

/// One turn; says whether anything waited.
async fn turn(record: &Record, anew: &mut bool) -> Result<bool> {
    let sources = record.read(search::waiting).await?;
    if sources.is_empty() {
        return Ok(false);
    }
    let all = split(sources).await?;
    for one in &all {
        if let Some(why) = &one.trouble {
            warn!(why, "{} is not indexed, or not all of it", one.document);
        }
    }
    match record.write(move |tx| search::keep(tx, &all)).await {
        Err(why) if is_damage(&why) && !*anew => {
            *anew = true;
            warn!(why = format!("{why:#}"), "the index of words is made anew");
            record.write(|tx| tx.index_anew()).await?;
        }
        done => done?,
    }
    Ok(true)
}

/// Takes documents apart. Nobody waits for the thread when the daemon ends.
async fn split(sources: Vec<Source>) -> Result<Vec<Indexed>> {
    let (told, answer) = oneshot::channel();
    let work = move || {
        let began = Instant::now();
        let done = search::split(sources, || began.elapsed() < A_TURN);
        // Who asked may have gone.
        drop(told.send(done));
    };
    let thread = thread::Builder::new().name("words".to_owned());
    thread
        .spawn(work)
        .context("cannot start the thread that splits words")?;
    answer.await.context("the thread that splits words died")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Document, Store};
    use crate::wall;
    use tokio_util::sync::CancellationToken;

    fn store(count: i64) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("own/gatepost.db")).unwrap();
        let wait =
            |tx: &crate::store::Tx| (0..count).try_for_each(|i| tx.to_index(Document::Mail(i)));
        store.write(wall::now(), wait).unwrap();
        (dir, store)
    }

    /// Nobody waits for all of them: between two turns the store is free for long enough.
    #[tokio::test]
    async fn others_write_while_a_thousand_documents_wait() {
        let (dir, store) = store(1_000);
        let mut other = Store::open(&dir.path().join("own/gatepost.db")).unwrap();
        let record = Record::new(store, wall::now).unwrap();
        let (stop, mut left) = (CancellationToken::new(), 1_000);
        let began = Instant::now();
        let (stopped, others, mut anew) = (stop.clone(), record.clone(), false);
        let turns = tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                done = look(&others, &mut left, &mut anew) => done.unwrap(),
            }
        });
        let writer = tokio::task::spawn_blocking(move || {
            let mut seen = vec![1_000];
            while seen.last().is_some_and(|waits| *waits > 700) {
                let count = other.write(wall::now(), |tx| {
                    tx.set_meta("k", "v")?;
                    tx.count_unindexed()
                });
                seen.push(count.unwrap());
            }
            seen
        });
        let mut seen = writer.await.unwrap();
        stop.cancel();
        turns.await.unwrap();
        let writes = seen.len();
        seen.dedup();
        // Whoever waits looks every 100 ms: two looks in each pause.
        let pauses = u32::try_from(seen.len()).unwrap() - 2;
        assert!(began.elapsed() >= Duration::from_millis(200) * pauses);
        assert!(
            seen.len() >= 4 && writes > 3 * seen.len(),
            "{writes} {seen:?}"
        );
        assert!(record.read(|tx| tx.count_unindexed()).await.unwrap() > 0);
    }
    /// However much waits, one run takes a bounded time, and the next goes on.
    #[tokio::test]
    async fn who_runs_once_indexes_in_one_turn_at_least_and_in_time() {
        let (_dir, store) = store(200);
        let record = Record::new(store, wall::now).unwrap();
        let mut left = vec![200];
        while left.last().is_some_and(|n| *n > 0) {
            once(&record, Duration::ZERO).await.unwrap();
            left.push(record.read(|tx| tx.count_unindexed()).await.unwrap());
        }
        assert!(
            left.is_sorted_by(|a, b| a > b) && left.len() > 3,
            "{left:?}"
        );
        let (_dir, store) = self::store(200);
        let record = Record::new(store, wall::now).unwrap();
        once(&record, ONCE * 10).await.unwrap();
        assert_eq!(record.read(|tx| tx.count_unindexed()).await.unwrap(), 0);
    }
}
