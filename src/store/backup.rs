//! A copy of the record while it is in use, marked as a copy.
//!
//! The copy is one consistent moment: pages are read under one read transaction, which
//! keeps nobody from writing. It is written beside its place and takes its name when it is
//! whole, so a name without `.partial` is a copy that was checked.
//!
//! Whoever runs a marked copy would send again what the original sent since, so the daemon
//! refuses it until a person has said that it is restored.

use super::access::{folder_of, keep_names};
use super::upgrade::{nobody, telling};
use super::{Store, Told, Tx, Upgrade, instant};
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

impl Store {
    /// Writes a marked copy of the record to a file that is not there yet; `progress` hears
    /// how many pages are done, and of how many. Gives the bytes of the copy.
    ///
    /// # Errors
    /// When the file is there, or its folder is open to others or cannot be written, or the
    /// copy turns out damaged. Nothing is left behind then.
    pub fn backup(
        &mut self,
        to: &Path,
        now: Timestamp,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<u64> {
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
            .and_then(|()| {
                // A link never replaces: somebody may have made a file of this name meanwhile.
                fs::hard_link(&partial, to)
                    .with_context(|| format!("cannot give the copy its name {}", to.display()))?;
                Ok(fs::metadata(to)?.len())
            });
        fs::remove_file(&partial).ok();
        // The name has to outlive a power loss too.
        let written = written.and_then(|bytes| keep_names(&folder_of(to)).map(|()| bytes));
        written.with_context(|| format!("cannot write the copy {}", to.display()))
    }

    fn copy(
        &mut self,
        to: &Path,
        now: Timestamp,
        progress: &mut impl FnMut(u64, u64),
        told: &Told,
    ) -> Result<()> {
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
        let sound: String = copy.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
        if sound != "ok" {
            bail!("it is damaged: {sound}\n  hint: gatepost audit looks at the original");
        }
        drop(copy);
        file.sync_all()?;
        Ok(())
    }
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
mod tests {
    use super::*;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    fn noon() -> Timestamp {
        "2027-04-30T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_copy_is_whole_marked_and_its_owners_alone_while_others_write() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let (path, to) = (dir.path().join("gatepost.db"), dir.path().join("copy.db"));
        let mut store = Store::create(&path).unwrap();
        let fill =
            |tx: &Tx| (0..20_000).try_for_each(|i| tx.set_meta(&format!("k{i}"), &"v".repeat(300)));
        store.write(noon(), fill).unwrap();
        let mut other = Store::open(&path).unwrap();
        let mut steps = 0;
        store
            .backup(&to, noon(), |done, all| {
                assert!(done <= all);
                steps += 1;
                other.write(noon(), |tx| tx.set_meta("late", "1")).unwrap();
            })
            .unwrap();
        assert!(steps >= 1, "the store is too small to be copied in steps");
        assert_eq!(
            fs::metadata(&to).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let mut copy = Store::open(&to).unwrap();
        let seen = copy.read(noon(), |tx| {
            Ok((
                tx.copy_made_at()?,
                tx.meta("k19999")?.is_some(),
                tx.meta("late")?,
            ))
        });
        assert_eq!(seen.unwrap(), (Some(noon()), true, None));
        let heard = Arc::new(AtomicU32::new(0));
        let hears = Arc::clone(&heard);
        let told: Told = Arc::new(move |step| {
            assert_eq!(step, Upgrade::Looking);
            hears.fetch_add(1, Relaxed);
        });
        assert!(copy.check(noon(), &told).unwrap().is_empty());
        assert!(heard.load(Relaxed) > 1, "it is told while it goes on");
        assert_eq!(store.read(noon(), |tx| tx.copy_made_at()).unwrap(), None);
        let again = store.backup(&to, noon(), |_, _| {}).unwrap_err();
        assert!(format!("{again:#}").contains("already"), "{again:#}");
        assert!(!dir.path().join("copy.db.partial").exists());
    }

    #[test]
    fn a_folder_that_others_can_write_gets_no_copy() {
        let dir = tempfile::tempdir().unwrap();
        let open = dir.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        let mut store = Store::create(&dir.path().join("own/gatepost.db")).unwrap();
        let why = store
            .backup(&open.join("copy.db"), noon(), |_, _| {})
            .unwrap_err();
        assert!(format!("{why:#}").contains("others can write"), "{why:#}");
        assert_eq!(fs::read_dir(&open).unwrap().count(), 0);
    }

    /// A store of the newest schema but one, with rows.
    fn old_store(folder: &Path) -> PathBuf {
        fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
        let path = folder.join("gatepost.db");
        let c = Connection::open(&path).unwrap();
        crate::store::schema::old(&c, 3);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    #[test]
    fn a_store_of_an_old_schema_is_copied_before_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = old_store(&dir.path().join("own"));
        let copy = dir.path().join("own/gatepost.db.schema-3");
        // What a migration left that was killed is in nobody's way.
        fs::write(dir.path().join("own/gatepost.db.schema-3.partial"), "half").unwrap();
        fs::write(&copy, "of an earlier try").unwrap();
        let mut store = Store::open(&path).unwrap();
        assert_eq!(store.read(noon(), |tx| tx.copy_made_at()).unwrap(), None);
        let mode = fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!dir.path().join("own/gatepost.db.schema-3.partial").exists());
        let old = Connection::open(&copy).unwrap();
        let version = old.pragma_query_value(None, "user_version", |r| r.get::<_, i64>(0));
        assert_eq!(version.unwrap(), 3);
        let marked = "SELECT value FROM meta WHERE key = 'copy/made-at'";
        let marked: String = old.query_row(marked, [], |r| r.get(0)).unwrap();
        assert!(marked.starts_with("20"), "{marked}");
        // Once it is of the newest schema nothing is copied.
        fs::remove_file(&copy).unwrap();
        drop((store, Store::open(&path).unwrap()));
        assert!(!copy.exists());
    }

    #[test]
    fn an_older_record_that_was_put_back_leaves_the_copy_that_knows_more() {
        let dir = tempfile::tempdir().unwrap();
        let path = old_store(&dir.path().join("own"));
        let copies = ["", ".2", ".3"];
        let copies = copies.map(|n| dir.path().join(format!("own/gatepost.db.schema-3{n}")));
        let older = fs::read(&path).unwrap();
        let all = "SELECT count(*) FROM facts";
        let facts = |path: &Path| {
            let count = Connection::open(path)
                .unwrap()
                .query_row(all, [], |r| r.get(0));
            count.unwrap()
        };
        let more = "INSERT INTO facts SELECT n + 1, ticket, at, written_at, fact, by, letter, mail, data, data_digest, 'next' FROM facts ORDER BY n DESC LIMIT 1";
        Connection::open(&path).unwrap().execute(more, []).unwrap();
        drop(Store::open(&path).unwrap());
        let known: i64 = facts(&copies[0]);
        // Twice: its own copy of the first time makes room.
        for _ in 0..2 {
            fs::write(&path, &older).unwrap();
            drop(Store::open(&path).unwrap());
            assert_eq!(facts(&copies[0]), known);
            assert_eq!(facts(&copies[1]), known - 1);
            assert!(!copies[2].exists());
        }
    }

    #[test]
    fn a_damaged_store_of_an_old_schema_is_neither_copied_nor_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = old_store(&dir.path().join("own"));
        let mut bytes = fs::read(&path).unwrap();
        for page in bytes.chunks_mut(4096).skip(12).step_by(3) {
            page.fill(b'#');
        }
        fs::write(&path, &bytes).unwrap();
        let why = format!("{:#}", Store::open(&path).err().unwrap());
        assert!(
            why.contains("damaged") && why.contains("put a backup"),
            "{why}"
        );
        let version = Connection::open(&path).unwrap();
        let version = version.pragma_query_value(None, "user_version", |r| r.get::<_, i64>(0));
        assert_eq!(version.unwrap(), 3);
        assert!(!dir.path().join("own/gatepost.db.schema-3").exists());
    }

    #[test]
    fn a_restored_record_jumps_over_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("own/gatepost.db")).unwrap();
        let got = store.write(noon(), |tx| {
            tx.restored(200)?;
            Ok((tx.restored_at()?, tx.last_number()?, tx.copy_made_at()?))
        });
        assert_eq!(got.unwrap(), (Some(noon()), 200, None));
    }
}
