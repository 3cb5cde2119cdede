//! Versions of the schema, each a file of SQL; `PRAGMA user_version` says which one a
//! store has.
//!
//! A migration is one transaction: killed in the middle, the store is the old one. Before it
//! the caller copies the old store. A store from a newer gatepost is refused and left
//! untouched.

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, TransactionBehavior};

/// Every migration in order; the position plus one is the version that it makes.
const MIGRATIONS: [&str; 5] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
];

/// "gate", so that `file` and SQLite know whose file it is.
const APPLICATION_ID: i64 = 0x6761_7465;

/// Refuses what is not a store that this gatepost knows; only reads.
pub fn recognise(connection: &Connection) -> Result<()> {
    let newest = MIGRATIONS.len() as i64;
    let (version, owner) = version(connection)?;
    if version == 0 {
        bail!(
            "it is empty, or not one of gatepost's; nothing was changed\n  hint: put a backup in its place, without a -wal or -shm beside it; if `gatepost init` was interrupted, move the file away and run it again"
        );
    }
    if version > newest {
        bail!(
            "it was written by a newer gatepost (schema {version}, this one knows {newest}); nothing was changed\n  hint: use that gatepost, or a backup from before"
        );
    }
    if owner != APPLICATION_ID {
        bail!("this is an SQLite file, but not one of gatepost's; nothing was changed");
    }
    Ok(())
}

/// Whether a store that was recognised needs no migration; only reads.
pub fn is_newest(connection: &Connection) -> Result<bool> {
    Ok(version(connection)?.0 == MIGRATIONS.len() as i64)
}

/// Refuses to write to a store that another gatepost brought to another schema since this one
/// opened it. The page on which that stands was read to begin the transaction.
pub fn is_still_ours(connection: &Connection) -> Result<()> {
    let mut ask = connection.prepare_cached("PRAGMA user_version")?;
    let version: i64 = ask.query_row([], |r| r.get(0))?;
    if version != MIGRATIONS.len() as i64 {
        bail!(
            "another gatepost has changed the store meanwhile ({}); nothing was written\n  hint: run it again with that gatepost; a daemon: systemctl restart gatepost",
            versions(connection)?
        );
    }
    Ok(())
}

/// Which version a store has and which one it would get, in words.
pub fn versions(connection: &Connection) -> Result<String> {
    let (version, _) = version(connection)?;
    Ok(format!(
        "schema {version}, this one writes {}",
        MIGRATIONS.len()
    ))
}

/// Brings a store, or an empty file, to the newest version. A store is given to `keep` before
/// that, while nobody else can write to it, with the version that it has.
pub fn migrate(connection: &mut Connection, keep: impl FnOnce(i64) -> Result<()>) -> Result<()> {
    let newest = MIGRATIONS.len() as i64;
    let (version, _) = version(connection)?;
    if version == newest {
        return Ok(());
    }
    let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited.
    let (version, _) = self::version(&sql)?;
    if version > 0 && version < newest {
        keep(version)?;
    }
    for (i, step) in MIGRATIONS.iter().enumerate().skip(version.max(0) as usize) {
        sql.execute_batch(step)
            .with_context(|| format!("migration {} failed; the store is as it was", i + 1))?;
    }
    sql.pragma_update(None, "user_version", newest)?;
    sql.pragma_update(None, "application_id", APPLICATION_ID)?;
    sql.commit()
        .context("the migration could not be committed; the store is as it was")
}

fn version(connection: &Connection) -> Result<(i64, i64)> {
    let read = |pragma: &str| connection.pragma_query_value(None, pragma, |r| r.get::<_, i64>(0));
    let version = read("user_version").context("it cannot be read: it is damaged, or no gatepost store\n  hint: move the file with its -wal and -shm away together and keep them, and put a backup in its place")?;
    Ok((version, read("application_id")?))
}

/// One row in each table that a version made, as that version wrote them.
#[cfg(test)]
pub(super) const ROWS: [&str; 4] = [
    include_str!("schema/0001.rows.sql"),
    include_str!("schema/0002.rows.sql"),
    include_str!("schema/0003.rows.sql"),
    include_str!("schema/0004.rows.sql"),
];

/// Makes a store of an old version, with a row in each of its tables.
#[cfg(test)]
pub(super) fn old(c: &Connection, version: usize) {
    for (step, rows) in MIGRATIONS.iter().zip(ROWS).take(version) {
        c.execute_batch(step).unwrap();
        c.execute_batch(rows).unwrap();
    }
    c.pragma_update(None, "user_version", version as i64)
        .unwrap();
    c.pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_done_once_and_a_store_from_the_future_is_refused() {
        let mut c = Connection::open_in_memory().unwrap();
        migrate(&mut c, |_| Ok(())).unwrap();
        migrate(&mut c, |_| Ok(())).unwrap();
        assert_eq!(
            version(&c).unwrap(),
            (MIGRATIONS.len() as i64, APPLICATION_ID)
        );
        c.pragma_update(None, "user_version", 99).unwrap();
        let why = recognise(&c).unwrap_err().to_string();
        assert!(why.contains("newer gatepost (schema 99"), "{why}");
    }

    /// Made anew by a later version: a table, a column.
    const MADE_ANEW: (&str, &str) = ("marks", "marked=");

    #[test]
    fn a_store_of_each_version_keeps_every_row() {
        assert_eq!(
            ROWS.len() + 1,
            MIGRATIONS.len(),
            "rows for each old version"
        );
        for old in 1..MIGRATIONS.len() {
            let mut c = Connection::open_in_memory().unwrap();
            super::old(&c, old);
            let tables = tables(&c);
            let before: Vec<_> = tables.iter().map(|t| rows(&c, t)).collect();
            assert!(before.iter().all(|rows| !rows.is_empty()), "{before:?}");
            migrate(&mut c, |_| Ok(())).unwrap();
            for (table, before) in tables.iter().zip(before) {
                if table == MADE_ANEW.0 {
                    continue;
                }
                let after = rows(&c, table);
                assert_eq!(after.len(), before.len(), "{old}: {table}");
                for (before, after) in before.iter().zip(after) {
                    let kept = |c: &&String| after.contains(c) || c.starts_with(MADE_ANEW.1);
                    let lost = before.iter().find(|column| !kept(column));
                    assert_eq!(lost, None, "{old}: {table}");
                }
            }
        }
    }

    #[test]
    fn a_store_that_cannot_be_copied_keeps_its_schema() {
        let mut c = Connection::open_in_memory().unwrap();
        c.execute_batch(MIGRATIONS[0]).unwrap();
        c.pragma_update(None, "user_version", 1).unwrap();
        let why = migrate(&mut c, |version| bail!("no room for {version}")).unwrap_err();
        assert_eq!(why.to_string(), "no room for 1");
        assert_eq!(version(&c).unwrap().0, 1);
    }

    fn tables(c: &Connection) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut all = c.prepare(sql).unwrap();
        let names = all.query_map([], |r| r.get(0)).unwrap();
        names.collect::<rusqlite::Result<_>>().unwrap()
    }

    fn rows(c: &Connection, table: &str) -> Vec<Vec<String>> {
        let mut all = c.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = all.column_names().map(str::to_owned).collect();
        let row = |r: &rusqlite::Row| {
            (0..names.len())
                .map(|i| Ok(format!("{}={:?}", names[i], r.get_ref(i)?)))
                .collect()
        };
        let rows = all.query_map([], row).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn a_strange_sqlite_file_is_left_alone() {
        let c = Connection::open_in_memory().unwrap();
        for version in [0, 1] {
            c.pragma_update(None, "user_version", version).unwrap();
            let why = recognise(&c).unwrap_err().to_string();
            assert!(why.contains("not one of gatepost's"), "{why}");
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let mut c = Connection::open_in_memory().unwrap();
        c.execute_batch("CREATE TABLE reminders (x)").unwrap();
        assert!(migrate(&mut c, |_| Ok(())).is_err());
        assert_eq!(version(&c).unwrap().0, 0);
        let tables: i64 = c
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
                [],
                |r| r.get(0),
            )
            .unwrap();
        assert_eq!(tables, 1);
    }
}
