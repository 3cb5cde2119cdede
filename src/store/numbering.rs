//! Folders that the server numbered anew: which message is which.
//!
//! A mail with a row is known again by the digest of its content, a message of the
//! baseline by its fingerprint. Each row is known again once at the most: a second message
//! that looks the same is a mail of its own, so that nobody hides behind an old one.

use super::{FolderId, OnServer, Tx};
use anyhow::Result;
use rusqlite::{OptionalExtension, params};

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

    /// Knows messages of a new numbering again, in the order given, and gives them the place
    /// of the baseline messages that they are; those that are none are given back.
    pub fn known_again_as_baseline(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        messages: &[(u32, String)],
    ) -> Result<Vec<u32>> {
        let mut find = self.sql.prepare_cached(
            "SELECT uidvalidity, uid FROM baseline WHERE folder = ?1 AND fingerprint = ?2 AND uidvalidity <> ?3 ORDER BY uidvalidity DESC, uid LIMIT 1",
        )?;
        let mut moved = self.sql.prepare_cached(
            "UPDATE baseline SET uidvalidity = ?4, uid = ?5 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        let mut strangers = Vec::new();
        for (uid, fingerprint) in messages {
            let was: Option<(u32, u32)> = find
                .query_row(params![folder.0, fingerprint, uidvalidity], |r| {
                    Ok((r.get(0)?, r.get(1)?))
                })
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

    /// Knows a mail of a new numbering again by its content: its row learns its new place.
    /// Gives the number of that row.
    pub fn known_again(
        &self,
        (folder, uidvalidity, uid): OnServer,
        digest: &str,
    ) -> Result<Option<i64>> {
        let mut find = self.sql.prepare_cached(
            "SELECT id FROM mails WHERE digest = ?2 AND folder = ?1 AND uidvalidity <> ?3 ORDER BY uidvalidity DESC, uid LIMIT 1",
        )?;
        let row: Option<i64> = find
            .query_row(params![folder.0, digest, uidvalidity], |r| r.get(0))
            .optional()?;
        if let Some(id) = row {
            self.sql.execute(
                "UPDATE mails SET uidvalidity = ?2, uid = ?3, gone_at = NULL WHERE id = ?1",
                params![id, uidvalidity, uid],
            )?;
            self.attempts_done((folder, uidvalidity, uid))?;
            self.clear_staged((folder, uidvalidity, uid))?;
        }
        Ok(row)
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
            let strangers = tx.known_again_as_baseline(folder, 8, &new)?;
            assert_eq!(tx.without_row(folder, 8, &[11, 12, 13, 14, 15])?, strangers);
            assert_eq!(tx.fingerprints_of_baseline(folder, 8)?, told(false, true));
            // Dying here and doing it again changes nothing.
            assert_eq!(tx.known_again_as_baseline(folder, 8, &new[3..])?, [14, 15]);
            tx.renumbered(folder, 8)?;
            Ok((strangers, tx.folders()?[0].uidvalidity))
        });
        assert_eq!(told.unwrap(), (vec![14, 15], 8));
    }
}
