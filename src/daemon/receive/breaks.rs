//! Folders over which the connection breaks, as one does of which the server cannot say in time
//! what is in it. Such a folder is read after all others, so that it stands before none of
//! them; from the second time on it rests for a while, and the pass ends with that trouble. One
//! where mail arrives never rests.
//!
//! What broke is on record: a new connection, and a new process, begin with it.

use super::Record;
use crate::mailbox::Trouble;
use crate::mailbox::roles::Watched;
use crate::store::{Breaks, Tx};
use crate::triage::Role;
use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How long a folder rests over which the connection broke twice; twice as long each time more.
const REST: SignedDuration = SignedDuration::from_mins(5);
/// And never longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// What stands for the list of all folders, where the connection breaks over that.
pub(super) const ALL: &str = "";

/// The folders of a mailbox over which the connection broke, as the last pass left them.
pub(super) struct Broken(pub(super) BTreeMap<String, Breaks>);

impl Broken {
    /// The folders in the order in which they are read: those over which nothing broke, the
    /// first of them last, so that it stays open; then the others, one by one.
    pub(super) fn in_order<'w>(&self, watched: &'w [Watched]) -> Vec<Vec<&'w Watched>> {
        let times = |one: &Watched| self.0.get(&one.name).map_or(0, |broke| broke.times);
        let (well, mut ill): (Vec<_>, Vec<_>) =
            watched.iter().rev().partition(|one| times(one) == 0);
        ill.sort_by_key(|one| (times(one), one.role != Role::Inbox));
        let ill = ill.into_iter().map(|one| vec![one]);
        std::iter::once(well).chain(ill).collect()
    }

    /// Why a folder is not read now.
    pub(super) fn rests(&self, one: &Watched, now: Timestamp) -> Option<Trouble> {
        let name = &one.name;
        let rest = self.rest(name, now).filter(|_| one.role != Role::Inbox)?;
        Some(Trouble::Lost(anyhow!(
            "the connection broke when the folder {name:?} was read, {rest}; the others are read\n  hint: see what is wrong with it on the server, or take it out of the config (`watch_junk`, `watch_sent`, `folders`)"
        )))
    }

    /// Why the server is not asked for its folders now.
    pub(super) fn asks_nothing(&self, now: Timestamp) -> Option<Trouble> {
        let rest = self.rest(ALL, now)?;
        Some(Trouble::Lost(anyhow!(
            "the connection broke when the server was asked for its folders, {rest}; those of the config are read"
        )))
    }

    fn rest(&self, name: &str, now: Timestamp) -> Option<String> {
        let Breaks { times, last } = *self.0.get(name)?;
        let doubled = times.checked_sub(2)?.min(8);
        let rest = (REST * 2i32.pow(doubled)).min(LONGEST);
        // A clock that was put back makes no rest longer.
        let rests = now.duration_since(last).abs() < rest;
        let minutes = rest.as_mins();
        rests.then(|| format!("{times} times; it is tried again {minutes} minutes after the last"))
    }

    /// A folder was read: nothing speaks against it any more.
    pub(super) async fn is_well(
        &self,
        record: &Record,
        mailbox: &str,
        folder: &str,
    ) -> Result<(), Trouble> {
        if !self.0.contains_key(folder) {
            return Ok(());
        }
        let (mailbox, folder) = (mailbox.to_owned(), folder.to_owned());
        let well = move |tx: &Tx| tx.breaks_no_more(&mailbox, &folder);
        record.write(well).await.map_err(Trouble::Lost)
    }
}

/// The connection broke over this folder. What ended the pass is told in any case.
pub(super) async fn broke(record: &Record, mailbox: &str, folder: &str, why: Trouble) -> Trouble {
    if matches!(why, Trouble::Lost(_)) && !why.is_passing() {
        let (mailbox, folder) = (mailbox.to_owned(), folder.to_owned());
        let count = move |tx: &Tx| tx.broke_over(&mailbox, &folder);
        if let Err(also) = record.write(count).await {
            tracing::error!(why = format!("{also:#}"), "the store failed");
        }
    }
    why
}
