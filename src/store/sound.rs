//! Questions that only the audit asks: whether the file is whole, and its tables agree.

use super::Tx;
use anyhow::Result;
use rusqlite::params;
use std::collections::BTreeMap;

/// Facts that say that a letter left, while the letter says that it did not. That one came
/// back, or crossed another, is said of a letter in any state.
const NOT_SENT: &str = "SELECT l.id, l.state, min(f.n) FROM facts f JOIN letters l ON l.id = f.letter
     WHERE l.state <> 'sent' AND f.fact NOT IN ('undelivered', 'noted', 'crossed') GROUP BY l.id ORDER BY l.id";

/// Letters that left, of which no fact says what they make true.
const NOT_TOLD: &str = "SELECT l.id FROM letters l WHERE l.state = 'sent' AND l.facts <> '[]' AND l.ticket IS NOT NULL AND l.kind NOT IN ('reminder', 'digest')
     AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.ticket = l.ticket AND f.letter = l.id) ORDER BY l.id";

/// Letters that are to leave and have nothing that could.
const EMPTY: &str = "SELECT id FROM letters WHERE state IN ('queued', 'offered', 'unknown', 'sent') AND (bytes IS NULL OR message_id IS NULL) ORDER BY id";

impl Tx<'_> {
    /// SQLite's own check of the file, and rows that point to rows which are not there;
    /// empty when all is well.
    pub fn integrity(&self) -> Result<Vec<String>> {
        let mut wrong = super::index::check(self.sql)?;
        let mut keys = self.sql.prepare("PRAGMA foreign_key_check")?;
        let missing =
            keys.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(2)?)))?;
        let mut of: BTreeMap<(String, String), u32> = BTreeMap::new();
        for row in missing {
            *of.entry(row?).or_default() += 1;
        }
        let missing = of.into_iter().map(|((table, parent), count)| {
            format!("{count} rows of {table} point to rows of {parent} that are not there")
        });
        wrong.extend(missing);
        Ok(wrong)
    }

    /// Mails that say they are on a ticket which is not there, or lack their bytes.
    pub fn loose_mails(&self) -> Result<Vec<i64>> {
        let mut loose = self.sql.prepare(
            "SELECT m.id FROM mails m WHERE (m.ticket IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = m.ticket))
             OR (m.kept > 0 AND NOT EXISTS (SELECT 1 FROM bodies b WHERE b.mail = m.id)) ORDER BY m.id",
        )?;
        Ok(loose
            .query_map(params![], |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Letters that have not left, although the facts say so: letter, its state, and the
    /// first such fact.
    pub fn letters_told_too_early(&self) -> Result<Vec<(i64, String, i64)>> {
        let mut all = self.sql.prepare(NOT_SENT)?;
        let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters that have left, and what they make true stands nowhere.
    pub fn letters_not_told(&self) -> Result<Vec<i64>> {
        let mut all = self.sql.prepare(NOT_TOLD)?;
        let rows = all.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters that have lost their bytes.
    pub fn letters_without_bytes(&self) -> Result<Vec<i64>> {
        let mut all = self.sql.prepare(EMPTY)?;
        let rows = all.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
