//! What is known of a mail that has no row yet: how often it was begun, how often the
//! server refused it, whether a connection broke when it was asked for.

use super::{FolderId, OnServer, Tx, instant};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// A server whose own store is away for a moment refuses everything: that is one refusal
/// of each mail, however often it is asked in that time.
const ONE_REFUSAL: SignedDuration = SignedDuration::from_mins(5);

/// What happened to a mail before it had a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct History {
    /// It was refused, or it was among those asked for when a connection broke.
    pub suspect: bool,
    /// How often the server refused it, or broke the connection over it alone.
    pub refusals: u32,
    /// Attempts on record: begun, and neither ended nor taken back.
    pub attempts: u32,
}

/// How often a mail was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// From 1.
    pub count: u32,
    /// When it was refused for the first time.
    pub first: Timestamp,
}

/// How often in a row the connection broke when a folder was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaks {
    /// From 1.
    pub times: u32,
    /// When it broke the last time.
    pub last: Timestamp,
}

impl Tx<'_> {
    /// The folders of a mailbox over which the connection broke, by name.
    pub fn broken(&self, mailbox: &str) -> Result<BTreeMap<String, Breaks>> {
        let prefix = breaks(mailbox, "");
        // Behind the slash comes the zero.
        let mut all = self.sql.prepare_cached(
            "SELECT key, value FROM meta WHERE key >= ?1 AND key < substr(?1, 1, length(?1) - 1) || '0'",
        )?;
        let mut rows = all.query([&prefix])?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
            let (times, last) = value.split_once(' ').unwrap_or_default();
            let (times, last) = (times.parse()?, instant::read(last)?);
            let name = key.strip_prefix(&prefix).unwrap_or_default();
            found.insert(name.to_owned(), Breaks { times, last });
        }
        Ok(found)
    }

    /// The connection broke when this folder was read.
    pub fn broke_over(&self, mailbox: &str, folder: &str) -> Result<()> {
        let key = breaks(mailbox, folder);
        let before = self.meta(&key)?;
        let before = before.as_deref().and_then(|value| value.split_once(' '));
        let times = before.map_or(Ok(0), |(times, _)| times.parse::<u32>())?;
        let times = times.saturating_add(1);
        // An older gatepost wrote these without the length, and nobody can say which folder they
        // were about: what breaks still is counted anew.
        self.sql.execute(
            "DELETE FROM meta WHERE key >= 'breaks/' AND key < 'breaks0'",
            [],
        )?;
        self.set_meta(&key, &format!("{times} {}", self.stamp()))
    }

    /// As if all that was so much longer ago.
    #[cfg(test)]
    pub(crate) fn forge_breaks(&self, mailbox: &str, ago: SignedDuration) -> Result<()> {
        self.broken(mailbox)?
            .into_iter()
            .try_for_each(|(name, broke)| {
                let last = instant::write(broke.last - ago);
                self.set_meta(&breaks(mailbox, &name), &format!("{} {last}", broke.times))
            })
    }

    /// It was read to its end.
    pub fn breaks_no_more(&self, mailbox: &str, folder: &str) -> Result<()> {
        self.clear_meta(&breaks(mailbox, folder))
    }

    /// The mails of a folder of which anything is known, by UID.
    pub fn histories(&self, folder: FolderId, uidvalidity: u32) -> Result<BTreeMap<u32, History>> {
        let mut found: BTreeMap<u32, History> = BTreeMap::new();
        let mut attempts = self.sql.prepare_cached(
            "SELECT uid, count FROM attempts WHERE folder = ?1 AND uidvalidity = ?2 AND count > 0",
        )?;
        let mut rows = attempts.query(params![folder.0, uidvalidity])?;
        while let Some(row) = rows.next()? {
            found.entry(row.get(0)?).or_default().attempts = row.get(1)?;
        }
        let prefix = refusals_of(folder, uidvalidity);
        let mut refusals = self
            .sql
            .prepare_cached("SELECT key, value FROM meta WHERE key >= ?1 AND key < ?1 || '~'")?;
        let mut rows = refusals.query([&prefix])?;
        while let Some(row) = rows.next()? {
            let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
            if let Some(uid) = key.strip_prefix(&prefix).and_then(|uid| uid.parse().ok()) {
                let history = found.entry(uid).or_default();
                history.suspect = true;
                history.refusals = refusals_in(&value)?.0;
            }
        }
        Ok(found)
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

    /// Counts that the server refused to give a mail, or broke the connection when it was
    /// asked for nothing else; says how often it has, and since when. What happens within five
    /// minutes of what was counted last is the same.
    ///
    /// Counted apart from the attempts: a mail that is given after all was never a danger.
    pub fn count_refusal(&self, folder: FolderId, uidvalidity: u32, uid: u32) -> Result<Refusals> {
        let key = refusals(folder, uidvalidity, uid);
        let before = self.meta(&key)?;
        let before = before.as_deref().map(refusals_in).transpose()?;
        let (count, last, first) = match before {
            Some((count, last, first)) if count > 0 => (count, Some(last), first),
            Some(_) | None => (0, None, self.now()),
        };
        if last.is_some_and(|at| self.now() < at + ONE_REFUSAL) {
            return Ok(Refusals { count, first });
        }
        let (count, last) = (count + 1, self.stamp());
        self.set_meta(&key, &format!("{count} {last} {}", instant::write(first)))?;
        Ok(Refusals { count, first })
    }

    /// The connection broke while this mail was asked for among others: from now on it is
    /// asked for alone, after those that nothing speaks against. Says since when it is one.
    pub fn suspect(&self, (folder, uidvalidity, uid): OnServer) -> Result<Timestamp> {
        let key = refusals(folder, uidvalidity, uid);
        if let Some(before) = self.meta(&key)? {
            return Ok(refusals_in(&before)?.2);
        }
        self.set_meta(&key, &format!("0 {}", self.stamp()))?;
        Ok(self.now())
    }

    /// Mails of a folder that have had a row since `before` and no byte, because their server
    /// did not give them, and that were there when it was last asked: UID and row, at most a
    /// hundred.
    pub fn ungiven(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        before: Timestamp,
    ) -> Result<BTreeMap<u32, i64>> {
        let mut all = self.sql.prepare_cached(
            "SELECT uid, id FROM mails WHERE instr(defects, 'unreadable') > 0 AND kept = 0 AND gone_at IS NULL AND folder = ?1 AND uidvalidity = ?2 AND taken_at <= ?3
             ORDER BY id DESC LIMIT 100",
        )?;
        let before = instant::write(before);
        let rows = all.query_map(params![folder.0, uidvalidity, before], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Of mails that are not `there`, and of other numberings of the folder, nothing is to be
    /// known any more.
    pub fn forget_gone(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        there: &BTreeSet<u32>,
    ) -> Result<()> {
        let is_gone = |v: u32, uid: u32| v != uidvalidity || !there.contains(&uid);
        let mut attempts = self
            .sql
            .prepare_cached("SELECT uidvalidity, uid FROM attempts WHERE folder = ?1")?;
        let known = attempts.query_map([folder.0], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let known: Vec<(u32, u32)> = known.collect::<rusqlite::Result<_>>()?;
        for (v, uid) in known.into_iter().filter(|(v, uid)| is_gone(*v, *uid)) {
            self.attempts_done((folder, v, uid))?;
        }
        let prefix = refusals_in_any(folder);
        let mut refusals = self
            .sql
            .prepare_cached("SELECT key FROM meta WHERE key >= ?1 AND key < ?1 || '~'")?;
        let keys = refusals.query_map([&prefix], |r| r.get(0))?;
        let keys: Vec<String> = keys.collect::<rusqlite::Result<_>>()?;
        for key in keys {
            let place = key.strip_prefix(&prefix).and_then(|p| p.split_once('/'));
            let place = place.and_then(|(v, uid)| Some((v.parse().ok()?, uid.parse().ok()?)));
            if place.is_some_and(|(v, uid)| is_gone(v, uid)) {
                self.clear_meta(&key)?;
            }
        }
        Ok(())
    }

    /// The mail has its row: its attempts are history.
    pub(super) fn attempts_done(&self, (folder, uidvalidity, uid): OnServer) -> Result<()> {
        let mut done = self.sql.prepare_cached(
            "DELETE FROM attempts WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        done.execute(params![folder.0, uidvalidity, uid])?;
        self.clear_meta(&refusals(folder, uidvalidity, uid))
    }
}

/// Where it is remembered that the connection broke over a folder. Both names may hold any
/// sign: the length of the first says where the second begins.
fn breaks(mailbox: &str, folder: &str) -> String {
    format!("broke/{}/{mailbox}/{folder}", mailbox.len())
}

/// Where the refusals of the mails of a folder are remembered.
fn refusals_of(folder: FolderId, uidvalidity: u32) -> String {
    format!("{}{uidvalidity}/", refusals_in_any(folder))
}

/// The same under every numbering.
fn refusals_in_any(folder: FolderId) -> String {
    format!("refused/{}/", folder.0)
}

fn refusals(folder: FolderId, uidvalidity: u32, uid: u32) -> String {
    format!("{}{uid}", refusals_of(folder, uidvalidity))
}

/// The count, the time of what was counted last, and that of the first; an older gatepost
/// wrote no third word.
fn refusals_in(value: &str) -> Result<(u32, Timestamp, Timestamp)> {
    let mut words = value.split(' ');
    let count = words.next().unwrap_or_default().parse()?;
    let last = instant::read(words.next().unwrap_or_default())?;
    let first = words.next().map(instant::read).transpose()?;
    Ok((count, last, first.unwrap_or(last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use jiff::Timestamp;

    #[test]
    fn attempts_and_refusals_are_counted_apart() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let folder = store.write(start, |tx| tx.add_folder("security", "INBOX", 7, &[]));
        let folder = folder.unwrap();
        let mut attempt = || store.write(start, |tx| tx.count_attempt(folder, 7, 1));
        assert_eq!((attempt().unwrap(), attempt().unwrap()), (1, 2));
        let back = store.write(start, |tx| tx.uncount_attempt(folder, 7, 1));
        back.unwrap();
        let mut refusal = |seconds, uid| {
            let at = start + SignedDuration::from_secs(seconds);
            let refused = store.write(at, |tx| tx.count_refusal(folder, 7, uid));
            let refused = refused.unwrap();
            assert_eq!(refused.first, start, "the first is remembered");
            refused.count
        };
        assert_eq!([refusal(0, 1), refusal(299, 1), refusal(0, 2)], [1, 1, 1]);
        assert_eq!(
            [refusal(300, 1), refusal(599, 1), refusal(600, 1)],
            [2, 2, 3]
        );
        let done = |tx: &Tx| {
            assert_eq!(tx.count_attempt(folder, 7, 1)?, 2, "one was taken back");
            tx.attempts_done((folder, 7, 1))?;
            Ok((
                tx.count_attempt(folder, 7, 1)?,
                tx.count_refusal(folder, 7, 1)?.count,
            ))
        };
        assert_eq!(store.write(start, done).unwrap(), (1, 1));
    }

    #[test]
    fn what_broke_is_known_of_one_mailbox_and_folder_whatever_their_names_hold() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let all = [
            ("a", "b/c"),
            ("a", ""),
            ("a/b", "c"),
            ("a/b", ""),
            ("a", "1/a/c"),
            ("1/a", "c"),
            ("a/b", "\u{10ffff}/ö"),
        ];
        store
            .write(start, |tx| {
                tx.set_meta("breaks/a/b/c", "5 2026-11-23T11:00:00Z")?;
                assert_eq!(tx.broken("a")?, BTreeMap::new(), "of an older gatepost");
                for (i, (mailbox, folder)) in all.iter().enumerate() {
                    for _ in 0..=i {
                        tx.broke_over(mailbox, folder)?;
                    }
                }
                assert_eq!(tx.meta("breaks/a/b/c")?, None, "gone with the first");
                let of = |mailbox: &str| -> Result<BTreeMap<String, u32>> {
                    let broken = tx.broken(mailbox)?.into_iter();
                    Ok(broken.map(|(name, broke)| (name, broke.times)).collect())
                };
                let expected = |wanted: &str| -> BTreeMap<String, u32> {
                    let of = (1..)
                        .zip(all)
                        .filter(|(_, (mailbox, _))| *mailbox == wanted);
                    of.map(|(n, (_, folder))| (folder.to_owned(), n)).collect()
                };
                for mailbox in ["a", "a/b", "1/a", "b"] {
                    assert_eq!(of(mailbox)?, expected(mailbox), "{mailbox}");
                }
                tx.breaks_no_more("a", "b/c")?;
                assert_eq!(of("a/b")?, expected("a/b"));
                assert_eq!(of("a")?.len(), 2);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn what_is_known_of_a_mail_is_known_until_it_has_its_row() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let known = store.write(start, |tx| {
            let folder = tx.add_folder("security", "INBOX", 7, &[])?;
            let other = tx.add_folder("security", "Junk", 7, &[])?;
            tx.suspect((folder, 7, 2))?;
            assert_eq!(tx.count_refusal(folder, 7, 3)?.count, 1);
            tx.suspect((folder, 7, 3))?;
            // Suspicion is no refusal, and does not delay the first one.
            tx.suspect((folder, 7, 4))?;
            assert_eq!(tx.count_refusal(folder, 7, 4)?.count, 1);
            tx.count_attempt(folder, 7, 5)?;
            tx.count_attempt(folder, 7, 6)?;
            tx.uncount_attempt(folder, 7, 6)?;
            tx.suspect((folder, 77, 1))?;
            tx.suspect((other, 7, 1))?;
            tx.count_refusal(folder, 7, 8)?;
            tx.attempts_done((folder, 7, 8))?;
            tx.histories(folder, 7)
        });
        let history = |suspect, refusals, attempts| History {
            suspect,
            refusals,
            attempts,
        };
        let expected = [
            (2, history(true, 0, 0)),
            (3, history(true, 1, 0)),
            (4, history(true, 1, 0)),
            (5, history(false, 0, 1)),
        ];
        assert_eq!(known.unwrap(), BTreeMap::from(expected));
    }
}
