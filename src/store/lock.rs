//! One daemon a store: a lock that the kernel keeps, and drops when its holder dies.
//!
//! The lock is also the right to bring a store of an older schema to the newest: a daemon of
//! an older gatepost that runs on it would meet tables that it does not know. A command takes
//! it for that long and says so in the file, so that nobody takes it for a daemon.

use super::schema;
use anyhow::{Context, Result, bail};
use rusqlite::Connection;
use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often who waits for the lock looks again.
const LOOK: Duration = Duration::from_millis(50);
/// Looks at a lock that a daemon holds: half a second, in which who only asks lets go.
const LOOKS: u32 = 10;
/// Looks at a lock that is held to change the schema: ten seconds.
const LOOKS_AT_CHANGE: u32 = 200;
/// What the holder writes behind its name while it changes the schema.
const CHANGES: &str = ", which brings the store to a newer schema";
/// What a command writes before its name.
const COMMAND: &str = "a command, ";

/// Held as long as this value lives. After `kill -9` the kernel lets go: no manual step.
pub struct Lock {
    file: File,
    me: String,
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
    /// [`Held`] when another process has it; else what the file system said, or that a
    /// command changes the schema for longer than one waits.
    pub fn take(store: &Path, me: &str) -> Result<Self> {
        let (file, mut looks) = (open(store)?, 0);
        while let Some(holder) = holder(&file, store)? {
            looks += 1;
            let command = holder.starts_with(COMMAND);
            if command && looks >= LOOKS_AT_CHANGE {
                // No daemon runs: who starts one tries again, and code 4 would say not to.
                bail!(changes(store, &holder));
            }
            if !command && looks >= LOOKS {
                return Err(Held { holder }.into());
            }
            std::thread::sleep(LOOK);
        }
        let me = me.to_owned();
        let lock = Self { file, me };
        lock.says("")?;
        Ok(lock)
    }

    /// Writes who holds it, and what for.
    fn says(&self, what: &str) -> Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        Ok(writeln!(file, "{}{what}", self.me)?)
    }
}

/// The right to change the schema of a store, until it is dropped.
pub(super) struct Alone<'a> {
    daemon: Option<&'a Lock>,
    /// A command's own.
    _command: Option<Lock>,
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Some(lock) = self.daemon {
            lock.says("").ok();
        }
    }
}

/// The right to change the schema of the store at `path`, where that is not the newest: a
/// daemon has `lock`, a command takes it for that long.
///
/// # Errors
/// When another gatepost works on it.
pub(super) fn to_change<'a>(
    connection: &Connection,
    path: &Path,
    lock: Option<&'a Lock>,
) -> Result<Option<Alone<'a>>> {
    if schema::is_newest(connection)? {
        return Ok(None);
    }
    let alone = |daemon, _command| Ok(Some(Alone { daemon, _command }));
    if let Some(lock) = lock {
        lock.says(CHANGES)?;
        return alone(Some(lock), None);
    }
    let (file, mut looks) = (open(path)?, 0);
    while let Some(holder) = holder(&file, path)? {
        looks += 1;
        if schema::is_newest(connection)? {
            return Ok(None);
        }
        let is_changed = holder.ends_with(CHANGES);
        if is_changed && looks >= LOOKS_AT_CHANGE {
            bail!(changes(path, &holder));
        }
        if !is_changed && looks >= LOOKS {
            bail!(
                "it is of an older gatepost ({}), and so is the gatepost that runs on it: {holder}; nothing was changed\n  hint: restart that one with this gatepost: systemctl restart gatepost",
                schema::versions(connection)?
            );
        }
        std::thread::sleep(LOOK);
    }
    let me = format!("{COMMAND}process {}", std::process::id());
    let lock = Lock { file, me };
    lock.says(CHANGES)?;
    alone(None, Some(lock))
}

fn changes(store: &Path, holder: &str) -> String {
    format!(
        "another gatepost is busy with the store {}: {holder}\n  hint: try again when it is done",
        store.display()
    )
}

fn open(store: &Path) -> Result<File> {
    let path = beside(store);
    let file = OpenOptions::new()
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
    Ok(file)
}

/// Takes the lock, or gives what its holder wrote.
fn holder(file: &File, store: &Path) -> Result<Option<String>> {
    match file.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read(file))),
        Err(TryLockError::Error(why)) => {
            Err(why).with_context(|| format!("cannot lock {}", beside(store).display()))
        }
    }
}

fn read(mut file: &File) -> String {
    let mut holder = String::new();
    // What cannot be read is a holder without a name.
    let _ = file
        .rewind()
        .and_then(|()| file.read_to_string(&mut holder));
    holder.trim().to_owned()
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// True when a daemon runs on the store now. A command that changes the schema is none.
pub fn is_held(store: &Path) -> bool {
    File::open(beside(store)).is_ok_and(|file| {
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
            && !read(&file).starts_with(COMMAND)
    })
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

    #[test]
    fn who_changes_the_schema_says_so_and_a_command_that_does_is_no_daemon() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let old = Connection::open(&path).unwrap();
        schema::old(&old, 3);
        let said = || std::fs::read_to_string(beside(&path)).unwrap();

        let command = to_change(&old, &path, None).unwrap().unwrap();
        assert!(said().starts_with(COMMAND) && said().trim().ends_with(CHANGES));
        assert!(!is_held(&path));
        drop(command);

        let lock = Lock::take(&path, "pid 1").unwrap();
        let why = to_change(&old, &path, None).err().unwrap().to_string();
        assert!(
            why.contains("pid 1; nothing was changed\n  hint: restart"),
            "{why}"
        );
        let daemon = to_change(&old, &path, Some(&lock)).unwrap().unwrap();
        assert_eq!(said().trim(), format!("pid 1{CHANGES}"));
        assert!(is_held(&path));
        let second = Lock::take(&path, "pid 2").err().unwrap();
        assert!(second.is::<Held>(), "{second}");
        drop(daemon);
        assert_eq!(said().trim(), "pid 1");
        drop(lock);

        schema::migrate(&mut Connection::open(&path).unwrap(), |_| Ok(())).unwrap();
        assert!(to_change(&old, &path, None).unwrap().is_none());
    }
}
