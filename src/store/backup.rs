//! A copy of the record while it is in use, marked as a copy.
//!
//! The copy is one consistent moment: pages are read under one read transaction, which
//! keeps nobody from writing. It is written beside its place and takes its name when it is
//! whole, so a name without `.partial` is a copy that was checked.
//!
//! Whoever runs a marked copy would send again what the original sent since, so the daemon
//! refuses it until a person has said that it is restored.

use super::access::{folder_of, keep_names};
use super::index::{anew, check};
use super::upgrade::{nobody, telling};
use super::{Store, Told, Tx, Upgrade, instant, is_of_index};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The word in a copy under which stands when it was made.
pub(super) const COPY: &str = "copy/made-at";
/// The word under which stands until when a restored record does not know what was sent.
const RESTORED: &str = "copy/restored-at";
/// No ticket gets a number up to this one.
pub(super) const NUMBERS_FROM: &str = "copy/numbers-from";
/// Pages (of 4 KiB) in one step.
const STEP: i32 = 1024;

/// A copy that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its bytes.
    pub bytes: u64,
    /// The index of words was damaged, and is begun anew in the copy.
    pub index_anew: bool,
}

impl Store {
    /// Writes a marked copy of the record to a file that is not there yet; `progress` hears
    /// how many pages are done, and of how many.
    ///
    /// # Errors
    /// When the file is there, or its folder is open to others or cannot be written, or the
    /// copy turns out damaged. Nothing is left behind then.
    pub fn backup(
        &mut self,
        to: &Path,
        now: Timestamp,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Copied> {
        if to.exists() {
            bail!(
                "there is a file at {} already; nothing was written",
                to.display()
            );
        }
        not_writable_by_others(to)?;
        let mut partial = to.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        if partial.exists() {
            bail!(
                "there is a copy at {} that another backup began\n  hint: when none is running, remove it",
                partial.display()
            );
        }
        let written = self
            .copy(&partial, now, &mut progress, &nobody())
            .and_then(|index_anew| {
                // A link never replaces: somebody may have made a file of this name meanwhile.
                fs::hard_link(&partial, to)
                    .with_context(|| format!("cannot give the copy its name {}", to.display()))?;
                let bytes = fs::metadata(to)?.len();
                Ok(Copied { bytes, index_anew })
            });
        fs::remove_file(&partial).ok();
        // The name has to outlive a power loss too.
        let written = written.and_then(|copied| keep_names(&folder_of(to)).map(|()| copied));
        written.with_context(|| format!("cannot write the copy {}", to.display()))
    }

    fn copy(
        &mut self,
        to: &Path,
        now: Timestamp,
        progress: &mut impl FnMut(u64, u64),
        told: &Told,
    ) -> Result<bool> {
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to)?;
        // One moment: this read holds it for all steps.
        let moment = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Deferred)?;
        moment.query_row("SELECT count(*) FROM meta", [], |r| r.get::<_, i64>(0))?;
        let mut copy = Connection::open(to)?;
        {
            let pages = Backup::new(&moment, &mut copy)?;
            while let StepResult::More = pages.step(STEP)? {
                let at = pages.progress();
                let all = u64::try_from(at.pagecount).unwrap_or_default();
                let left = u64::try_from(at.remaining).unwrap_or_default();
                progress(all.saturating_sub(left), all);
            }
        }
        drop(moment);
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        copy.execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
            params![COPY, instant::write(now)],
        )?;
        telling(&mut copy, told, Upgrade::Checking)?;
        let index_anew = sound(&mut copy, now)?;
        drop(copy);
        file.sync_all()?;
        Ok(index_anew)
    }
}

/// Refuses a copy that is damaged. What of it is the index of words is made anew there: all
/// that it knows stands in the record. Says whether it was.
fn sound(copy: &mut Connection, now: Timestamp) -> Result<bool> {
    let wrong = check(copy)?;
    if let Some(line) = wrong.iter().find(|line| !is_of_index(line)) {
        bail!("it is damaged: {line}\n  hint: gatepost audit looks at the original");
    }
    if !wrong.is_empty() {
        anew(copy, now)?;
    }
    Ok(!wrong.is_empty())
}

/// Before the schema of the record at `path` becomes another: copies it as it is to a file
/// beside it that is named after the `version` it has. A copy of an earlier try makes room
/// where the record has its last fact; one that knows more, as when an older record was put
/// back since, stays, and the new one gets a number. The caller keeps writers away; `told` hears how far it has come.
///
/// # Errors
/// When the copy cannot be written, or the record turns out damaged.
pub(super) fn keep_before(path: &Path, version: i64, told: &Told) -> Result<()> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".schema-{version}{end}"));
        PathBuf::from(name)
    };
    let partial = beside(".partial");
    let mut to = beside("");
    for n in 2.. {
        if !knows_more(&to, path) {
            break;
        }
        to = beside(&format!(".{n}"));
    }
    let copied = || -> Result<()> {
        if partial.exists() {
            fs::remove_file(&partial)?;
        }
        let mut store = Store::connect(path)?;
        // Nobody says here what time it is: the copy is of the last moment on record.
        let last = Tx::new(&store.connection, Timestamp::UNIX_EPOCH).newest_moment()?;
        let mut copied = |done, all| told(Upgrade::Copying { done, all });
        store.copy(&partial, last.unwrap_or_default(), &mut copied, told)?;
        fs::rename(&partial, &to)?;
        keep_names(&folder_of(path))
    };
    let done = copied();
    if done.is_err() {
        fs::remove_file(&partial).ok();
    }
    done.with_context(|| {
        format!(
            "the store is of schema {version}, and it cannot be copied to {} before that changes; nothing was changed\n  hint: make room for a copy on that disk; the gatepost that wrote the store goes on working with it",
            to.display()
        )
    })
}

/// Whether the copy at `old` has a last fact that the record at `path` has not. What cannot be
/// read, or holds none, knows nothing.
fn knows_more(old: &Path, path: &Path) -> bool {
    let last = "SELECT n, hash FROM facts ORDER BY n DESC LIMIT 1";
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fact: rusqlite::Result<(i64, String)> = Connection::open_with_flags(old, flags)
        .and_then(|old| old.query_row(last, [], |r| Ok((r.get(0)?, r.get(1)?))));
    let Ok(fact) = fact else { return false };
    let has = "SELECT count(*) FROM facts WHERE n = ?1 AND hash = ?2";
    let ours: Result<i64> = Store::connect(path).and_then(|ours| {
        let count = ours.connection.query_row(has, fact, |r| r.get(0));
        Ok(count?)
    });
    // Where ours cannot be asked, nothing is lost.
    ours.map_or(true, |count| count == 0)
}

/// The copy is its owner's alone; where others can put files, they could put one in its way.
fn not_writable_by_others(to: &Path) -> Result<()> {
    let folder = folder_of(to);
    let meta = fs::metadata(&folder)
        .with_context(|| format!("cannot look at the folder {}", folder.display()))?;
    if meta.permissions().mode() & 0o022 != 0 {
        bail!(
            "others can write into the folder {} (mode {:o}); reports are confidential\n  hint: use a folder that is yours alone",
            folder.display(),
            meta.permissions().mode() & 0o7777
        );
    }
    Ok(())
}

impl Tx<'_> {
    /// When this record was copied from another, if it is a copy that nobody has restored.
    pub fn copy_made_at(&self) -> Result<Option<Timestamp>> {
        instant::read_some(self.meta(COPY)?.as_deref())
    }

    /// From now on this record is the original; no ticket gets a number up to `numbers_from`.
    pub fn restored(&self, numbers_from: i64) -> Result<()> {
        self.clear_meta(COPY)?;
        self.set_meta(NUMBERS_FROM, &numbers_from.to_string())?;
        self.set_meta(RESTORED, &self.stamp())
    }

    /// Until when the original may have sent what this record knows nothing of.
    pub fn restored_at(&self) -> Result<Option<Timestamp>> {
        instant::read_some(self.meta(RESTORED)?.as_deref())
    }

    /// The highest number that a ticket has, or that none gets any more.
    pub fn last_number(&self) -> Result<i64> {
        let kept = self.meta(NUMBERS_FROM)?;
        let kept = kept.and_then(|n| n.parse().ok()).unwrap_or(0);
        let sql = "SELECT coalesce(max(id), 0) FROM tickets";
        Ok(kept.max(self.one(sql, [], |r| r.get(0))?))
    }
}

#[cfg(test)]
mod tests;
