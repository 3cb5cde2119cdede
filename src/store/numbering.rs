//! Folders that the server numbered anew: which message is which.
//!
//! A mail with a row is known again by the digest of its content, a message of the
//! baseline by its fingerprint. Each row is known again once at the most: a second message
//! that looks the same is a mail of its own, so that nobody hides behind an old one.
//!
//! A server that was put back to an earlier state gives its numbers a second time, under the
//! same UIDVALIDITY. A row whose number is another message's by now has no place on the
//! server: its UIDVALIDITY is 0, which no folder that is read has.

use super::instant;
use super::{FolderId, OnServer, Tx};
use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// So many of the newest rows of a folder are held against the server: numbers that are
/// given a second time are the highest.
const NEWEST: u32 = 500;

/// A baseline message and what it looks like, where that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineMessage {
    /// Its UID.
    pub uid: u32,
    /// Its fingerprint, in hex.
    pub fingerprint: Option<String>,
}

/// Whether the messages of a baseline can be known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// Some by their fingerprint.
    pub some_have: bool,
    /// Some not: an older gatepost took them, or the server did not tell.
    pub some_lack: bool,
}

/// What was told of a mail that has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its UID.
    pub uid: u32,
    /// RFC822.SIZE; 0: not told.
    pub size: u64,
    /// When it reached the mailbox.
    pub received_at: Timestamp,
    /// When it was taken in, or the folder was last swept after that.
    pub seen_at: Timestamp,
}

/// The plus signs keep it to the index of digests: that of places leads through the whole
/// folder.
pub(super) const KNOWN_AGAIN: &str = "SELECT id FROM mails WHERE digest = ?2 AND +folder = ?1 AND uidvalidity <> ?3 AND (?4 OR uidvalidity = 0) ORDER BY +uidvalidity DESC, uid LIMIT 1";

impl Tx<'_> {
    /// These messages of the folder were there before gatepost.
    pub fn add_to_baseline(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        messages: &[BaselineMessage],
    ) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT OR IGNORE INTO baseline (folder, uidvalidity, uid, fingerprint) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for m in messages {
            insert.execute(params![folder.0, uidvalidity, m.uid, m.fingerprint])?;
        }
        Ok(())
    }

    /// What is known of the baseline messages that have no place yet in a new numbering.
    pub fn fingerprints_of_baseline(
        &self,
        folder: FolderId,
        uidvalidity: u32,
    ) -> Result<Fingerprints> {
        let sql = "SELECT coalesce(max(fingerprint IS NOT NULL), 0), coalesce(max(fingerprint IS NULL), 0) FROM baseline WHERE folder = ?1 AND uidvalidity <> ?2";
        let read = |r: &rusqlite::Row| {
            Ok(Fingerprints {
                some_have: r.get(0)?,
                some_lack: r.get(1)?,
            })
        };
        Ok(self
            .sql
            .query_row(sql, params![folder.0, uidvalidity], read)?)
    }

    /// Knows messages again, in the order given, and gives them the place of the baseline
    /// messages that they are; those that are none are given back. Which can be known again is
    /// as in [`Tx::known_again`].
    pub fn known_again_as_baseline(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        messages: &[(u32, String)],
        renumbered: bool,
    ) -> Result<Vec<u32>> {
        let mut find = self.sql.prepare_cached(
            "SELECT uidvalidity, uid FROM baseline WHERE folder = ?1 AND fingerprint = ?2 AND uidvalidity <> ?3 AND (?4 OR uidvalidity = 0) ORDER BY uidvalidity DESC, uid LIMIT 1",
        )?;
        let mut moved = self.sql.prepare_cached(
            "UPDATE baseline SET uidvalidity = ?4, uid = ?5 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        let mut strangers = Vec::new();
        for (uid, fingerprint) in messages {
            let was: Option<(u32, u32)> = find
                .query_row(
                    params![folder.0, fingerprint, uidvalidity, renumbered],
                    |r| Ok((r.get(0)?, r.get(1)?)),
                )
                .optional()?;
            match was {
                Some((v, u)) => {
                    moved.execute(params![folder.0, v, u, uidvalidity, uid])?;
                }
                None => strangers.push(*uid),
            }
        }
        Ok(strangers)
    }

    /// Knows a mail again by its content: its row learns its new place. Rows without a place
    /// are known again, and where the folder is `renumbered` those of other numberings. `size`
    /// is what the server says now; 0: nothing. Gives the number of the row.
    pub fn known_again(
        &self,
        (folder, uidvalidity, uid): OnServer,
        digest: &str,
        size: u64,
        renumbered: bool,
    ) -> Result<Option<i64>> {
        let mut find = self.sql.prepare_cached(KNOWN_AGAIN)?;
        let row: Option<i64> = find
            .query_row(params![folder.0, digest, uidvalidity, renumbered], |r| {
                r.get(0)
            })
            .optional()?;
        if let Some(id) = row {
            self.sql.execute(
                "UPDATE mails SET uidvalidity = ?2, uid = ?3, gone_at = NULL, size = CASE ?4 WHEN 0 THEN size ELSE ?4 END WHERE id = ?1",
                params![id, uidvalidity, uid, size as i64],
            )?;
            self.attempts_done((folder, uidvalidity, uid))?;
            self.clear_staged((folder, uidvalidity, uid))?;
        }
        Ok(row)
    }

    /// The newest rows of a folder, by their numbers, but for those that the server did not give.
    pub fn newest_placed(&self, folder: FolderId, uidvalidity: u32) -> Result<Vec<Placed>> {
        let mut all = self.sql.prepare_cached(
            "SELECT m.uid, m.size, m.received_at, max(m.taken_at, f.swept_at) FROM mails m JOIN folders f ON f.id = m.folder
             WHERE m.folder = ?1 AND m.uidvalidity = ?2 AND NOT (m.kept = 0 AND instr(m.defects, 'unreadable') > 0) ORDER BY m.uid DESC LIMIT ?3",
        )?;
        let rows = all.query_map(params![folder.0, uidvalidity, NEWEST], |r| {
            let (received_at, seen_at): (String, String) = (r.get(2)?, r.get(3)?);
            Ok((r.get(0)?, r.get::<_, i64>(1)?, received_at, seen_at))
        })?;
        rows.map(|row| {
            let (uid, size, received_at, seen_at) = row?;
            Ok(Placed {
                uid,
                size: size.max(0) as u64,
                received_at: instant::read(&received_at)?,
                seen_at: instant::read(&seen_at)?,
            })
        })
        .collect()
    }

    /// The messages that had these numbers are not on the server any more: others have them.
    pub fn unseat(&self, folder: FolderId, uidvalidity: u32, uids: &[u32]) -> Result<()> {
        let mut unseat = self.sql.prepare_cached(
            "UPDATE mails SET uidvalidity = 0, uid = id, gone_at = coalesce(gone_at, ?4) WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        for uid in uids {
            unseat.execute(params![folder.0, uidvalidity, uid, self.stamp()])?;
        }
        Ok(())
    }

    /// The server has given no number from `uidnext` on, or will give it again: what had
    /// one is not there. Gives how many rows that are.
    pub fn unseat_from(&self, folder: FolderId, uidvalidity: u32, uidnext: u32) -> Result<usize> {
        let mails = self.sql.execute(
            "UPDATE mails SET uidvalidity = 0, uid = id, gone_at = coalesce(gone_at, ?4) WHERE folder = ?1 AND uidvalidity = ?2 AND uid >= ?3",
            params![folder.0, uidvalidity, uidnext, self.stamp()],
        )?;
        // A baseline message without a fingerprint could never be known again.
        self.sql.execute(
            "DELETE FROM baseline WHERE folder = ?1 AND uidvalidity = ?2 AND uid >= ?3 AND fingerprint IS NULL",
            params![folder.0, uidvalidity, uidnext],
        )?;
        let baseline = self.sql.execute(
            "UPDATE OR REPLACE baseline SET uidvalidity = 0 WHERE folder = ?1 AND uidvalidity = ?2 AND uid >= ?3",
            params![folder.0, uidvalidity, uidnext],
        )?;
        Ok(mails + baseline)
    }

    /// Whether messages of the baseline have no place, and may come back under another number.
    pub fn has_unseated_baseline(&self, folder: FolderId) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM baseline WHERE folder = ?1 AND uidvalidity = 0)";
        Ok(self.sql.query_row(sql, [folder.0], |r| r.get(0))?)
    }

    /// All of the folder is known under its new numbering: what was not found again there
    /// is gone. Baseline messages without a fingerprint can never be found again.
    pub fn renumbered(&self, folder: FolderId, uidvalidity: u32) -> Result<()> {
        self.sql.execute(
            "UPDATE mails SET gone_at = ?3 WHERE folder = ?1 AND uidvalidity <> ?2 AND gone_at IS NULL",
            params![folder.0, uidvalidity, self.stamp()],
        )?;
        self.sql.execute(
            "DELETE FROM baseline WHERE folder = ?1 AND uidvalidity <> ?2 AND fingerprint IS NULL",
            params![folder.0, uidvalidity],
        )?;
        self.sql.execute(
            "UPDATE folders SET uidvalidity = ?2 WHERE id = ?1",
            params![folder.0, uidvalidity],
        )?;
        Ok(())
    }
}

/// Messages of which only the UIDs are known.
impl From<u32> for BaselineMessage {
    fn from(uid: u32) -> Self {
        Self {
            uid,
            fingerprint: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn each_baseline_message_is_known_again_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let looks = |uid, like: &str| BaselineMessage {
            uid,
            fingerprint: Some(like.to_owned()),
        };
        let told = store.write(now, |tx| {
            let folder = tx.add_folder("security", "INBOX", 7, &[])?;
            let old = [looks(1, "a"), looks(2, "b"), looks(3, "b"), 4.into()];
            tx.add_to_baseline(folder, 7, &old)?;
            let told = |some_have, some_lack| Fingerprints {
                some_have,
                some_lack,
            };
            assert_eq!(tx.fingerprints_of_baseline(folder, 7)?, told(false, false));
            assert_eq!(tx.fingerprints_of_baseline(folder, 8)?, told(true, true));
            let new = [(11, "b"), (12, "a"), (13, "b"), (14, "b"), (15, "c")];
            let new = new.map(|(uid, like)| (uid, like.to_owned()));
            let strangers = tx.known_again_as_baseline(folder, 8, &new, true)?;
            assert_eq!(tx.without_row(folder, 8, &[11, 12, 13, 14, 15])?, strangers);
            assert_eq!(tx.fingerprints_of_baseline(folder, 8)?, told(false, true));
            // Dying here and doing it again changes nothing.
            assert_eq!(
                tx.known_again_as_baseline(folder, 8, &new[3..], true)?,
                [14, 15]
            );
            tx.renumbered(folder, 8)?;
            Ok((strangers, tx.folders()?[0].uidvalidity))
        });
        assert_eq!(told.unwrap(), (vec![14, 15], 8));
    }
}
