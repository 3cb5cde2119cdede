//! Folders, what was in them before gatepost, and which messages have no row yet.

use super::{BaselineMessage, Tx, instant};
use crate::triage::Role;
use anyhow::{Context, Result};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// A watched folder's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderId(pub i64);

/// A message on the server: its folder, the UIDVALIDITY of that, its UID.
pub type OnServer = (FolderId, u32, u32);

/// A folder that has its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its number.
    pub id: FolderId,
    /// The name of its mailbox in the config.
    pub mailbox: String,
    /// Its name on the server.
    pub name: String,
    /// UIDVALIDITY when the baseline was taken, or when all of it was last known again
    /// under a new one.
    pub uidvalidity: u32,
    /// When that was.
    pub baseline_at: Timestamp,
    /// The last pass that ended well.
    pub looked_at: Timestamp,
    /// What it is for.
    pub role: Role,
}

/// A folder that is to be watched and has no baseline: it is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The name of its mailbox in the config.
    pub mailbox: String,
    /// Its name on the server.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// No server has a folder of this name: `/` begins it and ends it.
const BY_HAND: &str = "/by hand/";

const FOLDER: &str =
    "SELECT id, mailbox, name, uidvalidity, baseline_at, looked_at, role FROM folders";

impl Tx<'_> {
    /// Adds a folder whose messages so far are the baseline.
    pub fn add_folder(
        &self,
        mailbox: &str,
        name: &str,
        uidvalidity: u32,
        messages: &[BaselineMessage],
    ) -> Result<FolderId> {
        let at = self.stamp();
        let mut add = self.sql.prepare_cached("INSERT INTO folders (mailbox, name, uidvalidity, baseline_at, looked_at) VALUES (?1, ?2, ?3, ?4, ?4)")?;
        add.execute(params![mailbox, name, uidvalidity, at])
            .with_context(|| format!("cannot add the folder {name} of {mailbox}"))?;
        let id = FolderId(self.sql.last_insert_rowid());
        self.add_to_baseline(id, uidvalidity, messages)?;
        Ok(id)
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

    /// All folders that have a baseline and are watched, each on a server.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{FOLDER} WHERE by_hand = 0 AND watched = 1 ORDER BY id"
        ))?;
        all.query_map([], folder_row)?.map(|r| r?).collect()
    }

    /// The folders of a mailbox that are watched, and what each is for, as they were found
    /// on the server. Those that are not among them are not watched any more.
    pub fn set_watched(&self, mailbox: &str, all: &[(String, Role)]) -> Result<()> {
        self.sql.execute(
            "UPDATE folders SET watched = 0 WHERE mailbox = ?1 AND by_hand = 0",
            [mailbox],
        )?;
        self.sql
            .execute("DELETE FROM unread WHERE mailbox = ?1", [mailbox])?;
        let mut read = self.sql.prepare_cached(
            "UPDATE folders SET watched = 1, role = ?3 WHERE mailbox = ?1 AND name = ?2 AND by_hand = 0",
        )?;
        let mut unread = self.sql.prepare_cached(
            "INSERT OR IGNORE INTO unread (mailbox, name, role) VALUES (?1, ?2, ?3)",
        )?;
        for (name, role) in all {
            let row = params![mailbox, name, role.word()];
            if read.execute(row)? == 0 {
                unread.execute(row)?;
            }
        }
        Ok(())
    }

    /// The folders that are to be watched and have no baseline, as they were found last.
    pub fn unread(&self) -> Result<Vec<Unread>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT mailbox, name, role FROM unread ORDER BY mailbox, name")?;
        let rows = all.query_map([], |r| {
            Ok(Unread {
                mailbox: r.get(0)?,
                name: r.get(1)?,
                role: Role::from_word(&r.get::<_, String>(2)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
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

    /// Every UID of the folder was held against every row: a full sweep. `uidnext` is what
    /// the server told; 0: nothing.
    pub fn swept(&self, folder: FolderId, uidnext: u32) -> Result<()> {
        self.sql.execute(
            "UPDATE folders SET swept_at = ?2, uidnext = ?3 WHERE id = ?1",
            params![folder.0, self.stamp(), uidnext],
        )?;
        Ok(())
    }

    /// UIDNEXT at the last full sweep; 0: not told.
    pub fn uidnext(&self, folder: FolderId) -> Result<u32> {
        let mut told = self
            .sql
            .prepare_cached("SELECT uidnext FROM folders WHERE id = ?1")?;
        Ok(told.query_row([folder.0], |r| r.get(0))?)
    }

    /// Which of these UIDs have no row, in their order: neither taken in nor baseline,
    /// or asked for of it. A row whose message was thought to be gone is a row.
    pub fn without_row(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        uids: &[u32],
    ) -> Result<Vec<u32>> {
        let mut all = self.sql.prepare_cached(
            "SELECT uid FROM baseline WHERE folder = ?1 AND uidvalidity = ?2 AND uid >= ?3 AND asked_for IS NULL
             UNION ALL SELECT uid FROM mails WHERE folder = ?1 AND uidvalidity = ?2 AND uid >= ?3",
        )?;
        let lowest = uids.iter().min().copied().unwrap_or(0);
        let known = all.query_map(params![folder.0, uidvalidity, lowest], |r| r.get(0))?;
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

    /// Makes every row of this UID fail, as long as the store is open.
    #[cfg(test)]
    pub(crate) fn refuse_rows_of(&self, uid: u32) -> Result<()> {
        let trigger = format!(
            "CREATE TEMP TRIGGER refused BEFORE INSERT ON main.mails WHEN NEW.uid = {uid} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        );
        Ok(self.sql.execute_batch(&trigger)?)
    }

    /// From now on nothing can be put aside, as on a full disk.
    #[cfg(test)]
    pub(crate) fn refuse_staging(&self) -> Result<()> {
        Ok(self.sql.execute_batch("CREATE TEMP TRIGGER unstaged BEFORE INSERT ON main.staged BEGIN SELECT RAISE(ABORT, 'refused'); END")?)
    }

    /// From now on no attempt of this message can be counted.
    #[cfg(test)]
    pub(crate) fn refuse_to_count(&self, uid: u32) -> Result<()> {
        let trigger = format!(
            "CREATE TEMP TRIGGER uncounted BEFORE INSERT ON main.attempts WHEN NEW.uid = {uid} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        );
        Ok(self.sql.execute_batch(&trigger)?)
    }

    /// From now on no attempt can be taken back.
    #[cfg(test)]
    pub(crate) fn refuse_to_uncount(&self) -> Result<()> {
        Ok(self.sql.execute_batch("CREATE TEMP TRIGGER counted BEFORE UPDATE ON main.attempts WHEN NEW.count < OLD.count BEGIN SELECT RAISE(ABORT, 'refused'); END")?)
    }

    /// Ends that.
    #[cfg(test)]
    pub(crate) fn uncount_again(&self) -> Result<()> {
        Ok(self.sql.execute_batch("DROP TRIGGER temp.counted")?)
    }

    /// Ends the refusal of rows.
    #[cfg(test)]
    pub(crate) fn refuse_no_rows(&self) -> Result<()> {
        Ok(self.sql.execute_batch("DROP TRIGGER temp.refused")?)
    }

    /// Takes a row away, as a person with an editor would.
    #[cfg(test)]
    pub(crate) fn lose_row_of(&self, uid: u32) -> Result<()> {
        let lose = format!(
            "DELETE FROM bodies WHERE mail IN (SELECT id FROM mails WHERE uid = {uid});
             DELETE FROM citations WHERE mail IN (SELECT id FROM mails WHERE uid = {uid});
             DELETE FROM mails WHERE uid = {uid}"
        );
        Ok(self.sql.execute_batch(&lose)?)
    }

    /// Every row says that its mail had this size.
    #[cfg(test)]
    pub(crate) fn forge_sizes(&self, size: u32) -> Result<()> {
        self.sql.execute("UPDATE mails SET size = ?1", [size])?;
        Ok(())
    }

    /// The UIDs of a folder that are marked gone.
    #[cfg(test)]
    pub(crate) fn gone(&self, folder: FolderId) -> Result<Vec<u32>> {
        let sql = "SELECT uid FROM mails WHERE folder = ?1 AND gone_at IS NOT NULL ORDER BY uid";
        let mut gone = self.sql.prepare(sql)?;
        let gone = gone.query_map([folder.0], |r| r.get(0))?;
        Ok(gone.collect::<rusqlite::Result<_>>()?)
    }

    /// How many pieces of unfinished mails lie aside.
    #[cfg(test)]
    pub(crate) fn staged_count(&self) -> Result<i64> {
        let sql = "SELECT count(*) FROM staged";
        Ok(self.sql.query_row(sql, [], |r| r.get(0))?)
    }

    /// Remembers a word about the whole record.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.run("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value", [key, value])?;
        Ok(())
    }

    /// Forgets it.
    pub fn clear_meta(&self, key: &str) -> Result<()> {
        self.run("DELETE FROM meta WHERE key = ?1", [key])?;
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
    let role = Role::from_word(&row.get::<_, String>("role")?);
    Ok((|| {
        Ok(Folder {
            id,
            mailbox,
            name,
            uidvalidity,
            baseline_at: instant::read(&baseline_at)?,
            looked_at: instant::read(&looked_at)?,
            role,
        })
    })())
}
