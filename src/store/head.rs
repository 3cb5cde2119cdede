//! How far the record has come, in a small file beside it: `gatepost.db.head`.
//!
//! Who puts an old file back with `cp` leaves no mark in it, and it would give references a
//! second time and receipts too. The head is written after what it tells was committed, so a
//! store that is behind it was put back: it is marked as the copy that it is.
//!
//! Known limits. A whole machine, or the whole folder, that is put back brings its old head
//! along; the head is at most as old as the last look of `health`.

use super::access::{folder_of, keep_names};
use super::backup::{COPY, NUMBERS_FROM};
use super::{Store, Tx, instant};
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    /// The number of the last fact.
    facts: i64,
    /// The highest number that a ticket has.
    number: i64,
}

impl Head {
    fn of(tx: &Tx) -> Result<Self> {
        let sql = "SELECT coalesce(max(n), 0) FROM facts";
        let facts = tx.one(sql, [], |r| r.get(0))?;
        let number = tx.last_number()?;
        Ok(Self { facts, number })
    }

    /// What stands in the file; none where it cannot be read: it is a hint.
    fn read(file: &Path) -> Option<Self> {
        let text = fs::read_to_string(file).ok()?;
        let mut words = text.split_whitespace();
        let mut number = |name| (words.next()? == name).then(|| words.next()?.parse().ok())?;
        let (facts, number) = (number("facts")?, number("number")?);
        Some(Self { facts, number })
    }
}

pub(super) fn beside(store: &Path, end: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

impl Store {
    /// Writes how far the record at `path` has come, where that is not written yet.
    ///
    /// # Errors
    /// When the record cannot be read or the file cannot be written.
    pub fn keep_head(&mut self, path: &Path) -> Result<()> {
        let head = self.read(Timestamp::UNIX_EPOCH, Head::of)?;
        let (file, new) = (beside(path, ".head"), beside(path, ".head.new"));
        if Head::read(&file) == Some(head) {
            return Ok(());
        }
        let write = || -> Result<()> {
            let mut to = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&new)?;
            writeln!(to, "facts {} number {}", head.facts, head.number)?;
            Ok(fs::rename(&new, &file)?)
        };
        let written = write();
        if written.is_err() {
            fs::remove_file(&new).ok();
        }
        written.with_context(|| {
            format!(
                "how far the record has come cannot be written into {}",
                folder_of(path).display()
            )
        })
    }

    /// Has `work`, by which the copy at `path` becomes the original, and forgets before how far
    /// the one has come that it replaces: killed behind the commit, it would be a copy again.
    /// Until the commit it bears the mark of a copy itself.
    ///
    /// # Errors
    /// When the head cannot be removed, or the record not be written; it is a copy then.
    pub fn restore(
        &mut self,
        path: &Path,
        now: Timestamp,
        work: impl FnOnce(&Tx) -> Result<()>,
    ) -> Result<()> {
        let file = beside(path, ".head");
        match fs::remove_file(&file) {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                return Err(why).with_context(|| format!("cannot remove {}", file.display()));
            }
            _ => keep_names(&folder_of(path))?,
        }
        self.write(now, work)
    }

    /// Marks the record as a copy when it is behind its head.
    pub(super) fn mark_if_put_back(&mut self, path: &Path) -> Result<()> {
        let Some(seen) = Head::read(&beside(path, ".head")) else {
            return Ok(());
        };
        if self.read(Timestamp::UNIX_EPOCH, Head::of)?.facts >= seen.facts {
            return Ok(());
        }
        self.write(Timestamp::UNIX_EPOCH, |tx| {
            if tx.copy_made_at()?.is_none() {
                let last = tx.newest_moment()?.unwrap_or_default();
                tx.set_meta(COPY, &instant::write(last))?;
            }
            tx.set_meta(
                NUMBERS_FROM,
                &tx.last_number()?.max(seen.number).to_string(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::open_one;
    use crate::store::{NewFact, Store};
    use crate::ticket::{By, What};
    use anyhow::ensure;
    use std::cell::Cell;

    fn noon() -> Timestamp {
        "2027-04-30T12:00:00Z".parse().unwrap()
    }

    fn report(store: &mut Store, uid: u32) {
        let took = store.write(noon(), |tx| {
            let folder = match tx.folder("security", "INBOX")? {
                Some(folder) => folder.id,
                None => tx.add_folder("security", "INBOX", 7, &[])?,
            };
            let (ticket, mail) = open_one(tx, folder, uid, b"a")?;
            let new = NewFact {
                at: noon(),
                what: What::Received,
                by: By::Gatepost,
                letter: None,
                mail: Some(mail),
                via: None,
            };
            tx.add_fact(ticket, &new).map(drop)
        });
        took.unwrap();
    }

    #[test]
    fn an_old_file_that_is_put_back_is_a_copy() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own/gatepost.db");
        let copied = |mut store: Store| store.read(noon(), |tx| tx.copy_made_at()).unwrap();
        let mut store = Store::create(&path).unwrap();
        report(&mut store, 1);
        store.keep_head(&path).unwrap();
        drop(store);
        assert_eq!(copied(Store::open(&path).unwrap()), None);
        let old = fs::read(&path).unwrap();
        let mut store = Store::open(&path).unwrap();
        report(&mut store, 2);
        report(&mut store, 3);
        // Not told yet: nothing is behind.
        drop(store);
        let mut store = Store::open(&path).unwrap();
        store.keep_head(&path).unwrap();
        drop(store);
        assert_eq!(copied(Store::open(&path).unwrap()), None);
        fs::write(&path, old).unwrap();
        let mut store = Store::open(&path).unwrap();
        let last = store.read(noon(), |tx| tx.last_number()).unwrap();
        assert_eq!(last, 3, "no number is given twice");
        assert!(copied(store).is_some());
        // Once it is restored it is the original.
        let mut store = Store::open(&path).unwrap();
        store.write(noon(), |tx| tx.restored(100)).unwrap();
        store.keep_head(&path).unwrap();
        drop(store);
        assert_eq!(copied(Store::open(&path).unwrap()), None);
        fs::write(beside(&path, ".head"), "what is this").unwrap();
        assert_eq!(copied(Store::open(&path).unwrap()), None);
    }

    #[test]
    fn who_dies_while_a_copy_becomes_the_original_leaves_the_one_or_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own/gatepost.db");
        let mut store = Store::create(&path).unwrap();
        report(&mut store, 1);
        drop(store);
        let old = fs::read(&path).unwrap();
        let mut store = Store::open(&path).unwrap();
        report(&mut store, 2);
        store.keep_head(&path).unwrap();
        drop(store);
        fs::write(&path, old).unwrap();
        // It dies before the commit, or just behind it.
        for (dies_at, is_copy) in [(1, true), (2, false)] {
            let mut store = Store::open(&path).unwrap();
            let marked = store.read(noon(), |tx| tx.copy_made_at()).unwrap();
            assert!(marked.is_some());
            let steps = Cell::new(0);
            store.on_commit(Box::new(move || {
                steps.set(steps.get() + 1);
                ensure!(steps.get() != dies_at, "it died");
                Ok(())
            }));
            let died = store.restore(&path, noon(), |tx| tx.restored(100));
            assert_eq!(died.unwrap_err().to_string(), "it died");
            drop(store);
            let mut store = Store::open(&path).unwrap();
            let marked = store.read(noon(), |tx| tx.copy_made_at()).unwrap();
            assert_eq!(marked.is_some(), is_copy, "dies at {dies_at}");
        }
    }
}
