//! One daemon a store: a lock that the kernel keeps, and drops when its holder dies.
//!
//! A command takes it too where no daemon runs, to send a letter or to take mail in, and says so
//! in the file: it ends by itself, so nobody takes it for a daemon, and a daemon that begins
//! meanwhile waits for it.
//!
//! The lock is also the right to bring a store of an older schema to the newest: a daemon of
//! an older gatepost that runs on it would meet tables that it does not know.

use super::schema;
use anyhow::{Context, Result, bail};
use rusqlite::Connection;
use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often who waits for the lock looks again.
const LOOK: Duration = Duration::from_millis(50);
/// Looks at a lock that a daemon holds: half a second, in which who only asks lets go.
const LOOKS: u32 = 10;
/// Looks at a lock that a command holds, or a daemon to change the schema: ten seconds.
const LOOKS_AT_COMMAND: u32 = 200;
/// What the holder writes behind its name while it changes the schema.
const CHANGES: &str = ", which brings the store to a newer schema";
/// What a command writes before its name.
const COMMAND: &str = "a command, ";

/// Held as long as this value lives. After `kill -9` the kernel lets go: no manual step.
pub struct Lock {
    file: File,
    me: String,
    is_named: bool,
}

/// Who takes the lock.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// A daemon, and what it says of itself.
    Daemon(&'a str),
    /// A command, and what it does: "sends a letter".
    Command(&'a str),
}

impl Holder<'_> {
    fn words(self) -> String {
        match self {
            Self::Daemon(me) => me.to_owned(),
            Self::Command(does) => format!("{}, which {does}", this_command()),
        }
    }
}

/// A daemon holds the store.
#[derive(Debug)]
pub struct Held {
    /// What the holder wrote about itself.
    pub holder: String,
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let holder = match self.holder.as_str() {
            "" => "one that could not write its name into the lock",
            holder => holder,
        };
        write!(
            f,
            "another gatepost runs on this store: {holder}\n  hint: stop that one first"
        )
    }
}

impl std::error::Error for Held {}

/// A command holds the store, or somebody changes its schema: that ends by itself.
#[derive(Debug)]
pub struct Busy {
    /// What the holder wrote about itself.
    pub holder: String,
    store: PathBuf,
}

impl std::fmt::Display for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "another gatepost is busy with the store {}: {}\n  hint: try again when it is done",
            self.store.display(),
            self.holder
        )
    }
}

impl std::error::Error for Busy {}

impl Lock {
    /// Takes the lock beside the store at `store`, or says who has it. `me` is written
    /// into the file for the next who asks.
    ///
    /// # Errors
    /// [`Held`] when a daemon has it, [`Busy`] when a command has it for longer than one
    /// waits; else what the file system said.
    pub fn take(store: &Path, me: Holder<'_>) -> Result<Self> {
        let file = open(store)?;
        let (mut looks, mut at_command) = (0, 0);
        while let Some(holder) = holder(&file, store)? {
            if holder.starts_with(COMMAND) {
                at_command += 1;
            } else {
                looks += 1;
            }
            if at_command >= LOOKS_AT_COMMAND {
                // No daemon runs: who starts one tries again, and code 4 would say not to.
                return Err(busy(store, holder));
            }
            if looks >= LOOKS {
                return Err(Held { holder }.into());
            }
            std::thread::sleep(LOOK);
        }
        Self::taken(file, me.words(), "")
    }

    fn taken(file: File, me: String, what: &str) -> Result<Self> {
        let mut lock = Self {
            file,
            me,
            is_named: true,
        };
        if let Err(why) = lock.says(what) {
            // Without its name a command would be taken for a daemon.
            if lock.me.starts_with(COMMAND) {
                return Err(why).context("the lock of the store cannot be written");
            }
            lock.is_named = false;
        }
        Ok(lock)
    }

    /// Whether the next who asks can read who holds it. A daemon holds it also where the disk
    /// is full.
    pub fn is_named(&self) -> bool {
        self.is_named
    }

    /// Writes who holds it, and what for: over what stands there, so that a full disk has room
    /// for it. Where it cannot be written nothing stands there, rather than another's name.
    fn says(&self, what: &str) -> io::Result<()> {
        let mut file = &self.file;
        let line = format!("{}{what}\n", self.me);
        let written = file
            .rewind()
            .and_then(|()| file.write_all(line.as_bytes()))
            .and_then(|()| file.set_len(line.len() as u64));
        if written.is_err() {
            file.set_len(0)?;
        }
        written
    }
}

fn busy(store: &Path, holder: String) -> anyhow::Error {
    let store = store.to_owned();
    Busy { holder, store }.into()
}

fn this_command() -> String {
    format!("{COMMAND}process {}", std::process::id())
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
        // Who cannot read it takes us for one that goes on working with the old schema.
        lock.says(CHANGES).ok();
        return alone(Some(lock), None);
    }
    let file = open(path)?;
    let (mut looks, mut at_command) = (0, 0);
    while let Some(holder) = holder(&file, path)? {
        if schema::is_newest(connection)? {
            return Ok(None);
        }
        if holder.starts_with(COMMAND) || holder.ends_with(CHANGES) {
            at_command += 1;
        } else {
            looks += 1;
        }
        if at_command >= LOOKS_AT_COMMAND {
            return Err(busy(path, holder));
        }
        if looks >= LOOKS {
            bail!(
                "it is of an older gatepost ({}), and so is the gatepost that runs on it: {holder}; nothing was changed\n  hint: restart that one with this gatepost: systemctl restart gatepost",
                schema::versions(connection)?
            );
        }
        std::thread::sleep(LOOK);
    }
    alone(None, Some(Lock::taken(file, this_command(), CHANGES)?))
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

/// True when a daemon runs on the store now. A command that holds it is none.
pub fn is_held(store: &Path) -> bool {
    File::open(beside(store)).is_ok_and(|file| {
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
            && !read(&file).starts_with(COMMAND)
    })
}

#[cfg(test)]
mod tests {
    use super::Holder::{Command, Daemon};
    use super::*;

    #[test]
    fn the_second_is_told_who_has_it_and_may_have_it_after() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("s.db");
        assert!(!is_held(&store));
        let first = Lock::take(&store, Daemon("pid 1 since noon")).unwrap();
        assert!(is_held(&store));
        let why = Lock::take(&store, Daemon("pid 2"))
            .err()
            .unwrap()
            .downcast::<Held>()
            .unwrap();
        assert_eq!(why.holder, "pid 1 since noon");
        drop(first);
        Lock::take(&store, Daemon("pid 2")).unwrap();
        assert!(!is_held(&store));
    }

    #[test]
    fn a_command_that_holds_it_is_no_daemon_and_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("s.db");
        let long = "pid 1, whose name is longer than that of any command that comes behind it";
        drop(Lock::take(&store, Daemon(long)).unwrap());
        let command = Lock::take(&store, Command("sends a letter")).unwrap();
        let said = std::fs::read_to_string(beside(&store)).unwrap();
        let process = std::process::id();
        assert_eq!(
            said,
            format!("a command, process {process}, which sends a letter\n")
        );
        assert!(!is_held(&store));

        let to = store.clone();
        let waits = std::thread::spawn(move || Lock::take(&to, Daemon("pid 2")).unwrap());
        drop(command);
        let daemon = waits.join().unwrap();
        assert!(is_held(&store) && daemon.is_named());
        let why = Lock::take(&store, Command("sends a letter")).err().unwrap();
        assert!(why.is::<Held>(), "{why}");
    }

    #[test]
    fn a_lock_that_cannot_be_written_is_held_by_a_daemon_and_by_no_command() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.lock");
        std::fs::write(&path, "a command, process 1").unwrap();
        let unwritable = || File::open(&path).unwrap();
        let lock = Lock::taken(unwritable(), "pid 1".to_owned(), "").unwrap();
        assert!(!lock.is_named());
        assert!(Lock::taken(unwritable(), this_command(), "").is_err());
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

        let lock = Lock::take(&path, Daemon("pid 1")).unwrap();
        let why = to_change(&old, &path, None).err().unwrap().to_string();
        assert!(
            why.contains("pid 1; nothing was changed\n  hint: restart"),
            "{why}"
        );
        let daemon = to_change(&old, &path, Some(&lock)).unwrap().unwrap();
        assert_eq!(said().trim(), format!("pid 1{CHANGES}"));
        assert!(is_held(&path));
        let second = Lock::take(&path, Daemon("pid 2")).err().unwrap();
        assert!(second.is::<Held>(), "{second}");
        drop(daemon);
        assert_eq!(said().trim(), "pid 1");
        drop(lock);

        schema::migrate(&mut Connection::open(&path).unwrap(), |_| Ok(())).unwrap();
        assert!(to_change(&old, &path, None).unwrap().is_none());
    }
}
