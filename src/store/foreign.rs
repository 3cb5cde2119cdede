//! A `-wal` that another store left, beside a copy that was put in its place.
//!
//! SQLite does not ask whose it is: what was not yet written back of the lost store would be
//! played over the copy. That it is not the copy's own can be told of a copy that gatepost
//! made and nobody has opened since: its header says that it has no WAL, and SQLite changes
//! that, out to the disk, before it writes the first byte of one.
//!
//! Known limit: of a file that was copied by other means nothing can be told. Its header says
//! that it has a WAL, and neither file names the other; after a power loss a good store looks
//! just so. The advice is always to move all three away together.
//!
//! The header is read only where this process has the store not open yet: whoever closes the
//! file gives up all locks of its process on it.

use super::head::beside;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Device and inode of each store that this process has open, once for each time.
static OPEN: Mutex<Vec<(u64, u64)>> = Mutex::new(Vec::new());

/// The header of an SQLite file begins so.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where it says how the file is written and read, and what stands there without a WAL.
const FORMATS: (std::ops::Range<usize>, &[u8]) = (18..20, &[1, 1]);

/// That this process has a store open. To be dropped after its connection.
pub(super) struct Open((u64, u64));

impl Open {
    /// The store at `path` is about to be opened.
    ///
    /// # Errors
    /// When the `-wal` beside it is not its own.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let meta = fs::metadata(path)?;
        let id = (meta.dev(), meta.ino());
        let mut open = all();
        if !open.contains(&id) {
            not_emptied(path)?;
        }
        if !open.contains(&id) && has_foreign_wal(path)? {
            let wal = beside(path, "-wal");
            bail!(
                "it is a copy that nobody has opened yet, and {} is of another store: it would be played over the copy; nothing was changed\n  hint: move that file and {} away together and keep them, then try again",
                wal.display(),
                beside(path, "-shm").display()
            );
        }
        open.push(id);
        Ok(Self(id))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = all();
        if let Some(at) = open.iter().position(|id| *id == self.0) {
            open.swap_remove(at);
        }
    }
}

fn all() -> MutexGuard<'static, Vec<(u64, u64)>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// SQLite writes the first page out to the disk before it makes a `-wal`; one that lies beside
/// a file of 0 bytes is what is left of a store, and SQLite would remove it at the first look.
fn not_emptied(path: &Path) -> Result<()> {
    // First, for the same reason as below.
    let wal = beside(path, "-wal");
    if len(&wal) > 0 && fs::metadata(path)?.len() == 0 {
        bail!(
            "it is empty, and {} holds what is left of a store: to open the two would remove that; nothing was changed\n  hint: move the file with its -wal and -shm away together and keep them, and put a backup in its place",
            wal.display()
        );
    }
    Ok(())
}

/// Refuses to make a store where something of another lies beside.
pub(super) fn nothing_beside(path: &Path) -> Result<()> {
    for left in ["-wal", "-journal"].map(|end| beside(path, end)) {
        if len(&left) > 0 {
            bail!(
                "there is no store at {}, and {} is left of one: a new store would remove it; nothing was changed\n  hint: look for the store that it belongs to; move that file away and keep it before you make another",
                path.display(),
                left.display()
            );
        }
    }
    Ok(())
}

fn len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

fn has_foreign_wal(path: &Path) -> Result<bool> {
    // First: another process may open the store just now, and that comes before its WAL.
    let wal = len(&beside(path, "-wal"));
    // A transaction that was cut off, of which that opening may be one, is taken back first.
    if wal == 0 || beside(path, "-journal").exists() {
        return Ok(false);
    }
    let mut header = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.take(100).read_to_end(&mut header)?;
    Ok(header.starts_with(MAGIC) && header.get(FORMATS.0) == Some(FORMATS.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use jiff::Timestamp;

    fn noon() -> Timestamp {
        "2027-04-30T12:00:00Z".parse().unwrap()
    }

    /// Copies the three files of a store as they are, as a power loss would leave them.
    fn left_behind(from: &Path, to: &Path) {
        for end in ["", "-wal", "-shm"] {
            fs::copy(beside(from, end), beside(to, end)).unwrap();
        }
    }

    #[test]
    fn a_copy_beside_the_wal_of_the_lost_store_is_refused_and_a_store_after_a_power_loss_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own/gatepost.db");
        let (lost, copy) = (
            dir.path().join("own/lost.db"),
            dir.path().join("own/copy.db"),
        );
        let mut store = Store::create(&path).unwrap();
        store.backup(&copy, noon(), |_, _| {}).unwrap();
        store.write(noon(), |tx| tx.set_meta("a", "b")).unwrap();
        left_behind(&path, &lost);
        drop(store);

        let mut after = Store::open(&lost).unwrap();
        let kept = after.read(noon(), |tx| tx.meta("a")).unwrap();
        assert_eq!(kept.as_deref(), Some("b"));
        left_behind(&lost, &path);
        drop(after);

        fs::copy(&copy, &path).unwrap();
        let before = fs::read(beside(&path, "-wal")).unwrap();
        assert!(!before.is_empty());
        for why in [
            Store::open(&path).err().unwrap(),
            Store::open_to_read(&path).err().unwrap(),
        ] {
            let why = format!("{why:#}");
            assert!(
                why.contains("is of another store") && why.contains("keep them"),
                "{why}"
            );
        }
        assert_eq!(fs::read(beside(&path, "-wal")).unwrap(), before);
        assert_eq!(fs::read(&path).unwrap(), fs::read(&copy).unwrap());
        for end in ["-wal", "-shm"] {
            fs::remove_file(beside(&path, end)).unwrap();
        }
        let mut back = Store::open(&path).unwrap();
        assert!(back.read(noon(), |tx| tx.copy_made_at()).unwrap().is_some());

        // The copy's own, from its first transaction on.
        back.write(noon(), |tx| tx.set_meta("c", "d")).unwrap();
        left_behind(&path, &lost);
        drop(back);
        let mut after = Store::open(&lost).unwrap();
        let kept = after.read(noon(), |tx| tx.meta("c")).unwrap();
        assert_eq!(kept.as_deref(), Some("d"));
    }

    #[test]
    fn what_is_left_of_an_emptied_store_is_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own/gatepost.db");
        let lost = dir.path().join("own/lost.db");
        let mut store = Store::create(&path).unwrap();
        store.write(noon(), |tx| tx.set_meta("a", "b")).unwrap();
        left_behind(&path, &lost);
        drop(store);
        let wal = fs::read(beside(&lost, "-wal")).unwrap();
        assert!(!wal.is_empty());

        fs::File::options()
            .write(true)
            .truncate(true)
            .open(&lost)
            .unwrap();
        for why in [
            Store::open(&lost).err().unwrap(),
            Store::open_to_read(&lost).err().unwrap(),
        ] {
            let why = format!("{why:#}");
            assert!(why.contains("it is empty, and") && why.contains("keep them"));
        }
        fs::remove_file(&lost).unwrap();
        let why = Store::create(&lost).err().unwrap().to_string();
        assert!(why.contains("lost.db-wal is left of one"), "{why}");
        assert!(!lost.exists());
        assert_eq!(fs::read(beside(&lost, "-wal")).unwrap(), wal);
        for end in ["-wal", "-shm"] {
            fs::remove_file(beside(&lost, end)).unwrap();
        }
        fs::write(beside(&lost, "-journal"), "hot").unwrap();
        assert!(Store::create(&lost).is_err());
        fs::remove_file(beside(&lost, "-journal")).unwrap();
        Store::create(&lost).unwrap();
    }
}
