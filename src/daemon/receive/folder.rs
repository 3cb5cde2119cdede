//! One folder of a pass: what is in it without a row, and what is known of it afterwards.
//!
//! Known limits. A baseline that was taken without fingerprints, by an older gatepost or
//! from a server that does not tell them, is divided by date when its server numbers the
//! folder anew: what reached the mailbox before the baseline was taken counts as baseline,
//! and the receipts for what is newer are held. A baseline message that was deleted, and
//! sent again with the same four fields and the same size, counts as the old one after a
//! renumbering. A server that was put back to an earlier state, and has given all the numbers
//! that it lost to other messages before we look again, is found out by the sizes and dates of
//! its newest messages that have a row, not by those of the baseline.

use super::gather::Found;
use super::{Reading, SWEEP, without_uidvalidity};
use crate::mail::fingerprint;
use crate::mailbox::roles::Watched;
use crate::mailbox::{Listed, Mailbox, Opened, Trouble};
use crate::store::{BaselineMessage, Folder, FolderId, Tx};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use tracing::{debug, warn};

/// So many messages are asked for their sizes at once: that is how many are under suspicion
/// when the connection breaks over it.
const AT_ONCE: usize = 500;

/// What is known of a folder between passes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    uidvalidity: u32,
    uidnext: u32,
    /// Every message with a lower UID has its row, or is gone.
    below: u32,
    swept_at: Timestamp,
}

/// A folder that was listed in this pass.
pub(super) struct Looked {
    pub(super) folder: Folder,
    pub(super) opened: Opened,
    /// It was asked for the UIDs from here on; 1 is a sweep.
    pub(super) from: u32,
    /// What the server named.
    pub(super) uids: Vec<u32>,
    asked_at: Timestamp,
    swept_at: Timestamp,
    /// Every mail of it was taken in, or is gone.
    pub(super) well: bool,
    /// The lowest UID that was named and has no row.
    again: Option<u32>,
    /// It was numbered anew, and its baseline is known by date alone.
    pub(super) may_be_old: bool,
}

impl Looked {
    /// This UID has no row yet: the next pass asks for it.
    pub(super) fn ask_again(&mut self, uid: u32) {
        self.again = Some(self.again.map_or(uid, |lowest| lowest.min(uid)));
    }

    /// Its server numbered it anew since all of it was known.
    pub(super) fn is_renumbered(&self) -> bool {
        self.opened.uidvalidity != self.folder.uidvalidity
    }

    pub(super) fn known(&self) -> Known {
        let highest = self.uids.last().map_or(0, |uid| uid.saturating_add(1));
        Known {
            uidvalidity: self.opened.uidvalidity,
            uidnext: self.opened.uidnext,
            below: self.again.unwrap_or_else(|| highest.max(self.from)),
            swept_at: self.swept_at,
        }
    }

    /// What is to be written of it.
    pub(super) fn end(&self) -> End {
        let there = (self.from == 1).then(|| self.uids.iter().copied().collect());
        let settled = self.well && self.again.is_none();
        End {
            folder: self.folder.id,
            opened: self.opened,
            asked_at: self.asked_at,
            there,
            well: self.well,
            renumbered: settled && self.is_renumbered(),
            settled,
        }
    }
}

/// What a pass found out of a folder.
pub(super) struct End {
    folder: FolderId,
    opened: Opened,
    asked_at: Timestamp,
    /// All that is there, after a sweep.
    there: Option<BTreeSet<u32>>,
    well: bool,
    renumbered: bool,
    /// Nothing in it is waited for.
    settled: bool,
}

impl End {
    pub(super) fn write(&self, tx: &Tx) -> Result<()> {
        let uidvalidity = self.opened.uidvalidity;
        if let Some(there) = &self.there {
            tx.mark_gone(self.folder, uidvalidity, there, self.asked_at)?;
            tx.forget_gone(self.folder, uidvalidity, there)?;
            tx.swept(self.folder, self.opened.uidnext)?;
            tx.give_up_old(self.folder, uidvalidity, there, self.settled)?;
        }
        if self.renumbered {
            tx.renumbered(self.folder, uidvalidity)?;
        }
        if self.well {
            tx.looked(self.folder)?;
        }
        Ok(())
    }
}

impl<M: Mailbox> Reading<'_, M> {
    /// The mails of one folder that have no row.
    pub(super) async fn list(&mut self, watched: &Watched) -> Result<Vec<Found>, Trouble> {
        let name = watched.name.as_str();
        let opened = match self.server.open(name).await {
            Ok(opened) => opened,
            // A report in INBOX does not wait until somebody makes Junk again, mends it, or
            // opens it to us.
            Err(why) if why.is_of_folder() => return Ok(self.skip(why)),
            Err(why) => return Err(why),
        };
        if opened.uidvalidity == 0 {
            // A UID could be another mail's by now, and be taken for one that has its row.
            return Ok(self.skip(Trouble::Lost(without_uidvalidity(name))));
        }
        self.current = Some(name.to_owned());
        let Some(mut folder) = self.baseline_of(name).await.map_err(Trouble::Lost)? else {
            return Ok(Vec::new());
        };
        folder.role = watched.role;
        let now = self.hands.record.now();
        let (record, id) = (self.hands.record, folder.id);
        let asks = record.read(move |tx| tx.asks_for_old(id)).await;
        let sweeps = self.sweeps || asks.map_err(Trouble::Lost)?;
        let known = self
            .known
            .get(name)
            .filter(|k| !sweeps && is_sound(k, opened, now));
        let known = known
            .copied()
            .filter(|_| opened.uidvalidity == folder.uidvalidity);
        let mut looked = Looked {
            folder,
            opened,
            from: known.map_or(1, |k| k.below),
            uids: Vec::new(),
            asked_at: now,
            swept_at: known.map_or(now, |k| k.swept_at),
            well: true,
            again: None,
            may_be_old: false,
        };
        looked.uids = match self.server.uids_from(looked.from).await {
            Ok(uids) => uids,
            Err(why) if why.is_of_folder() => return Ok(self.skip(why)),
            Err(why) => return Err(why),
        };
        if looked.from == 1 {
            self.unseat(&looked).await?;
        }
        let found = self.without_row(&mut looked).await?;
        self.looked.push(looked);
        Ok(found)
    }

    /// This folder is not read in this pass, which ends with that trouble.
    fn skip(&mut self, why: Trouble) -> Vec<Found> {
        self.current = None;
        self.trouble.get_or_insert(why);
        Vec::new()
    }

    /// A folder without a baseline is not read: nobody said what in it is old.
    async fn baseline_of(&self, name: &str) -> Result<Option<Folder>> {
        let mailbox = &self.hands.mailbox.name;
        let (of, folder) = (mailbox.clone(), name.to_owned());
        let find = move |tx: &Tx| tx.folder(&of, &folder);
        let found = self.hands.record.read(find).await?;
        if found.is_none() {
            warn!(
                mailbox,
                folder = name,
                "this folder has no baseline and is not read; `gatepost init --folder` takes it"
            );
        }
        Ok(found)
    }

    async fn without_row(&mut self, looked: &mut Looked) -> Result<Vec<Found>, Trouble> {
        let (id, uidvalidity, there) = (
            looked.folder.id,
            looked.opened.uidvalidity,
            looked.uids.clone(),
        );
        let first_sweep = looked.from == 1 && !self.known.contains_key(&looked.folder.name);
        let ask = move |tx: &Tx| {
            if first_sweep {
                tx.clear_staged_of(id)?;
            }
            let missing = tx.without_row(id, uidvalidity, &there)?;
            if missing.is_empty() {
                return Ok((missing, BTreeMap::new(), false));
            }
            let histories = tx.histories(id, uidvalidity)?;
            Ok((missing, histories, tx.has_unseated_baseline(id)?))
        };
        let (missing, histories, unseated_baseline) = if first_sweep {
            self.hands.record.write(ask).await
        } else {
            self.hands.record.read(ask).await
        }
        .map_err(Trouble::Lost)?;
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        // What the connection may break over is asked for its size when its turn comes.
        let (suspects, others): (Vec<u32>, Vec<u32>) = missing
            .iter()
            .partition(|uid| histories.get(uid).is_some_and(|h| h.suspect));
        let mut listed = self.told(looked, others).await?;
        listed.extend(suspects.into_iter().map(Listed::untold));
        if looked.is_renumbered() || unseated_baseline {
            listed = self.without_baseline(looked, listed).await?;
        }
        let place = self.looked.len();
        let found = |listed: Listed| Found {
            looked: place,
            place: (id, uidvalidity, listed.uid),
            listed,
            history: histories.get(&listed.uid).copied().unwrap_or_default(),
            row: None,
        };
        Ok(listed.into_iter().map(found).collect())
    }

    /// Size and date of these, as far as they are told. Of which they are not, or over which the
    /// connection breaks, is remembered.
    async fn told(&mut self, looked: &mut Looked, uids: Vec<u32>) -> Result<Vec<Listed>, Trouble> {
        let (id, v, mut listed) = (looked.folder.id, looked.opened.uidvalidity, Vec::new());
        for some in uids.chunks(AT_ONCE) {
            match self.server.list(some).await {
                Ok(told) => listed.extend(told),
                Err(why) => {
                    self.suspect(id, v, some.to_vec()).await?;
                    return Err(why);
                }
            }
        }
        let asked: BTreeSet<u32> = uids.into_iter().collect();
        listed.retain(|l| asked.contains(&l.uid));
        let told: BTreeSet<u32> = listed.iter().map(|l| l.uid).collect();
        // Gone, most likely. One that is named again is there, whatever else is not told of it.
        let untold: Vec<u32> = asked.difference(&told).copied().collect();
        if let Some(first) = untold.first() {
            looked.ask_again(*first);
            self.suspect(id, v, untold).await?;
        }
        Ok(listed)
    }

    async fn suspect(&self, id: FolderId, v: u32, uids: Vec<u32>) -> Result<(), Trouble> {
        let suspect = move |tx: &Tx| {
            let mut each = uids.iter();
            each.try_for_each(|uid| tx.suspect((id, v, *uid)).map(drop))
        };
        self.hands
            .record
            .write(suspect)
            .await
            .map_err(Trouble::Lost)
    }

    /// The server numbered the folder anew: what was there before gatepost has other UIDs
    /// now, and is known by its fingerprint; where it has none, by its date.
    async fn without_baseline(
        &mut self,
        looked: &mut Looked,
        mut listed: Vec<Listed>,
    ) -> Result<Vec<Listed>, Trouble> {
        let record = self.hands.record;
        let (id, uidvalidity) = (looked.folder.id, looked.opened.uidvalidity);
        let all = listed.len();
        let told = record
            .read(move |tx| tx.fingerprints_of_baseline(id, uidvalidity))
            .await;
        let told = told.map_err(Trouble::Lost)?;
        let (mut prints, mut heads) = (BTreeMap::new(), BTreeSet::new());
        if told.some_have {
            // The older first: of two that look the same, it is the baseline's.
            listed.sort_by_key(|l| (l.internal_date, l.uid));
            let uids: Vec<u32> = listed.iter().map(|l| l.uid).collect();
            let mut each = |uid, size, fields: &[u8]| {
                heads.insert(uid);
                prints.extend(fingerprint(fields, size).map(|print| (uid, print)));
            };
            self.server.heads(&uids, &mut each).await?;
            // What the server refuses to tell the fields of may be of the baseline.
            looked.may_be_old |= heads.len() < uids.len();
            let of = |uid: &u32| Some((*uid, prints.get(uid)?.clone()));
            let messages: Vec<_> = uids.iter().filter_map(of).collect();
            let renumbered = looked.is_renumbered();
            let know =
                move |tx: &Tx| tx.known_again_as_baseline(id, uidvalidity, &messages, renumbered);
            let strangers = record.write(know).await.map_err(Trouble::Lost)?;
            let strangers: BTreeSet<u32> = strangers.into_iter().collect();
            listed.retain(|l| !prints.contains_key(&l.uid) || strangers.contains(&l.uid));
        }
        if told.some_lack && looked.is_renumbered() {
            looked.may_be_old = true;
            let baseline_at = looked.folder.baseline_at;
            let is_old = |l: &Listed| l.internal_date.is_some_and(|at| at < baseline_at);
            let (old, new): (Vec<_>, Vec<_>) = listed.into_iter().partition(is_old);
            let old: Vec<_> = old
                .into_iter()
                .map(|l| BaselineMessage {
                    uid: l.uid,
                    fingerprint: prints.remove(&l.uid),
                })
                .collect();
            let add = move |tx: &Tx| tx.add_to_baseline(id, uidvalidity, &old);
            record.write(add).await.map_err(Trouble::Lost)?;
            listed = new;
        }
        warn!(
            mailbox = self.hands.mailbox.name,
            folder = looked.folder.name,
            uidvalidity,
            baseline = all - listed.len(),
            others = listed.len(),
            "the server numbers this folder anew; what is known is known again"
        );
        Ok(listed)
    }
}

/// Whether what is known of a folder holds still. UIDNEXT only ever grows (RFC 9051 section
/// 2.3.1.1); a clock that was set back proves nothing.
fn is_sound(known: &Known, opened: Opened, now: Timestamp) -> bool {
    let same = opened.uidvalidity != 0 && opened.uidvalidity == known.uidvalidity;
    let grows = opened.uidnext != 0
        && known.uidnext != 0
        && opened.uidnext >= known.uidnext
        && opened.uidnext >= known.below;
    let lately = known.swept_at <= now && now.duration_since(known.swept_at) < SWEEP;
    debug!(same, grows, lately, "what is known of the folder");
    same && grows && lately
}
