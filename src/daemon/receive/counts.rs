//! Attempts on record: counted before a mail may end us, and taken back where it did not.
//!
//! What the store does not take back now is owed: the next pass begins with it. So a store
//! that fails counts against no mail, as long as the process lives.
//!
//! A mail that was coming when its turn was cut off (a reload, an end in order) did us no
//! harm: its attempt is owed as well.

use super::super::record::Record;
use super::gather::{Got, Hands};
use crate::mailbox::Trouble;
use crate::store::{OnServer, Tx};
use anyhow::Result;

/// A mail that was counted and is coming. Dropped before it came, it owes its attempt, but not
/// where it is its coming that panics.
pub(super) struct Coming<'r> {
    record: &'r Record,
    place: Option<OnServer>,
}

impl<'r> Coming<'r> {
    pub(super) fn of(record: &'r Record, place: OnServer) -> Self {
        let place = Some(place);
        Self { record, place }
    }

    /// It came, or it is known why not.
    pub(super) fn came(mut self) {
        self.place = None;
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place.filter(|_| !std::thread::panicking()) {
            self.record.owe(vec![place]);
        }
    }
}

/// Which attempt this is of each; one that was not counted when it was asked for is now.
pub(super) async fn counted(hands: Hands<'_>, group: &[Got]) -> Result<Vec<u32>, Trouble> {
    let each = |got: &Got| (got.found.place, got.attempt);
    let all: Vec<_> = group.iter().map(each).collect();
    if let Some(known) = all.iter().map(|(_, attempt)| *attempt).collect() {
        return Ok(known);
    }
    let count = move |tx: &Tx| {
        let count = |((f, v, u), attempt): &(OnServer, Option<u32>)| match attempt {
            Some(known) => Ok(*known),
            None => tx.count_attempt(*f, *v, *u),
        };
        all.iter().map(count).collect::<Result<Vec<u32>>>()
    };
    let counted = hands.record.write(count).await.map_err(Trouble::Lost);
    if counted.is_err() {
        drop_all(hands.record, group).await;
    }
    counted
}

/// Mails that were fetched, and that nobody takes in: what was counted of them is taken back.
pub(super) async fn drop_all(record: &Record, group: &[Got]) {
    let were_counted = group.iter().filter(|got| got.attempt.is_some());
    let places = were_counted.map(|got| got.found.place).collect();
    // Whatever kept them from being taken in is told.
    let _ = take_back(record, places).await;
}

/// Takes an attempt of each of them back, now or at the beginning of the next pass.
///
/// # Errors
/// When it cannot be done now.
pub(super) async fn take_back(record: &Record, places: Vec<OnServer>) -> Result<()> {
    record.owe(places);
    pay(record).await
}

/// Takes back what is owed.
///
/// # Errors
/// When the store does not take it: it is owed still.
pub(in crate::daemon) async fn pay(record: &Record) -> Result<()> {
    let owed = record.owed();
    if owed.is_empty() {
        return Ok(());
    }
    let places = owed.clone();
    let back = move |tx: &Tx| {
        let mut each = places.iter();
        each.try_for_each(|(folder, v, uid)| tx.uncount_attempt(*folder, *v, *uid))
    };
    let paid = record.write(back).await;
    if paid.is_err() {
        record.owe(owed);
    }
    paid
}
