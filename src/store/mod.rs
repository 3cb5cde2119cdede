//! The record: one SQLite file, and the only SQL in the project.
//!
//! A [`Store`] is an open file; everything is read and written through a [`Tx`], one
//! transaction with the moment it happens at. Writing transactions are `IMMEDIATE`, so
//! that two writers wait for each other instead of failing; the journal is a WAL, and
//! `synchronous=FULL` makes a commit outlive a power loss.
//!
//! A missing store is an error, never a fresh start: only [`Store::create`] makes one.

mod access;
mod alarms;
mod attempts;
mod away;
mod backup;
mod before;
mod deadlines;
mod delivery;
mod facts;
mod foreign;
mod given;
mod head;
mod health;
mod index;
mod instant;
mod junk;
mod known;
mod letter;
mod lock;
mod mailboxes;
mod marks;
mod messages;
mod numbering;
mod outbox;
mod raw;
mod schema;
mod search;
mod sound;
mod tally;
mod team;
mod tickets;
mod told;
mod troubles;
mod upgrade;

pub use access::what_fails;
#[cfg(test)]
pub(crate) use alarms::alarm_on;
pub use alarms::{Alarm, Tell};
pub use attempts::{Breaks, History, Refusals};
pub use away::Away;
pub use backup::Copied;
pub use before::{BaselineHead, Conversation};
pub use deadlines::StoredDeadline;
pub use facts::{LogLine, NewFact};
pub use given::{Given, Way};
pub use index::{Document, Found, is_damage, is_of_index, is_of_store};
pub use junk::Junked;
pub use letter::{Doubt, Filing, Letter, LetterKind, LetterState};
pub use lock::{Busy, Held, Holder, Lock, is_held};
pub use mailboxes::{Folder, FolderId, OnServer, Unread};
pub use messages::{MailRow, NewMail, Sighting};
pub use numbering::{BaselineMessage, Fingerprints, Placed};
pub use outbox::{Go, NewLetter};
pub use raw::{Raw, RawBytes};
pub use search::Listing;
pub use tally::{Due, Head};
pub use team::LabelledFact;
pub use tickets::{NewTicket, TicketRow};
pub use told::ToldMark;
pub use troubles::Stuck;
pub use upgrade::{Told, Upgrade};

use access::{OF_WHOM, advised, folder_of, keep_names, private, there, with_folder, writable};
use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Params, Row, Transaction, TransactionBehavior};
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

/// An open record.
pub struct Store {
    connection: Connection,
    /// Behind the connection: it is to be dropped later.
    _open: foreign::Open,
    #[cfg(test)]
    around_commit: Option<AroundCommit>,
}

/// Called just before and just after each commit, for the crash tests; the error that it
/// gives is that of the commit.
#[cfg(test)]
pub(crate) type AroundCommit = Box<dyn Fn() -> Result<()> + Send>;

/// One transaction, and the moment at which it happens.
pub struct Tx<'a> {
    sql: &'a Connection,
    now: Timestamp,
    counted: outbox::Counted,
}

impl<'a> Tx<'a> {
    fn new(sql: &'a Connection, now: Timestamp) -> Self {
        let counted = outbox::Counted::default();
        Self { sql, now, counted }
    }
}

impl Tx<'_> {
    /// The moment of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Runs `work` within this transaction so that, when it fails, what it wrote is undone
    /// and what was written before stays.
    ///
    /// # Errors
    /// That of `work`; or, when the store gave up the whole transaction (a full disk does
    /// that), one that every later use of it will give too.
    pub fn savepoint<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        // Else what follows would be committed piece by piece.
        ensure!(
            !self.sql.is_autocommit(),
            "the store has given up this transaction"
        );
        self.sql.prepare_cached("SAVEPOINT one")?.execute([])?;
        let done = work();
        if done.is_err() {
            self.counted.forget();
        }
        if done.is_err() && !self.sql.is_autocommit() {
            self.sql.prepare_cached("ROLLBACK TO one")?.execute([])?;
        }
        if !self.sql.is_autocommit() {
            self.sql.prepare_cached("RELEASE one")?.execute([])?;
        }
        done.map_err(advised)
    }

    /// Runs a statement that is kept ready, for what is asked at each mail and letter.
    fn run(&self, sql: &str, with: impl Params) -> rusqlite::Result<usize> {
        self.sql.prepare_cached(sql)?.execute(with)
    }

    /// Asks for one row by a statement that is kept ready.
    fn one<T>(
        &self,
        sql: &str,
        with: impl Params,
        read: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.sql.prepare_cached(sql)?.query_row(with, read)
    }

    /// The stored form of that moment.
    fn stamp(&self) -> String {
        instant::write(self.now)
    }
}

impl Store {
    /// Makes a new, empty record, readable by its owner alone whatever the umask. Its
    /// folder is made when it is missing.
    ///
    /// # Errors
    /// When a file is there already, or the folder cannot be written or is open to others.
    pub fn create(path: &Path) -> Result<Self> {
        if path.exists() {
            bail!(
                "there is a store at {} already; nothing was changed",
                path.display()
            );
        }
        foreign::nothing_beside(path)?;
        let folder = folder_of(path);
        if !folder.exists() {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .with_context(|| {
                    format!(
                        "cannot make the folder {}\n  hint: {OF_WHOM}",
                        folder.display()
                    )
                })?;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        }
        private(&folder, "folder", "700")?;
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let file = file.with_context(|| {
            format!(
                "cannot make the store {}\n  hint: {OF_WHOM}",
                path.display()
            )
        })?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        drop(file);
        let store = Self::connect(path)?.ready(path, &upgrade::nobody())?;
        keep_names(&folder)?;
        keep_names(&folder_of(&folder))?;
        Ok(store)
    }

    /// Opens the record that is there, and brings it to the newest schema while nobody else
    /// works on it; a copy of the old one stays beside it. A record that is behind what was seen of it is marked as a copy.
    ///
    /// # Errors
    /// When it is missing, open to others, damaged, or from a newer gatepost; and when it is
    /// from an older one that runs on it.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_by(path, None, &upgrade::nobody())
    }

    /// Takes the lock on the record that is there, as `me`, and then opens it: what
    /// [`Store::open`] changes there, it changes while nobody else works on it. `told` hears
    /// how far that has come.
    ///
    /// # Errors
    /// Those of [`Lock::take`] and [`Store::open`].
    pub fn take(path: &Path, me: Holder<'_>, told: &Told) -> Result<(Lock, Self)> {
        there(path)?;
        let lock = Lock::take(path, me)?;
        let store = Self::open_by(path, Some(&lock), told)?;
        Ok((lock, store))
    }

    fn open_by(path: &Path, lock: Option<&Lock>, told: &Told) -> Result<Self> {
        there(path)?;
        let store = Self::connect(path).map_err(|why| with_folder(why, path))?;
        writable(&store.connection, path)?;
        let opened = || -> Result<Self> {
            schema::recognise(&store.connection)?;
            let _alone = lock::to_change(&store.connection, path, lock)?;
            let mut store = store.ready(path, told)?;
            store.mark_if_put_back(path)?;
            Ok(store)
        };
        opened().map_err(|why| with_folder(why, path))
    }

    /// Opens the record that is there to look at it and nothing else. `None` when there is
    /// none, or its schema is not the newest: only [`Store::open`] migrates.
    ///
    /// # Errors
    /// When it is open to others, damaged, or from a newer gatepost.
    pub fn open_to_read(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        private(&folder_of(path), "folder", "700")?;
        private(path, "file", "600")?;
        let opened = || -> Result<Option<Self>> {
            let store = Self::connect(path)?;
            store.connection.execute_batch("PRAGMA query_only = ON;")?;
            schema::recognise(&store.connection)?;
            Ok(schema::is_newest(&store.connection)?.then_some(store))
        };
        opened().with_context(|| format!("cannot read the store {}", path.display()))
    }

    /// Changes nothing in the file.
    fn connect(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = foreign::Open::of(path)?;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // A plan that holds for any value need not be made again for each.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            connection,
            _open: open,
            #[cfg(test)]
            around_commit: None,
        })
    }

    /// Sets how the file is written, and brings it to the newest schema. What SQLite keeps
    /// aside (for savepoints) lies in memory: a service may write nowhere but to its store,
    /// and reports belong into no other file. Half a MiB of pages is kept in memory: the idle
    /// daemon is small, and the system's own cache has the rest.
    fn ready(mut self, path: &Path, told: &Told) -> Result<Self> {
        self.connection
            .set_transaction_behavior(TransactionBehavior::Immediate);
        self.connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -512;")?;
        if !schema::is_newest(&self.connection)? {
            upgrade::telling(&mut self.connection, told, Upgrade::Changing)?;
            schema::migrate(&mut self.connection, |version| {
                backup::keep_before(path, version, told)
            })?;
            upgrade::silent(&mut self.connection)?;
        }
        Ok(self)
    }

    /// Runs `work` in one writing transaction: all of it is committed, or nothing.
    pub fn write<T>(&mut self, now: Timestamp, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        let sql: Transaction = self
            .connection
            .transaction()
            .context("cannot begin to write to the store")?;
        schema::is_still_ours(&sql)?;
        let done = work(&Tx::new(&sql, now)).map_err(advised)?;
        #[cfg(test)]
        self.around_commit.as_ref().map_or(Ok(()), |step| step())?;
        let committed = sql.commit().context("cannot commit to the store");
        committed.map_err(advised)?;
        #[cfg(test)]
        self.around_commit.as_ref().map_or(Ok(()), |step| step())?;
        Ok(done)
    }

    /// Runs `work` as [`Store::write`] does, and commits nothing of it.
    pub fn rehearse<T>(
        &mut self,
        now: Timestamp,
        work: impl FnOnce(&Tx) -> Result<T>,
    ) -> Result<T> {
        let sql: Transaction = self
            .connection
            .transaction()
            .context("cannot begin to write to the store")?;
        // Dropped, a transaction is rolled back.
        work(&Tx::new(&sql, now))
    }

    /// Keeps more pages in memory: for a process that asks once and ends.
    ///
    /// # Errors
    /// When SQLite does not take it.
    pub fn roomy(self) -> Result<Self> {
        self.connection.pragma_update(None, "cache_size", -16_384)?;
        Ok(self)
    }

    /// From now on, `step` is called around each commit.
    #[cfg(test)]
    pub(crate) fn on_commit(&mut self, step: AroundCommit) {
        self.around_commit = Some(step);
    }

    /// Runs `work` on one consistent view, without keeping writers waiting.
    pub fn read<T>(&mut self, now: Timestamp, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        let sql = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .context("cannot read the store")?;
        work(&Tx::new(&sql, now)).map_err(advised)
    }

    /// SQLite's own check of the record ([`Tx::integrity`]); `told` hears that it goes on.
    pub fn check(&mut self, now: Timestamp, told: &Told) -> Result<Vec<String>> {
        upgrade::telling(&mut self.connection, told, Upgrade::Looking)?;
        let wrong = self.read(now, |tx| tx.integrity());
        upgrade::silent(&mut self.connection)?;
        wrong
    }

    /// Changes whenever another process commits: a hint to look again.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self
            .connection
            .query_row("PRAGMA data_version", [], |r| r.get(0))?)
    }
}

#[cfg(test)]
mod tests;
