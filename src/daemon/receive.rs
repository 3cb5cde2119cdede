//! The receiving turn: what is on the server and has no row is taken in.
//!
//! There is no cursor. A pass asks the server for its UIDs and the store for those
//! without a row; a mail is done when its row is committed, so a failure anywhere before
//! that is repaired by the next pass. Nothing is changed on the server.
//!
//! One mail never stands before another: when the server refuses it, or it cannot be taken
//! in, the pass goes on and ends with that trouble. What is refused for good, and what
//! ends our process each time, gets its row and its ticket unread (see `one`).
//!
//! Known limits. Until the baseline keeps digests, a folder whose UIDVALIDITY is not that
//! of its baseline is divided by date: what reached the mailbox before the baseline was
//! taken counts as baseline, also a mail with such a date that was moved into the folder
//! since. One answer that breaks the protocol ends the connection, and so the pass, also
//! when one mail is its cause.

mod one;
#[cfg(test)]
mod tests;

use super::record::Record;
use crate::config::{Config, MailboxConfig};
use crate::mailbox::{Listed, Mailbox, Opened, Trouble};
use crate::store::{Folder, FolderId};
use anyhow::{Result, anyhow};
use one::{Found, Outcome};
use std::collections::BTreeSet;
use std::sync::Arc;
use tracing::{debug, info, warn};

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The number of mails taken in.
    pub taken: usize,
    /// Something arrived in the first folder while the others were read: pass again before
    /// waiting.
    pub more: bool,
}

/// One pass over all folders of one mailbox. It leaves the first folder open, to be waited
/// on: [`Mailbox::wait`] tells what arrived there since it was listed.
///
/// # Errors
/// [`Trouble`] with the server or, as [`Trouble::Lost`], with the store; what was
/// committed before stays. Trouble of one mail, and a folder that is not there, are told
/// after all others were read: the first of them.
pub async fn receive<M: Mailbox>(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    server: &mut M,
) -> Result<Pass, Trouble> {
    let mut reading = Reading {
        record,
        config,
        mailbox,
        server,
        current: None,
        looked: Vec::new(),
        trouble: None,
    };
    let mut found = Vec::new();
    // The first folder last: while no other has mail, it stays open until we wait.
    for name in mailbox.folders.iter().rev() {
        found.extend(reading.list(name).await?);
    }
    // Across folders in the order of arrival, so that a reply follows its root.
    found.sort_by_key(|f| (f.listed.internal_date, f.listed.uid));
    let mut taken = 0;
    for mail in &found {
        taken += usize::from(reading.take(mail).await?);
    }
    reading.close().await?;
    match reading.trouble.take() {
        Some(why) => Err(why),
        None => Ok(Pass {
            taken,
            more: reading.reopen_first().await?,
        }),
    }
}

/// A folder that was listed in this pass.
struct Looked {
    folder: Folder,
    uidvalidity: u32,
    uids: Vec<u32>,
    /// Every mail of it was taken in, or is gone.
    well: bool,
}

/// A pass under way.
struct Reading<'a, M> {
    record: &'a Record,
    config: &'a Arc<Config>,
    mailbox: &'a MailboxConfig,
    server: &'a mut M,
    /// The folder that is open on the server.
    current: Option<String>,
    looked: Vec<Looked>,
    /// The first trouble that did not end the pass.
    trouble: Option<Trouble>,
}

impl<M: Mailbox> Reading<'_, M> {
    /// The mails of one folder that have no row.
    async fn list(&mut self, name: &str) -> Result<Vec<Found>, Trouble> {
        let opened = match self.server.open(name).await {
            Ok(opened) => opened,
            // A report in INBOX does not wait until somebody makes Junk again, or opens it to us.
            Err(why @ (Trouble::NoFolder(_) | Trouble::Permission(_))) => {
                self.current = None;
                self.trouble.get_or_insert(why);
                return Ok(Vec::new());
            }
            Err(why) => return Err(why),
        };
        self.current = Some(name.to_owned());
        let Some(folder) = self.baseline_of(name).await.map_err(Trouble::Lost)? else {
            return Ok(Vec::new());
        };
        let uids = self.server.uids().await?;
        let (id, uidvalidity, there) = (folder.id, opened.uidvalidity, uids.clone());
        let missing = self
            .record
            .read(move |tx| tx.without_row(id, uidvalidity, &there))
            .await
            .map_err(Trouble::Lost)?;
        let mut listed = Vec::new();
        if !missing.is_empty() {
            listed = self.server.list(&missing).await?;
        }
        if uidvalidity != folder.uidvalidity {
            listed = self.without_old(&folder, opened, listed).await?;
        }
        let found = |listed| Found {
            folder: folder.clone(),
            opened,
            listed,
        };
        let found = listed.into_iter().map(found).collect();
        self.looked.push(Looked {
            folder,
            uidvalidity,
            uids,
            well: true,
        });
        Ok(found)
    }

    /// A folder without a baseline is not read: nobody said what in it is old.
    async fn baseline_of(&self, name: &str) -> Result<Option<Folder>> {
        let (of, folder) = (self.mailbox.name.clone(), name.to_owned());
        let found = self.record.read(move |tx| tx.folder(&of, &folder)).await?;
        if found.is_none() {
            warn!(
                mailbox = self.mailbox.name,
                folder = name,
                "this folder has no baseline and is not read; `gatepost init --folder` takes it"
            );
        }
        Ok(found)
    }

    /// The server numbered the folder anew: what was there before gatepost has other UIDs
    /// now, and is known by its date alone.
    async fn without_old(
        &self,
        folder: &Folder,
        opened: Opened,
        listed: Vec<Listed>,
    ) -> Result<Vec<Listed>, Trouble> {
        let is_old = |l: &Listed| l.internal_date.is_some_and(|at| at < folder.baseline_at);
        let (old, new): (Vec<_>, Vec<_>) = listed.into_iter().partition(is_old);
        if old.is_empty() {
            return Ok(new);
        }
        warn!(
            mailbox = self.mailbox.name,
            folder = folder.name,
            uidvalidity = opened.uidvalidity,
            count = old.len(),
            "the server numbered this folder anew; mails from before its baseline stay baseline"
        );
        let (id, uidvalidity) = (folder.id, opened.uidvalidity);
        let uids: Vec<u32> = old.iter().map(|l| l.uid).collect();
        self.record
            .write(move |tx| tx.add_to_baseline(id, uidvalidity, &uids))
            .await
            .map_err(Trouble::Lost)?;
        Ok(new)
    }

    /// Takes one mail in; false when it is gone by now, or could not be taken in.
    async fn take(&mut self, mail: &Found) -> Result<bool, Trouble> {
        let folder = &mail.folder;
        if self.current.as_deref() != Some(folder.name.as_str()) {
            self.open_again(&folder.name, mail.opened.uidvalidity)
                .await?;
        }
        match one::take(self.record, self.config, self.mailbox, self.server, mail).await? {
            Outcome::Taken(taken) => {
                let v = &taken.verdict;
                info!(
                    mailbox = self.mailbox.name,
                    folder = folder.name,
                    uid = mail.listed.uid,
                    mail = taken.mail,
                    ticket = taken.ticket.map(|t| t.0),
                    kind = v.kind.is.word(),
                    place = v.place.is.word(),
                    reply = v.reply.is.word(),
                    "taken in"
                );
                Ok(true)
            }
            Outcome::Gone => {
                let uid = mail.listed.uid;
                debug!(folder = folder.name, uid, "gone before it was fetched");
                Ok(false)
            }
            Outcome::Failed(why) => {
                self.note(folder.id, mail.listed.uid, why);
                Ok(false)
            }
        }
    }

    /// A mail that could not be taken in: the others go on.
    fn note(&mut self, folder: FolderId, uid: u32, why: Trouble) {
        for looked in self.looked.iter_mut().filter(|l| l.folder.id == folder) {
            looked.well = false;
            warn!(
                mailbox = self.mailbox.name,
                folder = looked.folder.name,
                uid,
                why = why.to_string(),
                "a mail could not be taken in; the others are, and it is tried again"
            );
        }
        self.trouble.get_or_insert(why);
    }

    /// Opens a folder that was listed in this pass under `uidvalidity`.
    async fn open_again(&mut self, name: &str, uidvalidity: u32) -> Result<(), Trouble> {
        let opened = self.server.open(name).await?;
        if opened.uidvalidity != uidvalidity {
            // The UIDs that we have are of other mails now. The next pass lists anew.
            return Err(Trouble::Lost(anyhow!(
                "the server numbered the folder {name:?} anew while it was read"
            )));
        }
        self.current = Some(name.to_owned());
        Ok(())
    }

    /// Remembers which folders were read to the end.
    async fn close(&self) -> Result<(), Trouble> {
        let well = self.looked.iter().filter(|looked| looked.well);
        let well: Vec<FolderId> = well.map(|looked| looked.folder.id).collect();
        let done = move |tx: &crate::store::Tx| well.into_iter().try_for_each(|id| tx.looked(id));
        self.record.write(done).await.map_err(Trouble::Lost)
    }

    /// Has the first folder open; says whether something is in it that was not listed.
    async fn reopen_first(&mut self) -> Result<bool, Trouble> {
        let first = self.mailbox.folders.first();
        if self.current.as_ref() == first {
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
        let (name, uidvalidity) = (looked.folder.name.clone(), looked.uidvalidity);
        let known: BTreeSet<u32> = looked.uids.iter().copied().collect();
        self.open_again(&name, uidvalidity).await?;
        let there = self.server.uids().await?;
        Ok(there.iter().any(|uid| !known.contains(uid)))
    }
}
