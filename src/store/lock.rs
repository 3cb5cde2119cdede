//! One daemon a store: a lock that the kernel keeps, and drops when its holder dies.

use anyhow::{Context, Result};
use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Held as long as this value lives. After `kill -9` the kernel lets go: no manual step.
pub struct Lock {
    _file: File,
}

/// Another process holds the store.
#[derive(Debug)]
pub struct Held {
    /// What the holder wrote about itself.
    pub holder: String,
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "another gatepost runs on this store: {}\n  hint: stop that one first",
            self.holder
        )
    }
}

impl std::error::Error for Held {}

impl Lock {
    /// Takes the lock beside the store at `store`, or says who has it. `me` is written
    /// into the file for the next who asks.
    ///
    /// # Errors
    /// [`Held`] when another process has it; else what the file system said.
    pub fn take(store: &Path, me: &str) -> Result<Self> {
        let path = beside(store);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| {
                format!(
                    "the lock {} cannot be written\n  hint: {}",
                    path.display(),
                    super::access::OF_WHOM
                )
            })?;
        // The umask may have taken from us what the next start needs.
        file.set_permissions(Permissions::from_mode(0o600))?;
        match patiently(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).ok();
                return Err(Held {
                    holder: holder.trim().to_owned(),
                }
                .into());
            }
            Err(TryLockError::Error(why)) => {
                return Err(why).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{me}")?;
        Ok(Self { _file: file })
    }
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Who only asks whether a daemon runs ([`is_held`]) has the lock for an instant: that is
/// waited out, half a second at most.
fn patiently(file: &File) -> std::result::Result<(), TryLockError> {
    for _ in 0..10 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
    file.try_lock()
}

/// True when a daemon runs on the store now.
pub fn is_held(store: &Path) -> bool {
    File::open(beside(store))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_has_it_and_may_have_it_after() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("s.db");
        assert!(!is_held(&store));
        let first = Lock::take(&store, "pid 1 since noon").unwrap();
        assert!(is_held(&store));
        let why = Lock::take(&store, "pid 2")
            .err()
            .unwrap()
            .downcast::<Held>()
            .unwrap();
        assert_eq!(why.holder, "pid 1 since noon");
        drop(first);
        Lock::take(&store, "pid 2").unwrap();
        assert!(!is_held(&store));
    }
}
