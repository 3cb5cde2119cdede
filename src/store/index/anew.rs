//! The index of words as a part of the file: whether it is whole, and how it is made anew.
//!
//! Where SQLite cannot empty it, since one of its pages is damaged, an empty one takes its
//! place and its pages stay where they are: what such a page calls its own may be a page of
//! the record, so none is freed or written. Which they are is kept: a page that nothing uses
//! is damage otherwise.

use super::{is_of_index, of_index};
use crate::store::access::code_of;
use crate::store::{Store, Tx};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
use rusqlite::{Connection, ErrorCode};
use std::collections::BTreeSet;

const SCHEMA: &str = include_str!("../schema/0005.sql");
/// The index, and the tables that FTS5 keeps it in.
const TABLES: &str =
    "('words', 'words_data', 'words_idx', 'words_docsize', 'words_config', 'words_content')";
/// The word under which stand the pages that were left.
const LEFT: &str = "index/left-pages";
/// More lines about the record say no more.
const LINES: usize = 100;

/// SQLite's own check of the file: what is wrong with the record, and one line that is of
/// the index where that is damaged.
///
/// # Errors
/// When SQLite cannot check the record.
pub fn check(sql: &Connection) -> Result<Vec<String>> {
    let roots = roots(sql)?;
    // Of the whole file first: only so each page is accounted for.
    let lines = match lines(sql, &format!("PRAGMA integrity_check({})", i32::MAX)) {
        Err(why) if !roots.is_empty() && cannot_be_read(&why) => of_record(sql, &why)?,
        lines => lines?,
    };
    let left = match lines.is_empty() {
        true => BTreeSet::new(),
        // Where that cannot be read, each page that nothing uses is told.
        false => left(sql).unwrap_or_default(),
    };
    let (mut index, mut record, mut unused) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        if is_of_index(&line) || tree_of(&line).is_some_and(|root| roots.contains(&root)) {
            index.push(line);
        } else if let Some(page) = unused_page(&line) {
            if !left.contains(&page) {
                unused.push(line);
            }
        } else {
            record.push(line);
        }
    }
    match index.is_empty() {
        true => record.append(&mut unused),
        // A page that cannot be read names none of those behind it.
        false => index.append(&mut unused),
    }
    record.truncate(LINES);
    if let Some(first) = index.first() {
        let first = first.trim_start_matches("fts5: ");
        let more = match index.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more such lines)"),
        };
        record.push(format!("fts5: {first}{more}"));
    }
    Ok(record)
}

/// Makes the index of a file that nobody else uses anew.
///
/// # Errors
/// When that is more than the index.
pub fn anew(sql: &mut Connection, now: Timestamp) -> Result<()> {
    let mut work = |work: &dyn Fn(&Tx) -> Result<()>| -> Result<()> {
        let all = sql.transaction()?;
        work(&Tx::new(&all, now))?;
        Ok(all.commit()?)
    };
    match work(&|tx| tx.index_anew()) {
        Err(why) if cannot_be_read(&why) => work(&|tx| tx.replace_index()),
        done => done,
    }
}

impl Store {
    /// Begins the index anew where it is damaged; says whether it was.
    ///
    /// # Errors
    /// When that is more than the index.
    pub fn repair_index(&mut self, now: Timestamp) -> Result<bool> {
        let wrong = self.read(now, |tx| check(tx.sql))?;
        if !wrong.iter().any(|line| is_of_index(line)) {
            return Ok(false);
        }
        if let Some(line) = wrong.iter().find(|line| !is_of_index(line)) {
            bail!("the record is damaged too, and nothing is written: {line}");
        }
        // Each in a transaction of its own: one that failed on a damaged page is of no use.
        let done = match self.write(now, |tx| tx.index_anew()) {
            Err(why) if cannot_be_read(&why) => self.write(now, |tx| tx.replace_index()),
            done => done,
        };
        done.map(|()| true)
    }
}

impl Tx<'_> {
    /// Begins the index anew: everything is to be indexed.
    pub fn index_anew(&self) -> Result<()> {
        let empty = "INSERT INTO words (words) VALUES ('delete-all')";
        self.sql.execute(empty, []).map_err(of_index)?;
        self.all_to_index()
    }

    fn all_to_index(&self) -> Result<()> {
        let fill = SCHEMA.split("INSERT INTO unindexed").skip(1);
        let fill = fill.map(|one| format!("INSERT OR IGNORE INTO unindexed{one}"));
        Ok(self.sql.execute_batch(&fill.collect::<String>())?)
    }

    /// Puts an empty index in the place of one that cannot be emptied. Goes by the schema
    /// alone, and reads no page of it.
    ///
    /// # Errors
    /// When the file is damaged elsewhere too: then nothing may be written.
    fn replace_index(&self) -> Result<()> {
        forget_tables(self.sql)?;
        let create = SCHEMA.split_once("CREATE VIRTUAL TABLE words");
        let create = create.and_then(|(_, rest)| rest.split_once(';'));
        let (rest, _) = create.context("the schema has no index of words")?;
        let create = format!("CREATE VIRTUAL TABLE words{rest}");
        self.sql.execute_batch(&create)?;
        let lines = lines(self.sql, &format!("PRAGMA integrity_check({})", i32::MAX))?;
        if let Some(line) = lines.iter().find(|line| unused_page(line).is_none()) {
            bail!("more than the index of words is damaged: {line}");
        }
        let left = lines.iter().filter_map(|line| unused_page(line));
        let left: Vec<String> = left.map(|page| page.to_string()).collect();
        self.set_meta(LEFT, &left.join(" "))?;
        self.all_to_index()
    }
}

/// Takes the tables of the index out of the schema; their pages stay as they are.
fn forget_tables(sql: &Connection) -> Result<()> {
    let was = sql.db_config(SQLITE_DBCONFIG_DEFENSIVE)?;
    sql.set_db_config(SQLITE_DBCONFIG_DEFENSIVE, false)?;
    let forget = format!(
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE tbl_name IN {TABLES}"
    );
    let done = sql.execute_batch(&forget);
    let read_again = sql.execute_batch("PRAGMA writable_schema = RESET");
    sql.set_db_config(SQLITE_DBCONFIG_DEFENSIVE, was)?;
    Ok(done.and(read_again)?)
}

/// The lines of a check, without its headings.
fn lines(sql: &Connection, check: &str) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let mut rows = sql.prepare(check)?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let row: String = row.get(0)?;
        let said = row.lines().filter(|l| *l != "ok" && !l.starts_with("***"));
        all.extend(said.map(str::to_owned));
    }
    Ok(all)
}

/// The lines about each table of the record; where all are whole, one that says of the index
/// why the check ended.
fn of_record(sql: &Connection, why: &anyhow::Error) -> Result<Vec<String>> {
    let tables = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN {TABLES} AND name NOT LIKE 'sqlite_%'"
    );
    let mut tables = sql.prepare(&tables)?;
    let tables = tables.query_map([], |r| r.get::<_, String>(0))?;
    let mut all = Vec::new();
    for table in tables {
        let table = table?;
        match lines(sql, &format!("PRAGMA integrity_check({table:?})")) {
            Err(why) if cannot_be_read(&why) => {
                all.push(format!("the table {table} cannot be read to its end"));
            }
            of_table => all.extend(of_table?),
        }
    }
    // Where a table cannot be read, nothing says that the index cannot either.
    if all.is_empty() {
        all.push(format!("fts5: {why}"));
    }
    Ok(all)
}

/// The pages that the trees of the index begin with.
fn roots(sql: &Connection) -> Result<BTreeSet<i64>> {
    let all = format!("SELECT rootpage FROM sqlite_schema WHERE tbl_name IN {TABLES}");
    let mut all = sql.prepare(&all)?;
    let all = all.query_map([], |r| r.get(0))?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

/// `Tree 4 page 7: …`.
fn tree_of(line: &str) -> Option<i64> {
    let root = line.strip_prefix("Tree ")?.split(' ').next()?;
    root.parse().ok()
}

/// `Page 16: never used`.
fn unused_page(line: &str) -> Option<i64> {
    let page = line.strip_prefix("Page ")?.strip_suffix(": never used")?;
    page.parse().ok()
}

/// Pages of an index that was replaced.
fn left(sql: &Connection) -> Result<BTreeSet<i64>> {
    let tx = Tx::new(sql, Timestamp::UNIX_EPOCH);
    let left = tx.meta(LEFT)?.unwrap_or_default();
    let pages = left.split(' ').filter_map(|page| page.parse().ok());
    Ok(pages.collect())
}

/// Whether SQLite failed on what it read, and not on the disk or on another who writes.
fn cannot_be_read(why: &anyhow::Error) -> bool {
    matches!(
        code_of(why),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::Unknown)
    )
}

/// Fills a page of a table, the first or a leaf, with what is none.
#[cfg(test)]
pub fn harm_page(path: &std::path::Path, table: &str, is_root: bool) {
    use std::os::unix::fs::FileExt;
    let sql = Connection::open(path).unwrap();
    sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let page = match is_root {
        true => format!("SELECT rootpage FROM sqlite_schema WHERE name = '{table}'"),
        false => {
            format!("SELECT max(pageno) FROM dbstat WHERE name = '{table}' AND pagetype = 'leaf'")
        }
    };
    let page: i64 = sql.query_row(&page, [], |r| r.get(0)).unwrap();
    drop(sql);
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&[b'#'; 4096], (page as u64 - 1) * 4096)
        .unwrap();
}

#[cfg(test)]
mod tests;
