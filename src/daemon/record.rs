//! The store, as the turns of the daemon share it.
//!
//! SQLite is synchronous: the store has a thread of its own, which does one job after the
//! other, in the order in which they were asked for. A turn never holds the store while it
//! waits for the network.
//!
//! The clock is an argument, so that the crash tests live in a time of their own.

use crate::desk::health::WRITTEN;
use crate::store::{OnServer, Store, Tx};
use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// A handle that every turn has a clone of.
#[derive(Clone)]
pub struct Record {
    keeper: Arc<Keeper>,
    failed: Arc<AtomicBool>,
    owed: Arc<Mutex<Vec<OnServer>>>,
    clock: fn() -> Timestamp,
}

/// The thread that has the store. When the last handle is dropped it does what was asked
/// for, closes the store and ends.
struct Keeper {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

type Job = Box<dyn FnOnce(&mut Store) + Send>;

impl Keeper {
    fn new(mut store: Store) -> Result<Self> {
        let (jobs, asked) = mpsc::channel::<Job>();
        let keep = move || {
            for job in asked {
                job(&mut store);
            }
        };
        let thread = thread::Builder::new().name("store".to_owned()).spawn(keep);
        let thread = thread.context("cannot start the thread that keeps the store")?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let thread = self.thread.take();
        // A job that holds the last handle cannot wait for itself.
        let other = thread.filter(|t| t.thread().id() != thread::current().id());
        // It died only where no job could do any more.
        drop(other.map(JoinHandle::join));
    }
}

impl Record {
    /// Shares an open store, whose moments `clock` tells.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(store: Store, clock: fn() -> Timestamp) -> Result<Self> {
        let keeper = Arc::new(Keeper::new(store)?);
        Ok(Self {
            keeper,
            failed: Arc::default(),
            owed: Arc::default(),
            clock,
        })
    }

    /// The same store, at another time.
    #[cfg(test)]
    pub(super) fn at(&self, clock: fn() -> Timestamp) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// This moment.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// One writing transaction, at this moment.
    ///
    /// # Errors
    /// What `work` or the store gave; nothing was written then.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let clock = self.clock;
        let written = self.with(move |store| store.write(clock(), work)).await;
        if written.is_err() {
            self.failed.store(true, Relaxed);
        }
        written
    }

    /// Whether something could not be written. That may be over: [`Record::try_to_write`]
    /// knows.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    /// Where something could not be written: whether the store takes anything now. A
    /// transaction that changes nothing succeeds on a full disk too.
    ///
    /// # Errors
    /// When it does not.
    pub async fn try_to_write(&self) -> Result<()> {
        if !self.failed.swap(false, Relaxed) {
            return Ok(());
        }
        self.write(|tx| tx.set_meta(WRITTEN, &tx.now().to_string()))
            .await
    }

    /// Remembers mails of which an attempt is to be taken back, once the store takes that.
    pub(super) fn owe(&self, places: Vec<OnServer>) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        owed.extend(places);
    }

    /// Those mails; it is the caller's to take the attempts back.
    pub(super) fn owed(&self) -> Vec<OnServer> {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut owed)
    }

    /// Writes beside the store, which lies at `path`, how far it has come.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn keep_head(&self, path: PathBuf) -> Result<()> {
        self.with(move |store| store.keep_head(&path)).await
    }

    /// One consistent view, at this moment.
    ///
    /// # Errors
    /// What `work` or the store gave.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let clock = self.clock;
        self.with(move |store| store.read(clock(), work)).await
    }

    /// Changes when another process wrote.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn version(&self) -> Result<i64> {
        self.with(|store| store.data_version()).await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        super::pulse::looked();
        let (told, answer) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // A panic in one transaction rolled it back: the store itself is whole.
            let done = catch_unwind(AssertUnwindSafe(|| work(store)));
            // Who asked may have gone.
            drop(told.send(done));
        });
        let jobs = self.keeper.jobs.as_ref();
        jobs.and_then(|jobs| jobs.send(job).ok())
            .context("the store is closed")?;
        let died = || anyhow!("work on the store died by an internal error");
        answer.await.map_err(|_| died())?.map_err(|_| died())?
    }
}
