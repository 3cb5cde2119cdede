//! Folders, what was in them before gatepost, and which messages have no row yet.

use super::{Tx, instant};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// A watched folder's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderId(pub i64);

/// A folder that has its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its number.
    pub id: FolderId,
    /// The name of its mailbox in the config.
    pub mailbox: String,
    /// Its name on the server.
    pub name: String,
    /// UIDVALIDITY when the baseline was taken.
    pub uidvalidity: u32,
    /// When that was.
    pub baseline_at: Timestamp,
    /// The last pass that ended well.
    pub looked_at: Timestamp,
}

/// A server whose own store is away for a moment refuses everything: that is one refusal
/// of each mail, however often it is asked in that time.
const ONE_REFUSAL: SignedDuration = SignedDuration::from_mins(5);

/// No server has a folder of this name: `/` begins it and ends it.
const BY_HAND: &str = "/by hand/";

const FOLDER: &str = "SELECT id, mailbox, name, uidvalidity, baseline_at, looked_at FROM folders";

impl Tx<'_> {
    /// Adds a folder whose messages so far are the baseline.
    pub fn add_folder(
        &self,
        mailbox: &str,
        name: &str,
        uidvalidity: u32,
        uids: &[u32],
    ) -> Result<FolderId> {
        let at = self.stamp();
        let mut add = self.sql.prepare_cached("INSERT INTO folders (mailbox, name, uidvalidity, baseline_at, looked_at) VALUES (?1, ?2, ?3, ?4, ?4)")?;
        add.execute(params![mailbox, name, uidvalidity, at])
            .with_context(|| format!("cannot add the folder {name} of {mailbox}"))?;
        let id = FolderId(self.sql.last_insert_rowid());
        self.add_to_baseline(id, uidvalidity, uids)?;
        Ok(id)
    }

    /// These messages of the folder were there before gatepost.
    pub fn add_to_baseline(&self, folder: FolderId, uidvalidity: u32, uids: &[u32]) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT OR IGNORE INTO baseline (folder, uidvalidity, uid) VALUES (?1, ?2, ?3)",
        )?;
        for uid in uids {
            insert.execute(params![folder.0, uidvalidity, uid])?;
        }
        Ok(())
    }

    /// A folder, if it has its baseline.
    pub fn folder(&self, mailbox: &str, name: &str) -> Result<Option<Folder>> {
        let mut find = self.sql.prepare_cached(&format!(
            "{FOLDER} WHERE mailbox = ?1 AND name = ?2 AND by_hand = 0"
        ))?;
        find.query_row([mailbox, name], folder_row)
            .optional()?
            .transpose()
    }

    /// All folders that have a baseline, each on a server.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        let mut all = self
            .sql
            .prepare_cached(&format!("{FOLDER} WHERE by_hand = 0 ORDER BY id"))?;
        all.query_map([], folder_row)?.map(|r| r?).collect()
    }

    /// Where the next mail lies that came by hand: in a folder that is on no server, under
    /// the next number. Its UIDVALIDITY is 1.
    pub fn place_by_hand(&self, mailbox: &str) -> Result<(FolderId, u32)> {
        self.sql.execute(
            "INSERT OR IGNORE INTO folders (mailbox, name, uidvalidity, baseline_at, looked_at, by_hand) VALUES (?1, ?2, 1, ?3, ?3, 1)",
            params![mailbox, BY_HAND, self.stamp()],
        )?;
        let mut place = self.sql.prepare_cached(
            "SELECT f.id, coalesce((SELECT max(uid) FROM mails m WHERE m.folder = f.id), 0) + 1 FROM folders f WHERE f.mailbox = ?1 AND f.by_hand = 1",
        )?;
        Ok(place.query_row([mailbox], |r| Ok((FolderId(r.get(0)?), r.get(1)?)))?)
    }

    /// A pass over the folder ended well.
    pub fn looked(&self, folder: FolderId) -> Result<()> {
        self.sql.execute(
            "UPDATE folders SET looked_at = ?2 WHERE id = ?1",
            params![folder.0, self.stamp()],
        )?;
        Ok(())
    }

    /// Which of these UIDs have no row, in their order: neither taken in nor baseline. A
    /// row whose message was thought to be gone is a row.
    pub fn without_row(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        uids: &[u32],
    ) -> Result<Vec<u32>> {
        let mut all = self.sql.prepare_cached(
            "SELECT uid FROM baseline WHERE folder = ?1 AND uidvalidity = ?2
             UNION ALL SELECT uid FROM mails WHERE folder = ?1 AND uidvalidity = ?2",
        )?;
        let known = all.query_map(params![folder.0, uidvalidity], |r| r.get(0))?;
        let known: BTreeSet<u32> = known.collect::<rusqlite::Result<_>>()?;
        let new = uids.iter().copied().filter(|uid| !known.contains(uid));
        Ok(new.collect())
    }

    /// Marks the mails of a folder that were not on the server when it was asked at
    /// `asked_at`, and takes the mark from those that were; says how many are gone since
    /// the last time. What was taken in after the question is no matter of the answer.
    pub fn mark_gone(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        there: &BTreeSet<u32>,
        asked_at: Timestamp,
    ) -> Result<usize> {
        let mut all = self.sql.prepare_cached(
            "SELECT uid, gone_at IS NOT NULL FROM mails WHERE folder = ?1 AND uidvalidity = ?2 AND taken_at < ?3",
        )?;
        let asked_at = instant::write(asked_at);
        let rows = all.query_map(params![folder.0, uidvalidity, asked_at], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
        let rows: Vec<(u32, bool)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut mark = self.sql.prepare_cached(
            "UPDATE mails SET gone_at = ?4 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        let mut gone = 0;
        for (uid, was_gone) in rows
            .into_iter()
            .filter(|(uid, was_gone)| there.contains(uid) == *was_gone)
        {
            let at = (!was_gone).then(|| self.stamp());
            gone += usize::from(at.is_some());
            mark.execute(params![folder.0, uidvalidity, uid, at])?;
        }
        Ok(gone)
    }

    /// Counts an attempt to take a mail in, before anything of it is parsed; says which
    /// attempt it is, from 1.
    pub fn count_attempt(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<u32> {
        let mut count = self.sql.prepare_cached(
            "INSERT INTO attempts (folder, uidvalidity, uid, count, last_at) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at RETURNING count",
        )?;
        Ok(
            count.query_row(params![folder.0, uidvalidity, uid, self.stamp()], |r| {
                r.get(0)
            })?,
        )
    }

    /// Takes back the attempt that was counted last: it failed, and the process lived.
    pub fn uncount_attempt(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<()> {
        self.sql.execute(
            "UPDATE attempts SET count = max(count - 1, 0) WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
            params![folder.0, uidvalidity, uid],
        )?;
        Ok(())
    }

    /// Counts that the server refused to give a mail; says how often it has, from 1.
    /// Refusals within five minutes of the one counted last are the same one.
    ///
    /// Counted apart from the attempts: a mail that is given after all was never a danger.
    pub fn count_refusal(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<u32> {
        let key = refusals(folder, uidvalidity, uid);
        let before = self.meta(&key)?;
        let (count, last) = match before.as_deref().and_then(|text| text.split_once(' ')) {
            Some((count, at)) => (count.parse()?, Some(instant::read(at)?)),
            None => (0, None),
        };
        if last.is_some_and(|at| self.now() < at + ONE_REFUSAL) {
            return Ok(count);
        }
        self.set_meta(&key, &format!("{} {}", count + 1, self.stamp()))?;
        Ok(count + 1)
    }

    /// The mail has its row: its attempts are history.
    pub(super) fn attempts_done(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<()> {
        let mut done = self.sql.prepare_cached(
            "DELETE FROM attempts WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        done.execute(params![folder.0, uidvalidity, uid])?;
        self.clear_meta(&refusals(folder, uidvalidity, uid))
    }

    /// Makes every row of this UID fail, as long as the store is open.
    #[cfg(test)]
    pub(crate) fn refuse_rows_of(&self, uid: u32) -> Result<()> {
        let trigger = format!(
            "CREATE TEMP TRIGGER refused BEFORE INSERT ON main.mails WHEN NEW.uid = {uid} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        );
        Ok(self.sql.execute_batch(&trigger)?)
    }

    /// Ends that.
    #[cfg(test)]
    pub(crate) fn refuse_no_rows(&self) -> Result<()> {
        Ok(self.sql.execute_batch("DROP TRIGGER temp.refused")?)
    }

    /// Remembers a word about the whole record.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.sql.execute("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value", [key, value])?;
        Ok(())
    }

    /// Forgets it.
    pub fn clear_meta(&self, key: &str) -> Result<()> {
        self.sql.execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }

    /// The word, if there is one.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        Ok(self
            .sql
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |r| r.get(0))
            .optional()?)
    }
}

/// Where the refusals of a mail are remembered.
fn refusals(folder: FolderId, uidvalidity: u32, uid: u32) -> String {
    format!("refused/{}/{uidvalidity}/{uid}", folder.0)
}

fn folder_row(row: &rusqlite::Row) -> rusqlite::Result<Result<Folder>> {
    let (baseline_at, looked_at): (String, String) =
        (row.get("baseline_at")?, row.get("looked_at")?);
    let (id, mailbox, name, uidvalidity) = (
        FolderId(row.get("id")?),
        row.get("mailbox")?,
        row.get("name")?,
        row.get("uidvalidity")?,
    );
    Ok((|| {
        Ok(Folder {
            id,
            mailbox,
            name,
            uidvalidity,
            baseline_at: instant::read(&baseline_at)?,
            looked_at: instant::read(&looked_at)?,
        })
    })())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn attempts_and_refusals_are_counted_apart() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let folder = store.write(start, |tx| tx.add_folder("security", "INBOX", 7, &[]));
        let folder = folder.unwrap();
        let mut attempt = || store.write(start, |tx| tx.count_attempt(folder, 7, 1));
        assert_eq!((attempt().unwrap(), attempt().unwrap()), (1, 2));
        store
            .write(start, |tx| tx.uncount_attempt(folder, 7, 1))
            .unwrap();
        let mut refusal = |seconds, uid| {
            let at = start + SignedDuration::from_secs(seconds);
            let refused = store.write(at, |tx| tx.count_refusal(folder, 7, uid));
            refused.unwrap()
        };
        assert_eq!([refusal(0, 1), refusal(299, 1), refusal(0, 2)], [1, 1, 1]);
        assert_eq!(
            [refusal(300, 1), refusal(599, 1), refusal(600, 1)],
            [2, 2, 3]
        );
        let done = |tx: &Tx| {
            assert_eq!(tx.count_attempt(folder, 7, 1)?, 2, "one was taken back");
            tx.attempts_done(folder, 7, 1)?;
            Ok((
                tx.count_attempt(folder, 7, 1)?,
                tx.count_refusal(folder, 7, 1)?,
            ))
        };
        assert_eq!(store.write(start, done).unwrap(), (1, 1));
    }
}
