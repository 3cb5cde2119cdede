//! The store, as the turns of the daemon share it.
//!
//! SQLite is synchronous: its work runs beside the threads that serve the network. One
//! turn at a time writes; a turn never holds the store while it waits for the network.
//!
//! The clock is an argument, so that the crash tests live in a time of their own.

use crate::store::{Store, Tx};
use anyhow::{Result, anyhow};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// A handle that every turn has a clone of.
#[derive(Clone)]
pub struct Record {
    store: Arc<Mutex<Store>>,
    clock: fn() -> Timestamp,
}

impl Record {
    /// Shares an open store, whose moments `clock` tells.
    pub fn new(store: Store, clock: fn() -> Timestamp) -> Self {
        Self {
            store: Arc::new(Mutex::new(store)),
            clock,
        }
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
        self.with(move |store| store.write(clock(), work)).await
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
        let shared = Arc::clone(&self.store);
        // A panic in one transaction rolled it back: the store itself is whole.
        let job = move || work(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(job)
            .await
            .map_err(|_| anyhow!("work on the store died by an internal error"))?
    }
}
