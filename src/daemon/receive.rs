//! The receiving turn: what is on the server and has no row is taken in.
//!
//! There is no cursor that could pass over a failure. A full *sweep* asks the server for
//! all its UIDs and the store for those without a row: at each login, every six hours, when
//! somebody wants one, and whenever UIDVALIDITY or UIDNEXT is not what it should be.
//! Between sweeps a pass asks from the lowest UID on that may be without a row. A mail is
//! done when its row is committed, so a failure anywhere before that is repaired by the
//! next pass. Nothing is changed on the server.
//!
//! One mail takes this way: `folder` finds it, `gather` fetches it with others, `keep`
//! parses it and commits it with others, while the next group is fetched.
//!
//! One folder never stands before another (see `breaks`), nor one mail: when the server refuses it, or it cannot be taken
//! in, the pass goes on and ends with that trouble. What breaks the connection is asked
//! for alone the next time, after all others. What is refused for good, and what ends our
//! process each time, gets its row and its ticket unread; what is given later is then read.

pub mod apart;
mod breaks;
mod counts;
mod folder;
mod gather;
mod keep;
mod numbers;
mod slices;
mod ungiven;
#[cfg(test)]
mod tests;
mod watched;

pub(super) use counts::pay;

use super::record::Record;
use crate::config::{Config, MailboxConfig};
use crate::mailbox::roles::Watched;
use crate::mailbox::{Mailbox, Trouble};
use crate::store::Tx;
use apart::Reader;
use breaks::Broken;
use folder::{Known, Looked};
use gather::{Found, Gathered, Hands};
use jiff::{SignedDuration, Timestamp};
use keep::Kept;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::Notify;
use tracing::{debug, warn};

/// All UIDs are held against all rows this often.
const SWEEP: SignedDuration = SignedDuration::from_hours(6);

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The number of mails taken in.
    pub taken: usize,
    /// Something arrived in the first folder while the others were read: pass again before
    /// waiting.
    pub more: bool,
}

/// What a connection remembers from one pass to the next. A new one sweeps first.
#[derive(Debug, Default)]
pub struct Memory {
    /// The folders that are watched, and when the server was asked for them.
    watched: Option<(Timestamp, Vec<Watched>)>,
    folders: BTreeMap<String, Known>,
    reader: Reader,
    /// The last pass ended with the trouble of a mail or of a folder, over a connection that is
    /// well, with the first folder open; and whether something is in that which was not listed.
    goes_on: Option<bool>,
    /// Told whenever a group is committed: its letters may leave while others are taken in.
    outbox: Option<Arc<Notify>>,
}

impl Memory {
    /// After a pass that ended with trouble: whether the connection can be waited on all the
    /// same, and then, as [`Pass::more`], whether to pass again before waiting.
    pub(super) fn goes_on(&self) -> Option<bool> {
        self.goes_on
    }

    /// Nothing known yet; the outbox is told of each group.
    pub(super) fn telling(outbox: Arc<Notify>) -> Self {
        Self {
            outbox: Some(outbox),
            ..Self::default()
        }
    }
}

#[cfg(test)]
impl Memory {
    /// Memory in which this reads a mail apart, in place of a process.
    pub(super) fn reading_by(reader: Reader) -> Self {
        Self {
            reader,
            ..Self::default()
        }
    }
}

/// Where it is written that a mailbox is to be swept at once.
pub fn sweep_wanted(mailbox: &str) -> String {
    format!("sweep-wanted/{mailbox}")
}

/// Why a folder to which the server gives no UIDVALIDITY (RFC 9051 section 2.3.1.1) is not
/// read.
pub fn without_uidvalidity(folder: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "the server gives no UIDVALIDITY for the folder {folder:?}, which is not read: nobody can tell there which mails are new\n  hint: take the folder out of `folders`, or ask whoever runs the server to give it one"
    )
}

/// One pass over all folders of one mailbox. It leaves the first folder open, to be waited
/// on: [`Mailbox::wait`] tells what arrived there since it was listed.
///
/// # Errors
/// [`Trouble`] with the server or, as [`Trouble::Lost`], with the store; what was
/// committed before stays. Trouble of one mail, and a folder that is not there or cannot be opened, are told
/// after all others were read: the first of them.
pub async fn receive<M: Mailbox>(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    server: &mut M,
    memory: &mut Memory,
) -> Result<Pass, Trouble> {
    memory.goes_on = None;
    counts::pay(record).await.map_err(Trouble::Lost)?;
    let name = mailbox.name.clone();
    let begin = move |tx: &Tx| Ok((tx.meta(&sweep_wanted(&name))?.is_some(), tx.broken(&name)?));
    let (wanted, broken) = record.read(begin).await.map_err(Trouble::Lost)?;
    let broken = Broken(broken);
    let given = AtomicBool::new(false);
    let folders = &mut memory.watched;
    let (watched, trouble) =
        watched::watched(record, mailbox, server, folders, wanted, &broken).await?;
    let mut reading = Reading {
        hands: Hands {
            record,
            config,
            mailbox,
            reader: memory.reader,
            given: &given,
        },
        server,
        known: &mut memory.folders,
        outbox: memory.outbox.as_deref(),
        sweeps: wanted,
        first: watched.first().map(|w| w.name.clone()),
        current: None,
        looked: Vec::new(),
        fetched: false,
        trouble,
    };
    let mut taken = 0;
    for folders in broken.in_order(&watched) {
        taken += reading.read(&folders, &broken).await?;
        reading.close().await?;
    }
    taken += reading.ask_again().await?;
    let trouble = reading.trouble.take();
    let more = reading.reopen_first().await;
    match trouble {
        Some(why) => {
            memory.goes_on = more.ok();
            Err(why)
        }
        None => Ok(Pass { taken, more: more? }),
    }
}

/// A pass under way.
struct Reading<'a, M> {
    hands: Hands<'a>,
    server: &'a mut M,
    known: &'a mut BTreeMap<String, Known>,
    outbox: Option<&'a Notify>,
    /// Every folder is swept, whatever is known of it.
    sweeps: bool,
    /// The folder to be waited on.
    first: Option<String>,
    /// The folder that is open on the server.
    current: Option<String>,
    looked: Vec<Looked>,
    /// Mails were fetched.
    fetched: bool,
    /// The first trouble that did not end the pass.
    trouble: Option<Trouble>,
}

impl<M: Mailbox> Reading<'_, M> {
    /// Reads these folders: what is in them without a row is taken in.
    async fn read(&mut self, folders: &[&Watched], broken: &Broken) -> Result<usize, Trouble> {
        let (record, mailbox) = (self.hands.record, &self.hands.mailbox.name);
        let (mut found, mut read) = (Vec::new(), Vec::new());
        for one in folders {
            if let Some(why) = broken.rests(one, record.now()) {
                self.trouble.get_or_insert(why);
                continue;
            }
            match self.list(one).await {
                Ok(missing) => found.extend(missing),
                Err(why) => return Err(breaks::broke(record, mailbox, &one.name, why).await),
            }
            read.push(&one.name);
        }
        // Across folders in the order of arrival, so that a reply follows its root; what may
        // break the connection last.
        found.sort_by_key(|f| {
            let breaks = (f.history.suspect, f.history.refusals);
            (breaks, f.listed.internal_date, f.listed.uid)
        });
        let taken = self.take(found.into()).await?;
        for name in read {
            broken.is_well(record, mailbox, name).await?;
        }
        Ok(taken)
    }

    /// Takes all of them in, in groups: while one is written, the next is fetched. Where one
    /// of them may be what ends us, they come one after the other: a mail that was counted
    /// while its neighbour ended us would be taken for another such.
    async fn take(&mut self, mut queue: VecDeque<Found>) -> Result<usize, Trouble> {
        let mut taken = 0;
        self.fetched |= !queue.is_empty();
        let (hands, looked) = (self.hands, &self.looked);
        let (server, current) = (&mut *self.server, &mut self.current);
        let mut gathered = gather::gather(hands, looked, server, current, &mut queue).await;
        let mut ends = Vec::new();
        loop {
            let Gathered { got, left, ended } = gathered;
            ends.extend(left);
            let last = ended.is_some() || queue.is_empty();
            let apart = got.iter().map(|got| &got.found).chain(queue.front());
            let apart = apart.into_iter().any(Found::has_history);
            let mut next = Gathered::default();
            let kept = if last || apart {
                keep::keep(hands, looked, got).await?
            } else {
                let gathers = gather::gather(hands, looked, server, current, &mut queue);
                let (kept, fetched) = tokio::join!(keep::keep(hands, looked, got), gathers);
                if kept.is_err() {
                    counts::drop_all(hands.record, &fetched.got).await;
                }
                next = fetched;
                kept?
            };
            taken += kept
                .iter()
                .filter(|(_, k)| matches!(k, Kept::Taken(_)))
                .count();
            ends.extend(kept);
            if let Some(outbox) = self.outbox {
                outbox.notify_one();
            }
            match ended {
                Some(why) => return Err(why),
                None if last => break,
                None if apart => {
                    gathered = gather::gather(hands, looked, server, current, &mut queue).await;
                }
                None => gathered = next,
            }
        }
        ends.into_iter()
            .for_each(|(found, kept)| self.note(&found, kept));
        Ok(taken)
    }

    /// What became of a mail: the others go on in any case.
    fn note(&mut self, found: &Found, kept: Kept) {
        let uid = found.listed.uid;
        let Some(looked) = self.looked.get_mut(found.looked) else {
            return;
        };
        match kept {
            Kept::Taken(_) | Kept::KnownAgain => {}
            Kept::Gone => {
                debug!(
                    folder = looked.folder.name,
                    uid, "gone before it was fetched"
                );
                looked.ask_again(uid);
            }
            Kept::Failed(why) => {
                warn!(
                    mailbox = self.hands.mailbox.name,
                    folder = looked.folder.name,
                    uid,
                    why = why.to_string(),
                    "a mail could not be taken in; the others are, and it is tried again"
                );
                looked.well = false;
                looked.ask_again(uid);
                self.trouble.get_or_insert(why);
            }
        }
    }

    /// Remembers which folders were read to the end, and which were swept.
    async fn close(&mut self) -> Result<(), Trouble> {
        let key = sweep_wanted(&self.hands.mailbox.name);
        let swept = self.sweeps;
        let ends: Vec<folder::End> = self.looked.iter().map(Looked::end).collect();
        let done = move |tx: &Tx| {
            ends.iter().try_for_each(|end| end.write(tx))?;
            if swept { tx.clear_meta(&key) } else { Ok(()) }
        };
        self.hands.record.write(done).await.map_err(Trouble::Lost)?;
        for looked in &self.looked {
            self.known
                .insert(looked.folder.name.clone(), looked.known());
        }
        Ok(())
    }

    /// Has the first folder open; says whether something is in it that was not listed.
    async fn reopen_first(&mut self) -> Result<bool, Trouble> {
        let first = self.first.as_ref();
        // Where several folders were read and mails were fetched, it may have been opened
        // again since it was listed: what had come by then wakes nobody.
        let still_open = self.looked.len() < 2 || !self.fetched;
        if self.current.as_ref() == first && still_open {
            return Ok(false);
        }
        let looked = self.looked.iter().find(|l| Some(&l.folder.name) == first);
        let Some(looked) = looked else {
            // Without a baseline it is not read, but its news are a hint all the same.
            if let Some(first) = first {
                self.server.open(first).await?;
            }
            return Ok(false);
        };
        let seen: BTreeSet<u32> = looked.uids.iter().copied().collect();
        gather::open_again(self.server, &mut self.current, looked).await?;
        let there = self.server.uids_from(looked.from).await?;
        Ok(there.iter().any(|uid| !seen.contains(uid)))
    }
}
