//! Folders, what was in them before gatepost, and which messages have no row yet.

use super::{Tx, instant};
use anyhow::{Context, Result};
use jiff::Timestamp;
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
        let id = self.sql.last_insert_rowid();
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO baseline (folder, uidvalidity, uid) VALUES (?1, ?2, ?3)",
        )?;
        for uid in uids {
            insert.execute(params![id, uidvalidity, uid])?;
        }
        Ok(FolderId(id))
    }

    /// A folder, if it has its baseline.
    pub fn folder(&self, mailbox: &str, name: &str) -> Result<Option<Folder>> {
        let mut find = self
            .sql
            .prepare_cached(&format!("{FOLDER} WHERE mailbox = ?1 AND name = ?2"))?;
        find.query_row([mailbox, name], folder_row)
            .optional()?
            .transpose()
    }

    /// All folders that have a baseline.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        let mut all = self.sql.prepare_cached(&format!("{FOLDER} ORDER BY id"))?;
        all.query_map([], folder_row)?.map(|r| r?).collect()
    }

    /// A pass over the folder ended well.
    pub fn looked(&self, folder: FolderId) -> Result<()> {
        self.sql.execute(
            "UPDATE folders SET looked_at = ?2 WHERE id = ?1",
            params![folder.0, self.stamp()],
        )?;
        Ok(())
    }

    /// Which of these UIDs have no row, in their order: neither taken in nor baseline.
    pub fn without_row(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        uids: &[u32],
    ) -> Result<Vec<u32>> {
        let known = self.rows_of(folder, uidvalidity)?;
        Ok(uids
            .iter()
            .copied()
            .filter(|uid| !known.contains(uid))
            .collect())
    }

    /// Every UID of the folder that has a row.
    pub fn rows_of(&self, folder: FolderId, uidvalidity: u32) -> Result<BTreeSet<u32>> {
        let mut all = self.sql.prepare_cached(
            "SELECT uid FROM baseline WHERE folder = ?1 AND uidvalidity = ?2
             UNION ALL SELECT uid FROM mails WHERE folder = ?1 AND uidvalidity = ?2 AND gone_at IS NULL",
        )?;
        let uids = all.query_map(params![folder.0, uidvalidity], |r| r.get(0))?;
        Ok(uids.collect::<rusqlite::Result<_>>()?)
    }

    /// Marks the mails of a folder that are no longer on the server; says how many.
    pub fn mark_gone(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        there: &BTreeSet<u32>,
    ) -> Result<usize> {
        let mut gone = 0;
        for uid in self.rows_of(folder, uidvalidity)?.difference(there) {
            gone += self.sql.execute(
                "UPDATE mails SET gone_at = ?4 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL",
                params![folder.0, uidvalidity, uid, self.stamp()],
            )?;
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

    /// The mail has its row: its attempts are history.
    pub(super) fn attempts_done(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<()> {
        let mut done = self.sql.prepare_cached(
            "DELETE FROM attempts WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        done.execute(params![folder.0, uidvalidity, uid])?;
        Ok(())
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
