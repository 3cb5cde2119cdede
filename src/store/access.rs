//! Whose the file and its folder are, that their names last, and what is said where they
//! cannot be used.

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, MAIN_DB};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The folder that holds `path`.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Has the names in a folder outlive a power loss.
pub(super) fn keep_names(folder: &Path) -> Result<()> {
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("the folder {} cannot be synchronised", folder.display()))
}

/// What to do where a store cannot be written.
pub(super) const OF_WHOM: &str = "the folder must belong to the user that runs gatepost, on a disk that can be written; `store` in the config names it";

/// Whether the store can be written. Nothing is. It is SQLite that is asked: whoever closes a
/// file gives up all locks of its process on it, also those of the connection that works.
pub(super) fn writable(connection: &Connection, path: &Path) -> Result<()> {
    if connection.is_readonly(MAIN_DB)? {
        bail!(
            "the store {} cannot be written\n  hint: {OF_WHOM}",
            path.display()
        );
    }
    Ok(())
}

/// What SQLite called it, where it was SQLite.
pub(super) fn code_of(why: &anyhow::Error) -> Option<rusqlite::ErrorCode> {
    why.chain()
        .find_map(|w| w.downcast_ref::<rusqlite::Error>()?.sqlite_error_code())
}

/// Which failure of the store this is, in words that say nothing of what was to be written.
pub fn what_fails(why: &anyhow::Error) -> &'static str {
    use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly, SystemIoFailure};
    match code_of(why) {
        Some(DiskFull) => {
            "the disk of the store is full: nothing is taken in, and no letter leaves"
        }
        Some(SystemIoFailure) => "the disk of the store fails: what it took may not be there",
        Some(DatabaseCorrupt | NotADatabase) => "the store is damaged",
        Some(ReadOnly) => "the store can only be read",
        _ => "the store cannot be read or written",
    }
}

/// What to do where a store is damaged.
const DAMAGED: &str = "stop gatepost, move the file with its -wal and -shm away together and keep them, and put a backup in its place: run --restored then takes in what came since; gatepost audit --offline says more";

/// Whether the file is damaged, and nobody has said yet what to do.
fn is_damage(why: &anyhow::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(code_of(why), Some(DatabaseCorrupt | NotADatabase))
        && !format!("{why:#}").contains("\n  hint: ")
}

/// With what to do, where the file turns out damaged in the midst of work.
pub(super) fn advised(why: anyhow::Error) -> anyhow::Error {
    if is_damage(&why) {
        return why.context(format!("the store is damaged\n  hint: {DAMAGED}"));
    }
    why
}

/// SQLite keeps files beside the store, and cannot say which of them it could not make.
pub(super) fn with_folder(why: anyhow::Error, path: &Path) -> anyhow::Error {
    use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
    let code = code_of(&why);
    if is_damage(&why) {
        return why.context(format!(
            "the store {} is damaged\n  hint: {DAMAGED}",
            path.display()
        ));
    }
    if !matches!(code, Some(CannotOpen | ReadOnly)) {
        return why.context(format!("cannot open the store {}", path.display()));
    }
    let folder = folder_of(path);
    why.context(format!(
        "the store's folder {} cannot be written\n  hint: {OF_WHOM}",
        folder.display()
    ))
}

/// Refuses a record that is missing, or that others than its owner may open.
pub(super) fn there(path: &Path) -> Result<()> {
    if !path.exists() {
        bail!(
            "there is no store at {}\n  hint: `gatepost init` makes one; if there was one, look for it before you do",
            path.display()
        );
    }
    private(&folder_of(path), "folder", "700")?;
    private(path, "file", "600")
}

/// Refuses what others than its owner may open.
pub(super) fn private(path: &Path, what: &str, mode: &str) -> Result<()> {
    let meta = fs::metadata(path)
        .with_context(|| format!("cannot look at the store's {what} {}", path.display()))?;
    if meta.permissions().mode() & 0o077 != 0 {
        bail!(
            "the store's {what} {} is open to others (mode {:o}); reports are confidential\n  hint: chmod {mode} {}",
            path.display(),
            meta.permissions().mode() & 0o7777,
            path.display()
        );
    }
    Ok(())
}
